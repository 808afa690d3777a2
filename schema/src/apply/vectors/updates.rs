//! Applies beside other writes: what updates own, take and lose.

use serde_json::{Value, json};

use super::{Store, pod};

/// V4: the deployment, created by `kubectl-create`.
fn created() -> (Store, Value) {
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
    let mut store = Store::new("apps", "Deployment");
    let made = store.whole(whole.clone());
    store.update("kubectl-create", "", |object| *object = made);
    (store, whole)
}

#[test]
fn v4_updates_own_the_containers_that_they_made() {
    let (mut store, whole) = created();
    let creator = json!({
        "f:metadata": {"f:annotations": {".": {}, "f:note": {}}, "f:labels": {".": {}, "f:app": {}}},
        "f:spec": {
            "f:replicas": {},
            "f:selector": {},
            "f:strategy": {"f:rollingUpdate": {".": {}, "f:maxSurge": {}, "f:maxUnavailable": {}}, "f:type": {}},
            "f:template": {
                "f:metadata": {"f:labels": {".": {}, "f:app": {}}},
                "f:spec": {
                    "f:containers": {"k:{\"name\":\"app\"}": {
                        ".": {}, "f:image": {}, "f:name": {},
                        "f:ports": {".": {}, "k:{\"containerPort\":80,\"protocol\":\"TCP\"}": {".": {}, "f:containerPort": {}, "f:protocol": {}}},
                        "f:resources": {},
                    }},
                    "f:securityContext": {},
                },
            },
        },
    });
    assert_eq!(
        store.managers(),
        json!({"kubectl-create (Update)": creator})
    );
    let mut config = pod(json!([{"name": "app", "image": "nginx:2"}]));
    config["spec"]["replicas"] = json!(3);
    assert_eq!(
        store.refused("infra", config),
        "Apply failed with 2 conflicts: conflicts with \"kubectl-create\" using apps/v1:\n- .spec.replicas\n- .spec.template.spec.containers[name=\"app\"].image"
    );
    store.apply("infra", json!({"spec": {"replicas": 1}}));
    assert_eq!(
        store.managers(),
        json!({"infra": {"f:spec": {"f:replicas": {}}}, "kubectl-create (Update)": creator})
    );
    store.apply("infra", json!({}));
    assert_eq!(
        store.managers(),
        json!({"kubectl-create (Update)": creator})
    );
    assert_eq!(store.body(), whole);
}

#[test]
fn v9_owning_a_child_does_not_keep_the_item() {
    let ports = |dns: i64| {
        json!({"spec": {"ports": [
            {"name": "dns", "port": dns, "protocol": "TCP"},
            {"name": "dnsu", "port": 53, "protocol": "UDP"},
        ]}})
    };
    let owned = |port: i64| {
        let tcp = format!(r#"k:{{"port":{port},"protocol":"TCP"}}"#);
        let item = json!({".": {}, "f:name": {}, "f:port": {}, "f:protocol": {}});
        json!({"f:spec": {"f:ports": {tcp: item, "k:{\"port\":53,\"protocol\":\"UDP\"}": item}}})
    };
    let mut store = Store::new("", "Service");
    store.apply("a", ports(53));
    store.update("edit", "", |object| {
        object["spec"]["ports"][0]["targetPort"] = json!(5353);
    });
    assert_eq!(
        store.managers(),
        json!({
            "a": owned(53),
            "edit (Update)": {"f:spec": {"f:ports": {"k:{\"port\":53,\"protocol\":\"TCP\"}": {"f:targetPort": {}}}}},
        })
    );
    store.apply("a", ports(54));
    assert_eq!(store.body(), ports(54));
    assert_eq!(store.managers(), json!({"a": owned(54)}));
}

#[test]
fn v12_objects_from_before_ownership() {
    let mut store = Store::new("", "ConfigMap");
    let live = store.whole(
        json!({"metadata": {"labels": {"x": "1"}, "uid": "u"}, "data": {"k": "v", "z": "1"}}),
    );
    store.live = Some(live);
    store.update("edit", "", |object| object["data"]["z"] = json!("1"));
    assert_eq!(
        store.managers(),
        json!({}),
        "updates are not tracked before an apply"
    );
    let config = json!({"data": {"k": "v2"}});
    assert_eq!(
        store.refused("infra", config.clone()),
        r#"Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.k"#
    );
    store.force("infra", config);
    assert_eq!(
        store.body(),
        json!({"metadata": {"labels": {"x": "1"}}, "data": {"k": "v2", "z": "1"}})
    );
    assert_eq!(
        store.managers(),
        json!({
            "before-first-apply (Update)": {"f:data": {".": {}, "f:z": {}}, "f:metadata": {"f:labels": {".": {}, "f:x": {}}}},
            "infra": {"f:data": {"f:k": {}}},
        })
    );
}

#[test]
fn v13_controllers_write_through_status() {
    let revision = json!({"deployment.kubernetes.io/revision": "1"});
    let status = json!({"observedGeneration": 1, "replicas": 1, "conditions": [
        {"type": "Available", "status": "True", "reason": "MinimumReplicasAvailable"},
    ]});
    let whole = |replicas: i64| {
        json!({
            "metadata": {"annotations": revision},
            "spec": {"replicas": replicas},
            "status": status,
        })
    };
    let managers = json!({
        "infra": {"f:spec": {"f:replicas": {}}},
        "kcm (Update, status)": {
            "f:metadata": {"f:annotations": {".": {}, "f:deployment.kubernetes.io/revision": {}}},
            // A server's objects have a status from the start, and own no `.` here.
            "f:status": {
                ".": {},
                "f:conditions": {
                    ".": {},
                    "k:{\"type\":\"Available\"}": {".": {}, "f:reason": {}, "f:status": {}, "f:type": {}},
                },
                "f:observedGeneration": {},
                "f:replicas": {},
            },
        },
    });
    let mut store = Store::new("apps", "Deployment");
    store.apply("infra", json!({"spec": {"replicas": 1}}));
    store.update("kcm", "status", |object| {
        object["metadata"]["annotations"] = revision.clone();
        object["status"] = status.clone();
    });
    assert_eq!(store.body(), whole(1));
    assert_eq!(store.managers(), managers);
    let written = store.entry("kcm");
    store.apply("infra", json!({"spec": {"replicas": 2}}));
    assert_eq!(store.body(), whole(2));
    assert_eq!(store.managers(), managers);
    assert_eq!(store.entry("kcm"), written, "its time too");
}

#[test]
fn v14_updates_take_what_they_change() {
    let mut store = Store::new("", "ConfigMap");
    store.apply("infra", json!({"data": {"k": "v", "z": "w"}}));
    store.update("edit", "", |object| {
        object["data"].as_object_mut().expect("map").remove("z");
    });
    let k = json!({"f:data": {"f:k": {}}});
    assert_eq!(store.managers(), json!({"infra": k}));
    store.update("edit", "", |object| object["data"]["k"] = json!("v9"));
    assert_eq!(store.managers(), json!({"edit (Update)": k}));
    assert_eq!(
        store.refused("infra", json!({"data": {"k": "v", "z": "w"}})),
        r#"Apply failed with 1 conflict: conflict with "edit" using v1: .data.k"#
    );
    assert_eq!(store.body(), json!({"data": {"k": "v9"}}));
}
