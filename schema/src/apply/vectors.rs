//! Golden vectors: what Kubernetes 1.36's own code does with these inputs (structured merge, no
//! defaulting).

use serde_json::{Value, json};

use super::{ApplyError, ApplyOptions, UpdateOptions, apply, keep_times, update};
use crate::fields::FieldSet;
use crate::ty::Type;

struct Store {
    ty: Type,
    api_version: String,
    kind: String,
    live: Option<Value>,
    second: u32,
}

impl Store {
    fn new(group: &str, kind: &str) -> Self {
        let ty = Type::of(group, "v1", kind).expect("known");
        let api_version = if group.is_empty() {
            "v1".into()
        } else {
            format!("{group}/v1")
        };
        Self {
            ty,
            api_version,
            kind: kind.into(),
            live: None,
            second: 0,
        }
    }

    fn whole(&self, mut body: Value) -> Value {
        body["apiVersion"] = json!(self.api_version);
        body["kind"] = json!(self.kind);
        body["metadata"]["name"] = json!("web");
        body["metadata"]["namespace"] = json!("d");
        body
    }

    fn run(&mut self, manager: &str, config: Value, force: bool) -> Result<bool, ApplyError> {
        self.second += 1;
        let time = format!("2026-01-01T00:00:{:02}Z", self.second);
        let config = self.whole(config);
        let options = ApplyOptions {
            manager,
            api_version: &self.api_version,
            force,
            subresource: "",
            time: &time,
            reset: &FieldSet::new(),
        };
        let applied = apply(&self.ty, self.live.as_ref(), &config, &options)?;
        let mut object = applied.object;
        object["metadata"]["uid"] = json!("u");
        self.live = Some(object);
        Ok(applied.changed)
    }

    fn apply(&mut self, manager: &str, config: Value) {
        self.run(manager, config, false).expect("applied");
    }

    fn force(&mut self, manager: &str, config: Value) {
        self.run(manager, config, true).expect("applied");
    }

    fn refused(&mut self, manager: &str, config: Value) -> String {
        self.run(manager, config, false)
            .expect_err("refused")
            .to_string()
    }

    fn update(&mut self, manager: &str, subresource: &str, change: impl FnOnce(&mut Value)) {
        self.second += 1;
        let mut new = self.live.clone().unwrap_or_else(|| self.whole(json!({})));
        change(&mut new);
        let options = UpdateOptions {
            manager,
            api_version: &self.api_version,
            subresource,
            time: &format!("2026-01-01T00:00:{:02}Z", self.second),
            reset: &FieldSet::new(),
        };
        let mut new = update(&self.ty, self.live.as_ref(), new, &options);
        new["metadata"]["uid"] = json!("u");
        self.live = Some(new);
    }

    fn live(&self) -> &Value {
        self.live.as_ref().expect("made")
    }

    fn at(&self, pointer: &str) -> Value {
        self.live().pointer(pointer).cloned().unwrap_or(Value::Null)
    }

    /// The fields of an entry, and null when there is none.
    fn fields(&self, manager: &str) -> Value {
        self.entry(manager)["fieldsV1"].clone()
    }

    fn entry(&self, manager: &str) -> Value {
        let entries = self.at("/metadata/managedFields");
        let found = entries
            .as_array()
            .and_then(|e| e.iter().find(|e| e["manager"] == manager));
        found.cloned().unwrap_or(Value::Null)
    }
}

fn deployment(replicas: i64, container: Value) -> Value {
    json!({
        "metadata": {"labels": {"app": "web"}},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [container]},
            },
        },
    })
}

fn first() -> Store {
    let mut store = Store::new("apps", "Deployment");
    let container = json!({"name": "app", "image": "nginx:1", "ports": [{"containerPort": 80, "name": "http"}], "resources": {}});
    store.apply("infra", deployment(2, container));
    store
}

#[test]
fn v1_the_set_of_a_first_apply() {
    let mut store = first();
    assert_eq!(
        store.fields("infra"),
        json!({"f:metadata":{"f:labels":{"f:app":{}}},"f:spec":{"f:replicas":{},"f:selector":{},"f:template":{"f:metadata":{"f:labels":{"f:app":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"app\"}":{".":{},"f:image":{},"f:name":{},"f:ports":{"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{},"f:name":{}}},"f:resources":{}}}}}}})
    );
    let container =
        json!({"name": "app", "image": "nginx:1", "env": [{"name": "A", "value": "1"}]});
    store.apply("infra", deployment(2, container.clone()));
    assert_eq!(store.at("/spec/template/spec/containers/0"), container);
    let fields = store.fields("infra");
    let item = &fields["f:spec"]["f:template"]["f:spec"]["f:containers"]["k:{\"name\":\"app\"}"];
    assert_eq!(
        item["f:env"],
        json!({"k:{\"name\":\"A\"}": {".": {}, "f:name": {}, "f:value": {}}})
    );
    assert_eq!(item["f:ports"], Value::Null);
}

#[test]
fn v2_conflicts_sharing_and_force() {
    let mut store = first();
    let five = json!({"spec": {"replicas": 5}});
    assert_eq!(
        store.refused("scaler", five.clone()),
        r#"Apply failed with 1 conflict: conflict with "infra": .spec.replicas"#
    );
    store.apply("scaler", json!({"spec": {"replicas": 2}}));
    assert_eq!(
        store.fields("scaler"),
        json!({"f:spec": {"f:replicas": {}}})
    );
    assert_eq!(store.fields("infra")["f:spec"]["f:replicas"], json!({}));
    assert_eq!(
        store.entry("scaler")["time"],
        Value::Null,
        "nothing changed but ownership"
    );
    store.force("scaler", five);
    assert_eq!(store.at("/spec/replicas"), json!(5));
    assert_eq!(store.fields("infra")["f:spec"]["f:replicas"], Value::Null);
}

#[test]
fn v3_shared_fields_go_with_their_last_owner() {
    let mut store = Store::new("", "ConfigMap");
    store.apply(
        "a",
        json!({"metadata": {"labels": {"x": "1", "z": "1"}}, "data": {"k": "v"}}),
    );
    store.apply("b", json!({"metadata": {"labels": {"x": "1"}}}));
    store.apply("a", json!({"data": {"k": "v"}}));
    assert_eq!(store.at("/metadata/labels"), json!({"x": "1"}));
    store.apply("b", json!({}));
    assert_eq!(store.at("/metadata/labels"), Value::Null);
    assert_eq!(store.entry("b"), Value::Null);
}

fn created() -> Store {
    let mut store = Store::new("apps", "Deployment");
    store.update("kubectl-create", "", |object| {
        object["metadata"]["labels"] = json!({"app": "web"});
        object["metadata"]["annotations"] = json!({"note": "x"});
        object["spec"] = json!({
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
        });
    });
    store
}

#[test]
fn v4_updates_own_the_containers_that_they_made() {
    let mut store = created();
    assert_eq!(
        store.fields("kubectl-create"),
        json!({
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
        })
    );
    let image = |image: &str| json!({"name": "app", "image": image});
    let config =
        json!({"spec": {"replicas": 3, "template": {"spec": {"containers": [image("nginx:2")]}}}});
    assert_eq!(
        store.refused("infra", config),
        "Apply failed with 2 conflicts: conflicts with \"kubectl-create\" using apps/v1:\n- .spec.replicas\n- .spec.template.spec.containers[name=\"app\"].image"
    );
    store.apply("infra", json!({"spec": {"replicas": 1}}));
    assert_eq!(store.fields("infra"), json!({"f:spec": {"f:replicas": {}}}));
    store.apply("infra", json!({}));
    assert_eq!(store.entry("infra"), Value::Null);
    assert_eq!(store.at("/spec/replicas"), json!(1));
}

#[test]
fn v5_an_item_stays_while_somebody_is_its_member() {
    let pod =
        |containers: Value| json!({"spec": {"template": {"spec": {"containers": containers}}}});
    let mut store = Store::new("apps", "Deployment");
    let app = json!({"name": "app", "image": "a"});
    store.apply("a", pod(json!([app, {"name": "side", "image": "s"}])));
    store.apply(
        "b",
        pod(json!([{"name": "side", "env": [{"name": "X", "value": "1"}]}])),
    );
    store.apply("a", pod(json!([app])));
    let containers = "/spec/template/spec/containers";
    assert_eq!(
        store.at(containers),
        json!([app, {"name": "side", "env": [{"name": "X", "value": "1"}]}])
    );
    store.apply("b", json!({}));
    assert_eq!(store.at(containers), json!([app]));
}

#[test]
fn v6_order_of_shared_lists() {
    let lists = |names: &[&str]| {
        let env: Vec<Value> = names
            .iter()
            .map(|n| json!({"name": n, "value": "1"}))
            .collect();
        json!({"spec": {"template": {"spec": {"containers": [{"name": "app", "env": env}]}}}})
    };
    let mut store = Store::new("apps", "Deployment");
    let order = |store: &Store| -> String {
        let env = store.at("/spec/template/spec/containers/0/env");
        env.as_array()
            .expect("list")
            .iter()
            .filter_map(|e| e["name"].as_str())
            .collect()
    };
    store.apply("a", lists(&["a", "b", "c"]));
    store.apply("b", lists(&["c", "a", "d"]));
    assert_eq!(order(&store), "bcad");
    store.apply("a", lists(&["e", "b", "c"]));
    assert_eq!(order(&store), "ebcad");
}

#[test]
fn v7_atomic_maps_have_one_owner() {
    let selector =
        |labels: Value| json!({"spec": {"template": {"spec": {"nodeSelector": labels}}}});
    let mut store = Store::new("apps", "Deployment");
    let mut config = selector(json!({"x": "1", "y": "1"}));
    config["spec"]["template"]["spec"]["tolerations"] = json!([{"key": "k"}]);
    store.apply("a", config);
    let message = store.refused("b", selector(json!({"z": "1"})));
    assert_eq!(
        message,
        r#"Apply failed with 1 conflict: conflict with "a": .spec.template.spec.nodeSelector"#
    );
    store.force("b", selector(json!({"z": "1"})));
    assert_eq!(
        store.at("/spec/template/spec/nodeSelector"),
        json!({"z": "1"})
    );
    assert_eq!(
        store.fields("a"),
        json!({"f:spec": {"f:template": {"f:spec": {"f:tolerations": {}}}}})
    );
}

#[test]
fn v8_sets_and_atomic_items() {
    let mut store = Store::new("", "ConfigMap");
    store.apply("a", json!({"metadata": {"finalizers": ["x/1", "x/2"]}}));
    let owner = json!({"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "u1"});
    store.apply(
        "b",
        json!({"metadata": {"finalizers": ["x/2", "x/3"], "ownerReferences": [owner]}}),
    );
    assert_eq!(
        store.at("/metadata/finalizers"),
        json!(["x/1", "x/2", "x/3"])
    );
    store.apply("a", json!({}));
    assert_eq!(store.at("/metadata/finalizers"), json!(["x/2", "x/3"]));
    assert_eq!(
        store.fields("b"),
        json!({"f:metadata": {
            "f:finalizers": {"v:\"x/2\"": {}, "v:\"x/3\"": {}},
            "f:ownerReferences": {"k:{\"uid\":\"u1\"}": {}},
        }})
    );
}

#[test]
fn v9_owning_a_child_does_not_keep_the_item() {
    let ports = |dns: i64| {
        json!({"spec": {"ports": [
            {"name": "dns", "port": dns, "protocol": "TCP"},
            {"name": "dnsu", "port": 53, "protocol": "UDP"},
        ]}})
    };
    let mut store = Store::new("", "Service");
    store.apply("a", ports(53));
    store.update("edit", "", |object| {
        object["spec"]["ports"][0]["targetPort"] = json!(5353);
    });
    assert_eq!(
        store.fields("edit"),
        json!({"f:spec": {"f:ports": {"k:{\"port\":53,\"protocol\":\"TCP\"}": {"f:targetPort": {}}}}})
    );
    store.apply("a", ports(54));
    assert_eq!(store.at("/spec/ports"), ports(54)["spec"]["ports"]);
}

#[test]
fn v10_what_does_not_fit() {
    let containers = |items: Value| json!({"spec": {"template": {"spec": {"containers": items}}}});
    let mut store = Store::new("apps", "Deployment");
    let head = "failed to create typed patch object (d/web; apps/v1, Kind=Deployment): ";
    for (config, message) in [
        (
            containers(json!([{"name": "a"}, {"name": "a"}])),
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
    let other = store.run("a", json!({}), false).map(|_| ());
    assert_eq!(other, Ok(()));
    let mut nameless = Store::new("apps", "Deployment");
    nameless.apply("a", containers(json!([{"image": "x"}])));
    assert!(
        nameless
            .fields("a")
            .to_string()
            .contains(r#"k:{\"name\":\"\"}"#)
    );
    let mut empty = Store::new("apps", "Deployment");
    empty.apply(
        "a",
        json!({"metadata": {"labels": null}, "spec": {"replicas": null, "template": {"spec": {"containers": [], "nodeSelector": {}}}}}),
    );
    assert_eq!(
        empty.fields("a"),
        json!({"f:metadata": {"f:labels": {}}, "f:spec": {"f:replicas": {}, "f:template": {"f:spec": {"f:nodeSelector": {}}}}})
    );
    assert_eq!(empty.at("/spec/replicas"), Value::Null);
    assert_eq!(empty.at("/metadata/labels"), Value::Null);
    let wrong = ApplyOptions {
        manager: "a",
        api_version: "apps/v1",
        force: false,
        subresource: "",
        time: "",
        reset: &FieldSet::new(),
    };
    let config = json!({"apiVersion": "apps/v1beta1", "kind": "Deployment"});
    let error = apply(&empty.ty, None, &config, &wrong).expect_err("wrong version");
    assert_eq!(
        error.to_string(),
        "invalid object type: apps/v1beta1, Kind=Deployment"
    );
}

#[test]
fn v11_handing_a_field_over() {
    let three = json!({"spec": {"replicas": 3, "paused": true}});
    let paused = json!({"spec": {"paused": true}});
    let mut store = Store::new("apps", "Deployment");
    store.apply("infra", three.clone());
    store.apply("infra", paused.clone());
    assert_eq!(store.at("/spec/replicas"), Value::Null);
    let mut store = Store::new("apps", "Deployment");
    store.apply("infra", three);
    store.apply("infra-handover", json!({"spec": {"replicas": 3}}));
    store.apply("infra", paused);
    assert_eq!(store.at("/spec/replicas"), json!(3));
    assert_eq!(
        store.fields("infra-handover"),
        json!({"f:spec": {"f:replicas": {}}})
    );
    assert_eq!(store.fields("infra"), json!({"f:spec": {"f:paused": {}}}));
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
        store.at("/metadata/managedFields"),
        Value::Null,
        "not tracked before an apply"
    );
    let config = json!({"data": {"k": "v2"}});
    assert_eq!(
        store.refused("infra", config.clone()),
        r#"Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.k"#
    );
    store.force("infra", config);
    assert_eq!(store.at("/data"), json!({"k": "v2", "z": "1"}));
    assert_eq!(
        store.fields("before-first-apply"),
        json!({"f:data": {".": {}, "f:z": {}}, "f:metadata": {"f:labels": {".": {}, "f:x": {}}}})
    );
}

#[test]
fn v13_controllers_write_through_status() {
    let mut store = Store::new("apps", "Deployment");
    store.apply("infra", json!({"spec": {"replicas": 1}}));
    store.update("kube-controller-manager", "status", |object| {
        object["metadata"]["annotations"] = json!({"deployment.kubernetes.io/revision": "1"});
        object["status"] = json!({"replicas": 1});
    });
    store.apply("infra", json!({"spec": {"replicas": 2}}));
    let entry = store.entry("kube-controller-manager");
    assert_eq!(entry["subresource"], "status");
    assert_eq!(
        entry["fieldsV1"]["f:metadata"],
        json!({"f:annotations": {".": {}, "f:deployment.kubernetes.io/revision": {}}})
    );
    assert_eq!(store.at("/status/replicas"), json!(1));
    assert_eq!(store.at("/spec/replicas"), json!(2));
}

#[test]
fn v14_updates_take_what_they_change() {
    let mut store = Store::new("", "ConfigMap");
    store.apply("infra", json!({"data": {"k": "v", "z": "w"}}));
    store.update("edit", "", |object| {
        object["data"].as_object_mut().expect("map").remove("z");
    });
    assert_eq!(store.fields("infra"), json!({"f:data": {"f:k": {}}}));
    assert_eq!(store.entry("edit"), Value::Null);
    store.update("edit", "", |object| object["data"]["k"] = json!("v9"));
    assert_eq!(store.entry("infra"), Value::Null);
    assert_eq!(store.fields("edit"), json!({"f:data": {"f:k": {}}}));
    assert_eq!(
        store.refused("infra", json!({"data": {"k": "v", "z": "w"}})),
        r#"Apply failed with 1 conflict: conflict with "edit" using v1: .data.k"#
    );
}

#[test]
fn v15_atomic_lists_have_one_owner() {
    let secrets = |name: &str| json!({"imagePullSecrets": [{"name": name}]});
    let mut store = Store::new("", "ServiceAccount");
    store.apply("a", secrets("a"));
    assert_eq!(
        store.refused("b", secrets("b")),
        r#"Apply failed with 1 conflict: conflict with "a": .imagePullSecrets"#
    );
}

#[test]
fn v16_emptied_containers_vanish() {
    let mut store = Store::new("apps", "Deployment");
    store.apply(
        "a",
        json!({
            "metadata": {"annotations": {"n": "1"}},
            "spec": {"replicas": 1, "template": {"spec": {
                "volumes": [{"name": "v", "emptyDir": {}}],
                "initContainers": [{"name": "i", "image": "x"}],
            }}},
        }),
    );
    store.apply("a", json!({"spec": {"replicas": 1}}));
    assert_eq!(store.at("/metadata/annotations"), Value::Null);
    assert_eq!(store.at("/spec"), json!({"replicas": 1}));
}

#[test]
fn an_apply_that_repeats_itself_changes_nothing() {
    let mut store = first();
    let container = json!({"name": "app", "image": "nginx:1", "ports": [{"containerPort": 80, "name": "http"}], "resources": {}});
    let before = store.live().clone();
    let changed = store
        .run("infra", deployment(2, container), false)
        .expect("applied");
    assert!(!changed);
    assert_eq!(store.live(), &before);
}

#[test]
fn times_alone_are_no_change() {
    let store = first();
    let mut new = store.live().clone();
    new["metadata"]["managedFields"][0]["time"] = json!("2030-01-01T00:00:00Z");
    keep_times(store.live(), &mut new);
    assert_eq!(&new, store.live());
    new["metadata"]["managedFields"][0]["time"] = json!("2030-01-01T00:00:00Z");
    new["spec"]["replicas"] = json!(9);
    keep_times(store.live(), &mut new);
    assert_eq!(
        new["metadata"]["managedFields"][0]["time"],
        "2030-01-01T00:00:00Z"
    );
}

#[test]
fn managers_may_be_brought_and_forgotten() {
    let mut store = first();
    store.update("edit", "", |object| {
        object["metadata"]["managedFields"] = json!([]);
    });
    assert_eq!(store.at("/metadata/managedFields"), Value::Null);
    let mut store = first();
    store.update("edit", "", |object| {
        object["metadata"]["managedFields"][0]["manager"] = json!("other");
    });
    assert_eq!(store.entry("infra"), Value::Null);
    assert_ne!(store.entry("other"), Value::Null);
}

#[test]
fn what_became_atomic_is_owned_as_a_whole() {
    let mut store = Store::new("apps", "Deployment");
    store.apply(
        "a",
        json!({"spec": {"replicas": 1, "selector": {"matchLabels": {"a": "b"}}}}),
    );
    let entry = &mut store.live.as_mut().expect("made")["metadata"]["managedFields"][0];
    entry["fieldsV1"]["f:spec"]["f:selector"] = json!({"f:matchLabels": {"f:a": {}}});
    store.apply("b", json!({"spec": {"replicas": 1}}));
    assert_eq!(
        store.fields("a"),
        json!({"f:spec": {"f:replicas": {}, "f:selector": {}}})
    );
}
