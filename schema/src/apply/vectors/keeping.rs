//! What repeats itself, and what the vectors leave open: times, brought managers, changed types.

use serde_json::{Value, json};

use super::store::container;
use super::{Store, deployment, first};
use crate::apply::keep_times;

#[test]
fn an_apply_that_repeats_itself_changes_nothing() {
    let mut store = first();
    let before = store.live().clone();
    let changed = store
        .run("infra", deployment(2, container()), false)
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
        store.entry("a")["fieldsV1"],
        json!({"f:spec": {"f:replicas": {}, "f:selector": {}}})
    );
}
