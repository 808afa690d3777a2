//! Values as the text of JSON, with secrets in it.

use super::call::Call;
use super::convert::{DEPTH, json_of, too_deep};
use super::fault::Mismatch;
use super::param::{Param, named};
use super::row::Type;
use super::value::Value;
use infra_sdk::object::{Encoding, SecretText};
use rhai::Dynamic;
use serde_json::Value as JsonValue;
use std::borrow::Cow;

/// A value of maps, arrays, strings, secrets, numbers, `true`, `false` and `()` as the text of JSON.
pub struct JsonText(pub SecretText);

impl Param for JsonText {
    fn ty() -> Type {
        named("map")
    }

    fn expected() -> Cow<'static, str> {
        Cow::Borrowed("made of maps, arrays, strings, secrets, numbers, `true`, `false` and `()`")
    }

    fn from_value(value: Dynamic, call: &Call<'_, '_>) -> Result<Self, Mismatch> {
        write(value, call, DEPTH).map(Self)
    }
}

fn write(value: Dynamic, call: &Call<'_, '_>, levels: usize) -> Result<SecretText, Mismatch> {
    let inside = levels.checked_sub(1).ok_or_else(too_deep)?;
    let value = value.flatten();
    if let Some(secret) = value.read_lock::<Value<SecretText>>() {
        return Ok(secret.get().clone().encoded(Encoding::Json));
    }
    let value = match value.try_cast_result::<rhai::Map>() {
        Ok(map) => {
            let items = map.into_iter().map(|(key, item)| {
                let name = format!("{}:", JsonValue::from(key.as_str()));
                let item = write(item, call, inside);
                let item = item.map_err(|mismatch| mismatch.inside(key.as_str()))?;
                Ok(SecretText::text(name).join(item))
            });
            return list(items, ("{", "}"));
        }
        Err(value) => value,
    };
    match value.try_cast_result::<rhai::Array>() {
        Ok(array) => {
            let items = array.into_iter().enumerate().map(|(index, item)| {
                write(item, call, inside).map_err(|mismatch| mismatch.inside(index.to_string()))
            });
            list(items, ("[", "]"))
        }
        Err(value) => Ok(SecretText::text(json_of(value, call)?.to_string())),
    }
}

fn list(
    items: impl Iterator<Item = Result<SecretText, Mismatch>>,
    (open, close): (&str, &str),
) -> Result<SecretText, Mismatch> {
    let mut text = SecretText::text(open);
    for (index, item) in items.enumerate() {
        if index > 0 {
            text = text.join(SecretText::text(","));
        }
        text = text.join(item?);
    }
    Ok(text.join(SecretText::text(close)))
}
