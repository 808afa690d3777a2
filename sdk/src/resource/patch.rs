//! Patching an object that a builder made: the way out where a builder has no setter.

use infra_schema::kind::Kind;
use infra_schema::patch::strategic_merge_patch;
use serde_json::{Map, Value};

/// Patches an object: one of Kubernetes' own kinds by its rules for lists, others by [`merge`].
pub(crate) fn patch(object: &mut Value, patch: &Value) {
    let text = |field: &str| object[field].as_str().unwrap_or_default();
    let kind = Kind::find_api(text("apiVersion"), text("kind"));
    // Items of a list that do not have its key are no strategic patch, and mean something here.
    let patched = kind.map(|kind| strategic_merge_patch(&kind.ty(), object.clone(), patch));
    match patched {
        Some(Ok(patched)) => *object = patched,
        Some(Err(_)) | None => merge(object, patch),
    }
}

/// Merges `patch` into `value`: maps key by key (`null` removes), lists of named things item by
/// item, all else is replaced.
pub(crate) fn merge(value: &mut Value, patch: &Value) {
    match (value, patch) {
        (Value::Object(map), Value::Object(patch)) => merge_map(map, patch),
        (Value::Array(list), Value::Array(patch)) => match key_of(list, patch) {
            Some(key) => merge_list(list, patch, key),
            None => list.clone_from(patch),
        },
        (value, patch) => *value = without_nulls(patch),
    }
}

fn merge_map(map: &mut Map<String, Value>, patch: &Map<String, Value>) {
    for (key, patch) in patch {
        if patch.is_null() {
            map.remove(key);
        } else if let Some(value) = map.get_mut(key) {
            merge(value, patch);
        } else {
            map.insert(key.clone(), without_nulls(patch));
        }
    }
}

/// The field by which the items of both lists are told apart: each has it, and once only.
fn key_of(list: &[Value], patch: &[Value]) -> Option<&'static str> {
    const KEYS: [&str; 5] = ["name", "containerPort", "mountPath", "port", "ip"];
    let has = |items: &[Value], key: &str| {
        let mut seen = Vec::new();
        items.iter().all(|item| match item.get(key) {
            Some(found) if !seen.contains(&found) => {
                seen.push(found);
                true
            }
            _ => false,
        })
    };
    KEYS.into_iter()
        .find(|key| !patch.is_empty() && has(list, key) && has(patch, key))
}

fn merge_list(list: &mut Vec<Value>, patch: &[Value], key: &str) {
    for item in patch {
        match list.iter_mut().find(|known| known[key] == item[key]) {
            Some(known) => merge(known, item),
            None => list.push(without_nulls(item)),
        }
    }
}

fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(map) => map
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key.clone(), without_nulls(value)))
            .collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn kinds_that_are_known_are_patched_by_their_own_keys() {
        let port = |port: u16, name: &str| json!({ "port": port, "name": name });
        let mut service = json!({
            "apiVersion": "v1",
            "kind": "Service",
            "spec": { "ports": [port(80, "http"), port(443, "https")] },
        });
        let change = json!({ "spec": { "ports": [
            { "port": 80, "nodePort": 30080 },
            { "port": 443, "$patch": "delete" },
        ] } });
        patch(&mut service, &change);
        assert_eq!(
            service["spec"]["ports"],
            json!([{ "port": 80, "name": "http", "nodePort": 30080 }])
        );
    }

    #[test]
    fn maps_lists_of_names_and_the_rest() {
        for (value, patch, expected) in [
            (
                json!({"a": 1, "b": {"c": 2}}),
                json!({"b": {"d": 3}}),
                json!({"a": 1, "b": {"c": 2, "d": 3}}),
            ),
            (json!({"a": 1, "b": 2}), json!({"a": null}), json!({"b": 2})),
            (json!({}), json!({"a": {"b": null}}), json!({"a": {}})),
            (
                json!([{"name": "app", "image": "a:1"}, {"name": "log"}]),
                json!([{"name": "app", "tty": true}]),
                json!([{"name": "app", "image": "a:1", "tty": true}, {"name": "log"}]),
            ),
            (json!(["a"]), json!(["b"]), json!(["b"])),
            (json!([{"name": "a"}]), json!([]), json!([])),
        ] {
            let mut found = value;
            merge(&mut found, &patch);
            assert_eq!(found, expected, "{patch}");
        }
    }
}
