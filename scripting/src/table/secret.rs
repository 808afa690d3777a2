//! What can be done with a secret: it is joined with `+`, given on, and nothing else.
//!
//! It never becomes a string: a string's functions would work on what stands for it and silently give
//! another secret. Where the engine would make a string of it (`${…}`), the run ends.

use super::register::{RhaiResult, native};
use super::value::Value;
use crate::diagnostic::{Diagnostic, Raised};
use crate::session::State;
use infra_sdk::object::{SecretPart, SecretText};
use rhai::{
    Dynamic, EvalAltResult, FUNC_TO_DEBUG, FUNC_TO_STRING, FuncRegistration, ImmutableString,
    Module, NativeCallContext, RhaiFunc, Shared,
};
use std::any::TypeId;

/// What is told to who does something else with one.
pub(crate) const JOINED_ALONE: &str = "a secret can be joined with `+` (`\"app:\" + password + \"@db\"`) and put under a key of a `secret(…)`; nothing can be read from it";

pub(super) fn register(module: &mut Module) {
    let secret = TypeId::of::<Value<SecretText>>();
    let string = TypeId::of::<ImmutableString>();
    let pairs = [(string, secret), (secret, string), (secret, secret)];
    for (left, right) in pairs {
        native(module, "+", &[left, right], |context, arguments| {
            join(context, arguments[0], arguments[1])
        });
        for name in ["+=", "append"] {
            in_place(module, name, &[left, right]);
        }
        for operator in ["==", "!=", "<", "<=", ">", ">="] {
            native(module, operator, &[left, right], |context, _| {
                Err(Raised::failed(
                    context,
                    "a secret cannot be compared",
                    JOINED_ALONE,
                ))
            });
        }
    }
    // Lists and maps show where theirs come from.
    native(module, FUNC_TO_DEBUG, &[secret], |_, arguments| {
        let secret = arguments[0].read_lock::<Value<SecretText>>();
        Ok(secret
            .map_or_else(String::new, |secret| secret.0.token())
            .into())
    });
    for name in ["print", "debug"] {
        native(module, name, &[secret], |context, _| {
            refuse(context, "a secret cannot be printed")
        });
    }
    native(module, FUNC_TO_STRING, &[secret], |context, _| {
        refuse(context, "a secret cannot become a part of a string")
    });
}

/// The engine takes an error here for a text that cannot be made; the session ends the run.
fn refuse(context: &NativeCallContext<'_>, message: &str) -> RhaiResult {
    let state = State::of(context)?;
    let position = context.call_position();
    let place = context
        .call_source()
        .and_then(|source| state.sources.get(source))
        .zip(position.line().zip(position.position()))
        .map(|(source, (line, column))| source.word(line as u32, column as u32));
    let diagnostic = Diagnostic::new(message).at(place).help(JOINED_ALONE);
    state.misuse(diagnostic.clone());
    Err(Raised::diagnosed(diagnostic))
}

/// The most bytes that a secret may be written with: what a whole Secret may hold.
const MOST: usize = 1 << 20;

fn join(context: &NativeCallContext<'_>, left: &Dynamic, right: &Dynamic) -> RhaiResult {
    let length = |value: &Dynamic| match value.read_lock::<Value<SecretText>>() {
        Some(secret) => secret.0.parts().iter().map(written).sum(),
        None => value.as_immutable_string_ref().map_or(0, |text| text.len()),
    };
    if length(left).saturating_add(length(right)) > MOST {
        return Err(Raised::failed(
            context,
            "a secret grew larger than a script may make it",
            "secrets end at 1 MiB, as the Secrets of Kubernetes do",
        ));
    }
    let part = |value: &Dynamic| match value.read_lock::<Value<SecretText>>() {
        Some(secret) => secret.0.as_ref().clone(),
        None => SecretText::text(
            value
                .as_immutable_string_ref()
                .map(|text| text.to_string())
                .unwrap_or_default(),
        ),
    };
    Ok(Dynamic::from(Value::new(part(left).join(part(right)))))
}

/// How long a part is in a script, which is at least one: parts that name nothing add up too.
fn written(part: &SecretPart) -> usize {
    let length = match part {
        SecretPart::Text(text) | SecretPart::Read(text) => text.len(),
        SecretPart::From(from) => from.written(),
        SecretPart::Existing(existing) => existing.name.len() + existing.key.len(),
        SecretPart::Generated(generated) => generated.name.len(),
        SecretPart::Encoded { text, .. } => text.parts().iter().map(written).sum(),
    };
    length.max(1)
}

fn in_place(module: &mut Module, name: &str, types: &[TypeId]) {
    let append = |context: Option<NativeCallContext<'_>>,
                  arguments: &mut [&mut Dynamic]|
     -> Result<Dynamic, Box<EvalAltResult>> {
        let Some(context) = &context else {
            return Err("a secret was joined outside a script".into());
        };
        let joined = join(context, arguments[0], arguments[1])?;
        *arguments[0] = joined;
        Ok(Dynamic::UNIT)
    };
    FuncRegistration::new(name)
        .in_global_namespace()
        .set_into_module_raw(
            module,
            types,
            RhaiFunc::Method {
                func: Shared::new(append),
                has_context: true,
                is_pure: false,
                is_volatile: true,
            },
        );
}
