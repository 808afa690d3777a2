//! The script engine: what is in the language, and its limits.

use super::resolver::ProjectResolver;
use super::state::State;
use crate::diagnostic::TOO_LONG;
use crate::table::Words;
use rhai::packages::{
    ArithmeticPackage, BasicArrayPackage, BasicFnPackage, BasicIteratorPackage, BasicMapPackage,
    BasicMathPackage, BasicStringPackage, LanguageCorePackage, LogicPackage, MoreStringPackage,
    Package,
};
use rhai::{Dynamic, Engine, EvalAltResult, OptimizationLevel, Position};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

rhai::def_package! {
    /// What scripts have of Rhai's own library: no clock, no bits, no blobs.
    pub(super) StandardLibrary(module) :
        LanguageCorePackage, ArithmeticPackage, BasicStringPackage, BasicIteratorPackage,
        BasicFnPackage, LogicPackage, BasicMathPackage, BasicArrayPackage, BasicMapPackage,
        MoreStringPackage
    {
        module.build_index();
    }
}

/// The default of operations; a script of a thousand objects does some hundred thousand.
const OPERATIONS: u64 = 50_000_000;

/// The default of how long a script may be evaluated; one of a thousand objects takes some hundredths
/// of a second. An operation on an array of arrays may take a thousand times as long as another, so
/// that their number alone is no limit.
const TIME: Duration = Duration::from_mins(1);

/// An engine for one run of a script with these words.
///
/// Every limit is set: Rhai's own defaults differ between debug and release builds. Constants are
/// not folded, so that literals keep their places.
pub(crate) fn engine(state: &Arc<State>, words: &Words<'_>) -> Engine {
    engine_with(state, words, ProjectResolver::new(Arc::clone(state)))
}

/// The same, with what finds its imports.
pub(super) fn engine_with(
    state: &Arc<State>,
    words: &Words<'_>,
    resolver: ProjectResolver,
) -> Engine {
    let mut engine = library_engine();
    for table in state.vocabulary.tables().iter().rev() {
        engine.register_global_module(table.module(words));
    }
    engine
        .set_optimization_level(OptimizationLevel::None)
        .set_strict_variables(true)
        .set_fail_on_invalid_map_property(true)
        .set_max_call_levels(64)
        .set_max_expr_depths(96, 64)
        .set_max_operations(state.host.max_operations.unwrap_or(OPERATIONS))
        .set_max_modules(256)
        .set_max_functions(4096)
        .set_max_variables(10_000)
        .set_max_string_size(4 << 20)
        .set_max_array_size(100_000)
        .set_max_map_size(100_000)
        .disable_symbol("eval")
        // What is bound to a function counts for no limit, and doubles with every call.
        .disable_symbol("curry");
    engine.set_default_tag(state.tag());
    engine.set_module_resolver(resolver);
    let (printing, debugging) = (Arc::clone(state), Arc::clone(state));
    engine.on_print(move |text| (printing.host.print)(text));
    engine.on_debug(move |text, _, _| (debugging.host.print)(text));
    let stopping = Arc::clone(state);
    let (started, time) = (Instant::now(), state.host.max_time.unwrap_or(TIME));
    engine.on_progress(move |operations| {
        if stopping.is_misused() {
            return Some(Dynamic::from("a secret was made a string"));
        }
        // Not at every step: the lock and the clock take longer than most of them.
        if operations % 64 != 0 {
            return None;
        }
        match stopping.reach().stopped() {
            // What waits for a cluster takes as long as it takes.
            Some(stopped) => stopped.then(|| Dynamic::from("cancelled")),
            None => (started.elapsed() > time).then(|| Dynamic::from(TOO_LONG)),
        }
    });
    constants_in_functions(&mut engine, state);
    engine
}

/// An engine that has what Rhai brings, and nothing of ours.
pub(crate) fn library_engine() -> Engine {
    static LIBRARY: OnceLock<StandardLibrary> = OnceLock::new();
    let mut engine = Engine::new_raw();
    LIBRARY
        .get_or_init(StandardLibrary::new)
        .register_into_engine(&mut engine);
    engine
}

/// Top-level constants are seen in functions by their plain names.
///
/// The compiler is told their names (`session::compile`); here they are found among the constants
/// that Rhai keeps for `global::NAME`, or among those of earlier lines of a session, when no variable
/// of that name is in sight.
fn constants_in_functions(engine: &mut Engine, state: &Arc<State>) {
    let state = Arc::clone(state);
    #[allow(
        deprecated,
        reason = "Rhai's mark for what may change with a new version; it is pinned"
    )]
    engine.on_var(move |name, index, context| {
        if index != 0 || context.scope().contains(name) {
            return Ok(None);
        }
        let global = context.global_runtime_state();
        let own = match &global.constants {
            None => None,
            Some(constants) => {
                let constants = constants.read().map_err(|_| {
                    Box::new(EvalAltResult::ErrorVariableNotFound(
                        name.to_owned(),
                        Position::NONE,
                    ))
                })?;
                constants.get(name).cloned()
            }
        };
        let source = global.source().unwrap_or_default();
        Ok(own.or_else(|| state.earlier.constant(source, name)))
    });
}
