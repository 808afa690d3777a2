//! Pages, retries, and what is not there.

use super::script::{Answer, config_maps, scripted};
use crate::cluster::{Propagation, Selector};
use serde_json::json;
use std::time::Duration;

fn page(names: &[&str], next: &str) -> Answer {
    let items: Vec<_> = names
        .iter()
        .map(|name| json!({"metadata": {"name": name, "namespace": "n"}}))
        .collect();
    Answer::ok(json!({"kind": "ConfigMapList",
        "metadata": {"resourceVersion": "7", "continue": next}, "items": items}))
}

#[tokio::test]
async fn a_list_is_read_page_by_page_and_items_get_their_kind() {
    let scripted = scripted([page(&["a", "b"], "next"), page(&["c"], "")]);
    let selector = Selector::label("x", "y");
    let found = scripted
        .cluster
        .list_all(&config_maps(), Some("n"), &selector)
        .await
        .unwrap();
    assert_eq!(found.len(), 3);
    assert!(
        found
            .iter()
            .all(|item| item["kind"] == "ConfigMap" && item["apiVersion"] == "v1")
    );
    assert_eq!(
        *scripted.asked.lock().unwrap(),
        [
            "GET /api/v1/namespaces/n/configmaps?labelSelector=x%3Dy&limit=500",
            "GET /api/v1/namespaces/n/configmaps?labelSelector=x%3Dy&limit=500&continue=next",
        ]
    );
}

#[tokio::test]
async fn a_page_that_expired_starts_the_list_again() {
    let gone = Answer(410, None, json!({"reason": "Expired"}).to_string());
    let scripted = scripted([page(&["a"], "next"), gone, page(&["a", "b"], "")]);
    let mut seen = 0;
    let page = scripted
        .cluster
        .list(&config_maps(), Some("n"), &Selector::all(), &mut |_| {
            seen += 1;
        })
        .await
        .unwrap();
    assert_eq!(
        (page.count, seen, page.resource_version.as_str()),
        (2, 3, "7")
    );
}

#[tokio::test]
async fn what_passes_is_tried_again_after_the_time_that_was_asked_for() {
    let scripted = scripted([
        Answer(429, Some(3), String::new()),
        Answer(503, None, "no upstream".to_owned()),
        Answer::ok(json!({"metadata": {"name": "a"}})),
    ]);
    let found = scripted
        .cluster
        .get(&config_maps(), Some("n"), "a")
        .await
        .unwrap();
    assert_eq!(found.unwrap()["kind"], "ConfigMap");
    assert_eq!(
        *scripted.clock.slept.lock().unwrap(),
        [Duration::from_secs(3), Duration::from_millis(400)]
    );
}

#[tokio::test]
async fn trying_again_ends_and_says_what_the_server_said() {
    let busy = || Answer(503, None, "no upstream".to_owned());
    let scripted = scripted((0..10).map(|_| busy()));
    let error = scripted
        .cluster
        .get(&config_maps(), Some("n"), "a")
        .await
        .unwrap_err();
    assert_eq!((error.code, error.message.as_str()), (503, "no upstream"));
    assert_eq!(scripted.asked.lock().unwrap().len(), 6);
}

#[tokio::test]
async fn an_object_that_is_not_there_is_none_and_a_kind_that_is_not_served_an_error() {
    let missing = json!({"reason": "NotFound", "details": {"kind": "configmaps", "name": "a"}});
    let scripted = scripted([
        Answer(404, None, missing.to_string()),
        Answer(404, None, "404 page not found".to_owned()),
    ]);
    let served = config_maps();
    let get = || scripted.cluster.get(&served, Some("n"), "a");
    assert_eq!(get().await, Ok(None));
    assert!(get().await.unwrap_err().is_kind_missing());
}

#[tokio::test]
async fn a_deletion_names_its_policy_and_uid_and_gone_is_gone() {
    let missing = json!({"reason": "NotFound", "details": {"kind": "configmaps", "name": "a"}});
    let scripted = scripted([Answer(404, None, missing.to_string())]);
    let deleted = scripted
        .cluster
        .delete(
            &config_maps(),
            Some("n"),
            "a",
            Some("u1"),
            Propagation::Background,
        )
        .await;
    assert_eq!(deleted, Ok(crate::cluster::Deletion::Gone));
}

#[tokio::test]
async fn discovery_is_asked_once_and_again_when_forgotten() {
    let list = || {
        Answer::ok(json!({"resources": [
            {"name": "things", "kind": "Thing", "namespaced": true},
            {"name": "things/status", "kind": "Thing", "namespaced": true}]}))
    };
    let scripted = scripted([list(), list()]);
    let find = || scripted.cluster.discover("example.com", "v1", "Thing");
    assert_eq!(find().await.unwrap().unwrap().plural, "things");
    assert!(find().await.unwrap().is_some());
    assert_eq!(scripted.asked.lock().unwrap().len(), 1);
    scripted.cluster.forget_group("example.com");
    assert!(find().await.unwrap().is_some());
    assert_eq!(scripted.asked.lock().unwrap().len(), 2);
}
