//! Objects without what only servers, controllers and tools keep in them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use infra_schema::diff::{BOOK_ANNOTATIONS, SERVER_METADATA};
use infra_schema::kind::Kind;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// An object without its status, without what servers and tools note in its metadata, and without
/// `null`s; one that was `live` also without what was allocated for it.
pub fn clean(value: &mut Value, live: bool) {
    let text = |field: &str| value[field].as_str().unwrap_or_default().to_owned();
    let (api_version, kind) = (text("apiVersion"), text("kind"));
    if Kind::find_api(&api_version, &kind).is_some() {
        drop_nulls(value);
    }
    if let Some(object) = value.as_object_mut() {
        object.remove("status");
    }
    metadata(&mut value["metadata"], live);
    match (api_version.as_str(), kind.as_str()) {
        ("v1", "Namespace") => {
            remove(value, "/spec", "finalizers");
            remove(value, "/metadata/labels", "kubernetes.io/metadata.name");
        }
        ("v1", "Service") if live => service(&mut value["spec"]),
        ("v1", "PersistentVolumeClaim") if live => remove(value, "/spec", "volumeName"),
        ("v1", "PersistentVolume") => {
            remove(value, "/spec/claimRef", "uid");
            remove(value, "/spec/claimRef", "resourceVersion");
        }
        ("v1", "ServiceAccount") if live => remove(value, "", "secrets"),
        ("batch/v1", "Job") if live => job(value),
        ("apps/v1", "StatefulSet") => {
            let claims = value
                .pointer_mut("/spec/volumeClaimTemplates")
                .and_then(Value::as_array_mut);
            for claim in claims.into_iter().flatten() {
                for field in ["apiVersion", "kind", "status"] {
                    remove(claim, "", field);
                }
                remove(claim, "/metadata", "creationTimestamp");
            }
        }
        _ => {}
    }
    for template in [
        "/spec/template",
        "/spec/jobTemplate",
        "/spec/jobTemplate/spec/template",
    ] {
        if let Some(metadata) = value
            .pointer_mut(template)
            .and_then(|template| template.get_mut("metadata"))
        {
            remove(metadata, "", "creationTimestamp");
        }
    }
    for (of, field) in [
        ("/metadata", "labels"),
        ("/metadata", "annotations"),
        ("", "spec"),
    ] {
        let empty = value
            .pointer(&format!("{of}/{field}"))
            .and_then(Value::as_object)
            .is_some_and(Map::is_empty);
        if empty && (field != "spec" || kind == "Namespace") {
            remove(value, of, field);
        }
    }
}

fn metadata(metadata: &mut Value, live: bool) {
    let Some(fields) = metadata.as_object_mut() else {
        return;
    };
    for field in SERVER_METADATA.iter().chain(&["ownerReferences"]) {
        fields.remove(*field);
    }
    if live {
        fields.remove("generateName");
        let kept = |one: &Value| {
            one.as_str().is_some_and(|name| {
                !name.contains("kubernetes.io/") && !matches!(name, "foregroundDeletion" | "orphan")
            })
        };
        if let Some(finalizers) = fields.get_mut("finalizers").and_then(Value::as_array_mut) {
            finalizers.retain(kept);
            if finalizers.is_empty() {
                fields.remove("finalizers");
            }
        }
    }
    release(fields);
    if let Some(labels) = fields.get_mut("labels").and_then(Value::as_object_mut) {
        // Who prunes it: what applies it anew says it anew.
        labels.remove("applyset.kubernetes.io/part-of");
    }
    if let Some(annotations) = fields.get_mut("annotations").and_then(Value::as_object_mut) {
        annotations.retain(|key, _| !BOOK_ANNOTATIONS.contains(&key.as_str()));
    }
}

/// What Helm notes in the objects of a release, whatever its chart says: with that left in it, an object
/// would still be the release's, and be deleted with it.
fn release(metadata: &mut Map<String, Value>) {
    let noted = |key: &str| key.starts_with("meta.helm.sh/release-");
    let Some(Value::Object(annotations)) = metadata.get_mut("annotations") else {
        return;
    };
    if !annotations.keys().any(|key| noted(key)) {
        return;
    }
    annotations.retain(|key, _| !noted(key));
    if let Some(Value::Object(labels)) = metadata.get_mut("labels") {
        labels.retain(|key, value| key != "app.kubernetes.io/managed-by" || value != "Helm");
    }
}

fn service(spec: &mut Value) {
    let headless = spec["clusterIP"] == "None";
    for field in [
        "clusterIPs",
        "ipFamilies",
        "ipFamilyPolicy",
        "healthCheckNodePort",
    ] {
        remove(spec, "", field);
    }
    if !headless {
        remove(spec, "", "clusterIP");
    }
    for port in spec["ports"].as_array_mut().into_iter().flatten() {
        remove(port, "", "nodePort");
    }
}

/// A job's selector is made for it, unless it says that it has one of its own.
fn job(value: &mut Value) {
    if value["spec"]["manualSelector"] == true {
        return;
    }
    remove(value, "/spec", "selector");
    for of in ["/metadata/labels", "/spec/template/metadata/labels"] {
        for label in [
            "controller-uid",
            "job-name",
            "batch.kubernetes.io/controller-uid",
            "batch.kubernetes.io/job-name",
        ] {
            remove(value, of, label);
        }
    }
}

fn remove(value: &mut Value, of: &str, field: &str) {
    if let Some(fields) = value.pointer_mut(of).and_then(Value::as_object_mut) {
        fields.remove(field);
    }
}

fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, value| !value.is_null());
            fields.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

/// What a Secret holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecretContent {
    /// What stands under each key.
    pub values: BTreeMap<String, Vec<u8>>,
    /// The keys whose values are no base64, as a server wants them to be: they are taken as they are.
    pub wrong: Vec<String>,
}

/// Takes the content out of a Secret.
pub fn take_secret(value: &mut Value) -> SecretContent {
    let mut content = SecretContent::default();
    let Some(fields) = value.as_object_mut() else {
        return content;
    };
    let texts = |fields: &mut Map<String, Value>, field: &str| match fields.remove(field) {
        Some(Value::Object(texts)) => texts,
        _ => Map::new(),
    };
    for (key, encoded) in texts(fields, "data") {
        let encoded = encoded.as_str().unwrap_or_default();
        let plain: String = encoded.chars().filter(|c| !c.is_whitespace()).collect();
        let bytes = STANDARD.decode(&plain).unwrap_or_else(|_| {
            content.wrong.push(key.clone());
            encoded.as_bytes().to_vec()
        });
        content.values.insert(key, bytes);
    }
    for (key, text) in texts(fields, "stringData") {
        let text = text.as_str().unwrap_or_default();
        content.values.insert(key, text.as_bytes().to_vec());
    }
    content
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_servers_and_tools_note_goes() {
        let mut service = json!({
            "apiVersion": "v1", "kind": "Service",
            "metadata": {
                "name": "web", "uid": "1", "resourceVersion": "2", "managedFields": [],
                "creationTimestamp": null, "labels": {},
                "annotations": { "kubectl.kubernetes.io/last-applied-configuration": "{}" },
                "finalizers": ["service.kubernetes.io/load-balancer-cleanup", "example.com/mine"],
            },
            "spec": {
                "clusterIP": "10.0.0.1", "clusterIPs": ["10.0.0.1"],
                "ports": [{ "port": 80, "nodePort": 30080 }],
            },
            "status": {},
        });
        let mut file = service.clone();
        clean(&mut service, true);
        assert_eq!(
            service,
            json!({
                "apiVersion": "v1", "kind": "Service",
                "metadata": { "name": "web", "finalizers": ["example.com/mine"] },
                "spec": { "ports": [{ "port": 80 }] },
            })
        );
        clean(&mut file, false);
        assert_eq!(file["spec"]["ports"][0]["nodePort"], 30080);
        assert_eq!(file["spec"]["clusterIP"], "10.0.0.1");
    }

    #[test]
    fn what_helm_notes_goes_with_its_release() {
        let object = |annotations: Value| {
            let labels = json!({ "app": "web", "app.kubernetes.io/managed-by": "Helm" });
            let metadata = json!({ "name": "web", "labels": labels, "annotations": annotations });
            let mut object =
                json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata });
            clean(&mut object, false);
            object["metadata"].take()
        };
        let installed =
            json!({ "meta.helm.sh/release-name": "web", "meta.helm.sh/release-namespace": "shop" });
        assert_eq!(
            object(installed),
            json!({ "name": "web", "labels": { "app": "web" } })
        );
        // What `helm template` prints is as the chart says.
        assert_eq!(
            object(json!({ "note": "a" }))["labels"]["app.kubernetes.io/managed-by"],
            "Helm"
        );
    }

    #[test]
    fn the_content_of_a_secret() {
        let mut secret =
            json!({ "data": { "a": "YQ==\n", "b": "Yg==", "d": "?" }, "stringData": { "b": "c" } });
        let content = take_secret(&mut secret);
        assert_eq!(secret, json!({}));
        let expected = [("a", "a"), ("b", "c"), ("d", "?")];
        let expected = expected.map(|(key, text)| (key.to_owned(), text.as_bytes().to_vec()));
        assert_eq!(content.values, BTreeMap::from(expected));
        assert_eq!(content.wrong, ["d"]);
    }
}
