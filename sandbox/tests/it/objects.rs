//! Objects through the real client: create, read, list, watch, apply, delete.

use crate::common::{client, config_map};
use futures::{StreamExt, TryStreamExt};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{
    Api, DeleteParams, ListParams, Patch, PatchParams, PostParams, WatchEvent, WatchParams,
};
use kube::client::Client;
use serde_json::json;

fn maps(client: &Client) -> Api<ConfigMap> {
    Api::namespaced(client.clone(), "default")
}

#[tokio::test]
async fn an_object_is_created_read_and_deleted() {
    let (sandbox, client) = client();
    let maps = maps(&client);
    let made = maps
        .create(&PostParams::default(), &config_map("a", "1"))
        .await
        .unwrap();
    assert!(made.metadata.uid.is_some());
    let read = maps.get("a").await.unwrap();
    assert_eq!(
        read.metadata.resource_version,
        made.metadata.resource_version
    );
    let again = maps
        .create(&PostParams::default(), &config_map("a", "1"))
        .await
        .unwrap_err();
    let kube::Error::Api(status) = again else {
        panic!("{again}")
    };
    assert!(status.is_already_exists());
    assert_eq!(status.message, "configmaps \"a\" already exists");
    assert!(
        maps.delete("a", &DeleteParams::default())
            .await
            .unwrap()
            .is_right()
    );
    assert!(maps.get_opt("a").await.unwrap().is_none());
    let requests = sandbox.requests();
    assert_eq!(
        (requests.count("create", "configmaps"), requests.discovery()),
        (2, 0)
    );
}

#[tokio::test]
async fn lists_come_in_pages_and_follow_selectors() {
    let (_sandbox, client) = client();
    let maps = maps(&client);
    for name in ["a", "b", "c"] {
        let mut map = config_map(name, "1");
        map.metadata.labels = Some([("name".to_owned(), name.to_owned())].into());
        maps.create(&PostParams::default(), &map).await.unwrap();
    }
    let first = maps
        .list(&ListParams::default().labels("name").limit(2))
        .await
        .unwrap();
    let token = first.metadata.continue_.unwrap();
    let rest = maps
        .list(&ListParams::default().labels("name").continue_token(&token))
        .await
        .unwrap();
    let names = |list: &[ConfigMap]| -> Vec<String> {
        list.iter()
            .map(|map| map.metadata.name.clone().unwrap())
            .collect()
    };
    assert_eq!(
        (names(&first.items), names(&rest.items)),
        (vec!["a".into(), "b".into()], vec!["c".into()])
    );
    let picked = maps
        .list(&ListParams::default().labels("name in (b,c),name!=c"))
        .await
        .unwrap();
    assert_eq!(names(&picked.items), ["b"]);
    let picked = maps
        .list(&ListParams::default().fields("metadata.name=c"))
        .await
        .unwrap();
    assert_eq!(names(&picked.items), ["c"]);
}

#[tokio::test]
async fn an_apply_owns_its_fields_and_meets_conflicts() {
    let (_sandbox, client) = client();
    let maps = maps(&client);
    let apply = |manager: &str| PatchParams::apply(manager);
    let body = |value: &str| json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"k": value}});
    let made = maps
        .patch("a", &apply("infra"), &Patch::Apply(body("1")))
        .await
        .unwrap();
    let same = maps
        .patch("a", &apply("infra"), &Patch::Apply(body("1")))
        .await
        .unwrap();
    assert_eq!(
        made.metadata.resource_version,
        same.metadata.resource_version
    );
    let refused = maps
        .patch("a", &apply("other"), &Patch::Apply(body("2")))
        .await
        .unwrap_err();
    let kube::Error::Api(status) = refused else {
        panic!("{refused}")
    };
    assert!(status.is_conflict());
    assert_eq!(
        status.message,
        "Apply failed with 1 conflict: conflict with \"infra\": .data.k"
    );
    let dry = maps
        .patch(
            "a",
            &apply("other").force().dry_run(),
            &Patch::Apply(body("2")),
        )
        .await
        .unwrap();
    assert_eq!(dry.data.unwrap()["k"], "2");
    assert_eq!(maps.get("a").await.unwrap().data.unwrap()["k"], "1");
    let forced = maps
        .patch("a", &apply("other").force(), &Patch::Apply(body("2")))
        .await
        .unwrap();
    assert_eq!(forced.data.unwrap()["k"], "2");
}

#[tokio::test]
async fn a_watch_delivers_what_happens_from_its_version_on() {
    let (_sandbox, client) = client();
    let maps = maps(&client);
    let made = maps
        .create(&PostParams::default(), &config_map("a", "1"))
        .await
        .unwrap();
    let version = made.metadata.resource_version.unwrap();
    maps.create(&PostParams::default(), &config_map("b", "1"))
        .await
        .unwrap();
    let stream = maps
        .watch(&WatchParams::default().timeout(10), &version)
        .await
        .unwrap();
    let mut stream = stream.boxed();
    let next = stream.try_next().await.unwrap().unwrap();
    assert!(matches!(next, WatchEvent::Added(map) if map.metadata.name.as_deref() == Some("b")));
    maps.delete("a", &DeleteParams::default()).await.unwrap();
    let next = stream.try_next().await.unwrap().unwrap();
    assert!(matches!(next, WatchEvent::Deleted(map) if map.metadata.name.as_deref() == Some("a")));
    // Nothing more happens: virtual time passes, and the watch ends by itself.
    while let Some(event) = stream.try_next().await.unwrap() {
        assert!(matches!(event, WatchEvent::Bookmark(_)));
    }
}
