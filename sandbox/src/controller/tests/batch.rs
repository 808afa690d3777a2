//! Jobs and cron jobs with scheduler and kubelet.

use serde_json::{Value, json};

use super::super::condition;
use super::super::json::{count, items, text};
use super::super::meta::uid;
use super::super::testing::Lab;

fn job(spec: Value, container: Value) -> Value {
    let mut job = json!({
        "apiVersion": "batch/v1", "kind": "Job",
        "metadata": {"name": "work", "namespace": "shop"},
        "spec": {
            "completions": 1, "parallelism": 1, "backoffLimit": 6,
            "template": {"metadata": {"labels": {"job-name": "work"}}, "spec": {
                "restartPolicy": "Never",
                "containers": [{"name": "main", "image": "work:1"}],
            }},
        },
    });
    for (key, value) in spec.as_object().into_iter().flatten() {
        job["spec"][key] = value.clone();
    }
    for (key, value) in container.as_object().into_iter().flatten() {
        job["spec"]["template"]["spec"]["containers"][0][key] = value.clone();
    }
    job
}

fn reason<'a>(object: &'a Value, kind: &str) -> Option<&'a str> {
    condition::find(&object["status"], kind).map(|found| text(found, "reason"))
}

#[test]
fn a_job_completes_and_its_log_can_be_read() {
    let mut lab = Lab::full();
    lab.create(job(
        json!({"completions": 3, "parallelism": 2}),
        json!({"command": ["echo", "done"]}),
    ));
    assert_eq!(lab.all("Pod").len(), 2);
    lab.pass(30);
    let work = lab.find("Job", "work").unwrap();
    assert_eq!(
        reason(&work, "Complete"),
        Some("CompletionsReached"),
        "{work:#}"
    );
    assert_eq!(count(&work, "status.succeeded"), 3);
    assert_eq!(count(&work, "status.active"), 0);
    assert_eq!(lab.events("Completed"), ["Job completed"]);
    let pod = &lab.all("Pod")[0];
    assert_eq!(text(pod, "status.phase"), "Succeeded");
    assert!(items(pod, "metadata.finalizers").is_empty());
    let pod = uid(pod).to_owned();
    let lines = super::super::seam::Cluster::logs(&mut lab.cluster)
        .read(&pod, "main", false)
        .unwrap();
    assert_eq!(lines[0].text, "done");
}

#[test]
fn a_job_fails_after_its_tries() {
    let mut lab = Lab::full();
    lab.create(job(
        json!({"backoffLimit": 2}),
        json!({"command": ["sh", "-c", "echo no; exit 3"]}),
    ));
    lab.pass(20);
    assert_eq!(
        lab.all("Pod").len(),
        2,
        "the second try came after ten seconds"
    );
    lab.pass(300);
    let work = lab.find("Job", "work").unwrap();
    assert_eq!(
        reason(&work, "Failed"),
        Some("BackoffLimitExceeded"),
        "{work:#}"
    );
    assert_eq!(count(&work, "status.failed"), 3);
}

#[test]
fn indexed_jobs_number_their_pods() {
    let mut lab = Lab::full();
    lab.create(job(
        json!({"completions": 4, "parallelism": 4, "completionMode": "Indexed"}),
        json!({}),
    ));
    lab.pass(30);
    let work = lab.find("Job", "work").unwrap();
    assert_eq!(text(&work, "status.completedIndexes"), "0-3");
    assert!(condition::is_true(&work["status"], "Complete"));
}

#[test]
fn a_job_that_takes_too_long_is_stopped() {
    let mut lab = Lab::full();
    lab.create(job(
        json!({"activeDeadlineSeconds": 60}),
        json!({"command": ["sleep", "600"]}),
    ));
    lab.pass(60);
    let work = lab.find("Job", "work").unwrap();
    assert_eq!(reason(&work, "FailureTarget"), Some("DeadlineExceeded"));
    lab.pass(30);
    let work = lab.find("Job", "work").unwrap();
    assert_eq!(
        reason(&work, "Failed"),
        Some("DeadlineExceeded"),
        "{work:#}"
    );
    assert_eq!(count(&work, "status.succeeded"), 0);
}

#[test]
fn a_finished_job_goes_after_its_time_with_its_pods() {
    let mut lab = Lab::full();
    lab.create(job(json!({"ttlSecondsAfterFinished": 100}), json!({})));
    lab.pass(30);
    assert!(lab.find("Job", "work").is_some());
    lab.pass(120);
    assert!(lab.find("Job", "work").is_none());
    assert!(lab.all("Pod").is_empty());
}

#[test]
fn a_cron_job_makes_jobs_and_keeps_three() {
    let mut lab = Lab::full();
    let template = job(json!({}), json!({}))["spec"].clone();
    lab.create(json!({
        "apiVersion": "batch/v1", "kind": "CronJob",
        "metadata": {"name": "often", "namespace": "shop"},
        "spec": {
            "schedule": "*/5 * * * *", "concurrencyPolicy": "Forbid",
            "successfulJobsHistoryLimit": 3, "failedJobsHistoryLimit": 1,
            "jobTemplate": {"metadata": {"labels": {"app": "often"}}, "spec": template},
        },
    }));
    lab.pass(301);
    let often = lab.find("CronJob", "often").unwrap();
    assert_eq!(
        text(&often, "status.lastScheduleTime"),
        "2026-01-01T00:05:00Z"
    );
    assert_eq!(items(&often, "status.active").len(), 1);
    lab.pass(1700);
    assert_eq!(lab.all("Job").len(), 3);
    let often = lab.find("CronJob", "often").unwrap();
    assert!(items(&often, "status.active").is_empty());
    assert_eq!(
        text(&often, "status.lastSuccessfulTime"),
        "2026-01-01T00:30:02Z"
    );
}
