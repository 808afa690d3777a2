//! Waiting against the sandbox's controllers and nodes: how many requests it takes, and what it
//! says of every fault that can be planted.

use super::bench::{Bench, deployment, namespace, object, shop, store};
use crate::engine::{NotReady, status};
use crate::object::Object;
use crate::operation::{JobOptions, JobRun, run_job};
use serde_json::json;

fn planted(mut object: Object, faults: &[(&str, &str)]) -> Object {
    let annotations = &mut object.value["spec"]["template"]["metadata"]["annotations"];
    for (fault, value) in faults {
        annotations[format!("sandbox.infra.dev/{fault}")] = (*value).into();
    }
    object
}

#[tokio::test]
async fn however_long_the_wait_each_kind_is_listed_once_and_watched_once() {
    let bench = Bench::new().await;
    let mut slow = Vec::from([namespace()]);
    for name in ["one", "two", "three"] {
        let mut web = planted(deployment(name, "nginx:1.27"), &[("slow-start", "240s")]);
        web.value["spec"]["template"]["spec"]["containers"][0]["readinessProbe"] =
            json!({"tcpSocket": {"port": 80}, "periodSeconds": 5});
        slow.push(web);
    }
    let plan = bench.plan(&shop(slow)).await.expect("a plan");
    bench.sandbox.forget_requests();
    let (outcome, told) = bench.apply(&plan).await;
    assert!(outcome.is_success(), "{outcome:#?} {told:#?}");
    assert!(outcome.duration.as_secs() >= 240, "{:?}", outcome.duration);
    let requests = bench.sandbox.requests();
    for kind in ["deployments", "replicasets", "pods", "events"] {
        assert_eq!(requests.count("list", kind), 1, "{kind}");
        assert_eq!(requests.count("watch", kind), 1, "{kind}");
    }
    assert_eq!(
        requests.count("list", "secrets") + requests.count("watch", "secrets"),
        0
    );
    assert_eq!(requests.discovery(), 0);
}

async fn fails(objects: Vec<Object>) -> NotReady {
    let bench = Bench::new().await;
    let (mut outcome, told) = bench.run(&shop(objects)).await;
    assert_eq!(outcome.not_ready.len(), 1, "{outcome:#?} {told:#?}");
    let not_ready = outcome.not_ready.remove(0);
    // Looking at it afterwards finds the same cause.
    let seen = status(&bench.cluster, "shop", "shop", None)
        .await
        .expect("a status");
    let one = seen
        .objects
        .iter()
        .find(|one| one.id == not_ready.id)
        .expect("it is owned");
    let cause = one.cause.as_ref().expect("a cause");
    assert_eq!(
        cause.hint,
        not_ready
            .details
            .iter()
            .find_map(|line| line.strip_prefix("hint: "))
            .map(str::to_owned)
    );
    not_ready
}

#[tokio::test]
async fn every_fault_says_what_it_is() {
    let mut key = deployment("web", "nginx:1.27");
    key.value["spec"]["template"]["spec"]["containers"][0]["env"] =
        json!([{"name": "URL", "valueFrom": {"secretKeyRef": {"name": "db", "key": "url"}}}]);
    let secret = object(
        json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db"}, "data": {"other": "eA=="}}),
    );
    let mut large = deployment("web", "nginx:1.27");
    large.value["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"]["memory"] =
        "64Gi".into();
    let mut class = store("db");
    class.value["spec"]["volumeClaimTemplates"][0]["spec"]["storageClassName"] = "fast".into();
    for (objects, reason, line) in [
        (
            vec![planted(
                deployment("web", "app:2"),
                &[("image-not-found", "web")],
            )],
            "image `app:2` cannot be pulled: ",
            "at deployment/web → pod/web-",
        ),
        (
            vec![planted(
                deployment("web", "app:2"),
                &[
                    ("crash", "web"),
                    ("crash-exit-code", "3"),
                    ("crash-log", "no database"),
                ],
            )],
            "container `web` keeps crashing: exit code 3, 2 restarts",
            "  no database",
        ),
        (
            vec![secret, key],
            "container `web` cannot be configured: secret `db` has no key `url`",
            "hint: environment variable `URL` reads its key `url`",
        ),
        (
            vec![large],
            "pod cannot be scheduled: 0/2 nodes are available: 2 Insufficient memory",
            "hint: the sum of the requests of its containers fits no node",
        ),
        (
            vec![class],
            "claim `data-db-0` cannot be bound: storage class `fast` is not there",
            "at statefulset/db → pod/db-0 → persistentvolumeclaim/data-db-0",
        ),
    ] {
        let mut all = vec![namespace()];
        all.extend(objects);
        let not_ready = fails(all).await;
        assert!(not_ready.reason.contains(reason), "{not_ready:#?}");
        assert!(
            not_ready.details.iter().any(|said| said.starts_with(line)),
            "{line}: {not_ready:#?}"
        );
    }
}

#[tokio::test]
async fn a_quota_that_is_exceeded_is_named_with_its_numbers() {
    let quota = object(
        json!({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "small"}, "spec": {"hard": {"pods": "1"}}}),
    );
    let mut web = deployment("web", "nginx:1.27");
    web.value["spec"]["replicas"] = 2.into();
    let not_ready = fails(vec![namespace(), quota, web]).await;
    assert!(
        not_ready.reason.contains("quota `small` is exceeded"),
        "{not_ready:#?}"
    );
}

fn job(script: &str) -> Object {
    let mut job = object(json!({
        "apiVersion": "batch/v1", "kind": "Job",
        "metadata": {"name": "migrate", "namespace": "shop"},
        "spec": {"backoffLimit": 1, "template": {"spec": {"restartPolicy": "Never", "containers": [
            {"name": "app", "image": "app:2", "command": ["sh", "-c", script]}]}}},
    }));
    job.id.namespace = Some("shop".into());
    job
}

#[tokio::test]
async fn a_job_runs_to_its_end_and_gives_its_log() {
    let bench = Bench::new().await;
    bench.run(&shop([namespace()])).await;
    bench.sandbox.forget_requests();
    let options = JobOptions::default();
    let job = job("echo migrated; sleep 1200");
    let run = run_job(&bench.cluster, &job, &options, &|_| ())
        .await
        .expect("it succeeds");
    assert_eq!((run.succeeded, run.log().as_str()), (1, "migrated\n"));
    assert!(run.duration.as_secs() >= 1200);
    let requests = bench.sandbox.requests();
    assert_eq!(requests.count("list", "jobs"), 1);
    assert_eq!(requests.count("delete", "jobs"), 1);
    // The API server ends a watch after five minutes; it is opened again where it was.
    assert!((1..=6).contains(&requests.count("watch", "jobs")));
}

#[tokio::test]
async fn a_job_that_fails_gives_its_cause_and_its_log() {
    let bench = Bench::new().await;
    bench.run(&shop([namespace()])).await;
    let options = JobOptions::default();
    let job = job("echo no such table; exit 4");
    let error = run_job(&bench.cluster, &job, &options, &|_| ())
        .await
        .expect_err("it fails");
    let said = error.to_string();
    assert!(
        said.contains("has failed 2 times and is not retried again"),
        "{said}"
    );
    assert!(
        said.ends_with("container `app` has crashed: exit code 4"),
        "{said}"
    );
    let log = error.run().map(JobRun::log).unwrap_or_default();
    assert_eq!(log, "no such table\nno such table\n");
    let name = &error.run().expect("it ran").name;
    assert!(bench.get("batch/v1", "Job", name).await.is_some());
}

#[tokio::test]
async fn a_status_that_nobody_writes_is_waited_for_once() {
    let bench = Bench::new().await;
    let definition = object(json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "things.example.com"},
        "spec": {
            "group": "example.com", "scope": "Namespaced",
            "names": {"kind": "Thing", "plural": "things", "singular": "thing", "listKind": "ThingList"},
            "versions": [{"name": "v1", "served": true, "storage": true, "subresources": {"status": {}},
                "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}],
        },
    }));
    let things = |size: u32| {
        let thing = json!({"apiVersion": "example.com/v1", "kind": "Thing",
            "metadata": {"name": "t"}, "spec": {"size": size}});
        shop([namespace(), definition.clone(), object(thing)])
    };
    // The controller may be starting, so that what is new is given time, and what has changed.
    for (size, waited) in [(1, 15), (1, 0), (2, 15), (2, 0)] {
        let (outcome, told) = bench.run(&things(size)).await;
        assert!(outcome.is_success(), "{outcome:#?} {told:#?}");
        assert_eq!(outcome.duration.as_secs(), waited, "{told:#?}");
        assert!(told.contains(&"ready thing/t".to_owned()), "{told:#?}");
    }
}
