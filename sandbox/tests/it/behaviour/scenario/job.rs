//! Jobs.

use super::super::by_hand::{ended, ready, template};
use super::super::observe::Seen;
use super::super::stage::Stage;
use serde_json::{Value, json};

/// A job `work` whose pods are never restarted in place.
pub(super) fn spec(more: Value) -> Value {
    let mut template = template("work", "job:1");
    template["spec"]["restartPolicy"] = "Never".into();
    let mut spec = json!({"template": template});
    for (key, value) in more.as_object().into_iter().flatten() {
        spec[key] = value.clone();
    }
    spec
}

fn work(more: Value) -> Value {
    json!({
        "apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "work"}, "spec": spec(more),
    })
}

fn counted(seen: &Seen, field: &str) -> i64 {
    seen.number("Job", "work", &format!("/status/{field}"))
}

/// Whether no pod is left to be counted.
fn is_counted(seen: &Seen) -> bool {
    let left = &seen.object("Job", "work")["status"]["uncountedTerminatedPods"];
    let is_empty = |list: &Value| list.as_array().is_none_or(Vec::is_empty);
    is_empty(&left["failed"]) && is_empty(&left["succeeded"])
}

/// Whether a pod is yet to end.
fn is_open(pod: &Value) -> bool {
    !matches!(
        pod["status"]["phase"].as_str(),
        Some("Succeeded" | "Failed")
    ) && pod["metadata"]["deletionTimestamp"].is_null()
}

fn open_pods(seen: &Seen) -> usize {
    seen.living("Pod").filter(|pod| is_open(pod)).count()
}

fn is_complete(seen: &Seen) -> bool {
    seen.condition("Job", "work", "Complete")
        .starts_with("True")
}

fn is_failed(seen: &Seen) -> bool {
    seen.condition("Job", "work", "Failed").starts_with("True")
}

/// Three completions, two at a time.
pub(super) async fn completions(stage: &mut Stage) -> Result<(), String> {
    stage
        .create(work(json!({"completions": 3, "parallelism": 2})))
        .await?;
    stage
        .step("the job is made", |seen| {
            seen.count("Pod") == 2 && counted(seen, "active") == 2
        })
        .await?;
    stage.report_one(is_open, ready(stage.now())).await?;
    stage
        .step("one pod is ready", |seen| counted(seen, "ready") == 1)
        .await?;
    for nth in 1..=3 {
        stage.report_one(is_open, ended(stage.now(), 0)).await?;
        stage
            .step(&format!("pod {nth} succeeds"), |seen| {
                counted(seen, "succeeded") == nth
                    && is_counted(seen)
                    && (nth == 3
                        || (open_pods(seen) == 2.min(3 - nth as usize)
                            && counted(seen, "active") == 2.min(3 - nth)))
                    && (nth < 3 || is_complete(seen))
            })
            .await?;
    }
    Ok(())
}

/// One retry, after a while; then no more.
pub(super) async fn retries(stage: &mut Stage) -> Result<(), String> {
    stage.create(work(json!({"backoffLimit": 1}))).await?;
    stage
        .step("the job is made", |seen| {
            seen.count("Pod") == 1 && counted(seen, "active") == 1
        })
        .await?;
    stage.report_one(is_open, ended(stage.now(), 3)).await?;
    stage
        .step("the pod fails", |seen| {
            counted(seen, "failed") == 1 && is_counted(seen)
        })
        .await?;
    stage
        .step("it is tried again", |seen| {
            open_pods(seen) == 1 && counted(seen, "active") == 1
        })
        .await?;
    stage.report_one(is_open, ended(stage.now(), 3)).await?;
    stage.step("it fails again", is_failed).await
}

/// A pod for each index.
pub(super) async fn indexed(stage: &mut Stage) -> Result<(), String> {
    let more = json!({"completions": 2, "parallelism": 2, "completionMode": "Indexed"});
    stage.create(work(more)).await?;
    stage
        .step("the job is made", |seen| {
            seen.count("Pod") == 2 && counted(seen, "active") == 2
        })
        .await?;
    for index in ["1", "0"] {
        let picks = |pod: &Value| {
            pod["metadata"]["annotations"]["batch.kubernetes.io/job-completion-index"] == index
        };
        stage.report_one(picks, ended(stage.now(), 0)).await?;
        stage
            .step(&format!("index {index} succeeds"), |seen| {
                is_counted(seen)
                    && if index == "0" {
                        is_complete(seen)
                    } else {
                        counted(seen, "succeeded") == 1
                    }
            })
            .await?;
    }
    Ok(())
}

/// Suspended at first, then let go, then suspended again.
pub(super) async fn suspended(stage: &mut Stage) -> Result<(), String> {
    stage.create(work(json!({"suspend": true}))).await?;
    stage
        .step("the job is made", |seen| {
            seen.condition("Job", "work", "Suspended")
                .starts_with("True")
        })
        .await?;
    stage
        .patch("Job", "work", json!({"spec": {"suspend": false}}))
        .await?;
    stage
        .step("it is let go", |seen| counted(seen, "active") == 1)
        .await?;
    stage
        .patch("Job", "work", json!({"spec": {"suspend": true}}))
        .await?;
    stage
        .step("it is suspended", |seen| {
            seen.count("Pod") == 0
                && counted(seen, "active") == 0
                && seen
                    .condition("Job", "work", "Suspended")
                    .starts_with("True")
        })
        .await
}

/// It goes a while after its end.
pub(super) async fn forgotten(stage: &mut Stage) -> Result<(), String> {
    stage
        .create(work(json!({"ttlSecondsAfterFinished": 6})))
        .await?;
    stage
        .step("the job is made", |seen| {
            seen.count("Pod") == 1 && counted(seen, "active") == 1
        })
        .await?;
    stage.report_one(is_open, ended(stage.now(), 0)).await?;
    stage.step("its pod succeeds", is_complete).await?;
    stage
        .step("its time is up", |seen| {
            seen.count("Job") == 0 && seen.count("Pod") == 0
        })
        .await
}

/// It takes too long.
pub(super) async fn deadline(stage: &mut Stage) -> Result<(), String> {
    stage
        .create(work(json!({"activeDeadlineSeconds": 4})))
        .await?;
    stage
        .step("the job is made", |seen| {
            seen.count("Pod") == 1 && counted(seen, "active") == 1
        })
        .await?;
    stage
        .step("its time is up", |seen| {
            is_failed(seen) && seen.count("Pod") == 0
        })
        .await
}
