//! What happens by the clock: cron jobs and autoscalers.

use super::super::by_hand::ended;
use super::super::stage::Stage;
use super::job::spec;
use super::rollout::{begin, counted, is_observed, web};
use serde_json::json;

/// Each minute a job, which succeeds.
pub(super) async fn cron_job(stage: &mut Stage) -> Result<(), String> {
    stage
        .create(json!({
            "apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "tick"},
            "spec": {"schedule": "* * * * *", "jobTemplate": {"spec": spec(json!({}))}},
        }))
        .await?;
    stage
        .step("the minute comes", |seen| {
            seen.count("Pod") == 1
                && seen.living("Job").any(|job| job["status"]["active"] == 1)
                && seen.object("CronJob", "tick")["status"]["active"].is_array()
        })
        .await?;
    stage.report_one(|_| true, ended(stage.now(), 0)).await?;
    stage
        .step("its job succeeds", |seen| {
            seen.object("CronJob", "tick")["status"]["lastSuccessfulTime"].is_string()
        })
        .await?;
    stage
        .patch("CronJob", "tick", json!({"spec": {"suspend": true}}))
        .await?;
    stage
        .step("it is suspended", |seen| {
            seen.object("CronJob", "tick")["spec"]["suspend"] == true
        })
        .await
}

/// An autoscaler raises the replicas that somebody applied; somebody applies them again.
pub(super) async fn autoscaler(stage: &mut Stage) -> Result<(), String> {
    begin(stage, 1, json!({})).await?;
    stage.create(json!({
        "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "web"},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            "minReplicas": 2, "maxReplicas": 3,
            "metrics": [{"type": "Resource", "resource": {
                "name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70},
            }}],
        },
    })).await?;
    stage
        .step("the autoscaler wants two", |seen| {
            seen.count("Pod") == 2
                && counted(seen, "replicas") == 2
                && is_observed(seen)
                && seen.was_told("HorizontalPodAutoscaler", "SuccessfulRescale")
        })
        .await?;
    stage
        .step("it measures", |seen| {
            seen.was_told("HorizontalPodAutoscaler", "FailedGetResourceMetric")
                && seen.was_told("HorizontalPodAutoscaler", "FailedComputeMetricsReplicas")
        })
        .await?;
    stage.apply("somebody", web(1, "web:1", json!({}))).await?;
    stage
        .step("somebody wants one again", |seen| {
            seen.count("Pod") == 1 && counted(seen, "replicas") == 1 && is_observed(seen)
        })
        .await?;
    stage
        .step("the autoscaler wants two again", |seen| {
            let events = seen.living("Event");
            let is_rescale = |event: &&serde_json::Value| event["reason"] == "SuccessfulRescale";
            seen.count("Pod") == 2
                && counted(seen, "replicas") == 2
                && is_observed(seen)
                && events.filter(is_rescale).any(|event| event["count"] == 2)
        })
        .await
}

/// Autoscalers that cannot do their work: metrics that nothing serves, targets that are not there.
pub(super) async fn blind(stage: &mut Stage) -> Result<(), String> {
    begin(stage, 1, json!({})).await?;
    let target = json!({"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"});
    let average = json!({"type": "AverageValue", "averageValue": "10"});
    let queue = json!({"name": "queue", "selector": {"matchLabels": {"of": "jobs"}}});
    let about = json!({"apiVersion": "v1", "kind": "Service", "name": "web"});
    let metrics = json!([
        {"type": "Resource", "resource": {"name": "memory", "target": average}},
        {"type": "ContainerResource", "containerResource": {
            "name": "cpu", "container": "main",
            "target": {"type": "Utilization", "averageUtilization": 50},
        }},
        {"type": "Pods", "pods": {"metric": {"name": "requests"}, "target": average}},
        {"type": "Object", "object": {
            "metric": {"name": "hits"}, "describedObject": about, "target": average,
        }},
        {"type": "Object", "object": {
            "metric": {"name": "hits"}, "describedObject": about,
            "target": {"type": "Value", "value": "10"},
        }},
        {"type": "External", "external": {"metric": queue, "target": average}},
        {"type": "External", "external": {
            "metric": {"name": "depth"}, "target": {"type": "Value", "value": "10"},
        }},
    ]);
    let lost = json!({"apiVersion": "apps/v1", "kind": "Deployment", "name": "nothing"});
    let unknown = json!({"apiVersion": "example.com/v1", "kind": "Nothing", "name": "web"});
    for (name, target, metrics) in [
        ("blind", target, metrics),
        ("lost", lost, json!(null)),
        ("unknown", unknown, json!(null)),
    ] {
        stage
            .create(json!({
                "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
                "metadata": {"name": name},
                "spec": {"scaleTargetRef": target, "maxReplicas": 3, "metrics": metrics},
            }))
            .await?;
    }
    stage
        .step("three autoscalers look", |seen| {
            seen.was_told("HorizontalPodAutoscaler", "FailedComputeMetricsReplicas")
                && ["lost", "unknown"].iter().all(|name| {
                    seen.condition("HorizontalPodAutoscaler", name, "AbleToScale")
                        == "False FailedGetScale"
                })
        })
        .await?;
    stage
        .patch("Deployment", "web", json!({"spec": {"replicas": 0}}))
        .await?;
    stage
        .step("somebody scales to zero", |seen| {
            seen.count("Pod") == 0
                && seen.condition("HorizontalPodAutoscaler", "blind", "ScalingActive")
                    == "False ScalingDisabled"
        })
        .await
}
