//! Pod templates: their hash, their comparison, and the pods made of them.

use serde_json::{Value, json};

use super::json::{at, child_map, entries, set, unset_key};
use super::meta::{controller_reference, name, namespace};

/// The label that tells the replica sets of a deployment apart.
pub(crate) const HASH_LABEL: &str = "pod-template-hash";

/// FNV-1a of 32 bits.
pub(crate) fn fnv32(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    })
}

/// FNV-1a of 64 bits over parts, with a mark between them.
pub(crate) fn fnv64(parts: &[&str]) -> u64 {
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0xff]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// A number in the alphabet that Kubernetes uses for names: no vowels, nothing mistakable.
pub(crate) fn safe(number: u32) -> String {
    const ALPHABET: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";
    number
        .to_string()
        .bytes()
        .map(|digit| char::from(ALPHABET[usize::from(digit) % 27]))
        .collect()
}

/// The hash of a value, with the count of collisions it had so far.
pub(crate) fn hash(value: &Value, collisions: Option<i64>) -> String {
    let mut text = value.to_string();
    if let Some(collisions) = collisions {
        text.push_str(&collisions.to_string());
    }
    safe(fnv32(text.as_bytes()))
}

/// Whether two templates are the same but for the hash label.
pub(crate) fn same(one: &Value, other: &Value) -> bool {
    without_hash(one) == without_hash(other)
}

fn without_hash(template: &Value) -> Value {
    let mut template = template.clone();
    unset_key(&mut template, "metadata.labels", HASH_LABEL);
    if let Some(metadata) = template.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("creationTimestamp");
        metadata.retain(|_, value| !value.as_object().is_some_and(serde_json::Map::is_empty));
    }
    template
}

/// A pod of a template, controlled by `owner`, without a name.
pub(crate) fn pod(template: &Value, owner: &Value) -> Value {
    let mut pod = json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"namespace": namespace(owner)},
        "spec": at(template, "spec").clone(),
    });
    for part in ["labels", "annotations", "finalizers"] {
        let value = at(template, "metadata").get(part);
        if let Some(value) = value.filter(|value| !value.is_null()) {
            pod["metadata"][part] = value.clone();
        }
    }
    pod["metadata"]["ownerReferences"] = json!([controller_reference(owner)]);
    pod
}

/// The prefix of the names of the pods an object generates.
pub(crate) fn generate_name(owner: &Value) -> String {
    format!("{}-", name(owner))
}

/// Adds labels to an object.
pub(crate) fn add_labels<'a>(
    object: &mut Value,
    path: &str,
    labels: impl IntoIterator<Item = (&'a str, &'a str)>,
) {
    let map = child_map(object, path);
    for (key, value) in labels {
        map.insert(key.to_owned(), value.into());
    }
}

/// Copies the entries of a map that `keep` lets through.
pub(crate) fn copy_entries(
    from: &Value,
    from_path: &str,
    to: &mut Value,
    to_path: &str,
    keep: impl Fn(&str) -> bool,
) {
    for (key, value) in entries(from, from_path).filter(|(key, _)| keep(key)) {
        child_map(to, to_path).insert(key.to_owned(), value.clone());
    }
}

/// Sets the replicas an object wants.
pub(crate) fn with_replicas(object: &Value, replicas: i64) -> Value {
    let mut object = object.clone();
    set(&mut object, "spec.replicas", replicas);
    object
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_names() {
        assert_eq!(fnv32(b"a"), 0xe40c_292c);
        assert_eq!(fnv64(&[]), 0xcbf2_9ce4_8422_2325);
        let hash = hash(&json!({"a": 1}), None);
        assert!(
            hash.bytes()
                .all(|byte| b"bcdfghjklmnpqrstvwxz2456789".contains(&byte)),
            "{hash}"
        );
        assert_ne!(hash, super::hash(&json!({"a": 1}), Some(1)));
    }

    #[test]
    fn the_hash_label_does_not_count() {
        let plain = json!({"metadata": {"labels": {"app": "a"}}, "spec": {}});
        let hashed = json!({"metadata": {"labels": {"app": "a", HASH_LABEL: "x"}}, "spec": {}});
        assert!(same(&plain, &hashed));
        assert!(!same(
            &plain,
            &json!({"metadata": {"labels": {"app": "b"}}, "spec": {}})
        ));
    }
}
