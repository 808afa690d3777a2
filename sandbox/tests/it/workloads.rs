//! Workloads, from nothing to ready, by the controllers and on the virtual clock.

use crate::common::ready_client;
use futures::{StreamExt, TryStreamExt};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{Event, Pod};
use kube::api::{Api, DeleteParams, ListParams, Patch, PatchParams, WatchEvent, WatchParams};
use serde_json::{Value, json};

fn deployment(replicas: u32) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{
                    "name": "app", "image": "nginx:1.29",
                    "resources": {"requests": {"cpu": "0.5", "memory": "64Mi"}},
                    "readinessProbe": {"httpGet": {"path": "/", "port": 80}, "initialDelaySeconds": 30},
                }]},
            },
        },
    })
}

#[tokio::test]
async fn a_deployment_becomes_ready_and_goes_with_its_pods() {
    let (sandbox, client) = ready_client();
    let deployments: Api<Deployment> = Api::default_namespaced(client.clone());
    let params = PatchParams::apply("infra").validation_strict();
    let made = deployments
        .patch("web", &params, &Patch::Apply(deployment(3)))
        .await
        .unwrap();
    assert_eq!(made.metadata.generation, Some(1));
    let version = made.metadata.resource_version.clone().unwrap();
    let mut watch = deployments
        .watch(&WatchParams::default().timeout(200), &version)
        .await
        .unwrap()
        .boxed();
    loop {
        let event = watch
            .try_next()
            .await
            .unwrap()
            .expect("it becomes ready before the watch ends");
        let WatchEvent::Modified(now) = event else {
            continue;
        };
        if now.status.unwrap().ready_replicas == Some(3) {
            break;
        }
    }
    assert!(sandbox.clock().now().as_secs() >= 30);
    let pods: Api<Pod> = Api::default_namespaced(client.clone());
    let all = pods
        .list(&ListParams::default().labels("app=web"))
        .await
        .unwrap();
    assert_eq!(all.items.len(), 3);
    let spec = all.items[0].spec.clone().unwrap();
    assert_eq!(
        spec.containers[0]
            .resources
            .clone()
            .unwrap()
            .requests
            .unwrap()["cpu"]
            .0,
        "500m"
    );
    assert_eq!(spec.service_account_name.as_deref(), Some("default"));
    assert_eq!(spec.tolerations.unwrap().len(), 2);
    let again = deployments
        .patch("web", &params, &Patch::Apply(deployment(3)))
        .await
        .unwrap();
    let live = deployments.get("web").await.unwrap();
    assert_eq!(
        again.metadata.resource_version,
        live.metadata.resource_version
    );
    assert_eq!(again.metadata.generation, Some(1));
    let events: Api<Event> = Api::default_namespaced(client);
    assert!(
        !events
            .list(&ListParams::default())
            .await
            .unwrap()
            .items
            .is_empty()
    );
    deployments
        .delete("web", &DeleteParams::background())
        .await
        .unwrap();
    sandbox.clock().advance(std::time::Duration::from_mins(1));
    assert!(
        pods.list(&ListParams::default())
            .await
            .unwrap()
            .items
            .is_empty()
    );
    // Events live for an hour.
    sandbox.clock().advance(std::time::Duration::from_hours(2));
    assert!(sandbox.objects("", "Event").is_empty());
}
