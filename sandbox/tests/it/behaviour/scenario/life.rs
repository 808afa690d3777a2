//! Pods that are taken by the scheduler and live on a node: the real control plane's nodes are played
//! by kwok and its launcher.

use super::super::observe::{Seen, number};
use super::super::stage::Stage;
use super::rollout::{is_done, pods_of, web};
use serde_json::{Value, json};

/// A pod template that becomes ready a second after its start, with these annotations.
fn living(app: &str, image: &str, notes: Value) -> Value {
    json!({
        "metadata": {"labels": {"app": app}, "annotations": notes},
        "spec": {
            "automountServiceAccountToken": false, "terminationGracePeriodSeconds": 1,
            "containers": [{
                "name": "main", "image": image,
                "readinessProbe": {"tcpSocket": {"port": 80}, "initialDelaySeconds": 1},
            }],
        },
    })
}

pub(super) fn deployment(replicas: i64, image: &str, notes: Value) -> Value {
    let more = json!({
        "progressDeadlineSeconds": 8, "template": living("web", image, notes),
        "strategy": {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
    });
    web(replicas, image, more)
}

/// A container's state, as its reason or its name.
fn state(pod: &Value) -> &str {
    let state = &pod["status"]["containerStatuses"][0]["state"];
    state["waiting"]["reason"]
        .as_str()
        .or_else(|| state.as_object()?.keys().next().map(String::as_str))
        .unwrap_or_default()
}

fn is_rolled_out(seen: &Seen, image: &str, pods: usize) -> bool {
    is_done(seen) && seen.count("Pod") == pods && pods_of(seen, image) == pods
}

/// From nothing to ready, to the next image, to nothing.
pub(super) async fn ready(stage: &mut Stage) -> Result<(), String> {
    for (title, image) in [
        ("the deployment is applied", "registry.example/web:1"),
        ("the next image", "registry.example/web:2"),
    ] {
        stage
            .apply("somebody", deployment(2, image, json!({})))
            .await?;
        stage
            .step(title, |seen| is_rolled_out(seen, image, 2))
            .await?;
    }
    stage.delete("Deployment", "web", "Foreground").await?;
    stage
        .step("it is deleted", |seen| {
            ["Deployment", "ReplicaSet", "Pod"]
                .iter()
                .all(|kind| seen.count(kind) == 0)
        })
        .await
}

/// A container that ends soon after each start.
pub(super) async fn crash(stage: &mut Stage) -> Result<(), String> {
    let notes = json!({
        "sandbox.infra.dev/crash": "main", "sandbox.infra.dev/crash-exit-code": "3",
    });
    let object = deployment(1, "registry.example/web:1", notes);
    stage.apply("somebody", object).await?;
    for (title, restarts) in [("it crashes", 1), ("it crashes again", 2)] {
        stage
            .step(title, |seen| {
                seen.living("Pod").any(|pod| {
                    number(pod, "/status/containerStatuses/0/restartCount") == restarts
                        && state(pod) == "CrashLoopBackOff"
                })
            })
            .await?;
    }
    let good = deployment(1, "registry.example/web:2", json!({}));
    stage.apply("somebody", good).await?;
    stage
        .step("a template that works", |seen| {
            is_rolled_out(seen, "registry.example/web:2", 1)
        })
        .await
}

/// A rollout to an image that is not there, until the deadline; then to one that is.
pub(super) async fn image(stage: &mut Stage) -> Result<(), String> {
    let first = "registry.example/web:1";
    stage
        .apply("somebody", deployment(1, first, json!({})))
        .await?;
    stage
        .step("the deployment is applied", |seen| {
            is_rolled_out(seen, first, 1)
        })
        .await?;
    let notes = json!({"sandbox.infra.dev/image-not-found": "main"});
    let bad = deployment(1, "registry.example/web:bad", notes);
    stage.apply("somebody", bad).await?;
    stage
        .step("an image that is not there", |seen| {
            seen.living("Pod")
                .any(|pod| state(pod) == "ImagePullBackOff")
        })
        .await?;
    stage
        .step("its time is up", |seen| {
            seen.condition("Deployment", "web", "Progressing") == "False ProgressDeadlineExceeded"
        })
        .await?;
    let next = "registry.example/web:2";
    stage
        .apply("somebody", deployment(1, next, json!({})))
        .await?;
    stage
        .step("an image that is there", |seen| {
            is_rolled_out(seen, next, 1)
        })
        .await
}

/// A job whose pods fail, until no retry is left.
pub(super) async fn job(stage: &mut Stage) -> Result<(), String> {
    let mut template = living("work", "registry.example/job:1", json!({}));
    template["spec"]["restartPolicy"] = "Never".into();
    template["spec"]["containers"] = json!([{
        "name": "main", "image": "registry.example/job:1", "command": ["sh", "-c", "exit 3"],
    }]);
    stage
        .create(json!({
            "apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "work"},
            "spec": {"backoffLimit": 1, "template": template},
        }))
        .await?;
    stage
        .step("its pods fail", |seen| {
            seen.condition("Job", "work", "Failed").starts_with("True")
        })
        .await
}

/// A claim that waits for its pod, and grows under it.
pub(super) async fn claim(stage: &mut Stage) -> Result<(), String> {
    let class = format!("{}-late", stage.namespace);
    stage
        .create(json!({
            "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": class},
            "provisioner": "disks.csi.example.com", "allowVolumeExpansion": true,
            "volumeBindingMode": "WaitForFirstConsumer",
        }))
        .await?;
    stage
        .create(json!({
            "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"},
            "spec": {
                "accessModes": ["ReadWriteOnce"], "storageClassName": class,
                "resources": {"requests": {"storage": "1Gi"}},
            },
        }))
        .await?;
    stage
        .step("a claim is made", |seen| {
            seen.was_told("PersistentVolumeClaim", "WaitForFirstConsumer")
        })
        .await?;
    let mut pod = living("db", "registry.example/db:1", json!({}));
    pod["apiVersion"] = "v1".into();
    pod["kind"] = "Pod".into();
    pod["metadata"]["name"] = "db".into();
    pod["spec"]["containers"][0]["volumeMounts"] = json!([{"name": "data", "mountPath": "/data"}]);
    pod["spec"]["volumes"] =
        json!([{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]);
    stage.create(pod).await?;
    stage
        .step("its pod comes", |seen| {
            seen.condition("Pod", "db", "Ready").starts_with("True")
        })
        .await?;
    let room = json!({"spec": {"resources": {"requests": {"storage": "2Gi"}}}});
    stage.patch("PersistentVolumeClaim", "data", room).await?;
    stage
        .step("it wants more room", |seen| {
            let claim = seen.object("PersistentVolumeClaim", "data");
            claim["status"]["capacity"]["storage"] == "2Gi"
                && seen.was_told("PersistentVolumeClaim", "FileSystemResizeSuccessful")
        })
        .await?;
    stage
        .delete("PersistentVolumeClaim", "data", "Background")
        .await?;
    stage
        .step("the claim is deleted", |seen| {
            let claim = seen.object("PersistentVolumeClaim", "data");
            claim["metadata"]["deletionTimestamp"].is_string()
        })
        .await?;
    stage.delete("Pod", "db", "Background").await?;
    stage
        .step("so is the pod", |seen| {
            ["Pod", "PersistentVolumeClaim", "PersistentVolume"]
                .iter()
                .all(|kind| seen.count(kind) == 0)
        })
        .await?;
    stage
        .delete("StorageClass", &class, "Background")
        .await
        .map(drop)
}
