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
        for (above, name, value) in self.0 {
            // Bytes that were decoded are there already; what is empty may have been merged.
            if let Some(fields) = object.pointer_mut(above).and_then(Value::as_object_mut)
                && (value.is_null() || !fields.contains_key(&name))
            {
                fields.insert(name, value);
            }
        }
    }
}

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
    had
}
