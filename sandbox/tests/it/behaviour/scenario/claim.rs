//! Claims.

use super::super::observe::Seen;
use super::super::stage::Stage;
use serde_json::{Value, json};

fn claim(name: &str, class: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name},
        "spec": {
            "accessModes": ["ReadWriteOnce"], "storageClassName": class,
            "resources": {"requests": {"storage": "1Gi"}},
        },
    })
}

/// Claims that nothing provides for.
pub(super) async fn pending(stage: &mut Stage) -> Result<(), String> {
    for (name, class) in [("none", ""), ("unknown", "no-such-class")] {
        stage.create(claim(name, class)).await?;
    }
    stage
        .step("two claims are made", |seen| {
            ["FailedBinding", "ProvisioningFailed"]
                .iter()
                .all(|reason| seen.was_told("PersistentVolumeClaim", reason))
        })
        .await?;
    stage
        .delete("PersistentVolumeClaim", "none", "Background")
        .await?;
    stage
        .step("one is deleted", |seen| {
            seen.count("PersistentVolumeClaim") == 1
        })
        .await
}

/// A class that a driver of the platform serves.
async fn class(stage: &Stage, name: &str, grows: bool) -> Result<String, String> {
    let name = format!("{}-{name}", stage.namespace);
    stage
        .create(json!({
            "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": name},
            "provisioner": "disks.csi.example.com", "volumeBindingMode": "Immediate",
            "allowVolumeExpansion": grows,
        }))
        .await?;
    Ok(name)
}

fn room(size: &str) -> Value {
    json!({"spec": {"resources": {"requests": {"storage": size}}}})
}

fn size<'a>(seen: &'a Seen, claim: &str) -> &'a Value {
    &seen.object("PersistentVolumeClaim", claim)["status"]["capacity"]["storage"]
}

/// Claims that get more room, where their class allows it.
pub(super) async fn growing(stage: &mut Stage) -> Result<(), String> {
    let classes = [
        class(stage, "grows", true).await?,
        class(stage, "stays", false).await?,
    ];
    for (name, class) in ["grows", "stays"].iter().zip(&classes) {
        stage.create(claim(name, class)).await?;
    }
    stage
        .step("two claims are made", |seen| {
            ["grows", "stays"]
                .iter()
                .all(|claim| size(seen, claim) == "1Gi")
                && volumes(seen, "Bound") == 2
        })
        .await?;
    stage
        .patch("PersistentVolumeClaim", "grows", room("2Gi"))
        .await?;
    stage
        .step("one wants more room", |seen| {
            size(seen, "grows") == "2Gi"
                && seen.was_told("PersistentVolumeClaim", "FileSystemResizeSuccessful")
        })
        .await?;
    for (claim, size) in [("stays", "2Gi"), ("grows", "1Gi")] {
        stage
            .refused_patch("PersistentVolumeClaim", claim, room(size))
            .await?;
    }
    for claim in ["grows", "stays"] {
        stage
            .delete("PersistentVolumeClaim", claim, "Background")
            .await?;
    }
    stage
        .step("the other may not, nor less; both are deleted", |seen| {
            seen.count("PersistentVolumeClaim") == 0 && seen.count("PersistentVolume") == 0
        })
        .await?;
    for class in &classes {
        stage.delete("StorageClass", class, "Background").await?;
    }
    Ok(())
}

fn volumes(seen: &Seen, phase: &str) -> usize {
    seen.living("PersistentVolume")
        .filter(|volume| volume["status"]["phase"] == phase)
        .count()
}
