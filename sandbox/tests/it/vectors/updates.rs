//! Applies beside other writes: what updates own, take and lose.

use super::api::{Api, Target};
use serde_json::{Value, json};

const DEPLOYMENT: Target = Target::DEPLOYMENT;

fn pod(image: &str) -> Value {
    json!({"containers": [{"name": "app", "image": image}]})
}

pub(super) async fn v4_updates_own_the_containers_that_they_made(api: &mut Api) {
    let whole = json!({
        "metadata": {"labels": {"app": "web"}, "annotations": {"note": "x"}},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": {"app": "web"}},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {
                    "securityContext": {},
                    "containers": [{"name": "app", "image": "nginx:1", "ports": [{"containerPort": 80, "protocol": "TCP"}], "resources": {}}],
                },
            },
        },
    });
    let made = api.create(DEPLOYMENT, "kubectl-create", whole).await;
    let owned = made.fields("kubectl-create");
    assert_eq!(
        owned["f:metadata"],
        json!({"f:annotations": {".": {}, "f:note": {}}, "f:labels": {".": {}, "f:app": {}}})
    );
    assert_eq!(
        owned["f:spec"]["f:strategy"],
        json!({"f:rollingUpdate": {".": {}, "f:maxSurge": {}, "f:maxUnavailable": {}}, "f:type": {}})
    );
    let config = json!({"spec": {"replicas": 3, "template": {"spec": pod("nginx:2")}}});
    let refused = api.apply(DEPLOYMENT, "infra", config).await;
    assert_eq!(
        refused.refused(409),
        "Apply failed with 2 conflicts: conflicts with \"kubectl-create\" using apps/v1:\n- .spec.replicas\n- .spec.template.spec.containers[name=\"app\"].image"
    );
    let one = json!({"spec": {"replicas": 1}});
    let shared = api.apply(DEPLOYMENT, "infra", one).await;
    assert_eq!(
        shared.fields("infra"),
        json!({"f:spec": {"f:replicas": {}}})
    );
    let released = api.apply(DEPLOYMENT, "infra", json!({})).await;
    assert_eq!(released.fields("infra"), Value::Null);
    assert_eq!(released.fields("kubectl-create"), owned);
    assert_eq!(*released.at("/spec/replicas"), json!(1));
}

pub(super) async fn v9_owning_a_child_does_not_keep_the_item(api: &mut Api) {
    const SERVICE: Target = Target::SERVICE;
    let ports = |dns: i64| {
        json!({"spec": {"ports": [
            {"name": "dns", "port": dns, "protocol": "TCP"},
            {"name": "dnsu", "port": 53, "protocol": "UDP"},
        ]}})
    };
    api.apply(SERVICE, "a", ports(53)).await;
    let edited = api
        .update(SERVICE, "edit", |service| {
            service["spec"]["ports"][0]["targetPort"] = json!(5353);
        })
        .await;
    assert_eq!(
        edited.fields("edit"),
        json!({"f:spec": {"f:ports": {"k:{\"port\":53,\"protocol\":\"TCP\"}": {"f:targetPort": {}}}}})
    );
    let moved = api.apply(SERVICE, "a", ports(54)).await;
    let left: Vec<(&Value, &Value)> = moved
        .at("/spec/ports")
        .as_array()
        .into_iter()
        .flatten()
        .map(|port| (&port["port"], &port["protocol"]))
        .collect();
    assert_eq!(
        left,
        [(&json!(54), &json!("TCP")), (&json!(53), &json!("UDP"))]
    );
    assert_eq!(moved.fields("edit"), Value::Null);
}

pub(super) async fn v12_objects_from_before_ownership(api: &mut Api) {
    const MAP: Target = Target::CONFIG_MAP;
    let old = json!({"metadata": {"labels": {"x": "1"}}, "data": {"k": "v", "z": "1"}});
    api.create(MAP, "old", old).await;
    let forgotten = api
        .update(MAP, "old", |map| {
            map["metadata"]["managedFields"] = json!([{}]);
        })
        .await;
    assert_eq!(*forgotten.at("/metadata/managedFields"), Value::Null);
    let config = json!({"data": {"k": "v2"}});
    let refused = api.apply(MAP, "infra", config.clone()).await;
    assert_eq!(
        refused.refused(409),
        r#"Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.k"#
    );
    let forced = api.force(MAP, "infra", config).await;
    assert_eq!(*forced.at("/data"), json!({"k": "v2", "z": "1"}));
    assert_eq!(
        forced.fields("before-first-apply"),
        json!({"f:data": {".": {}, "f:z": {}}, "f:metadata": {"f:labels": {".": {}, "f:x": {}}}})
    );
}

pub(super) async fn v13_controllers_write_through_status(api: &mut Api) {
    let whole = |replicas: i64| {
        json!({"spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {"metadata": {"labels": {"app": "web"}}, "spec": pod("nginx:1")},
        }})
    };
    api.apply(DEPLOYMENT, "infra", whole(1)).await;
    let written = api
        .update_through(DEPLOYMENT, "kcm", "status", |object| {
            object["metadata"]["annotations"] = json!({"deployment.kubernetes.io/revision": "1"});
            object["status"] = json!({"observedGeneration": 1, "replicas": 1, "conditions": [
                {"type": "Available", "status": "True", "reason": "MinimumReplicasAvailable"},
            ]});
        })
        .await;
    let owned = written.fields("kcm");
    assert_eq!(
        owned["f:metadata"],
        json!({"f:annotations": {".": {}, "f:deployment.kubernetes.io/revision": {}}})
    );
    assert_eq!(owned["f:status"]["f:replicas"], json!({}));
    let now = api.apply(DEPLOYMENT, "infra", whole(2)).await;
    assert_eq!(now.fields("kcm"), owned);
    assert_eq!(now.at("/status"), written.at("/status"));
    assert_eq!(
        now.at("/metadata/annotations"),
        written.at("/metadata/annotations")
    );
    assert_eq!(*now.at("/spec/replicas"), json!(2));
}

pub(super) async fn v14_updates_take_what_they_change(api: &mut Api) {
    const MAP: Target = Target::CONFIG_MAP;
    let config = json!({"data": {"k": "v", "z": "w"}});
    api.apply(MAP, "infra", config.clone()).await;
    let removed = api
        .update(MAP, "edit", |map| map["data"] = json!({"k": "v"}))
        .await;
    let k = json!({"f:data": {"f:k": {}}});
    assert_eq!(removed.fields("infra"), k);
    let changed = api
        .update(MAP, "edit", |map| map["data"] = json!({"k": "v9"}))
        .await;
    assert_eq!(changed.fields("edit"), k);
    assert_eq!(changed.fields("infra"), Value::Null);
    let refused = api.apply(MAP, "infra", config).await;
    assert_eq!(
        refused.refused(409),
        r#"Apply failed with 1 conflict: conflict with "edit" using v1: .data.k"#
    );
}
