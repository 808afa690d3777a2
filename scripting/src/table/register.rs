//! Rows as functions of the engine.

use super::call::Call;
use super::row::Row;
use super::secret;
use super::text::Secret;
use super::thrown;
use super::value::{ScriptType, TypeEntry, Value};
use super::words::Words;
use crate::diagnostic::{Raised, article};
use crate::session::{ClusterHandle, State};
use ahash::{AHashMap, AHashSet};
use infra_sdk::object::SecretText;
use rhai::{
    Dynamic, EvalAltResult, FUNC_TO_DEBUG, FUNC_TO_STRING, FuncRegistration, ImmutableString,
    Module, NativeCallContext, RhaiFunc, Shared,
};
use std::{any::TypeId, sync::Arc};

pub(super) type RhaiResult = Result<Dynamic, Box<EvalAltResult>>;

/// What Rhai calls a read of `value["key"]`, and of `value.key` where no such property is known.
const INDEXER: &str = "index$get$";

/// Rows: built once, shared by every session.
pub struct Table {
    pub(crate) rows: Vec<Row>,
    pub(crate) by_name: AHashMap<&'static str, Vec<usize>>,
    pub(crate) types: Vec<&'static TypeEntry>,
}

impl Table {
    /// A table of these rows. Where two have the same receiver, name and number of arguments, the
    /// later one is what scripts call; a test keeps the built-in rows unique.
    pub fn new(rows: Vec<Row>) -> Self {
        let mut by_name: AHashMap<&'static str, Vec<usize>> = AHashMap::with_capacity(rows.len());
        let mut types = Types::default();
        for (index, row) in rows.iter().enumerate() {
            by_name.entry(row.name).or_default().push(index);
            types.mention(row);
        }
        Self {
            rows,
            by_name,
            types: types.entries,
        }
    }

    /// The module of the rows that a script can call, with the types that they can bring into it.
    pub(crate) fn module(self: &Arc<Self>, words: &Words<'_>) -> Shared<Module> {
        let mut module = Module::new();
        let mut types = Types::default();
        types.add(TypeEntry::of::<SecretText>());
        for (index, row) in self.rows.iter().enumerate() {
            if words.has(row.name) {
                types.mention(row);
                let table = Arc::clone(self);
                register(&mut module, &Registered { table, index });
            }
        }
        for entry in types.entries {
            register_type(&mut module, entry);
        }
        thrown::register(&mut module);
        module.build_index();
        module.into()
    }
}

/// A row that the engine's functions call.
#[derive(Clone)]
struct Registered {
    table: Arc<Table>,
    index: usize,
}

impl Registered {
    fn row(&self) -> &Row {
        &self.table.rows[self.index]
    }
}

/// Types, each once, in the order in which rows mention them.
#[derive(Default)]
struct Types {
    entries: Vec<&'static TypeEntry>,
    known: AHashSet<TypeId>,
}

impl Types {
    fn add(&mut self, entry: &'static TypeEntry) {
        if self.known.insert(entry.id) {
            self.entries.push(entry);
        }
    }

    fn mention(&mut self, row: &Row) {
        if row.on_cluster {
            self.add(TypeEntry::of::<ClusterHandle>());
        }
        for entry in &row.brings {
            self.add(entry);
        }
        let mentioned = row
            .receiver
            .iter()
            .chain(std::iter::once(&row.result))
            .chain(row.arguments.iter().map(|argument| &argument.ty));
        for entry in mentioned.filter_map(|ty| ty.entry) {
            self.add(entry);
        }
    }
}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(&self.rows).finish()
    }
}

fn receiver_id(row: &Row) -> Option<TypeId> {
    let receiver = row.receiver.as_ref()?;
    Some(match (&receiver.entry, receiver.name.as_ref()) {
        (Some(entry), _) => entry.id,
        (None, "string" | "secret") => TypeId::of::<ImmutableString>(),
        (None, "int") => TypeId::of::<i64>(),
        (None, "bool") => TypeId::of::<bool>(),
        (None, "map") => TypeId::of::<rhai::Map>(),
        (None, _) => TypeId::of::<Dynamic>(),
    })
}

fn register(module: &mut Module, registered: &Registered) {
    let row = registered.row();
    let receiver: Vec<TypeId> = receiver_id(row).into_iter().collect();
    for count in row.counts() {
        let types = with_arguments(&receiver, count);
        register_function(module, registered, &types);
        if row.property && row.arguments.len() == 1 {
            register_property(module, &types, registered.clone());
        }
        if row.on_cluster {
            register_on_cluster(module, registered, count);
        }
    }
    if row.instead {
        register_function(module, registered, &[TypeId::of::<i64>()]);
        register_function(module, registered, &[TypeId::of::<f64>()]);
    }
}

/// A receiver's type and those of so many arguments.
fn with_arguments(receiver: &[TypeId], count: usize) -> Vec<TypeId> {
    let mut types = receiver.to_vec();
    types.resize(types.len() + count, TypeId::of::<Dynamic>());
    types
}

fn register_function(module: &mut Module, registered: &Registered, types: &[TypeId]) {
    let called = registered.clone();
    native(
        module,
        registered.row().name,
        types,
        move |context, arguments| run(context, arguments, called.row(), None),
    );
}

/// The same function as a method of a cluster, which is then the one that it is about.
fn register_on_cluster(module: &mut Module, registered: &Registered, count: usize) {
    let types = with_arguments(&[TypeId::of::<Value<ClusterHandle>>()], count);
    let called = registered.clone();
    native(
        module,
        registered.row().name,
        &types,
        move |context, arguments| {
            let Some((cluster, arguments)) = arguments.split_first_mut() else {
                return Err("a method of a cluster was called without one".into());
            };
            let cluster = cluster.clone().try_cast_result::<Value<ClusterHandle>>();
            let cluster = cluster.map_err(|_| "this is no cluster")?;
            run(context, arguments, called.row(), Some(cluster.get()))
        },
    );
}

/// An assignment changes the receiver where it stands.
fn register_property(module: &mut Module, types: &[TypeId], called: Registered) {
    let setter = format!("set${}", called.row().name);
    let assign = move |context: Option<NativeCallContext<'_>>, arguments: &mut [&mut Dynamic]| {
        let [receiver, value] = arguments else {
            return Err("a property takes one value".into());
        };
        let kept = receiver.clone();
        let mut taken = std::mem::take(*receiver);
        let Some(context) = &context else {
            return Err("a property was set outside a script".into());
        };
        match run(context, &mut [&mut taken, &mut **value], called.row(), None) {
            Ok(changed) => {
                **receiver = changed;
                Ok(Dynamic::UNIT)
            }
            Err(error) => {
                **receiver = kept;
                Err(error)
            }
        }
    };
    FuncRegistration::new(setter)
        .in_global_namespace()
        .set_into_module_raw(
            module,
            types,
            RhaiFunc::Method {
                func: Shared::new(assign),
                has_context: true,
                is_pure: false,
                is_volatile: true,
            },
        );
}

fn run(
    context: &NativeCallContext<'_>,
    arguments: &mut [&mut Dynamic],
    row: &Row,
    on: Option<&ClusterHandle>,
) -> RhaiResult {
    let state = State::of(context)?;
    if state.is_misused() {
        // The run ends here; the session tells why.
        return Err("a secret was made a string".into());
    }
    let mut call = Call {
        context,
        state: &state,
        row,
        arguments,
        next: 0,
        on,
    };
    let result = (row.body)(&mut call);
    result.map_err(|fault| Raised::in_row(context, row, fault))
}

/// Names, texts and the operators that would otherwise do something surprising.
fn register_type(module: &mut Module, entry: &'static TypeEntry) {
    module.set_custom_type_raw((entry.rust_name)(), entry.name);
    if entry.id == TypeId::of::<Value<SecretText>>() {
        secret::register(module);
        return;
    }
    for name in [FUNC_TO_STRING, FUNC_TO_DEBUG, "print", "debug"] {
        native(module, name, &[entry.id], move |_, arguments| {
            Ok((entry.text)(arguments[0]).into())
        });
    }
    let string = TypeId::of::<ImmutableString>();
    if let Some(field) = entry.field {
        native(
            module,
            INDEXER,
            &[entry.id, string],
            move |context, arguments| {
                let key = arguments[1].clone().into_immutable_string()?;
                field(arguments[0], &key)
                    .map_err(|(message, help)| Raised::failed(context, &message, &help))
            },
        );
    }
    for (left, right) in [(string, entry.id), (entry.id, string)] {
        native(module, "+", &[left, right], move |context, _| {
            Err(Raised::failed(
                context,
                &format!("{} cannot be joined with a string", article(entry.name)),
                "join texts; a resource is related to by its own methods",
            ))
        });
    }
    for operator in ["==", "!="] {
        native(
            module,
            operator,
            &[entry.id, entry.id],
            move |context, _| {
                Err(Raised::failed(
                    context,
                    &format!("{} cannot be compared", article(entry.name)),
                    "compare the strings and numbers that it was made from",
                ))
            },
        );
    }
}

pub(super) fn native(
    module: &mut Module,
    name: &str,
    types: &[TypeId],
    body: impl Fn(&NativeCallContext<'_>, &mut [&mut Dynamic]) -> RhaiResult + Send + Sync + 'static,
) {
    FuncRegistration::new(name)
        .in_global_namespace()
        .set_into_module_raw(
            module,
            types,
            RhaiFunc::Pure {
                func: Shared::new(
                    move |context: Option<NativeCallContext<'_>>,
                          arguments: &mut [&mut Dynamic]| {
                        match &context {
                            Some(context) => body(context, arguments),
                            None => Err("a function was called outside a script".into()),
                        }
                    },
                ),
                has_context: true,
                is_pure: true,
                is_volatile: true,
            },
        );
}

impl ScriptType for SecretText {
    const NAME: &'static str = "secret_text";

    fn text(&self) -> String {
        self.token()
    }
}

impl From<Secret> for SecretText {
    fn from(secret: Secret) -> Self {
        secret.0
    }
}
