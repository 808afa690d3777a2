//! Small steps on JSON objects.

use serde_json::{Map, Value};

pub(super) type Fields = Map<String, Value>;

/// Sets a field that is missing or null.
pub(super) fn set(fields: &mut Fields, name: &str, value: impl Into<Value>) {
    if fields.get(name).is_none_or(Value::is_null) {
        fields.insert(name.to_owned(), value.into());
    }
}

/// Sets a text that is missing, null or empty.
pub(super) fn set_text(fields: &mut Fields, name: &str, value: &str) {
    if text(fields, name).is_empty() {
        fields.insert(name.to_owned(), Value::from(value));
    }
}

/// A field's text, or nothing.
pub(super) fn text<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Whether a field is true.
pub(super) fn is_true(fields: &Fields, name: &str) -> bool {
    fields.get(name) == Some(&Value::Bool(true))
}

/// Whether a field has content.
pub(super) fn has(fields: &Fields, name: &str) -> bool {
    match fields.get(name) {
        None | Some(Value::Null) => false,
        Some(Value::Array(items)) => !items.is_empty(),
        Some(Value::Object(inner)) => !inner.is_empty(),
        Some(_) => true,
    }
}

/// The object in a field, if there is one.
pub(super) fn object<'a>(fields: &'a mut Fields, name: &str) -> Option<&'a mut Fields> {
    fields.get_mut(name)?.as_object_mut()
}

/// The object at a path, if there is one.
pub(super) fn within<'a>(value: &'a mut Value, path: &[&str]) -> Option<&'a mut Fields> {
    path.iter()
        .try_fold(value, |value, name| value.get_mut(name))?
        .as_object_mut()
}

/// The object in a field, made if it is missing; `None` when something else stands there.
pub(super) fn made<'a>(fields: &'a mut Fields, name: &str) -> Option<&'a mut Fields> {
    set(fields, name, Map::new());
    object(fields, name)
}

/// The objects in a list.
pub(super) fn items<'a>(
    fields: &'a mut Fields,
    name: &str,
) -> impl Iterator<Item = &'a mut Fields> {
    let list = fields.get_mut(name).and_then(Value::as_array_mut);
    list.into_iter().flatten().filter_map(Value::as_object_mut)
}

/// Bytes as the server writes them.
pub(super) fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = chunk
            .iter()
            .fold(0_u32, |group, byte| group << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for at in 0..4 {
            if at > chunk.len() {
                out.push('=');
            } else {
                out.push(char::from(ALPHABET[(group >> (18 - 6 * at) & 63) as usize]));
            }
        }
    }
    out
}
