//! What changes between an object as it is and as it would be, as a person wants to read it.

use super::{Change, checksums, inventory};
use crate::object::{Object, ObjectId};
use infra_schema::diff::{BOOK_ANNOTATIONS, SERVER_METADATA};
use infra_schema::ty::Type;
use serde_json::{Map, Value};

/// Labels that the API server or we keep our books in.
const LABELS: [&str; 2] = [inventory::PART_OF, "kubernetes.io/metadata.name"];

/// The fields that change, in the order in which they stand in the object.
pub(crate) fn changes(ty: &Type, object: &Object, before: &Value, after: &Value) -> Vec<Change> {
    let (before, after) = (quiet(before), quiet(after));
    infra_schema::diff::diff(ty, &before, &after)
        .into_iter()
        .map(|change| {
            let path = change.path.to_string();
            let secret = is_secret(&object.id, &path);
            let shown = |value: Option<Value>| if secret { None } else { value };
            Change {
                origin: object.origin.of_field(&path).cloned(),
                before: shown(change.before),
                after: shown(change.after),
                secret,
                unknown: false,
                path,
            }
        })
        .collect()
}

/// The object without what nobody set.
fn quiet(object: &Value) -> Value {
    let mut object = object.clone();
    if let Some(fields) = object.as_object_mut() {
        fields.remove("status");
    }
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        for field in SERVER_METADATA {
            metadata.remove(*field);
        }
        remove_keys(metadata, "annotations", BOOK_ANNOTATIONS);
        remove_keys(metadata, "labels", &LABELS);
    }
    let template = object.pointer_mut("/spec/template/metadata");
    if let Some(metadata) = template.and_then(Value::as_object_mut) {
        checksums::take(metadata);
    }
    object
}

/// Removes keys, and the map with them where nothing else is in it: whether an empty one stands
/// there says nothing.
fn remove_keys(metadata: &mut Map<String, Value>, field: &str, keys: &[&str]) {
    let Some(map) = metadata.get_mut(field).and_then(Value::as_object_mut) else {
        return;
    };
    for key in keys {
        map.remove(*key);
    }
    if map.is_empty() {
        metadata.remove(field);
    }
}

/// Whether a field's content is never shown.
fn is_secret(id: &ObjectId, path: &str) -> bool {
    id.group.is_empty()
        && id.kind == "Secret"
        && (path.starts_with(".data") || path.starts_with(".stringData"))
}

/// Whether the pods of a workload would be made from another template, be it by the order of what
/// stands in it alone: controllers compare templates whole.
pub(crate) fn template_changes(before: &Value, after: &Value) -> bool {
    let template = |object: &Value| quiet(object).pointer("/spec/template").cloned();
    template(before) != template(after)
}

/// Whether our field manager would own other fields afterwards.
pub(crate) fn ownership_changes(before: &Value, after: &Value) -> bool {
    owned(before) != owned(after)
}

fn owned(object: &Value) -> Option<&Value> {
    object["metadata"]["managedFields"]
        .as_array()?
        .iter()
        .find(|entry| {
            entry["manager"] == super::MANAGER
                && entry["operation"] == "Apply"
                && entry.get("subresource").is_none()
        })
        .map(|entry| &entry["fieldsV1"])
}

/// What users or data would notice of a change.
pub(crate) fn risks(
    id: &ObjectId,
    live: &Value,
    changes: &[Change],
    restarts: bool,
) -> Vec<String> {
    let template = restarts
        || changes
            .iter()
            .any(|change| change.path.starts_with(".spec.template"));
    if !template || !matches!(id.kind.as_str(), "Deployment" | "StatefulSet" | "DaemonSet") {
        return Vec::new();
    }
    let strategy = &live["spec"]["updateStrategy"]["type"];
    if strategy == "OnDelete" {
        return vec!["pods keep running as they are until they are deleted (`OnDelete`)".into()];
    }
    let pods = match id.kind.as_str() {
        "DaemonSet" => live["status"]["desiredNumberScheduled"].as_i64(),
        _ => Some(live["spec"]["replicas"].as_i64().unwrap_or(1)),
    };
    match pods {
        Some(0) | None => Vec::new(),
        Some(1) => vec!["1 pod restarts".into()],
        Some(pods) => vec![format!("{pods} pods restart")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::Origin;
    use serde_json::json;

    fn listed(before: &Value, after: &Value) -> Vec<String> {
        let object = Object::new(after.clone(), Origin::default());
        let kind = infra_schema::kind::Kind::find_api(
            before["apiVersion"].as_str().unwrap(),
            before["kind"].as_str().unwrap(),
        )
        .unwrap();
        changes(&kind.ty(), &object, before, after)
            .into_iter()
            .map(|change| {
                let shown = |value: Option<Value>| value.map_or("-".into(), |v| v.to_string());
                format!(
                    "{} {} {}{}",
                    change.path,
                    shown(change.before),
                    shown(change.after),
                    if change.secret { " secret" } else { "" }
                )
            })
            .collect()
    }

    #[test]
    fn items_are_paired_by_their_keys_and_noise_is_gone() {
        let before = json!({"apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": "web", "generation": 3, "resourceVersion": "7", "uid": "u",
                "annotations": {"deployment.kubernetes.io/revision": "2"}},
            "spec": {"template": {"spec": {"containers": [
                {"name": "app", "image": "app:1"}, {"name": "log", "image": "log:1"}]}}},
            "status": {"replicas": 1}});
        let after = json!({"apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": "web", "generation": 4,
                "labels": {"applyset.kubernetes.io/part-of": "x"}},
            "spec": {"template": {"spec": {"containers": [
                {"name": "log", "image": "log:1"}, {"name": "app", "image": "app:2"}]}}}});
        let found = listed(&before, &after);
        assert!(
            found.contains(
                &r#".spec.template.spec.containers[name="app"].image "app:1" "app:2""#.to_owned()
            ),
            "{found:?}"
        );
        assert!(
            found
                .iter()
                .all(|line| !line.starts_with(".metadata") && !line.starts_with(".status")),
            "{found:?}"
        );
    }

    #[test]
    fn a_secret_is_never_shown() {
        let secret = |value: &str| {
            json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"},
                "data": {"a": value}})
        };
        assert_eq!(
            listed(&secret("eA=="), &secret("eQ==")),
            [".data.a - - secret"]
        );
    }
}
