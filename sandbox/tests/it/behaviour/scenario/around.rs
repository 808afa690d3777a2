//! What stands around pods: services and disruption budgets.

use super::super::by_hand::ready;
use super::super::observe::Seen;
use super::super::stage::Stage;
use super::life::deployment;
use super::rollout::{begin, is_done, is_ready};
use serde_json::{Value, json};

fn endpoints(seen: &Seen) -> Vec<&Value> {
    seen.living("EndpointSlice")
        .flat_map(|slice| slice["endpoints"].as_array().into_iter().flatten())
        .collect()
}

/// A service finds its pods, and loses them.
pub(super) async fn service(stage: &mut Stage) -> Result<(), String> {
    stage
        .create(json!({
            "apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"},
            "spec": {"selector": {"app": "web"}, "ports": [
                {"name": "http", "port": 80, "targetPort": 8080},
            ]},
        }))
        .await?;
    stage
        .step("a service is made", |seen| seen.count("EndpointSlice") == 1)
        .await?;
    for (title, replicas) in [("two pods come", 2), ("one of them goes", 1)] {
        let object = deployment(replicas, "registry.example/web:1", json!({}));
        stage.apply("somebody", object).await?;
        stage
            .step(title, |seen| {
                let endpoints = endpoints(seen);
                seen.count("Pod") as i64 == replicas
                    && endpoints.len() as i64 == replicas
                    && endpoints
                        .iter()
                        .all(|one| one["conditions"]["ready"] == true)
            })
            .await?;
    }
    let other = json!({"spec": {"selector": {"app": "other"}}});
    stage.patch("Service", "web", other).await?;
    stage
        .step("the service looks for others", |seen| {
            endpoints(seen).is_empty()
        })
        .await?;
    stage.delete("Service", "web", "Background").await?;
    stage
        .step("the service is deleted", |seen| {
            seen.count("EndpointSlice") == 0
        })
        .await
}

fn budget(seen: &Seen, field: &str) -> i64 {
    seen.number("PodDisruptionBudget", "web", &format!("/status/{field}"))
}

/// A budget lets a pod be evicted, and waits for the one in its place. (That it refuses the next is not
/// asked: the client tries again for minutes.)
pub(super) async fn disruption(stage: &mut Stage) -> Result<(), String> {
    stage
        .create(json!({
            "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web"},
            "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}},
        }))
        .await?;
    stage
        .step("a budget is made", |seen| {
            !seen
                .condition("PodDisruptionBudget", "web", "DisruptionAllowed")
                .is_empty()
        })
        .await?;
    begin(stage, 2, json!({})).await?;
    stage
        .until("the budget", |seen| budget(seen, "disruptionsAllowed") == 1)
        .await?;
    let first = ready_pod(stage)?;
    stage.evict(&first).await?;
    stage
        .step("one pod is evicted", |seen| {
            budget(seen, "currentHealthy") == 1
                && budget(seen, "disruptionsAllowed") == 0
                && seen.count("Pod") == 2
        })
        .await?;
    let picks = |pod: &Value| !is_ready(pod);
    stage.report_one(picks, ready(stage.now())).await?;
    stage
        .step("the pod in its place is ready", |seen| {
            budget(seen, "disruptionsAllowed") == 1 && is_done(seen)
        })
        .await
}

fn ready_pod(stage: &Stage) -> Result<String, String> {
    let pod = stage.seen.living("Pod").find(|pod| is_ready(pod));
    let name = pod.and_then(|pod| pod["metadata"]["name"].as_str());
    Ok(name.ok_or("no pod is ready")?.to_owned())
}
