//! Strings: plain ones, numbers as text, secrets, and the sdk's parsed types.

use super::call::Call;
use super::fault::Mismatch;
use super::param::{Param, named};
use super::row::Type;
use super::value::Value;
use infra_sdk::object::SecretText;
use rhai::Dynamic;
use std::borrow::Cow;
use std::str::FromStr;

/// A string that holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Plain(pub String);

pub(crate) fn secret_here() -> Mismatch {
    Mismatch::new("holds a secret, which may stand only in the values of a `secret`").help(Some(
        "put it under a key of a `secret(…)` and refer to that with `.key(\"…\")`".to_owned(),
    ))
}

pub(crate) fn plain(value: &Dynamic) -> Result<String, Mismatch> {
    if value.type_id() == std::any::TypeId::of::<Value<SecretText>>() {
        return Err(secret_here());
    }
    let text = value.as_immutable_string_ref().map_err(|_| {
        let character = value
            .as_char()
            .is_ok()
            .then(|| "strings stand in double quotes".to_owned());
        Mismatch::form().help(character)
    })?;
    Ok(text.to_string())
}

impl Param for String {
    fn ty() -> Type {
        named("string")
    }

    fn expected() -> Cow<'static, str> {
        Cow::Borrowed("a string")
    }

    fn from_value(value: Dynamic, _call: &Call<'_, '_>) -> Result<Self, Mismatch> {
        plain(&value)
    }
}

impl Param for Plain {
    fn ty() -> Type {
        named("string")
    }

    fn expected() -> Cow<'static, str> {
        Cow::Borrowed("a string")
    }

    fn from_value(value: Dynamic, _call: &Call<'_, '_>) -> Result<Self, Mismatch> {
        plain(&value).map(Self)
    }
}

/// A string, or a number or truth value as its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar(pub String);

impl Param for Scalar {
    fn ty() -> Type {
        named("string")
    }

    fn expected() -> Cow<'static, str> {
        Cow::Borrowed("a string or a number")
    }

    fn from_value(value: Dynamic, _call: &Call<'_, '_>) -> Result<Self, Mismatch> {
        if value.is_int() || value.is_bool() || value.is_float() {
            return Ok(Self(value.to_string()));
        }
        plain(&value).map(Self)
    }
}

/// A secret, or a string that is to be treated as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret(pub SecretText);

impl Param for Secret {
    fn ty() -> Type {
        named("secret")
    }

    fn expected() -> Cow<'static, str> {
        Cow::Borrowed("a string or a secret")
    }

    fn from_value(value: Dynamic, _call: &Call<'_, '_>) -> Result<Self, Mismatch> {
        if let Some(secret) = value.read_lock::<Value<SecretText>>() {
            return Ok(Self(secret.0.as_ref().clone()));
        }
        if value.is_int() || value.is_bool() {
            return Ok(Self(SecretText::text(value.to_string())));
        }
        let text = value
            .as_immutable_string_ref()
            .map_err(|_| Mismatch::form())?;
        Ok(Self(SecretText::text(text.as_str())))
    }
}

/// A string in the notation of a type that parses it.
pub fn parsed<T>(value: &Dynamic) -> Result<T, Mismatch>
where
    T: FromStr,
    T::Err: std::fmt::Display,
{
    let text = plain(value)?;
    text.parse()
        .map_err(|error: T::Err| Mismatch::sentence(error.to_string()))
}

/// Makes the sdk's parsed types parameters: strings in their notation.
macro_rules! parsed_params {
    ($($type:ty, $name:literal, $expected:literal;)+) => {$(
        impl $crate::table::Param for $type {
            fn ty() -> $crate::table::Type {
                $crate::table::Type { name: std::borrow::Cow::Borrowed($name), entry: None }
            }
            fn expected() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Borrowed($expected)
            }
            fn from_value(
                value: rhai::Dynamic,
                _call: &$crate::table::Call<'_, '_>,
            ) -> Result<Self, $crate::table::Mismatch> {
                $crate::table::parsed(&value)
            }
        }
    )+};
}

pub(crate) use parsed_params;
