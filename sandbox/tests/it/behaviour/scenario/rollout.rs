//! A deployment from one template to the next.

use super::super::by_hand::{ready, template};
use super::super::observe::{Seen, condition, number};
use super::super::stage::Stage;
use serde_json::{Value, json};

/// A deployment `web` of so many replicas, with more in its spec.
pub(super) fn web(replicas: i64, image: &str, more: Value) -> Value {
    let mut object = json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": "web"}},
            "template": template("web", image),
        },
    });
    for (key, value) in more.as_object().into_iter().flatten() {
        object["spec"][key] = value.clone();
    }
    object
}

/// Whether a pod is ready.
pub(super) fn is_ready(pod: &Value) -> bool {
    condition(pod, "Ready").starts_with("True")
}

/// A count in the deployment's status.
pub(super) fn counted(seen: &Seen, field: &str) -> i64 {
    seen.number("Deployment", "web", &format!("/status/{field}"))
}

/// Whether the deployment's status speaks of its newest spec.
pub(super) fn is_observed(seen: &Seen) -> bool {
    let web = seen.object("Deployment", "web");
    web["metadata"]["generation"] == web["status"]["observedGeneration"]
}

/// Whether a rollout is done.
pub(super) fn is_done(seen: &Seen) -> bool {
    is_observed(seen)
        && seen.condition("Deployment", "web", "Progressing") == "True NewReplicaSetAvailable"
        && counted(seen, "replicas") == counted(seen, "availableReplicas")
        && counted(seen, "unavailableReplicas") == 0
}

/// How many pods of an image there are.
pub(super) fn pods_of(seen: &Seen, image: &str) -> usize {
    seen.living("Pod")
        .filter(|pod| pod["spec"]["containers"][0]["image"] == image)
        .count()
}

/// Makes one pod after the other ready, until all of an image are, a step for each.
pub(super) async fn bring_up(stage: &mut Stage, image: &str, wanted: i64) -> Result<(), String> {
    for nth in 1..=wanted {
        let now = stage.now();
        let picks = |pod: &Value| !is_ready(pod) && pod["spec"]["containers"][0]["image"] == image;
        stage.report_one(picks, ready(now)).await?;
        let next = (nth + 1).min(wanted);
        stage
            .step(&format!("pod {nth} of {image} is ready"), |seen| {
                let all_are_asked_for = pods_of(seen, image) as i64 >= next;
                let ready_ones = seen
                    .living("ReplicaSet")
                    .filter(|set| {
                        set["spec"]["template"]["spec"]["containers"][0]["image"] == image
                    })
                    .any(|set| number(set, "/status/availableReplicas") == nth);
                ready_ones
                    && all_are_asked_for
                    && counted(seen, "replicas") == seen.count("Pod") as i64
                    && (nth < wanted || is_done(seen))
            })
            .await?;
    }
    Ok(())
}

/// The first template, from nothing to ready.
pub(super) async fn begin(stage: &mut Stage, replicas: i64, more: Value) -> Result<(), String> {
    stage
        .apply("somebody", web(replicas, "web:1", more))
        .await?;
    stage
        .step("the deployment is applied", |seen| {
            seen.count("Pod") as i64 == replicas
                && counted(seen, "unavailableReplicas") == replicas
                && counted(seen, "replicas") == replicas
        })
        .await?;
    for pod in pod_names(stage) {
        stage.report(&pod, ready(stage.now())).await?;
    }
    stage.step("all pods are ready", is_done).await
}

fn pod_names(stage: &Stage) -> Vec<String> {
    let pods = stage.seen.living("Pod");
    pods.filter_map(|pod| pod["metadata"]["name"].as_str().map(str::to_owned))
        .collect()
}

/// One pod more, one pod less, until all are new; then back to the first template.
pub(super) async fn rolling(stage: &mut Stage) -> Result<(), String> {
    let more = || json!({"strategy": {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}});
    stage.apply("somebody", web(2, "web:1", more())).await?;
    stage
        .step("the deployment is applied", |seen| {
            seen.count("Pod") == 2 && counted(seen, "replicas") == 2
        })
        .await?;
    bring_up(stage, "web:1", 2).await?;
    for (title, image) in [
        ("the next image", "web:2"),
        ("the first image again", "web:1"),
    ] {
        stage.apply("somebody", web(2, image, more())).await?;
        stage
            .step(title, |seen| {
                is_observed(seen) && pods_of(seen, image) == 1 && counted(seen, "replicas") == 3
            })
            .await?;
        bring_up_again(stage, image, title).await?;
    }
    Ok(())
}

async fn bring_up_again(stage: &mut Stage, image: &str, why: &str) -> Result<(), String> {
    for nth in 1..=2 {
        let picks = |pod: &Value| !is_ready(pod) && pod["spec"]["containers"][0]["image"] == image;
        stage.report_one(picks, ready(stage.now())).await?;
        stage
            .step(&format!("{why}: pod {nth} is ready"), |seen| {
                if nth == 2 {
                    is_done(seen) && counted(seen, "replicas") == 2 && seen.count("Pod") == 2
                } else {
                    pods_of(seen, image) == 2
                        && seen.count("Pod") == 3
                        && counted(seen, "replicas") == 3
                        && counted(seen, "updatedReplicas") == 2
                }
            })
            .await?;
    }
    Ok(())
}

/// All old pods go before the first new one comes.
pub(super) async fn recreating(stage: &mut Stage) -> Result<(), String> {
    let more = || json!({"strategy": {"type": "Recreate"}});
    begin(stage, 2, more()).await?;
    stage.apply("somebody", web(2, "web:2", more())).await?;
    stage
        .step("the next image", |seen| {
            is_observed(seen)
                && pods_of(seen, "web:2") == 2
                && counted(seen, "updatedReplicas") == 2
        })
        .await?;
    bring_up(stage, "web:2", 2).await
}

/// A change during a pause waits for its end.
pub(super) async fn pausing(stage: &mut Stage) -> Result<(), String> {
    begin(stage, 1, json!({})).await?;
    stage
        .patch("Deployment", "web", json!({"spec": {"paused": true}}))
        .await?;
    stage
        .step("it is paused", |seen| {
            is_observed(seen)
                && seen
                    .condition("Deployment", "web", "Progressing")
                    .contains("Paused")
        })
        .await?;
    stage.apply("somebody", web(1, "web:2", json!({}))).await?;
    stage.step("the next image", is_observed).await?;
    stage
        .patch("Deployment", "web", json!({"spec": {"replicas": 2}}))
        .await?;
    stage
        .step("one replica more", |seen| {
            is_observed(seen) && counted(seen, "replicas") == 2
        })
        .await?;
    stage
        .patch("Deployment", "web", json!({"spec": {"paused": null}}))
        .await?;
    stage
        .step("it goes on", |seen| {
            is_observed(seen)
                && pods_of(seen, "web:2") == 1
                && counted(seen, "updatedReplicas") == 1
        })
        .await
}
