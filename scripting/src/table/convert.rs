//! Arrays or single values, and values as JSON.

use super::call::Call;
use super::fault::Mismatch;
use super::param::{Param, element, named};
use super::row::Type;
use super::text::plain;
use rhai::Dynamic;
use serde_json::Value as JsonValue;
use std::borrow::Cow;

/// How deep maps and arrays may be nested: every value is gone through by calls, and a call that goes
/// too deep ends the process.
pub(crate) const DEPTH: usize = 256;

pub(crate) fn too_deep() -> Mismatch {
    Mismatch::sentence(format!(
        "maps and arrays must not be nested more than {DEPTH} levels deep"
    ))
}

/// One value, or an array of them. Arrays in arrays are flattened, `()` is left out.
pub struct OneOrMany<T>(pub Vec<T>);

impl<T> OneOrMany<T> {
    /// A builder after a setter was called with each.
    pub fn set<W>(self, builder: W, setter: impl FnMut(W, T) -> W) -> W {
        self.0.into_iter().fold(builder, setter)
    }
}

impl<T: Param> Param for OneOrMany<T> {
    fn ty() -> Type {
        Type {
            name: Cow::Owned(format!("{} or array", T::ty().name)),
            entry: T::ty().entry,
        }
    }

    fn expected() -> Cow<'static, str> {
        Cow::Owned(format!("{}, or an array of them", T::expected()))
    }

    fn from_value(value: Dynamic, call: &Call<'_, '_>) -> Result<Self, Mismatch> {
        let mut found = Vec::new();
        gather(value, call, DEPTH, &mut found)?;
        Ok(Self(found))
    }
}

fn gather<T: Param>(
    value: Dynamic,
    call: &Call<'_, '_>,
    levels: usize,
    found: &mut Vec<T>,
) -> Result<(), Mismatch> {
    let inside = levels.checked_sub(1).ok_or_else(too_deep)?;
    if value.is_unit() {
        return Ok(());
    }
    match value.try_cast_result::<rhai::Array>() {
        Ok(array) => array.into_iter().enumerate().try_for_each(|(index, item)| {
            gather(item.flatten(), call, inside, found).map_err(|m| m.inside(index.to_string()))
        }),
        Err(value) => {
            found.push(element(value, call)?);
            Ok(())
        }
    }
}

/// A value of maps, arrays, strings, numbers, `true`, `false` and `()` as JSON.
pub struct Json(pub JsonValue);

impl Param for Json {
    fn ty() -> Type {
        named("map")
    }

    fn expected() -> Cow<'static, str> {
        Cow::Borrowed("made of maps, arrays, strings, numbers, `true`, `false` and `()`")
    }

    fn from_value(value: Dynamic, call: &Call<'_, '_>) -> Result<Self, Mismatch> {
        json_of(value, call).map(Self)
    }
}

/// A script's value as JSON; secrets and builders do not fit.
pub fn json_of(value: Dynamic, call: &Call<'_, '_>) -> Result<JsonValue, Mismatch> {
    json(value, call, DEPTH)
}

fn json(value: Dynamic, call: &Call<'_, '_>, levels: usize) -> Result<JsonValue, Mismatch> {
    let inside = levels.checked_sub(1).ok_or_else(too_deep)?;
    let value = value.flatten();
    if value.is_unit() {
        return Ok(JsonValue::Null);
    }
    if let Ok(truth) = value.as_bool() {
        return Ok(truth.into());
    }
    if let Ok(number) = value.as_int() {
        return Ok(number.into());
    }
    if let Ok(number) = value.as_float() {
        return serde_json::Number::from_f64(number)
            .map(JsonValue::Number)
            .ok_or_else(|| Mismatch::new("must be a finite number"));
    }
    let value = match value.try_cast_result::<rhai::Map>() {
        Ok(map) => {
            return map
                .into_iter()
                .map(|(key, item)| {
                    json(item, call, inside)
                        .map(|item| (key.to_string(), item))
                        .map_err(|mismatch| mismatch.inside(key.as_str()))
                })
                .collect::<Result<serde_json::Map<_, _>, _>>()
                .map(JsonValue::Object);
        }
        Err(value) => value,
    };
    match value.try_cast_result::<rhai::Array>() {
        Ok(array) => array
            .into_iter()
            .enumerate()
            .map(|(index, item)| json(item, call, inside).map_err(|m| m.inside(index.to_string())))
            .collect::<Result<Vec<_>, _>>()
            .map(JsonValue::Array),
        Err(value) => plain(&value).map(JsonValue::String).map_err(|mismatch| {
            if mismatch.is_form() {
                call.mismatch(&Json::expected(), &value)
            } else {
                mismatch
            }
        }),
    }
}

/// JSON as a script's value.
pub fn dynamic_of(value: JsonValue) -> Dynamic {
    match value {
        JsonValue::Null => Dynamic::UNIT,
        JsonValue::Bool(truth) => truth.into(),
        JsonValue::Number(number) => match number.as_i64() {
            Some(whole) => whole.into(),
            None => number.as_f64().unwrap_or_default().into(),
        },
        JsonValue::String(text) => text.into(),
        JsonValue::Array(items) => Dynamic::from_array(items.into_iter().map(dynamic_of).collect()),
        JsonValue::Object(fields) => {
            let fields = fields.into_iter();
            let fields = fields.map(|(key, value)| (key.into(), dynamic_of(value)));
            Dynamic::from_map(fields.collect())
        }
    }
}
