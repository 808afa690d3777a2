//! Reading and writing JSON objects by dotted paths.
//!
//! Controllers work on whole objects as JSON, as a client would see them. What is not there reads
//! as null, so that a decision never has to tell "missing" from "null", which Kubernetes does not
//! either.

use jiff::Timestamp;
use serde_json::{Map, Value};

static NULL: Value = Value::Null;

/// The value at a dotted path such as `spec.template.spec`; null where there is none.
pub(crate) fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    path.split('.')
        .try_fold(value, |value, key| value.get(key))
        .unwrap_or(&NULL)
}

/// The string at a path; empty where there is none.
pub(crate) fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    at(value, path).as_str().unwrap_or_default()
}

/// The integer at a path.
pub(crate) fn int(value: &Value, path: &str) -> Option<i64> {
    at(value, path).as_i64()
}

/// The integer at a path; zero where there is none.
pub(crate) fn count(value: &Value, path: &str) -> i64 {
    int(value, path).unwrap_or(0)
}

/// Whether a path holds `true`.
pub(crate) fn flag(value: &Value, path: &str) -> bool {
    at(value, path).as_bool().unwrap_or(false)
}

/// Whether something other than null stands at a path.
pub(crate) fn has(value: &Value, path: &str) -> bool {
    !at(value, path).is_null()
}

/// The list at a path; empty where there is none.
pub(crate) fn items<'a>(value: &'a Value, path: &str) -> &'a [Value] {
    at(value, path).as_array().map_or(&[], Vec::as_slice)
}

/// The strings of the list at a path.
pub(crate) fn strings<'a>(value: &'a Value, path: &str) -> Vec<&'a str> {
    items(value, path)
        .iter()
        .filter_map(Value::as_str)
        .collect()
}

/// The map at a path.
pub(crate) fn entries<'a>(
    value: &'a Value,
    path: &str,
) -> impl Iterator<Item = (&'a str, &'a Value)> {
    at(value, path)
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.as_str(), value))
}

/// A label of an object.
pub(crate) fn label<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    at(object, "metadata.labels").get(key)?.as_str()
}

/// An annotation of an object.
pub(crate) fn annotation<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    at(object, "metadata.annotations").get(key)?.as_str()
}

/// Puts a value at a path, making the maps on the way.
pub(crate) fn set(object: &mut Value, path: &str, value: impl Into<Value>) {
    let (parents, last) = path
        .rsplit_once('.')
        .map_or(("", path), |(parents, last)| (parents, last));
    child_map(object, parents).insert(last.to_owned(), value.into());
}

/// Puts a value under a key, which may hold dots, of the map at a path.
pub(crate) fn set_key(object: &mut Value, path: &str, key: &str, value: impl Into<Value>) {
    child_map(object, path).insert(key.to_owned(), value.into());
}

/// Takes away what stands at a path.
pub(crate) fn unset(object: &mut Value, path: &str) {
    let (parents, last) = path
        .rsplit_once('.')
        .map_or(("", path), |(parents, last)| (parents, last));
    let parent = parents
        .split('.')
        .filter(|key| !key.is_empty())
        .try_fold(&mut *object, |value, key| value.get_mut(key));
    if let Some(map) = parent.and_then(Value::as_object_mut) {
        map.remove(last);
    }
}

/// Takes a key, which may hold dots, from the map at a path.
pub(crate) fn unset_key(object: &mut Value, path: &str, key: &str) {
    let parent = path
        .split('.')
        .try_fold(object, |value, key| value.get_mut(key));
    if let Some(map) = parent.and_then(Value::as_object_mut) {
        map.remove(key);
    }
}

/// The map at a path, made where it is missing; an empty path is the object itself.
pub(crate) fn child_map<'a>(object: &'a mut Value, path: &str) -> &'a mut Map<String, Value> {
    let mut map = as_map(object);
    for key in path.split('.').filter(|key| !key.is_empty()) {
        map = as_map(map.entry(key).or_insert(Value::Null));
    }
    map
}

/// The list at a path, made where it is missing.
pub(crate) fn child_list<'a>(object: &'a mut Value, path: &str) -> &'a mut Vec<Value> {
    let (parents, last) = path
        .rsplit_once('.')
        .map_or(("", path), |(parents, last)| (parents, last));
    let slot = child_map(object, parents)
        .entry(last)
        .or_insert(Value::Null);
    if !slot.is_array() {
        *slot = Value::Array(Vec::new());
    }
    match slot {
        Value::Array(list) => list,
        _ => unreachable!("the slot was made a list above"),
    }
}

fn as_map(value: &mut Value) -> &mut Map<String, Value> {
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    match value {
        Value::Object(map) => map,
        _ => unreachable!("the value was made a map above"),
    }
}

/// The point in time at a path.
pub(crate) fn time(value: &Value, path: &str) -> Option<Timestamp> {
    text(value, path).parse().ok()
}

/// A point in time as Kubernetes writes it: whole seconds, UTC.
pub(crate) fn stamp(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The time so many seconds later; the far end of time where that does not exist.
pub(crate) fn later(time: Timestamp, seconds: i64) -> Timestamp {
    time.checked_add(jiff::SignedDuration::from_secs(seconds))
        .unwrap_or(Timestamp::MAX)
}

/// Whole seconds from one time to another.
pub(crate) fn seconds_between(from: Timestamp, to: Timestamp) -> i64 {
    to.duration_since(from).as_secs()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_missing_reads_as_null() {
        let object = json!({"spec": {"replicas": 3, "paused": true, "name": "a"}});
        assert_eq!(int(&object, "spec.replicas"), Some(3));
        assert_eq!(count(&object, "spec.none.at.all"), 0);
        assert!(flag(&object, "spec.paused"));
        assert_eq!(text(&object, "spec.name"), "a");
        assert!(!has(&object, "status"));
    }

    #[test]
    fn setting_makes_the_way() {
        let mut object = json!({});
        set(&mut object, "metadata.labels", json!({}));
        set_key(&mut object, "metadata.labels", "a.b/c", "d");
        child_list(&mut object, "status.conditions").push(json!(1));
        assert_eq!(
            object,
            json!({"metadata": {"labels": {"a.b/c": "d"}}, "status": {"conditions": [1]}})
        );
        unset_key(&mut object, "metadata.labels", "a.b/c");
        unset(&mut object, "status.conditions");
        unset(&mut object, "nothing.here");
        assert_eq!(object, json!({"metadata": {"labels": {}}, "status": {}}));
    }

    #[test]
    fn times_have_whole_seconds() {
        let time: Timestamp = "2026-01-02T03:04:05.678Z".parse().unwrap();
        assert_eq!(stamp(time), "2026-01-02T03:04:05Z");
        assert_eq!(stamp(later(time, 60)), "2026-01-02T03:05:05Z");
    }
}
