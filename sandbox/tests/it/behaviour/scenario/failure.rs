//! Rollouts that fail, and recover.

use super::super::by_hand::ready;
use super::super::observe::number;
use super::super::stage::Stage;
use super::rollout::{begin, counted, is_done, is_observed, is_ready, pods_of, web};
use serde_json::{Value, json};

/// New pods that never become ready, until the deadline; then a template whose pods do.
pub(super) async fn deadline(stage: &mut Stage) -> Result<(), String> {
    let more = || {
        json!({
            "progressDeadlineSeconds": 12, "minReadySeconds": 3,
            "strategy": {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
        })
    };
    begin(stage, 1, more()).await?;
    stage.apply("somebody", web(1, "web:bad", more())).await?;
    stage
        .step("an image that does not work", |seen| {
            is_observed(seen) && pods_of(seen, "web:bad") == 1 && counted(seen, "replicas") == 2
        })
        .await?;
    stage
        .step("its time is up", |seen| {
            seen.condition("Deployment", "web", "Progressing")
                .contains("Deadline")
        })
        .await?;
    stage.apply("somebody", web(1, "web:2", more())).await?;
    stage
        .step("an image that works", |seen| {
            is_observed(seen)
                && pods_of(seen, "web:2") == 1
                && pods_of(seen, "web:bad") == 0
                && counted(seen, "replicas") == 2
                && counted(seen, "updatedReplicas") == 1
        })
        .await?;
    let picks = |pod: &Value| !is_ready(pod) && pod["spec"]["containers"][0]["image"] == "web:2";
    stage.report_one(picks, ready(stage.now())).await?;
    stage
        .step("its pod is ready", |seen| {
            is_done(seen) && seen.count("Pod") == 1
        })
        .await
}

/// A quota that leaves no room for the second pod, until it does.
pub(super) async fn quota(stage: &mut Stage) -> Result<(), String> {
    stage
        .create(json!({
            "apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "small"},
            "spec": {"hard": {"pods": "1"}},
        }))
        .await?;
    stage
        .until("the quota", |seen| {
            !seen.object("ResourceQuota", "small")["status"]["used"].is_null()
        })
        .await?;
    stage.apply("somebody", web(2, "web:1", json!({}))).await?;
    stage
        .step("one pod finds no room", |seen| {
            counted(seen, "replicas") == 1
                && seen.condition("Deployment", "web", "ReplicaFailure") == "True FailedCreate"
                && (seen.living("Event")).any(|event| event["reason"] == "FailedCreate")
        })
        .await?;
    stage
        .patch(
            "ResourceQuota",
            "small",
            json!({"spec": {"hard": {"pods": "5"}}}),
        )
        .await?;
    stage
        .step("there is room", |seen| {
            seen.count("Pod") == 2
                && counted(seen, "replicas") == 2
                && seen
                    .living("ReplicaSet")
                    .all(|set| number(set, "/status/replicas") == 2)
                && seen
                    .condition("Deployment", "web", "ReplicaFailure")
                    .is_empty()
        })
        .await
}
