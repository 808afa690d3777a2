//! The status of an environment, over a scripted API server.

use super::status;
use crate::engine::inventory::{Inventory, Member, to_object};
use crate::engine::wait::tests::fake::Fake;
use crate::object::ObjectId;
use crate::status::State;
use serde_json::{Value, json};

const MAPS: &str = "/api/v1/namespaces/shop/configmaps";
const CLAIMS: &str = "/api/v1/namespaces/shop/persistentvolumeclaims";
const DEPLOYMENTS: &str = "/apis/apps/v1/namespaces/shop/deployments";
const REPLICA_SETS: &str = "/apis/apps/v1/namespaces/shop/replicasets";
const PODS: &str = "/api/v1/namespaces/shop/pods";
const EVENTS: &str = "/api/v1/namespaces/shop/events";

fn member(inventory: &mut Inventory, object: &Value, kept: bool) {
    let member = Member {
        version: "v1".into(),
        kept,
        ..Member::default()
    };
    inventory.members.insert(ObjectId::of(object), member);
}

fn object(api_version: &str, kind: &str, name: &str, rest: Value) -> Value {
    let mut object = json!({"apiVersion": api_version, "kind": kind,
        "metadata": {"name": name, "namespace": "shop", "uid": name, "generation": 1}});
    for (key, value) in rest.as_object().cloned().unwrap_or_default() {
        object[key] = value;
    }
    object
}

/// An environment of a config map, two deployments and a claim that was kept.
fn shop(ready: i64) -> Fake {
    let fake = Fake::new();
    let mut inventory = Inventory::default();
    let map = object("v1", "ConfigMap", "settings", json!({}));
    let claim = object(
        "v1",
        "PersistentVolumeClaim",
        "data",
        json!({"spec": {"volumeName": "pv"}, "status": {"phase": "Bound"}}),
    );
    let deployment = |name: &str| {
        object(
            "apps/v1",
            "Deployment",
            name,
            json!({"spec": {"replicas": 1}, "status":
            {"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "readyReplicas": ready, "availableReplicas": ready}}),
        )
    };
    member(&mut inventory, &map, false);
    member(&mut inventory, &claim, true);
    member(&mut inventory, &deployment("web"), false);
    member(&mut inventory, &deployment("lost"), false);
    fake.put(MAPS, to_object("shop", "shop", &inventory));
    fake.put(MAPS, map);
    fake.put(CLAIMS, claim);
    fake.put(DEPLOYMENTS, deployment("web"));
    fake
}

#[tokio::test]
async fn what_is_ready_is_read_by_one_list_per_kind() {
    let fake = shop(1);
    let told = status(&fake.cluster(), "shop", "shop", None).await.unwrap();
    assert!(told.exists && !told.is_ready());
    let said: Vec<_> = told
        .objects
        .iter()
        .chain(&told.kept)
        .map(|one| (one.id.short(), one.status.state, one.status.reason.clone()))
        .collect();
    let row = |id: &str, state, reason: &str| (id.to_owned(), state, reason.to_owned());
    assert_eq!(
        said,
        [
            row("configmap/settings", State::Ready, "applied"),
            row("deployment/lost", State::Missing, "is not there"),
            row("deployment/web", State::Ready, "1 of 1 pods are ready"),
            row(
                "persistentvolumeclaim/data",
                State::Ready,
                "is bound to volume `pv`"
            ),
        ]
    );
    assert_eq!(
        (told.count(State::Ready), told.count(State::Missing)),
        (2, 1)
    );
    let requests = fake.requests();
    assert_eq!(
        requests
            .iter()
            .filter(|line| line.starts_with("LIST"))
            .count(),
        3,
        "{requests:?}"
    );
    // The inventory, and what no list shows.
    assert_eq!(
        requests
            .iter()
            .filter(|line| line.starts_with("GET"))
            .count(),
        2,
        "{requests:?}"
    );
}

#[tokio::test]
async fn what_is_not_ready_comes_with_its_cause() {
    let fake = shop(0);
    fake.log("boom\n");
    let owned = |by: &str| json!([{"uid": by, "controller": true}]);
    let mut set = object(
        "apps/v1",
        "ReplicaSet",
        "web-1",
        json!({"spec": {"replicas": 1}, "status": {"replicas": 1}}),
    );
    set["metadata"]["ownerReferences"] = owned("web");
    let mut pod = object(
        "v1",
        "Pod",
        "web-1-x",
        json!({"spec": {"containers": [{"name": "app"}]}, "status": {"phase": "Running",
        "containerStatuses": [{"name": "app", "restartCount": 4, "state": {"waiting": {"reason": "CrashLoopBackOff"}},
            "lastState": {"terminated": {"exitCode": 1}}}]}}),
    );
    pod["metadata"]["ownerReferences"] = owned("web-1");
    fake.put(REPLICA_SETS, set);
    fake.put(PODS, pod);
    let told = status(&fake.cluster(), "shop", "shop", None).await.unwrap();
    let web = told
        .objects
        .iter()
        .find(|one| one.id.name == "web")
        .expect("listed");
    let cause = web.cause.as_ref().expect("a cause");
    assert_eq!(
        cause.summary,
        "container `app` keeps crashing: exit code 1, 4 restarts"
    );
    assert_eq!(
        cause.log.as_ref().map(|log| log.lines.clone()),
        Some(vec!["boom".to_owned()])
    );
    let requests = fake.requests();
    for path in [PODS, REPLICA_SETS, EVENTS] {
        let lists = requests
            .iter()
            .filter(|line| **line == format!("LIST {path}"))
            .count();
        assert_eq!(lists, 1, "{path} {requests:?}");
    }
    assert!(!requests.iter().any(|line| line.starts_with("WATCH")));
}

#[tokio::test]
async fn an_environment_that_was_never_applied_does_not_exist() {
    let fake = Fake::new();
    fake.put(MAPS, object("v1", "ConfigMap", "other", json!({})));
    let told = status(&fake.cluster(), "shop", "shop", None).await.unwrap();
    assert!(!told.exists && told.objects.is_empty());
}
