//! Configurations that do not fit their type, and those that barely do.

use serde_json::json;

use super::{Store, pod};
use crate::apply::{ApplyOptions, apply};
use crate::fields::FieldSet;

#[test]
fn v10_what_does_not_fit() {
    let mut store = Store::new("apps", "Deployment");
    let head = "failed to create typed patch object (d/web; apps/v1, Kind=Deployment): ";
    for (config, message) in [
        (
            pod(json!([{"name": "a"}, {"name": "a"}])),
            r#".spec.template.spec.containers: duplicate entries for key [name="a"]"#,
        ),
        (
            json!({"spec": {"foo": 1}}),
            ".spec.foo: field not declared in schema",
        ),
        (
            json!({"spec": {"replicas": "2"}}),
            ".spec.replicas: expected numeric (int or float), got string",
        ),
    ] {
        assert_eq!(store.refused("a", config), format!("{head}{message}"));
    }
    assert_eq!(store.live, None);
}

#[test]
fn v10_a_container_without_a_name_is_left_to_validation() {
    let mut store = Store::new("apps", "Deployment");
    store.apply("a", pod(json!([{"image": "x"}])));
    assert_eq!(
        store.managers(),
        json!({"a": {"f:spec": {"f:template": {"f:spec": {"f:containers": {"k:{\"name\":\"\"}": {".": {}, "f:image": {}}}}}}}})
    );
}

#[test]
fn v10_what_is_null_or_empty() {
    let mut store = Store::new("apps", "Deployment");
    store.apply(
        "a",
        json!({"metadata": {"labels": null}, "spec": {"replicas": null, "template": {"spec": {"containers": [], "nodeSelector": {}}}}}),
    );
    assert_eq!(
        store.managers(),
        json!({"a": {"f:metadata": {"f:labels": {}}, "f:spec": {"f:replicas": {}, "f:template": {"f:spec": {"f:nodeSelector": {}}}}}})
    );
    assert_eq!(store.at("/spec/replicas"), json!(null));
    assert_eq!(store.at("/metadata/labels"), json!(null));
}

#[test]
fn the_version_is_that_of_the_request() {
    let store = Store::new("apps", "Deployment");
    let options = ApplyOptions {
        manager: "a",
        api_version: "apps/v1",
        force: false,
        subresource: "",
        time: "",
        reset: &FieldSet::new(),
    };
    let config = json!({"apiVersion": "apps/v1beta1", "kind": "Deployment"});
    let error = apply(&store.ty, None, &config, &options).expect_err("wrong version");
    assert_eq!(
        error.to_string(),
        "invalid object type: apps/v1beta1, Kind=Deployment"
    );
}
