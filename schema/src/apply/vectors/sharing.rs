//! Who owns what is applied: first applies, conflicts, sharing, handing over.

use serde_json::json;

use super::store::container;
use super::{Store, deployment, first};
use crate::apply::ApplyError;

#[test]
fn v1_the_set_of_a_first_apply() {
    let mut store = first();
    assert_eq!(store.body(), deployment(2, container()));
    assert_eq!(
        store.managers(),
        json!({"infra": {"f:metadata":{"f:labels":{"f:app":{}}},"f:spec":{"f:replicas":{},"f:selector":{},"f:template":{"f:metadata":{"f:labels":{"f:app":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"app\"}":{".":{},"f:image":{},"f:name":{},"f:ports":{"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{},"f:name":{}}},"f:resources":{}}}}}}}})
    );
    let container =
        json!({"name": "app", "image": "nginx:1", "env": [{"name": "A", "value": "1"}]});
    store.apply("infra", deployment(2, container.clone()));
    assert_eq!(store.body(), deployment(2, container));
    assert_eq!(
        store.managers(),
        json!({"infra": {"f:metadata":{"f:labels":{"f:app":{}}},"f:spec":{"f:replicas":{},"f:selector":{},"f:template":{"f:metadata":{"f:labels":{"f:app":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"app\"}":{".":{},"f:image":{},"f:name":{},"f:env":{"k:{\"name\":\"A\"}":{".":{},"f:name":{},"f:value":{}}}}}}}}}})
    );
}

#[test]
fn v2_conflicts_sharing_and_force() {
    let mut store = first();
    let replicas = |count: i64| json!({"spec": {"replicas": count}});
    let refusal = store.refusal("scaler", replicas(5));
    assert_eq!(
        refusal.to_string(),
        r#"Apply failed with 1 conflict: conflict with "infra": .spec.replicas"#
    );
    let ApplyError::Conflicts(conflicts) = refusal else {
        panic!("{refusal:?}")
    };
    let causes: Vec<(String, String)> = conflicts
        .iter()
        .map(|conflict| (conflict.message(), conflict.path.to_string()))
        .collect();
    let cause = (r#"conflict with "infra""#.into(), ".spec.replicas".into());
    assert_eq!(causes, [cause]);

    let mut managers = store.managers();
    store.apply("scaler", replicas(2));
    managers["scaler"] = json!({"f:spec": {"f:replicas": {}}});
    assert_eq!(store.managers(), managers);
    assert_eq!(store.body(), deployment(2, container()));
    let untimed = store.entry("scaler").get("time").is_none();
    assert!(untimed, "nothing changed but ownership");

    store.force("scaler", replicas(5));
    let spec = managers["infra"]["f:spec"].as_object_mut();
    spec.expect("fields").remove("f:replicas");
    assert_eq!(store.managers(), managers);
    assert_eq!(store.body(), deployment(5, container()));
}

#[test]
fn v3_shared_fields_go_with_their_last_owner() {
    let mut store = Store::new("", "ConfigMap");
    let (a, b) = (
        json!({"f:metadata": {"f:labels": {"f:x": {}, "f:z": {}}}, "f:data": {"f:k": {}}}),
        json!({"f:metadata": {"f:labels": {"f:x": {}}}}),
    );
    store.apply(
        "a",
        json!({"metadata": {"labels": {"x": "1", "z": "1"}}, "data": {"k": "v"}}),
    );
    store.apply("b", json!({"metadata": {"labels": {"x": "1"}}}));
    assert_eq!(
        store.body(),
        json!({"metadata": {"labels": {"x": "1", "z": "1"}}, "data": {"k": "v"}})
    );
    assert_eq!(store.managers(), json!({"a": a, "b": b}));
    store.apply("a", json!({"data": {"k": "v"}}));
    assert_eq!(
        store.body(),
        json!({"metadata": {"labels": {"x": "1"}}, "data": {"k": "v"}})
    );
    let a = json!({"f:data": {"f:k": {}}});
    assert_eq!(store.managers(), json!({"a": a, "b": b}));
    store.apply("b", json!({}));
    assert_eq!(store.body(), json!({"data": {"k": "v"}}));
    assert_eq!(store.managers(), json!({"a": a}));
}

#[test]
fn v11_handing_a_field_over() {
    let three = json!({"spec": {"replicas": 3, "paused": true}});
    let paused = json!({"spec": {"paused": true}});
    let mut store = Store::new("apps", "Deployment");
    store.apply("infra", three.clone());
    store.apply("infra", paused.clone());
    assert_eq!(store.body(), paused);
    assert_eq!(
        store.managers(),
        json!({"infra": {"f:spec": {"f:paused": {}}}})
    );
    let mut store = Store::new("apps", "Deployment");
    store.apply("infra", three.clone());
    store.apply("infra-handover", json!({"spec": {"replicas": 3}}));
    store.apply("infra", paused);
    assert_eq!(store.body(), three);
    assert_eq!(
        store.managers(),
        json!({
            "infra": {"f:spec": {"f:paused": {}}},
            "infra-handover": {"f:spec": {"f:replicas": {}}},
        })
    );
}
