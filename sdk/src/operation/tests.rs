//! Jobs, over a scripted API server.

use super::{JobError, JobEvent, JobOptions, JobRun, run_job};
use crate::engine::wait::tests::fake::Fake;
use crate::object::{Object, Origin};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinHandle;

const JOBS: &str = "/apis/batch/v1/namespaces/shop/jobs";
const POLICIES: &str = "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies";
const PODS: &str = "/api/v1/namespaces/shop/pods";

fn job(spec: Value) -> Object {
    let value = json!({"apiVersion": "batch/v1", "kind": "Job",
        "metadata": {"name": "migrate", "namespace": "shop"}, "spec": spec});
    Object::new(value, Origin::default())
}

type Events = Arc<Mutex<Vec<JobEvent>>>;

fn start(fake: &Fake, job: Object) -> (JoinHandle<Result<JobRun, JobError>>, Events) {
    let events = Events::default();
    let (cluster, told) = (fake.cluster(), Arc::clone(&events));
    let options = JobOptions {
        mask: Some(Arc::new(|text| text.replace("hunter2", "***"))),
        policies: vec![Object::new(
            json!({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
                "metadata": {"name": "migrate-to-db", "namespace": "shop"}, "spec": {}}),
            Origin::default(),
        )],
        ..JobOptions::default()
    };
    let run = tokio::spawn(async move {
        let note = move |event| told.lock().unwrap().push(event);
        run_job(&cluster, &job, &options, &note).await
    });
    (run, events)
}

/// The job that was made, with this status; and its pod, in this phase.
fn finish(fake: &Fake, status: Value, phase: &str, exit: i64) {
    let mut live = fake.get(JOBS, "migrate-x").expect("the job was made");
    live["metadata"]["resourceVersion"] = "9".into();
    live["status"] = status;
    let pod = json!({"metadata": {"name": "migrate-x-1", "namespace": "shop", "uid": "p",
        "ownerReferences": [{"uid": "u-migrate-x", "controller": true}]},
        "spec": {"restartPolicy": "Never", "containers": [{"name": "app"}]},
        "status": {"phase": phase, "containerStatuses": [{"name": "app", "state": {"terminated": {"exitCode": exit}}}]}});
    fake.put(PODS, pod);
    fake.put(JOBS, live);
}

#[tokio::test]
async fn a_job_runs_under_a_name_of_its_own_and_goes_when_it_has_succeeded() {
    let fake = Fake::new();
    fake.log("migrated with hunter2\n");
    let (run, events) = start(&fake, job(json!({})));
    fake.advance(Duration::from_secs(90)).await;
    let live = fake.get(JOBS, "migrate-x").expect("the job was made");
    assert_eq!(live["spec"]["ttlSecondsAfterFinished"], 86400);
    let policy = fake
        .get(POLICIES, "migrate-x-migrate-to-db")
        .expect("its policy was made");
    assert_eq!(
        policy["metadata"]["ownerReferences"][0]["name"],
        "migrate-x"
    );
    finish(
        &fake,
        json!({"succeeded": 1, "conditions": [{"type": "Complete", "status": "True"}]}),
        "Succeeded",
        0,
    );
    let run = run.await.unwrap().expect("it succeeded");
    assert_eq!((run.name.as_str(), run.succeeded), ("migrate-x", 1));
    assert_eq!(run.duration, Duration::from_secs(90));
    assert_eq!(run.log(), "migrated with ***\n");
    assert!(fake.get(JOBS, "migrate-x").is_none());
    assert!(matches!(&events.lock().unwrap()[0], JobEvent::Created(id) if id.name == "migrate-x"));
}

#[tokio::test]
async fn a_job_that_says_when_it_goes_is_left_to_the_cluster() {
    let fake = Fake::new();
    let (run, _) = start(&fake, job(json!({"ttlSecondsAfterFinished": 60})));
    fake.settle().await;
    finish(
        &fake,
        json!({"succeeded": 1, "conditions": [{"type": "Complete", "status": "True"}]}),
        "Succeeded",
        0,
    );
    assert!(run.await.unwrap().is_ok());
    assert!(fake.get(JOBS, "migrate-x").is_some());
}

#[tokio::test]
async fn a_job_that_fails_says_why_and_is_kept() {
    let fake = Fake::new();
    fake.log("no such table\n");
    let (run, _) = start(&fake, job(json!({"backoffLimit": 0})));
    fake.settle().await;
    let failed = json!({"failed": 1, "conditions": [{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}]});
    finish(&fake, failed, "Failed", 2);
    // An event could tell more, and is waited for shortly.
    fake.advance(Duration::from_secs(2)).await;
    let error = run.await.unwrap().expect_err("it failed");
    assert_eq!(
        error.to_string(),
        "job/migrate-x in shop has failed once and is not retried again: container `app` has crashed: exit code 2"
    );
    assert_eq!(
        error.run().map(JobRun::log).as_deref(),
        Some("no such table\n")
    );
    let log = error
        .cause()
        .and_then(|cause| cause.log.clone())
        .expect("a log");
    assert_eq!(log.lines, ["no such table"]);
    assert!(fake.get(JOBS, "migrate-x").is_some());
}

#[tokio::test]
async fn a_job_that_takes_too_long_goes_on() {
    let fake = Fake::new();
    let (run, _) = start(&fake, job(json!({})));
    fake.advance(Duration::from_hours(1)).await;
    let error = run.await.unwrap().expect_err("it takes too long");
    assert!(matches!(error, JobError::TimedOut(_)));
    assert!(fake.get(JOBS, "migrate-x").is_some());
}

#[tokio::test]
async fn only_a_job_with_a_namespace_can_be_run() {
    let cluster = Fake::new().cluster();
    for (value, expected) in [
        (
            json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "namespace": "b"}}),
            "pod/a in b is no job",
        ),
        (
            json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "a"}}),
            "job/a has no namespace to run in",
        ),
    ] {
        let object = Object::new(value, Origin::default());
        let run = run_job(&cluster, &object, &JobOptions::default(), &|_| ()).await;
        assert_eq!(run.expect_err("unfit").to_string(), expected);
    }
}
