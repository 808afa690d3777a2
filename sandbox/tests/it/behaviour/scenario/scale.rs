//! More replicas, and fewer.

use super::super::by_hand::ready;
use super::super::observe::number;
use super::super::stage::Stage;
use super::rollout::{begin, counted, is_done, is_observed, is_ready, pods_of, web};
use serde_json::json;

/// Up, then down before all are ready: the pods that are not ready go first.
pub(super) async fn up_and_down(stage: &mut Stage) -> Result<(), String> {
    begin(stage, 1, json!({})).await?;
    stage
        .patch("Deployment", "web", json!({"spec": {"replicas": 4}}))
        .await?;
    stage
        .step("three replicas more", |seen| {
            is_observed(seen) && seen.count("Pod") == 4 && counted(seen, "replicas") == 4
        })
        .await?;
    stage
        .report_one(|pod| !is_ready(pod), ready(stage.now()))
        .await?;
    stage
        .step("one more is ready", |seen| {
            counted(seen, "readyReplicas") == 2
        })
        .await?;
    stage
        .patch("Deployment", "web", json!({"spec": {"replicas": 2}}))
        .await?;
    stage
        .step("two replicas less", |seen| {
            is_observed(seen)
                && seen.count("Pod") == 2
                && is_done(seen)
                && seen.living("Pod").all(is_ready)
        })
        .await?;
    stage
        .patch("Deployment", "web", json!({"spec": {"replicas": 0}}))
        .await?;
    stage
        .step("none", |seen| {
            is_observed(seen) && seen.count("Pod") == 0 && counted(seen, "replicas") == 0
        })
        .await
}

/// In the middle of a rollout, all sets grow in proportion.
pub(super) async fn in_proportion(stage: &mut Stage) -> Result<(), String> {
    let more = || json!({"strategy": {"rollingUpdate": {"maxSurge": 3, "maxUnavailable": 2}}});
    begin(stage, 5, more()).await?;
    stage.apply("somebody", web(5, "web:2", more())).await?;
    stage
        .step("the next image", |seen| {
            is_observed(seen)
                && pods_of(seen, "web:2") == 5
                && pods_of(seen, "web:1") == 3
                && counted(seen, "replicas") == 8
        })
        .await?;
    stage.apply("somebody", web(10, "web:2", more())).await?;
    stage
        .step("twice as many", |seen| {
            is_observed(seen)
                && seen.count("Pod") == 13
                && counted(seen, "replicas") == 13
                && seen
                    .living("ReplicaSet")
                    .map(|set| number(set, "/status/replicas"))
                    .sum::<i64>()
                    == 13
        })
        .await
}
