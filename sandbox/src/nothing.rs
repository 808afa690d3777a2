//! What a decoder tells apart from nothing, though nothing of it is stored: bytes that are null, and
//! what a claim cannot be without, given but empty.

use crate::kinds::Served;
use serde_json::{Map, Value, json};

/// Values that are there without saying anything: the object around each, its name, and it.
pub(crate) struct Kept(Vec<(&'static str, String, Value)>);

impl Kept {
    /// Those in an object as it was written.
    pub(crate) fn of(kind: &Served, object: &Value) -> Self {
        let mut kept = Vec::new();
        if let Some(bytes) = bytes(kind) {
            let fields = object.pointer(bytes).and_then(Value::as_object);
            let nulls = fields.into_iter().flatten();
            let nulls = nulls.filter(|(_, value)| value.is_null());
            kept.extend(nulls.map(|(name, _)| (bytes, name.clone(), Value::Null)));
            let is_empty = |name: &str| object[name].as_object().is_some_and(Map::is_empty);
            let empty = DATA.into_iter().filter(|name| is_empty(name));
            kept.extend(empty.map(|name| ("", name.to_owned(), json!({}))));
        }
        if kind.group.is_empty() && kind.kind == "PersistentVolumeClaim" {
            let spec = &object["spec"];
            if spec["accessModes"].as_array().is_some_and(Vec::is_empty) {
                kept.push(("/spec", "accessModes".to_owned(), json!([])));
            }
            let says_nothing = |asked: &Map<String, Value>| asked.values().all(Value::is_null);
            if spec["resources"]["requests"]
                .as_object()
                .is_some_and(says_nothing)
            {
                kept.push(("/spec/resources", "requests".to_owned(), json!({})));
            }
        }
        Self(kept)
    }

    /// Puts them back into the object that it was decoded to.
    pub(crate) fn put_back(self, object: &mut Value) {
        // Whoever freezes an object, or changes a frozen one, says something with empty data too.
        let is_frozen = object["immutable"] == true;
        let says = |above: &str| !above.is_empty() || is_frozen;
        for (above, name, value) in self.0.into_iter().filter(|(above, ..)| says(above)) {
            // Bytes that were decoded are there already; what is empty may have been merged.
            if let Some(fields) = object.pointer_mut(above).and_then(Value::as_object_mut)
                && (value.is_null() || !fields.contains_key(&name))
            {
                fields.insert(name, value);
            }
        }
    }
}

/// Where secrets and config maps have their data.
const DATA: [&str; 2] = ["data", "binaryData"];

/// Where a kind has bytes under names, as a JSON pointer.
fn bytes(kind: &Served) -> Option<&'static str> {
    match (kind.group.as_ref(), kind.kind.as_ref()) {
        ("", "Secret") => Some("/data"),
        ("", "ConfigMap") => Some("/binaryData"),
        _ => None,
    }
}

/// Reads null bytes as what they are when they were stored: empty ones. Whether there were any.
pub(crate) fn read_bytes(kind: &Served, object: &mut Value) -> bool {
    let fields = bytes(kind).and_then(|bytes| object.pointer_mut(bytes)?.as_object_mut());
    let mut nulls = fields
        .into_iter()
        .flat_map(Map::values_mut)
        .filter(|value| value.is_null())
        .peekable();
    let had = nulls.peek().is_some();
    nulls.for_each(|value| *value = "".into());
    if bytes(kind).is_some()
        && let Some(fields) = object.as_object_mut()
    {
        let is_empty = |value: &Value| value.as_object().is_some_and(Map::is_empty);
        fields.retain(|name, value| !(DATA.contains(&name.as_str()) && is_empty(value)));
    }
    had
}
