//! Stateful sets.

use super::super::by_hand::{ended, ready, template, unready};
use super::super::observe::Seen;
use super::super::stage::Stage;
use super::rollout::is_ready;
use serde_json::{Value, json};

fn db(replicas: i64, image: &str, more: Value) -> Value {
    let mut object = json!({
        "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "db"},
        "spec": {
            "replicas": replicas, "serviceName": "db",
            "selector": {"matchLabels": {"app": "db"}},
            "template": template("db", image),
        },
    });
    for (key, value) in more.as_object().into_iter().flatten() {
        object["spec"][key] = value.clone();
    }
    object
}

fn counted(seen: &Seen, field: &str) -> i64 {
    seen.number("StatefulSet", "db", &format!("/status/{field}"))
}

fn is_observed(seen: &Seen) -> bool {
    let db = seen.object("StatefulSet", "db");
    db["metadata"]["generation"] == db["status"]["observedGeneration"]
}

fn is_one_revision(seen: &Seen) -> bool {
    let status = &seen.object("StatefulSet", "db")["status"];
    status["currentRevision"] == status["updateRevision"]
}

fn image_of<'a>(seen: &'a Seen, pod: &str) -> &'a str {
    seen.object("Pod", pod)["spec"]["containers"][0]["image"]
        .as_str()
        .unwrap_or_default()
}

/// One after the other, claims first; updated from the last to the first; scaled from the last.
pub(super) async fn ordered(stage: &mut Stage) -> Result<(), String> {
    let more = || {
        json!({"volumeClaimTemplates": [{
            "metadata": {"name": "data"},
            "spec": {
                "accessModes": ["ReadWriteOnce"], "storageClassName": "",
                "resources": {"requests": {"storage": "1Gi"}},
            },
        }]})
    };
    stage.apply("somebody", db(2, "db:1", more())).await?;
    stage
        .step("the set is applied", |seen| {
            seen.count("Pod") == 1 && counted(seen, "replicas") == 1
        })
        .await?;
    stage.report("db-0", ready(stage.now())).await?;
    stage
        .step("the first pod is ready", |seen| {
            seen.count("Pod") == 2
                && counted(seen, "replicas") == 2
                && counted(seen, "readyReplicas") == 1
        })
        .await?;
    stage.report("db-1", ready(stage.now())).await?;
    stage
        .step("the second pod is ready", |seen| {
            counted(seen, "availableReplicas") == 2
        })
        .await?;
    stage.apply("somebody", db(2, "db:2", more())).await?;
    stage
        .step("the next image", |seen| {
            is_observed(seen)
                && image_of(seen, "db-1") == "db:2"
                && counted(seen, "readyReplicas") == 1
                && counted(seen, "updatedReplicas") == 1
        })
        .await?;
    stage.report("db-1", ready(stage.now())).await?;
    stage
        .step("the second pod is ready again", |seen| {
            image_of(seen, "db-0") == "db:2"
                && counted(seen, "readyReplicas") == 1
                && counted(seen, "updatedReplicas") == 2
        })
        .await?;
    stage.report("db-0", ready(stage.now())).await?;
    stage
        .step("the first pod is ready again", |seen| {
            counted(seen, "readyReplicas") == 2 && is_one_revision(seen)
        })
        .await?;
    stage
        .patch("StatefulSet", "db", json!({"spec": {"replicas": 0}}))
        .await?;
    stage
        .step("none", |seen| {
            is_observed(seen) && seen.count("Pod") == 0 && counted(seen, "replicas") == 0
        })
        .await
}

/// A pod that fails is made anew; one that is not ready holds up the next image, even a better one.
pub(super) async fn failed(stage: &mut Stage) -> Result<(), String> {
    stage.apply("somebody", db(2, "db:1", json!({}))).await?;
    stage
        .step("the set is applied", |seen| counted(seen, "replicas") == 1)
        .await?;
    let uid = stage.seen.object("Pod", "db-0")["metadata"]["uid"].clone();
    stage.report("db-0", ended(stage.now(), 1)).await?;
    stage
        .step("the first pod fails", |seen| {
            let pod = seen.object("Pod", "db-0");
            !pod.is_null() && pod["metadata"]["uid"] != uid
        })
        .await?;
    for pod in ["db-0", "db-1"] {
        stage
            .until(pod, |seen| !seen.object("Pod", pod).is_null())
            .await?;
        stage.report(pod, ready(stage.now())).await?;
    }
    stage
        .step("both are ready", |seen| counted(seen, "readyReplicas") == 2)
        .await?;
    stage.apply("somebody", db(2, "db:bad", json!({}))).await?;
    stage
        .step("an image that does not work", |seen| {
            is_observed(seen)
                && image_of(seen, "db-1") == "db:bad"
                && counted(seen, "updatedReplicas") == 1
                && counted(seen, "readyReplicas") == 1
        })
        .await?;
    stage.report("db-1", unready(stage.now())).await?;
    stage.apply("somebody", db(2, "db:2", json!({}))).await?;
    stage
        .step("a better image waits", |seen| {
            is_observed(seen) && seen.count("ControllerRevision") == 3
        })
        .await?;
    stage.delete("Pod", "db-1", "Background").await?;
    stage
        .step("the pod that holds it up is deleted", |seen| {
            image_of(seen, "db-1") == "db:2" && counted(seen, "updatedReplicas") == 1
        })
        .await
}

/// All at once, and only those from the partition on are updated.
pub(super) async fn parallel(stage: &mut Stage) -> Result<(), String> {
    let more = || {
        json!({
            "podManagementPolicy": "Parallel",
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}},
        })
    };
    stage.apply("somebody", db(2, "db:1", more())).await?;
    stage
        .step("the set is applied", |seen| counted(seen, "replicas") == 2)
        .await?;
    for pod in ["db-0", "db-1"] {
        stage.report(pod, ready(stage.now())).await?;
    }
    stage
        .step("both are ready", |seen| {
            counted(seen, "availableReplicas") == 2
        })
        .await?;
    stage.apply("somebody", db(2, "db:2", more())).await?;
    stage
        .step("the next image", |seen| {
            image_of(seen, "db-1") == "db:2"
                && counted(seen, "updatedReplicas") == 1
                && counted(seen, "readyReplicas") == 1
        })
        .await?;
    stage.report("db-1", ready(stage.now())).await?;
    stage
        .step("the second pod is ready", |seen| {
            counted(seen, "readyReplicas") == 2 && seen.living("Pod").all(is_ready)
        })
        .await
}
