//! Deletion: with what an object owns, after it, or without.

use super::super::stage::Stage;
use super::rollout::web;
use serde_json::json;

/// A deployment of two pods, each of which is held by a finalizer.
async fn held(stage: &mut Stage) -> Result<(), String> {
    let mut object = web(2, "web:1", json!({}));
    object["spec"]["template"]["metadata"]["finalizers"] = json!(["example.com/hold"]);
    stage.apply("somebody", object).await?;
    stage
        .step("the deployment is applied", |seen| {
            seen.count("Pod") == 2 && seen.number("Deployment", "web", "/status/replicas") == 2
        })
        .await
}

async fn let_go(stage: &mut Stage) -> Result<(), String> {
    let pods: Vec<String> = stage
        .seen
        .living("Pod")
        .filter_map(|pod| pod["metadata"]["name"].as_str().map(str::to_owned))
        .collect();
    for pod in pods {
        stage
            .patch("Pod", &pod, json!({"metadata": {"finalizers": null}}))
            .await?;
    }
    stage
        .step("the pods are let go", |seen| {
            seen.count("Pod") == 0 && seen.count("ReplicaSet") == 0 && seen.count("Deployment") == 0
        })
        .await
}

fn all_pods_end(seen: &super::super::observe::Seen) -> bool {
    seen.living("Pod")
        .all(|pod| !pod["metadata"]["deletionTimestamp"].is_null())
}

/// The owner goes first.
pub(super) async fn background(stage: &mut Stage) -> Result<(), String> {
    held(stage).await?;
    stage.delete("Deployment", "web", "Background").await?;
    stage
        .step("it is deleted", |seen| {
            seen.count("Deployment") == 0 && seen.count("ReplicaSet") == 0 && all_pods_end(seen)
        })
        .await?;
    let_go(stage).await
}

/// The owner goes last.
pub(super) async fn foreground(stage: &mut Stage) -> Result<(), String> {
    held(stage).await?;
    stage.delete("Deployment", "web", "Foreground").await?;
    stage
        .step("it is deleted", |seen| {
            all_pods_end(seen)
                && seen
                    .living("ReplicaSet")
                    .all(|set| !set["metadata"]["deletionTimestamp"].is_null())
        })
        .await?;
    let_go(stage).await
}

/// The owned stay, and are adopted by the next owner.
pub(super) async fn orphan(stage: &mut Stage) -> Result<(), String> {
    let object = web(2, "web:1", json!({}));
    stage.apply("somebody", object.clone()).await?;
    stage
        .step("the deployment is applied", |seen| {
            seen.count("Pod") == 2 && seen.number("Deployment", "web", "/status/replicas") == 2
        })
        .await?;
    stage.delete("Deployment", "web", "Orphan").await?;
    stage
        .step("it is deleted", |seen| {
            seen.count("Deployment") == 0
                && seen.living("ReplicaSet").all(|set| {
                    set["metadata"]["ownerReferences"]
                        .as_array()
                        .is_none_or(Vec::is_empty)
                })
        })
        .await?;
    stage.apply("somebody", object).await?;
    stage
        .step("it is applied again", |seen| {
            seen.number("Deployment", "web", "/status/updatedReplicas") == 2
        })
        .await
}

/// A namespace that a finalizer in it holds up.
pub(super) async fn namespace(stage: &mut Stage) -> Result<(), String> {
    stage
        .create(json!({
            "apiVersion": "v1", "kind": "Secret",
            "metadata": {"name": "held", "finalizers": ["example.com/hold"]},
        }))
        .await?;
    stage
        .step("a secret is made", |seen| seen.count("Secret") > 0)
        .await?;
    let name = stage.namespace.clone();
    stage.delete("Namespace", &name, "Background").await?;
    stage
        .step("its namespace is deleted", |seen| {
            seen.condition("Namespace", &name, "NamespaceFinalizersRemaining")
                .starts_with("True")
        })
        .await?;
    stage
        .patch("Secret", "held", json!({"metadata": {"finalizers": null}}))
        .await?;
    stage
        .step("it is let go", |seen| {
            seen.object("Namespace", &name).is_null()
        })
        .await
}
