//! What a row's function can give.

use super::call::Call;
use super::fault::Fault;
use super::param::{Any, named};
use super::row::Type;
use super::value::{ScriptType, TypeEntry, Value};
use infra_sdk::object::Origin;
use rhai::Dynamic;
use std::borrow::Cow;

/// A type that a row's function can give.
pub trait Output {
    /// Its type, for the reference.
    fn ty() -> Type;

    /// It as a script's value.
    fn give(self, call: &Call<'_, '_>) -> Result<Dynamic, Fault>;
}

impl<T: ScriptType> Output for T {
    fn ty() -> Type {
        Type {
            name: Cow::Borrowed(T::NAME),
            entry: Some(TypeEntry::of::<T>()),
        }
    }

    /// Notes where it was made, or where the field that the row maps was set.
    fn give(mut self, call: &Call<'_, '_>) -> Result<Dynamic, Fault> {
        if let Some(origin) = self.origin_mut() {
            let setter = call
                .row
                .receiver
                .as_ref()
                .is_some_and(|receiver| receiver.name == T::NAME);
            if !setter {
                *origin = Origin::at(call.location());
            } else if !call.row.maps.is_empty() {
                for field in call.row.maps.split(", ") {
                    origin.set(field, call.location());
                }
            }
        }
        Ok(Dynamic::from(Value::new(self)))
    }
}

impl<T: Output> Output for Result<T, Fault> {
    fn ty() -> Type {
        T::ty()
    }

    fn give(self, call: &Call<'_, '_>) -> Result<Dynamic, Fault> {
        self.and_then(|value| value.give(call))
    }
}

impl Output for Any {
    fn ty() -> Type {
        named("any")
    }

    fn give(self, _call: &Call<'_, '_>) -> Result<Dynamic, Fault> {
        Ok(self.0)
    }
}

macro_rules! plain_outputs {
    ($($type:ty, $name:literal;)+) => {$(
        impl Output for $type {
            fn ty() -> Type {
                named($name)
            }

            fn give(self, _call: &Call<'_, '_>) -> Result<Dynamic, Fault> {
                Ok(Dynamic::from(self))
            }
        }
    )+};
}

plain_outputs! {
    bool, "bool";
    i64, "int";
    f64, "number";
}

impl Output for String {
    fn ty() -> Type {
        named("string")
    }

    fn give(self, _call: &Call<'_, '_>) -> Result<Dynamic, Fault> {
        Ok(self.into())
    }
}

impl Output for () {
    fn ty() -> Type {
        named("()")
    }

    fn give(self, _call: &Call<'_, '_>) -> Result<Dynamic, Fault> {
        Ok(Dynamic::UNIT)
    }
}

impl<T: Output> Output for Vec<T> {
    fn ty() -> Type {
        Type {
            name: Cow::Owned(format!("array of {}", T::ty().name)),
            entry: T::ty().entry,
        }
    }

    fn give(self, call: &Call<'_, '_>) -> Result<Dynamic, Fault> {
        self.into_iter()
            .map(|item| item.give(call))
            .collect::<Result<rhai::Array, _>>()
            .map(Dynamic::from_array)
    }
}

impl<T: Output> Output for Option<T> {
    fn ty() -> Type {
        Type {
            name: Cow::Owned(format!("{} or ()", T::ty().name)),
            entry: T::ty().entry,
        }
    }

    fn give(self, call: &Call<'_, '_>) -> Result<Dynamic, Fault> {
        self.map_or(Ok(Dynamic::UNIT), |value| value.give(call))
    }
}
