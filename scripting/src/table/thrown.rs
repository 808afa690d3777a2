//! What a script can do with an error of ours that it catches: show it, and join it with text.

use super::register::native;
use crate::diagnostic::Raised;
use rhai::{Dynamic, FUNC_TO_DEBUG, FUNC_TO_STRING, ImmutableString, Module};
use std::any::TypeId;

pub(super) fn register(module: &mut Module) {
    let error = TypeId::of::<Raised>();
    let string = TypeId::of::<ImmutableString>();
    for name in [FUNC_TO_STRING, FUNC_TO_DEBUG, "print", "debug"] {
        native(module, name, &[error], |_, arguments| {
            Ok(text(arguments[0]).into())
        });
    }
    for types in [[string, error], [error, string]] {
        native(module, "+", &types, |_, arguments| {
            Ok(format!("{}{}", text(arguments[0]), text(arguments[1])).into())
        });
    }
}

fn text(value: &Dynamic) -> String {
    match value.read_lock::<Raised>() {
        Some(raised) => raised.message(),
        None => value.to_string(),
    }
}
