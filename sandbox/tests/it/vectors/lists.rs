//! Lists and maps: by item, as a set, or as a whole.

use super::api::{Api, Target};
use serde_json::{Value, json};

const DEPLOYMENT: Target = Target::DEPLOYMENT;

/// A whole deployment with this pod.
fn deployment(pod: Value) -> Value {
    json!({"spec": {
        "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": pod},
    }})
}

/// A pod, and nothing else of its deployment.
fn only(pod: Value) -> Value {
    json!({"spec": {"template": {"spec": pod}}})
}

pub(super) async fn v5_an_item_stays_while_somebody_is_its_member(api: &mut Api) {
    let app = json!({"name": "app", "image": "a"});
    let both = json!({"containers": [app, {"name": "side", "image": "s"}]});
    api.apply(DEPLOYMENT, "a", deployment(both)).await;
    let env = json!([{"name": "X", "value": "1"}]);
    let side = only(json!({"containers": [{"name": "side", "env": env}]}));
    api.apply(DEPLOYMENT, "b", side).await;
    let alone = deployment(json!({"containers": [app]}));
    let refused = api.apply(DEPLOYMENT, "a", alone.clone()).await;
    assert_eq!(
        refused.refused(422),
        "Deployment.apps \"web\" is invalid: spec.template.spec.containers[1].image: Required value",
        "`side` would stay, without its image"
    );
    let released = api.apply(DEPLOYMENT, "b", json!({})).await;
    assert_eq!(
        *released.at("/spec/template/spec/containers/1/env"),
        Value::Null
    );
    let now = api.apply(DEPLOYMENT, "a", alone).await;
    let containers = now.at("/spec/template/spec/containers").as_array();
    assert_eq!(containers.map(Vec::len), Some(1));
}

pub(super) async fn v6_order_of_shared_lists(api: &mut Api) {
    let env = |names: &[&str]| -> Value {
        let env: Value = names
            .iter()
            .map(|name| json!({"name": name, "value": "1"}))
            .collect();
        deployment(json!({"containers": [{"name": "app", "image": "a", "env": env}]}))
    };
    let finalizers = |names: &[&str]| -> Value {
        let names: Value = names.iter().map(|name| format!("x/{name}")).collect();
        json!({"metadata": {"finalizers": names}})
    };
    let variables = "/spec/template/spec/containers/0/env";
    order(api, DEPLOYMENT, variables, &env).await;
    order(api, Target::CONFIG_MAP, "/metadata/finalizers", &finalizers).await;
}

async fn order(api: &mut Api, target: Target, place: &str, list: &dyn Fn(&[&str]) -> Value) {
    let of = |names: &[&str]| names_of(list(names).pointer(place).expect("the list"));
    api.apply(target, "a", list(&["a", "b", "c"])).await;
    let now = api.apply(target, "b", list(&["c", "a", "d"])).await;
    assert_eq!(names_of(now.at(place)), of(&["b", "c", "a", "d"]));
    let now = api.apply(target, "a", list(&["e", "b", "c"])).await;
    assert_eq!(names_of(now.at(place)), of(&["e", "b", "c", "a", "d"]));
}

/// The items of a set, or the names of the items of a list.
fn names_of(list: &Value) -> Vec<Value> {
    let items = list.as_array().expect("a list").iter();
    items
        .map(|item| item.get("name").unwrap_or(item).clone())
        .collect()
}

pub(super) async fn v7_atomic_maps_have_one_owner(api: &mut Api) {
    let tolerations = json!([{"key": "k"}]);
    let pod = json!({
        "containers": [{"name": "app", "image": "a"}],
        "nodeSelector": {"x": "1", "y": "1"},
        "tolerations": tolerations,
    });
    api.apply(DEPLOYMENT, "a", deployment(pod)).await;
    let z = only(json!({"nodeSelector": {"z": "1"}}));
    let refused = api.apply(DEPLOYMENT, "b", z.clone()).await;
    assert_eq!(
        refused.refused(409),
        r#"Apply failed with 1 conflict: conflict with "a": .spec.template.spec.nodeSelector"#
    );
    let forced = api.force(DEPLOYMENT, "b", z).await;
    assert_eq!(
        *forced.at("/spec/template/spec/nodeSelector"),
        json!({"z": "1"})
    );
    let owned = forced.fields("a");
    let owned = &owned["f:spec"]["f:template"]["f:spec"];
    assert_eq!(owned["f:nodeSelector"], Value::Null);
    assert_eq!(owned["f:tolerations"], json!({}));
}

pub(super) async fn v8_sets_and_atomic_items(api: &mut Api) {
    const MAP: Target = Target::CONFIG_MAP;
    let owner = json!({"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "u1"});
    let one = json!({"metadata": {"finalizers": ["x/1", "x/2"]}});
    api.apply(MAP, "a", one).await;
    let more = json!({"metadata": {"finalizers": ["x/2", "x/3"], "ownerReferences": [owner]}});
    let now = api.apply(MAP, "b", more).await;
    assert_eq!(
        *now.at("/metadata/finalizers"),
        json!(["x/1", "x/2", "x/3"])
    );
    let now = api.apply(MAP, "a", json!({})).await;
    assert_eq!(*now.at("/metadata/finalizers"), json!(["x/2", "x/3"]));
    assert_eq!(
        now.fields("b"),
        json!({"f:metadata": {
            "f:finalizers": {"v:\"x/2\"": {}, "v:\"x/3\"": {}},
            "f:ownerReferences": {"k:{\"uid\":\"u1\"}": {}},
        }})
    );
}

pub(super) async fn v15_atomic_lists_have_one_owner(api: &mut Api) {
    const ACCOUNT: Target = Target::SERVICE_ACCOUNT;
    let secrets = |name: &str| json!({"imagePullSecrets": [{"name": name}]});
    api.apply(ACCOUNT, "a", secrets("a")).await;
    let refused = api.apply(ACCOUNT, "b", secrets("b")).await;
    assert_eq!(
        refused.refused(409),
        r#"Apply failed with 1 conflict: conflict with "a": .imagePullSecrets"#
    );
}

pub(super) async fn v16_emptied_containers_vanish(api: &mut Api) {
    let app = json!([{"name": "app", "image": "a"}]);
    let mut full = deployment(json!({
        "containers": app,
        "volumes": [{"name": "v", "emptyDir": {}}],
        "initContainers": [{"name": "i", "image": "x"}],
    }));
    full["metadata"]["annotations"] = json!({"n": "1"});
    api.apply(DEPLOYMENT, "a", full).await;
    let bare = deployment(json!({"containers": app}));
    let now = api.apply(DEPLOYMENT, "a", bare).await;
    for gone in [
        "/metadata/annotations",
        "/spec/template/spec/volumes",
        "/spec/template/spec/initContainers",
    ] {
        assert_eq!(now.body.pointer(gone), None, "{gone}");
    }
}
