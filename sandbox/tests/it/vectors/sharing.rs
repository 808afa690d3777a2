//! Who owns what is applied: first applies, conflicts, sharing, handing over.

use super::api::{Api, Target};
use serde_json::{Value, json};

const DEPLOYMENT: Target = Target::DEPLOYMENT;

fn deployment(container: Value) -> Value {
    json!({
        "metadata": {"labels": {"app": "web"}},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [container]},
            },
        },
    })
}

fn container() -> Value {
    json!({"name": "app", "image": "nginx:1", "ports": [{"containerPort": 80, "name": "http"}], "resources": {}})
}

fn replicas(count: i64) -> Value {
    json!({"spec": {"replicas": count}})
}

pub(super) async fn v1_the_set_of_a_first_apply(api: &mut Api) {
    let made = api
        .apply(DEPLOYMENT, "infra", deployment(container()))
        .await;
    assert_eq!(
        made.fields("infra"),
        json!({"f:metadata":{"f:labels":{"f:app":{}}},"f:spec":{"f:replicas":{},"f:selector":{},"f:template":{"f:metadata":{"f:labels":{"f:app":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"app\"}":{".":{},"f:image":{},"f:name":{},"f:ports":{"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{},"f:name":{}}},"f:resources":{}}}}}}})
    );
    let env = json!({"name": "app", "image": "nginx:1", "env": [{"name": "A", "value": "1"}]});
    let now = api.apply(DEPLOYMENT, "infra", deployment(env)).await;
    let container = now.at("/spec/template/spec/containers/0");
    assert_eq!(container["ports"], Value::Null);
    let owned = now.fields("infra");
    let owned = &owned["f:spec"]["f:template"]["f:spec"]["f:containers"]["k:{\"name\":\"app\"}"];
    assert_eq!(
        owned["f:env"],
        json!({"k:{\"name\":\"A\"}": {".": {}, "f:name": {}, "f:value": {}}})
    );
}

pub(super) async fn v2_conflicts_sharing_and_force(api: &mut Api) {
    api.apply(DEPLOYMENT, "infra", deployment(container()))
        .await;
    let refused = api.apply(DEPLOYMENT, "scaler", replicas(5)).await;
    assert_eq!(
        refused.refused(409),
        r#"Apply failed with 1 conflict: conflict with "infra": .spec.replicas"#
    );
    assert_eq!(
        refused.body["details"],
        json!({"causes": [{"reason": "FieldManagerConflict", "message": r#"conflict with "infra""#, "field": ".spec.replicas"}]})
    );
    let shared = api.apply(DEPLOYMENT, "scaler", replicas(2)).await;
    let owned = json!({"f:spec": {"f:replicas": {}}});
    assert_eq!(shared.fields("scaler"), owned);
    assert_eq!(shared.fields("infra")["f:spec"]["f:replicas"], json!({}));
    let forced = api.force(DEPLOYMENT, "scaler", replicas(5)).await;
    assert_eq!(*forced.at("/spec/replicas"), json!(5));
    assert_eq!(forced.fields("scaler"), owned);
    assert_eq!(forced.fields("infra")["f:spec"]["f:replicas"], Value::Null);
}

pub(super) async fn v3_shared_fields_go_with_their_last_owner(api: &mut Api) {
    const MAP: Target = Target::CONFIG_MAP;
    let data = json!({"k": "v"});
    let both = json!({"metadata": {"labels": {"x": "1", "z": "1"}}, "data": data});
    api.apply(MAP, "a", both).await;
    let x = json!({"metadata": {"labels": {"x": "1"}}});
    api.apply(MAP, "b", x).await;
    let now = api.apply(MAP, "a", json!({"data": data})).await;
    assert_eq!(*now.at("/metadata/labels"), json!({"x": "1"}));
    let now = api.apply(MAP, "b", json!({})).await;
    assert_eq!(*now.at("/metadata/labels"), Value::Null);
    assert_eq!(now.fields("b"), Value::Null);
    assert_eq!(now.fields("a"), json!({"f:data": {"f:k": {}}}));
}

pub(super) async fn v11_handing_a_field_over(api: &mut Api) {
    let paused = |replicas: Option<i64>| {
        let mut body = deployment(container());
        body["spec"]["paused"] = json!(true);
        let spec = body["spec"].as_object_mut().expect("a spec");
        match replicas {
            Some(count) => spec.insert("replicas".to_owned(), json!(count)),
            None => spec.remove("replicas"),
        };
        body
    };
    api.apply(DEPLOYMENT, "infra", paused(Some(3))).await;
    let dropped = api.apply(DEPLOYMENT, "infra", paused(None)).await;
    assert_eq!(*dropped.at("/spec/replicas"), json!(1), "the default");

    let handed = DEPLOYMENT.named("handed");
    api.apply(handed, "infra", paused(Some(3))).await;
    api.apply(handed, "infra-handover", replicas(3)).await;
    let kept = api.apply(handed, "infra", paused(None)).await;
    assert_eq!(*kept.at("/spec/replicas"), json!(3));
    assert_eq!(
        kept.fields("infra-handover"),
        json!({"f:spec": {"f:replicas": {}}})
    );
    assert_eq!(kept.fields("infra")["f:spec"]["f:replicas"], Value::Null);
}
