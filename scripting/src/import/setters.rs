//! Setters of one field, as the table of the language knows them: which field each sets, and what it
//! takes.

use super::code::{Code, text};
use crate::bindings;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::OnceLock;

/// A setter of one value.
struct Setter {
    name: &'static str,
    /// The path of the field, as the row maps it.
    field: &'static str,
    takes: Takes,
}

/// What a setter takes.
#[derive(Clone, Copy, PartialEq)]
enum Takes {
    Int,
    Bool,
    Text,
    IntOrText,
    Map,
    TextOrMany,
    IntOrMany,
}

/// Every setter of one value, by the type that it belongs to.
fn setters() -> &'static HashMap<String, Vec<Setter>> {
    static SETTERS: OnceLock<HashMap<String, Vec<Setter>>> = OnceLock::new();
    SETTERS.get_or_init(|| {
        let mut all: HashMap<String, Vec<Setter>> = HashMap::new();
        for row in &bindings::table().rows {
            let (Some(receiver), [argument]) = (row.receiver_name(), row.arguments.as_slice())
            else {
                continue;
            };
            let takes = match argument.ty.name.as_ref() {
                "int" => Takes::Int,
                "bool" => Takes::Bool,
                "string" => Takes::Text,
                "int or string" => Takes::IntOrText,
                "map of string" => Takes::Map,
                "string or array" => Takes::TextOrMany,
                "int or array" => Takes::IntOrMany,
                _ => continue,
            };
            if row.is_setter() && !row.maps.is_empty() && !row.maps.contains(',') {
                let field = row.maps;
                let setter = Setter {
                    name: row.name,
                    field,
                    takes,
                };
                all.entry(receiver.to_owned()).or_default().push(setter);
            }
        }
        all
    })
}

/// Adds every setter of a type whose field, under `prefix`, the value has; `field` is what is looked
/// up, the path that a row maps, without a prefix that is `strip`ped. Setters that are `known` to need
/// more than their field are left alone.
pub(super) fn set(
    mut code: Code,
    receiver: &str,
    value: &Value,
    strip: &str,
    only: impl Fn(&str) -> bool,
) -> Code {
    let mut done: Vec<&str> = Vec::new();
    for setter in setters().get(receiver).into_iter().flatten() {
        let Some(field) = setter.field.strip_prefix(strip) else {
            continue;
        };
        if done.contains(&field) || !only(setter.name) {
            continue;
        }
        let found = get(value, field);
        if let Some(argument) = argument(setter, found) {
            done.push(field);
            code = code.then(setter.name, [argument]);
        }
    }
    code
}

/// The value of a path, `null` where there is none.
pub(super) fn get<'a>(value: &'a Value, path: &str) -> &'a Value {
    path.split('.').fold(value, |value, part| &value[part])
}

fn argument(setter: &Setter, value: &Value) -> Option<Code> {
    let seconds = setter.field.ends_with("Seconds");
    match (setter.takes, value) {
        (Takes::Text, Value::Number(number)) if seconds => Some(time(number.as_i64()?)),
        (Takes::Int | Takes::IntOrText, Value::Number(number)) => Some(Code::Int(number.as_i64()?)),
        (Takes::Bool, Value::Bool(truth)) => Some(Code::Bool(*truth)),
        (Takes::Text | Takes::IntOrText | Takes::TextOrMany, Value::String(one)) => Some(text(one)),
        (Takes::TextOrMany, Value::Array(items)) if !items.is_empty() => items
            .iter()
            .map(|item| Some(text(item.as_str()?)))
            .collect::<Option<_>>()
            .map(many),
        (Takes::IntOrMany, Value::Array(items)) if !items.is_empty() => items
            .iter()
            .map(|item| Some(Code::Int(item.as_i64()?)))
            .collect::<Option<_>>()
            .map(many),
        (Takes::Map, Value::Object(fields)) if !fields.is_empty() => {
            let texts = fields.values().all(Value::is_string);
            texts.then(|| super::code::json(value))
        }
        _ => None,
    }
}

/// One value as it is, several as an array.
fn many(mut items: Vec<Code>) -> Code {
    match (items.pop(), items.is_empty()) {
        (Some(one), true) => one,
        (last, _) => {
            items.extend(last);
            Code::Array(items)
        }
    }
}

/// Seconds as people write them: `90s`, `5m`, `1h`.
pub(super) fn time(seconds: i64) -> Code {
    text(match seconds {
        0 => "0s".to_owned(),
        day if day % 86_400 == 0 => format!("{}d", day / 86_400),
        hour if hour % 3600 == 0 => format!("{}h", hour / 3600),
        minute if minute % 60 == 0 && minute > 60 => format!("{}m", minute / 60),
        second => format!("{second}s"),
    })
}

/// A map of texts, as a map.
pub(super) fn texts(value: &Value) -> Option<Code> {
    let fields = value.as_object().filter(|fields| !fields.is_empty())?;
    fields
        .values()
        .all(Value::is_string)
        .then(|| super::code::json(value))
}
