//! Watches, discovery, logs, evictions and planted faults.

use crate::common::{client, config_map, ready_client, send};
use futures::{StreamExt, TryStreamExt};
use infra_sandbox::Fault;
use k8s_openapi::api::core::v1::{ConfigMap, Pod};
use kube::api::{
    Api, DeleteParams, EvictParams, ListParams, LogParams, Patch, PatchParams, PostParams,
    WatchEvent, WatchParams,
};
use kube::discovery::Discovery;
use serde_json::{Value, json};
use std::time::Duration;

fn names(events: &[WatchEvent<ConfigMap>]) -> Vec<String> {
    let name = |map: &ConfigMap| map.metadata.name.clone().unwrap_or_default();
    events
        .iter()
        .map(|event| match event {
            WatchEvent::Added(map) => format!("+{}", name(map)),
            WatchEvent::Modified(map) => format!("~{}", name(map)),
            WatchEvent::Deleted(map) => format!("-{}", name(map)),
            WatchEvent::Bookmark(_) => "bookmark".to_owned(),
            WatchEvent::Error(status) => format!("error {}", status.code),
        })
        .collect()
}

#[tokio::test]
async fn a_selector_adds_and_removes_as_labels_change() {
    let (_sandbox, client) = client();
    let maps: Api<ConfigMap> = Api::default_namespaced(client);
    let made = maps
        .create(&PostParams::default(), &config_map("a", "1"))
        .await
        .unwrap();
    let version = made.metadata.resource_version.unwrap();
    let params = WatchParams::default().labels("on=yes").timeout(5);
    let stream = maps.watch(&params, &version).await.unwrap();
    for on in ["yes", "yes", "no", "yes"] {
        let patch = json!({"metadata": {"labels": {"on": on}, "annotations": {"was": on}}, "data": {"on": on}});
        maps.patch("a", &PatchParams::default(), &Patch::Merge(patch))
            .await
            .unwrap();
    }
    maps.delete("a", &DeleteParams::default()).await.unwrap();
    let events: Vec<_> = stream.try_collect().await.unwrap();
    let got = names(&events);
    assert_eq!(&got[..4], ["+a", "-a", "+a", "-a"], "{got:?}");
}

#[tokio::test]
async fn a_streamed_list_ends_with_its_bookmark() {
    let (_sandbox, client) = client();
    let maps: Api<ConfigMap> = Api::default_namespaced(client);
    maps.create(&PostParams::default(), &config_map("a", "1"))
        .await
        .unwrap();
    let params = WatchParams::default()
        .initial_events()
        .fields("metadata.name=a")
        .timeout(5);
    let stream = maps.watch(&params, "0").await.unwrap();
    let events: Vec<_> = stream.take(2).try_collect().await.unwrap();
    assert_eq!(names(&events), ["+a", "bookmark"]);
    let WatchEvent::Bookmark(mark) = &events[1] else {
        panic!("a bookmark was expected")
    };
    assert_eq!(
        mark.metadata.annotations["k8s.io/initial-events-end"],
        "true"
    );
}

#[tokio::test]
async fn what_is_too_old_has_to_be_listed_again() {
    let (sandbox, client) = client();
    let maps: Api<ConfigMap> = Api::default_namespaced(client);
    let list = maps.list(&ListParams::default()).await.unwrap();
    let version = list.metadata.resource_version.unwrap();
    let open = maps.watch(&WatchParams::default(), &version).await.unwrap();
    sandbox.expire_watches();
    let events: Vec<_> = open.try_collect().await.unwrap();
    assert_eq!(names(&events), ["error 410"]);
    let Err(kube::Error::Api(status)) = maps
        .watch(&WatchParams::default(), &version)
        .await
        .map(drop)
    else {
        panic!("410 was expected");
    };
    assert_eq!((status.code, status.reason.as_str()), (410, "Expired"));
}

#[tokio::test]
async fn both_forms_of_discovery_agree() {
    let (_sandbox, client) = client();
    let legacy = Discovery::new(client.clone()).run().await.unwrap();
    let aggregated = Discovery::new(client).run_aggregated().await.unwrap();
    let kinds = |discovery: &Discovery| -> Vec<String> {
        let mut kinds: Vec<String> = discovery
            .groups()
            .flat_map(kube::discovery::ApiGroup::recommended_resources)
            .map(|(resource, _)| format!("{}/{}", resource.api_version, resource.plural))
            .collect();
        kinds.sort();
        kinds
    };
    assert_eq!(kinds(&legacy), kinds(&aggregated));
    assert!(kinds(&legacy).contains(&"apps/v1/deployments".to_owned()));
}

fn pod(name: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "labels": {"app": "web"}},
        "spec": {"containers": [{"name": "app", "image": "busybox:1", "command": ["sh", "-c", "echo hello; sleep 1000"]}]},
    })
}

const PODS: &str = "/api/v1/namespaces/default/pods";

#[tokio::test]
async fn logs_are_read_and_budgets_hold_evictions_back() {
    let (sandbox, client) = ready_client();
    let (code, made) = send(&client, "POST", PODS, "application/json", Some(pod("web"))).await;
    assert_eq!(code, 201, "{made}");
    let budget = json!({"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web"},
        "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}}});
    let budgets = "/apis/policy/v1/namespaces/default/poddisruptionbudgets";
    let (code, made) = send(&client, "POST", budgets, "application/json", Some(budget)).await;
    assert_eq!(code, 201, "{made}");
    let pods: Api<Pod> = Api::default_namespaced(client.clone());
    let early = pods.logs("web", &LogParams::default()).await.unwrap_err();
    let kube::Error::Api(status) = early else {
        panic!("{early}")
    };
    assert_eq!(
        status.message,
        "container \"app\" in pod \"web\" is waiting to start: ContainerCreating"
    );
    sandbox.clock().advance(Duration::from_secs(30));
    assert!(pods.logs("web", &LogParams::default()).await.is_ok());
    let Err(kube::Error::Api(status)) = pods.evict("web", &EvictParams::default()).await else {
        panic!("429 was expected");
    };
    assert_eq!(status.code, 429);
    assert_eq!(
        status.message,
        "Cannot evict pod as it would violate the pod's disruption budget."
    );
    send(&client, "DELETE", &format!("{budgets}/web"), "", None).await;
    pods.evict("web", &EvictParams::default()).await.unwrap();
    assert!(
        pods.get("web")
            .await
            .unwrap()
            .metadata
            .deletion_timestamp
            .is_some()
    );
    sandbox.clock().advance(Duration::from_mins(1));
    assert!(pods.get_opt("web").await.unwrap().is_none());
}

#[tokio::test]
async fn a_followed_log_ends_with_its_container() {
    let (_sandbox, client) = ready_client();
    let mut ending = pod("job");
    ending["spec"]["restartPolicy"] = "Never".into();
    ending["spec"]["containers"][0]["command"] = json!(["sh", "-c", "echo one; sleep 5; echo two"]);
    send(&client, "POST", PODS, "application/json", Some(ending)).await;
    let pods: Api<Pod> = Api::default_namespaced(client.clone());
    let mut watch = pods
        .watch(&WatchParams::default().fields("metadata.name=job"), "0")
        .await
        .unwrap()
        .boxed();
    while let Some(event) = watch.try_next().await.unwrap() {
        let (WatchEvent::Added(pod) | WatchEvent::Modified(pod)) = event else {
            continue;
        };
        if pod.status.and_then(|status| status.phase).as_deref() == Some("Running") {
            break;
        }
    }
    let path = format!("{PODS}/job/log?follow=true");
    let request = http::Request::get(path).body(Vec::new()).unwrap();
    assert_eq!(client.request_text(request).await.unwrap(), "one\ntwo\n");
}

#[tokio::test]
async fn planted_faults_are_met_as_often_as_planted() {
    let (sandbox, client) = client();
    let maps: Api<ConfigMap> = Api::default_namespaced(client);
    sandbox.fail("list", "configmaps", Fault::TooManyRequests(3), 2);
    for _ in 0..2 {
        let Err(kube::Error::Api(status)) = maps.list(&ListParams::default()).await else {
            panic!("429 was expected");
        };
        assert_eq!(status.details.as_ref().unwrap().retry_after_seconds, 3);
    }
    assert!(maps.list(&ListParams::default()).await.is_ok());
}
