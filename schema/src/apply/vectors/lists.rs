//! Lists and maps: by item, as a set, or as a whole.

use serde_json::{Value, json};

use super::{Store, pod};

#[test]
fn v5_an_item_stays_while_somebody_is_its_member() {
    let app = json!({"name": "app", "image": "a"});
    let member = |fields: Value| {
        let mut item = json!({".": {}, "f:name": {}});
        let more = fields.as_object().expect("fields").clone();
        item.as_object_mut().expect("an item").extend(more);
        item
    };
    let owned =
        |items: Value| json!({"f:spec": {"f:template": {"f:spec": {"f:containers": items}}}});
    let (the_app, image) = ("k:{\"name\":\"app\"}", json!({"f:image": {}}));
    let env = json!({"f:env": {"k:{\"name\":\"X\"}": {".": {}, "f:name": {}, "f:value": {}}}});
    let b = owned(json!({"k:{\"name\":\"side\"}": member(env)}));

    let mut store = Store::new("apps", "Deployment");
    store.apply("a", pod(json!([app, {"name": "side", "image": "s"}])));
    let x = json!([{"name": "X", "value": "1"}]);
    store.apply("b", pod(json!([{"name": "side", "env": x}])));
    assert_eq!(
        store.body(),
        pod(json!([app, {"name": "side", "image": "s", "env": x}]))
    );
    let side = "k:{\"name\":\"side\"}";
    let a = owned(json!({the_app: member(image.clone()), side: member(image.clone())}));
    assert_eq!(store.managers(), json!({"a": a, "b": b}));

    store.apply("a", pod(json!([app])));
    assert_eq!(store.body(), pod(json!([app, {"name": "side", "env": x}])));
    let a = owned(json!({the_app: member(image)}));
    assert_eq!(store.managers(), json!({"a": a, "b": b}));

    store.apply("b", json!({}));
    assert_eq!(store.body(), pod(json!([app])));
    assert_eq!(store.managers(), json!({"a": a}));
}

#[test]
fn v6_order_of_shared_lists() {
    let containers =
        |names: &[&str]| -> Value { pod(names.iter().map(|name| json!({"name": name})).collect()) };
    let env = |names: &[&str]| -> Value {
        let env: Value = names
            .iter()
            .map(|name| json!({"name": name, "value": "1"}))
            .collect();
        pod(json!([{"name": "app", "env": env}]))
    };
    let finalizers = |names: &[&str]| -> Value {
        let names: Value = names.iter().map(|name| format!("x/{name}")).collect();
        json!({"metadata": {"finalizers": names}})
    };
    order(&containers);
    order(&env);
    order(&finalizers);
}

fn order(list: &dyn Fn(&[&str]) -> Value) {
    let mut store = Store::new("apps", "Deployment");
    store.apply("a", list(&["a", "b", "c"]));
    store.apply("b", list(&["c", "a", "d"]));
    assert_eq!(store.body(), list(&["b", "c", "a", "d"]));
    store.apply("a", list(&["e", "b", "c"]));
    assert_eq!(store.body(), list(&["e", "b", "c", "a", "d"]));
}

#[test]
fn v7_atomic_maps_have_one_owner() {
    let spec = |fields: Value| json!({"spec": {"template": {"spec": fields}}});
    let z = || spec(json!({"nodeSelector": {"z": "1"}}));
    let mut store = Store::new("apps", "Deployment");
    let tolerations = json!([{"key": "k"}]);
    store.apply(
        "a",
        spec(json!({"nodeSelector": {"x": "1", "y": "1"}, "tolerations": tolerations})),
    );
    assert_eq!(
        store.refused("b", z()),
        r#"Apply failed with 1 conflict: conflict with "a": .spec.template.spec.nodeSelector"#
    );
    store.force("b", z());
    assert_eq!(
        store.body(),
        spec(json!({"nodeSelector": {"z": "1"}, "tolerations": tolerations}))
    );
    assert_eq!(
        store.managers(),
        json!({
            "a": {"f:spec": {"f:template": {"f:spec": {"f:tolerations": {}}}}},
            "b": {"f:spec": {"f:template": {"f:spec": {"f:nodeSelector": {}}}}},
        })
    );
}

#[test]
fn v8_sets_and_atomic_items() {
    let owner = json!({"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "u1"});
    let b = json!({"f:metadata": {
        "f:finalizers": {"v:\"x/2\"": {}, "v:\"x/3\"": {}},
        "f:ownerReferences": {"k:{\"uid\":\"u1\"}": {}},
    }});
    for (group, kind) in [("", "ConfigMap"), ("apps", "Deployment")] {
        let mut store = Store::new(group, kind);
        store.apply("a", json!({"metadata": {"finalizers": ["x/1", "x/2"]}}));
        let metadata = json!({"finalizers": ["x/2", "x/3"], "ownerReferences": [owner]});
        store.apply("b", json!({"metadata": metadata}));
        let all = json!({"finalizers": ["x/1", "x/2", "x/3"], "ownerReferences": [owner]});
        assert_eq!(store.body(), json!({"metadata": all}));
        let a = json!({"f:metadata": {"f:finalizers": {"v:\"x/1\"": {}, "v:\"x/2\"": {}}}});
        assert_eq!(store.managers(), json!({"a": a, "b": b}));
        store.apply("a", json!({}));
        assert_eq!(store.body(), json!({"metadata": metadata}));
        assert_eq!(store.managers(), json!({"b": b}));
    }
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
    assert_eq!(store.managers(), json!({"a": {"f:imagePullSecrets": {}}}));
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
    assert_eq!(store.body(), json!({"spec": {"replicas": 1}}));
    assert_eq!(
        store.managers(),
        json!({"a": {"f:spec": {"f:replicas": {}}}})
    );
}
