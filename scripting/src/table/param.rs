//! What a row's parameters can be, and how they read a script's values.

use super::call::{Call, Given};
use super::fault::{Fault, Mismatch};
use super::live::Effect;
use super::row::Type;
use super::value::{ScriptType, TypeEntry, Value};
use rhai::{Dynamic, FnPtr};
use std::borrow::Cow;

/// Where a parameter comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamKind {
    /// The script gives it.
    Script,
    /// The host gives it; with what the function then does.
    Host(Effect),
}

/// A type that a row's function can take.
pub trait Param: Sized {
    /// Where it comes from.
    const KIND: ParamKind = ParamKind::Script;

    /// Its type, for the reference.
    fn ty() -> Type;

    /// What is expected, in words that follow "must be".
    fn expected() -> Cow<'static, str>;

    /// From the value that a script gave.
    fn from_value(value: Dynamic, call: &Call<'_, '_>) -> Result<Self, Mismatch>;

    /// From the host.
    fn from_host(call: &Call<'_, '_>) -> Result<Self, Fault> {
        Err(Fault::new(format!(
            "`{}` has nothing from the host",
            call.row.name
        )))
    }
}

pub(crate) fn named(name: &'static str) -> Type {
    Type {
        name: Cow::Borrowed(name),
        entry: None,
    }
}

impl<T: ScriptType> Param for T {
    fn ty() -> Type {
        Type {
            name: Cow::Borrowed(T::NAME),
            entry: Some(TypeEntry::of::<T>()),
        }
    }

    fn expected() -> Cow<'static, str> {
        Cow::Owned(crate::diagnostic::article(T::NAME))
    }

    fn from_value(value: Dynamic, _call: &Call<'_, '_>) -> Result<Self, Mismatch> {
        value
            .try_cast_result::<Value<T>>()
            .map(Value::into_inner)
            .map_err(|_| Mismatch::form())
    }
}

impl Param for bool {
    fn ty() -> Type {
        named("bool")
    }

    fn expected() -> Cow<'static, str> {
        Cow::Borrowed("`true` or `false`")
    }

    fn from_value(value: Dynamic, _call: &Call<'_, '_>) -> Result<Self, Mismatch> {
        value.as_bool().map_err(|_| Mismatch::form())
    }
}

/// Any value, as it is.
pub struct Any(pub Dynamic);

impl Param for Any {
    fn ty() -> Type {
        named("any")
    }

    fn expected() -> Cow<'static, str> {
        Cow::Borrowed("a value")
    }

    fn from_value(value: Dynamic, _call: &Call<'_, '_>) -> Result<Self, Mismatch> {
        Ok(Self(value))
    }
}

/// A function of the script: `|x| …` or its name.
pub struct Callback(pub FnPtr);

impl Param for Callback {
    fn ty() -> Type {
        named("function")
    }

    fn expected() -> Cow<'static, str> {
        Cow::Borrowed("a function such as `|x| …`")
    }

    fn from_value(value: Dynamic, _call: &Call<'_, '_>) -> Result<Self, Mismatch> {
        value
            .try_cast_result::<FnPtr>()
            .map(Self)
            .map_err(|_| Mismatch::form())
    }
}

impl<T: Param> Param for Vec<T> {
    fn ty() -> Type {
        Type {
            name: Cow::Owned(format!("array of {}", T::ty().name)),
            entry: T::ty().entry,
        }
    }

    fn expected() -> Cow<'static, str> {
        Cow::Owned(format!("an array, each element {}", T::expected()))
    }

    fn from_value(value: Dynamic, call: &Call<'_, '_>) -> Result<Self, Mismatch> {
        let array = value.into_array().map_err(|_| Mismatch::form())?;
        array
            .into_iter()
            .enumerate()
            .map(|(index, item)| element(item, call).map_err(|m| m.inside(index.to_string())))
            .collect()
    }
}

/// A value inside another, its own expectation named when it does not fit.
pub(crate) fn element<T: Param>(value: Dynamic, call: &Call<'_, '_>) -> Result<T, Mismatch> {
    let value = value.flatten();
    let given = Given::of(&value);
    T::from_value(value, call).map_err(|mut mismatch| {
        if mismatch.is_form() {
            mismatch.problem = format!("must be {}, got {}", T::expected(), given.words(call));
        }
        mismatch
    })
}

/// A map literal with values of one form, in the order of its keys.
pub struct Table<T>(pub Vec<(String, T)>);

impl<T: Param> Param for Table<T> {
    fn ty() -> Type {
        Type {
            name: Cow::Owned(format!("map of {}", T::ty().name)),
            entry: T::ty().entry,
        }
    }

    fn expected() -> Cow<'static, str> {
        Cow::Owned(format!(
            "a map such as `#{{ key: value }}`, each value {}",
            T::expected()
        ))
    }

    fn from_value(value: Dynamic, call: &Call<'_, '_>) -> Result<Self, Mismatch> {
        let map = value
            .try_cast_result::<rhai::Map>()
            .map_err(|_| Mismatch::form())?;
        map.into_iter()
            .map(|(key, item)| {
                element(item, call)
                    .map(|item| (key.to_string(), item))
                    .map_err(|mismatch| mismatch.inside(key.as_str()))
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl<T: Param> Param for Option<T> {
    fn ty() -> Type {
        Type {
            name: Cow::Owned(format!("{} or ()", T::ty().name)),
            entry: T::ty().entry,
        }
    }

    fn expected() -> Cow<'static, str> {
        Cow::Owned(format!("{} or `()`", T::expected()))
    }

    fn from_value(value: Dynamic, call: &Call<'_, '_>) -> Result<Self, Mismatch> {
        if value.is_unit() {
            Ok(None)
        } else {
            T::from_value(value, call).map(Some)
        }
    }
}
