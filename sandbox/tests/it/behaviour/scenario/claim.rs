//! Claims.

use super::super::stage::Stage;
use serde_json::json;

/// Claims that nothing provides for.
pub(super) async fn pending(stage: &mut Stage) -> Result<(), String> {
    for (name, class) in [("none", ""), ("unknown", "no-such-class")] {
        stage
            .create(json!({
                "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name},
                "spec": {
                    "accessModes": ["ReadWriteOnce"], "storageClassName": class,
                    "resources": {"requests": {"storage": "1Gi"}},
                },
            }))
            .await?;
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
