//! Waiting, with the real client over a scripted API server and a clock that stands still.

mod deciding;
pub(crate) mod fake;

use super::{Progress, Target, WaitOptions, Waited, Waiter};
use crate::cluster::{Cluster, Selector, Served};
use crate::object::ObjectId;
use crate::status::State;
use fake::Fake;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinHandle;

/// A waiter at work over a scripted API server.
struct Bench {
    fake: Fake,
    waiter: Waiter,
    reasons: Arc<Mutex<Vec<String>>>,
}

impl Bench {
    fn new() -> Self {
        let fake = Fake::new();
        let options = WaitOptions {
            selector: Selector::label("part-of", "shop"),
            mask: Some(Arc::new(|text| text.replace("hunter2", "***"))),
            ..WaitOptions::default()
        };
        let cluster: Cluster = fake.cluster();
        let (waiter, watching) = Waiter::new(&cluster, options);
        let reasons = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&reasons);
        tokio::spawn(async move {
            let note = move |progress: Progress| told.lock().unwrap().push(progress.reason());
            watching.run(&note).await;
        });
        Self {
            fake,
            waiter,
            reasons,
        }
    }

    fn wait(&self, target: Target) -> JoinHandle<Waited> {
        let waiter = self.waiter.clone();
        tokio::spawn(async move { waiter.wait(target).await })
    }

    fn reasons(&self) -> Vec<String> {
        self.reasons.lock().unwrap().clone()
    }
}

fn target(object: &Value) -> Target {
    let id = ObjectId::of(object);
    let (group, version) = match object["apiVersion"].as_str().unwrap().split_once('/') {
        Some((group, version)) => (group.to_owned(), version.to_owned()),
        None => (
            String::new(),
            object["apiVersion"].as_str().unwrap().to_owned(),
        ),
    };
    let served = Served {
        group: group.into(),
        version: version.into(),
        kind: id.kind.clone().into(),
        plural: format!("{}s", id.kind.to_lowercase()).into(),
        namespaced: true,
    };
    Target::ready(id, served, object.clone())
}

/// A deployment of one pod, as the answer to an apply, or later with this many ready pods.
fn deployment(name: &str, ready: Option<i64>) -> Value {
    let mut object = json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": name, "namespace": "shop", "uid": format!("d-{name}"), "generation": 1,
            "resourceVersion": "5", "labels": {"part-of": "shop"},
            "annotations": {"deployment.kubernetes.io/revision": "1"}},
        "spec": {"replicas": 1},
    });
    if let Some(ready) = ready {
        object["metadata"]["resourceVersion"] = "9".into();
        object["status"] = json!({"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1,
            "readyReplicas": ready, "availableReplicas": ready});
    }
    object
}

fn replica_set(of: &str) -> Value {
    json!({"metadata": {"name": format!("{of}-1"), "namespace": "shop", "uid": format!("r-{of}"),
        "resourceVersion": "6", "annotations": {"deployment.kubernetes.io/revision": "1"},
        "ownerReferences": [{"uid": format!("d-{of}"), "controller": true}]},
        "spec": {"replicas": 1}, "status": {"replicas": 1}})
}

fn pod(of: &str, state: Value) -> Value {
    json!({"metadata": {"name": format!("{of}-1-x"), "namespace": "shop", "uid": format!("p-{of}"),
        "resourceVersion": "7", "ownerReferences": [{"uid": format!("r-{of}"), "controller": true}]},
        "spec": {"restartPolicy": "Always", "containers": [{"name": "app", "image": "app:2"}]},
        "status": {"phase": "Pending", "containerStatuses": [state]}})
}

const DEPLOYMENTS: &str = "/apis/apps/v1/namespaces/shop/deployments";
const REPLICA_SETS: &str = "/apis/apps/v1/namespaces/shop/replicasets";
const PODS: &str = "/api/v1/namespaces/shop/pods";
const EVENTS: &str = "/api/v1/namespaces/shop/events";

#[tokio::test]
async fn one_list_and_one_watch_per_kind_and_namespace_however_long_the_wait() {
    let bench = Bench::new();
    let names = ["a", "b", "c"];
    for name in names {
        bench.fake.put(DEPLOYMENTS, deployment(name, Some(0)));
        bench.fake.put(REPLICA_SETS, replica_set(name));
    }
    let waits: Vec<_> = names
        .iter()
        .map(|name| bench.wait(target(&deployment(name, None))))
        .collect();
    bench.fake.settle().await;
    let mut first = [
        format!("LIST {DEPLOYMENTS}?labelSelector=part-of%3Dshop"),
        format!("LIST {PODS}"),
        format!("LIST {REPLICA_SETS}"),
        format!("WATCH {DEPLOYMENTS}?labelSelector=part-of%3Dshop"),
        format!("WATCH {PODS}"),
        format!("WATCH {REPLICA_SETS}"),
    ];
    first.sort();
    assert_eq!(bench.fake.requests(), first);

    // Five minutes with a change now and then, and the server ending a watch.
    let pulling = json!({"name": "app", "state": {"waiting": {"reason": "ContainerCreating"}}});
    for second in 0..30 {
        bench
            .fake
            .put(PODS, pod(names[second % 3], pulling.clone()));
        bench.fake.advance(Duration::from_secs(10)).await;
    }
    let mut later = first.to_vec();
    later.extend([format!("LIST {EVENTS}"), format!("WATCH {EVENTS}")]);
    later.sort();
    assert_eq!(bench.fake.requests(), later);
    bench.fake.end_watch(PODS);
    bench.fake.advance(Duration::from_secs(10)).await;
    later.push(format!("WATCH {PODS}"));
    later.sort();
    assert_eq!(bench.fake.requests(), later);

    for name in names {
        bench.fake.put(DEPLOYMENTS, deployment(name, Some(1)));
    }
    for wait in waits {
        let waited = wait.await.unwrap();
        assert!(
            matches!(&waited, Waited::Ready(status) if status.reason == "1 of 1 pods are ready")
        );
    }
    assert_eq!(bench.fake.requests(), later);
}

#[tokio::test]
async fn what_is_ready_costs_nothing() {
    let bench = Bench::new();
    assert!(
        bench
            .wait(target(&deployment("a", Some(1))))
            .await
            .unwrap()
            .is_done()
    );
    let map = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m", "namespace": "shop"}});
    assert!(bench.wait(target(&map)).await.unwrap().is_done());
    assert!(bench.fake.requests().is_empty());
}

#[tokio::test]
async fn that_a_controller_is_late_is_told_only_when_it_lasts() {
    let bench = Bench::new();
    bench.fake.put(DEPLOYMENTS, deployment("a", None));
    let wait = bench.wait(target(&deployment("a", None)));
    bench.fake.advance(Duration::from_secs(4)).await;
    assert!(bench.reasons().is_empty());
    bench.fake.advance(Duration::from_secs(2)).await;
    let late = ["its controller has not seen the change yet"];
    assert_eq!(bench.reasons(), late);
    bench.fake.advance(Duration::from_secs(20)).await;
    assert_eq!(bench.reasons(), late);
    bench.fake.put(DEPLOYMENTS, deployment("a", Some(1)));
    assert!(wait.await.unwrap().is_done());
}

#[tokio::test]
async fn what_time_does_not_heal_ends_with_its_cause_when_its_event_has_come() {
    let bench = Bench::new();
    bench.fake.put(DEPLOYMENTS, deployment("a", Some(0)));
    bench.fake.put(REPLICA_SETS, replica_set("a"));
    let wait = bench.wait(target(&deployment("a", None)));
    bench.fake.settle().await;
    let state = json!({"name": "app", "state": {"waiting": {"reason": "ErrImagePull", "message": "manifest unknown"}}});
    bench.fake.put(PODS, pod("a", state));
    bench.fake.settle().await;
    assert!(!wait.is_finished());
    let event = json!({"metadata": {"name": "e", "namespace": "shop", "resourceVersion": "8"}, "type": "Warning",
        "reason": "Failed", "message": "Failed to pull", "involvedObject": {"uid": "p-a"}});
    bench.fake.put(EVENTS, event);
    let Waited::Failed(status, cause) = wait.await.unwrap() else {
        panic!("did not fail")
    };
    assert_eq!(cause.details, ["Failed: Failed to pull"]);
    assert_eq!(status.reason, "0 of 1 pods are ready");
    assert_eq!(
        cause.summary,
        "image `app:2` cannot be pulled: manifest unknown"
    );
    assert_eq!(cause.at.last().map(String::as_str), Some("container `app`"));
    assert_eq!(bench.reasons(), ["0 of 1 pods are ready"]);
}

#[tokio::test]
async fn a_crash_loop_ends_with_its_log_read_once_and_masked() {
    let bench = Bench::new();
    bench.fake.put(DEPLOYMENTS, deployment("a", Some(0)));
    bench.fake.put(REPLICA_SETS, replica_set("a"));
    bench.fake.log("starting\nrefused hunter2\n");
    let state = |restarts: i64| {
        json!({"name": "app", "restartCount": restarts,
        "state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": {"terminated": {"exitCode": 1}}})
    };
    bench.fake.put(PODS, pod("a", state(1)));
    let wait = bench.wait(target(&deployment("a", None)));
    bench.fake.advance(Duration::from_secs(30)).await;
    assert!(!wait.is_finished());
    bench.fake.put(PODS, pod("a", state(2)));
    // No event tells more: that is waited for, but not for long.
    bench.fake.advance(Duration::from_secs(1)).await;
    assert!(!wait.is_finished());
    bench.fake.advance(Duration::from_secs(1)).await;
    let Waited::Failed(_, cause) = wait.await.unwrap() else {
        panic!("did not fail")
    };
    assert_eq!(
        cause.summary,
        "container `app` keeps crashing: exit code 1, 2 restarts"
    );
    assert_eq!(cause.log.unwrap().lines, ["starting", "refused ***"]);
    let logs = bench
        .fake
        .requests()
        .into_iter()
        .filter(|line| line.contains("/log"))
        .count();
    assert_eq!(logs, 1);
}

#[tokio::test]
async fn the_timeout_counts_from_the_last_registration_and_tells_the_cause() {
    let bench = Bench::new();
    for name in ["a", "b"] {
        bench.fake.put(DEPLOYMENTS, deployment(name, Some(0)));
        bench.fake.put(REPLICA_SETS, replica_set(name));
    }
    let state = json!({"name": "app", "state": {"waiting": {"reason": "ContainerCreating"}}});
    bench.fake.put(PODS, pod("a", state));
    let first = bench.wait(target(&deployment("a", None)));
    bench.fake.advance(Duration::from_secs(400)).await;
    let second = bench.wait(target(&deployment("b", None)));
    bench.fake.advance(Duration::from_secs(400)).await;
    assert!(!first.is_finished());
    bench.fake.advance(Duration::from_secs(200)).await;
    let Waited::TimedOut(status, cause) = first.await.unwrap() else {
        panic!("no timeout")
    };
    assert_eq!(status.state, State::Progressing);
    assert_eq!(cause.summary, "pod is ContainerCreating");
    assert!(!second.await.unwrap().is_done());
}

#[tokio::test]
async fn gone_means_not_there_or_another_one() {
    let bench = Bench::new();
    let mut old = deployment("a", Some(1));
    old["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
    bench.fake.put(DEPLOYMENTS, old.clone());
    let mut other = deployment("b", Some(1));
    bench.fake.put(DEPLOYMENTS, other.clone());
    let gone = |object: &Value| {
        let mut target = target(object);
        target.until = super::Until::Gone;
        target
    };
    let first = bench.wait(gone(&old));
    let second = bench.wait(gone(&other));
    bench.fake.settle().await;
    assert!(!first.is_finished() && !second.is_finished());
    bench.fake.remove(DEPLOYMENTS, &old);
    other["metadata"]["uid"] = "new".into();
    other["metadata"]["resourceVersion"] = "20".into();
    bench.fake.put(DEPLOYMENTS, other);
    assert_eq!(first.await.unwrap(), Waited::Gone);
    assert_eq!(second.await.unwrap(), Waited::Gone);
}

#[tokio::test]
async fn an_object_that_somebody_deletes_has_failed_and_a_finished_job_has_not() {
    let bench = Bench::new();
    bench.fake.put(DEPLOYMENTS, deployment("a", Some(0)));
    let job = json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "j", "namespace": "shop",
        "uid": "j", "labels": {"part-of": "shop"}, "resourceVersion": "5"}, "spec": {"ttlSecondsAfterFinished": 0}});
    let jobs = "/apis/batch/v1/namespaces/shop/jobs";
    bench.fake.put(jobs, job.clone());
    let first = bench.wait(target(&deployment("a", None)));
    let second = bench.wait(target(&job));
    bench.fake.settle().await;
    bench.fake.remove(DEPLOYMENTS, &deployment("a", Some(0)));
    let mut done = job;
    done["status"] =
        json!({"succeeded": 1, "conditions": [{"type": "Complete", "status": "True"}]});
    bench.fake.remove(jobs, &done);
    let first = first.await.unwrap();
    assert!(
        matches!(&first, Waited::Failed(status, _) if status.state == State::Missing),
        "{first:?}"
    );
    assert!(second.await.unwrap().is_done());
}

#[tokio::test]
async fn what_may_not_be_watched_is_said_to_be_unknown() {
    let bench = Bench::new();
    bench.fake.forbid(DEPLOYMENTS);
    let waited = bench.wait(target(&deployment("a", None))).await.unwrap();
    assert!(
        matches!(&waited, Waited::Unknown(error) if error.is_forbidden()),
        "{waited:?}"
    );
    // Without permission to see pods, the status alone must do.
    let bench = Bench::new();
    bench.fake.forbid(PODS);
    bench.fake.put(DEPLOYMENTS, deployment("a", Some(0)));
    let wait = bench.wait(target(&deployment("a", None)));
    bench.fake.settle().await;
    bench.fake.put(DEPLOYMENTS, deployment("a", Some(1)));
    assert!(wait.await.unwrap().is_done());
}
