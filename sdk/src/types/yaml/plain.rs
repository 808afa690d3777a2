//! The short road for what nearly every object consists of: maps, lists, and texts that are plain
//! without doubt. It writes exactly what the YAML crate would, many times faster.

use serde_json::{Map, Value};
use std::fmt::Write as _;

/// A map as YAML; `None` where something in it needs the crate's judgement about the text around it.
pub(super) fn plain(value: &Value) -> Option<String> {
    let map = value.as_object().filter(|map| !map.is_empty())?;
    let mut text = String::with_capacity(1024);
    entries(&mut text, map, 0, false)?;
    Some(text)
}

/// The entries of a map, the first one behind a dash that stands already.
fn entries(
    text: &mut String,
    map: &Map<String, Value>,
    indent: usize,
    mut dash: bool,
) -> Option<()> {
    for (key, value) in map {
        if !std::mem::take(&mut dash) {
            space(text, indent);
        }
        if !is_plain(key) || key.contains(':') {
            return None;
        }
        text.push_str(key);
        text.push(':');
        match value {
            Value::Object(inner) if !inner.is_empty() => {
                text.push('\n');
                entries(text, inner, indent + 2, false)?;
            }
            Value::Array(items) if !items.is_empty() => {
                text.push('\n');
                elements(text, items, indent)?;
            }
            other => {
                text.push(' ');
                scalar(text, other)?;
            }
        }
    }
    Some(())
}

fn elements(text: &mut String, items: &[Value], indent: usize) -> Option<()> {
    for item in items {
        space(text, indent);
        text.push_str("- ");
        match item {
            Value::Object(map) if !map.is_empty() => entries(text, map, indent + 2, true)?,
            Value::Array(_) => return None,
            other => scalar(text, other)?,
        }
    }
    Some(())
}

/// A value that stands on its line, and the end of the line.
fn scalar(text: &mut String, value: &Value) -> Option<()> {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(truth) => text.push_str(if *truth { "true" } else { "false" }),
        Value::Number(number) if !number.is_f64() => {
            let _ = write!(text, "{number}");
        }
        Value::String(string) if is_plain(string) => text.push_str(string),
        Value::String(string) if !string.contains('\n') => {
            text.push_str(super::by_crate(string).trim_end_matches('\n'));
        }
        Value::Object(map) if map.is_empty() => text.push_str("{}"),
        Value::Array(items) if items.is_empty() => text.push_str("[]"),
        _ => return None,
    }
    text.push('\n');
    Some(())
}

fn space(text: &mut String, mut indent: usize) {
    const SPACES: &str = "                                ";
    while indent > 0 {
        let some = indent.min(SPACES.len());
        text.push_str(&SPACES[..some]);
        indent -= some;
    }
}

/// The bytes that mean nothing to any reader, wherever they stand but at the beginning and the end.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        plain[byte] = (byte as u8).is_ascii_alphanumeric()
            || matches!(byte as u8, b'_' | b'.' | b'/' | b'-' | b':');
        byte += 1;
    }
    plain
};

/// Whether a text is no number, no truth value and no punctuation to any reader: names, paths and
/// images that begin with a letter, and amounts such as `100m`.
fn is_plain(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &text[digits..];
    let begins = rest.bytes().next();
    if digits > 0 {
        // What is left out begins an exponent or another base.
        return begins.is_some_and(|first| !b"eEbBoOxX".contains(&first))
            && rest.bytes().all(|byte| byte.is_ascii_alphabetic());
    }
    begins.is_some_and(|first| first.is_ascii_alphabetic() || first == b'/')
        && rest.bytes().all(|byte| PLAIN[usize::from(byte)])
        && !rest.ends_with(':')
        && !(rest.len() <= 5
            && [
                "null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf",
            ]
            .iter()
            .any(|word| rest.eq_ignore_ascii_case(word)))
}

#[cfg(test)]
mod tests {
    use super::super::by_crate;
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn text() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-zA-Z/][a-zA-Z0-9_./:-]{0,12}",
            "[0-9]{1,3}[a-zA-Z]{0,3}",
            "[0-9a-zA-Z_./:+ #\"',-]{0,8}",
            "[a-zA-Z: -]{0,100}",
            Just("yes".to_owned()),
            Just("NaN".to_owned()),
            Just("a\nb\n".to_owned()),
            any::<String>(),
        ]
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::from),
            text().prop_map(Value::String),
            Just(json!({})),
            Just(json!([])),
        ];
        leaf.prop_recursive(5, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
                prop::collection::vec(("[a-zA-Z/][a-zA-Z0-9_./-]{0,12}", inner), 0..5)
                    .prop_map(|entries| Value::Object(entries.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_short_road_writes_what_the_crate_does(value in value(), key in text()) {
            let value = json!({ "value": value, key: 1 });
            if let Some(text) = plain(&value) {
                prop_assert_eq!(text, by_crate(&value));
            }
        }
    }

    #[test]
    fn a_usual_object_takes_the_short_road() {
        let object = json!({
            "apiVersion": "v1",
            "data": { "MODE": "production", "PORT": "8080" },
            "list": [{ "image": "registry.example/web:1.4.2", "args": ["-a", "b c"], "cpu": "100m" }],
            "empty": [{}],
            "none": {},
        });
        assert_eq!(plain(&object), Some(by_crate(&object)));
    }
}
