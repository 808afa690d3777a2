//! PersistentVolumeClaimResize: a claim grows only where its class lets it.

use super::Attempt;
use crate::error::Status;
use crate::world::World;
use infra_schema::quantity::Quantity;
use serde_json::Value;

fn asked(claim: &Value) -> Option<Quantity> {
    let size = claim["spec"]["resources"]["requests"]["storage"].as_str()?;
    Quantity::parse(size).ok()
}

/// Refuses a larger request of a claim that cannot grow.
pub(super) fn check(world: &World, attempt: &Attempt<'_>, claim: &Value) -> Result<(), Status> {
    let Some(old) = attempt.old else {
        return Ok(());
    };
    let whole = attempt.write.subresource.is_empty();
    if !attempt.is("", "PersistentVolumeClaim") || !whole || asked(old) >= asked(claim) {
        return Ok(());
    }
    if old["status"]["phase"] != "Bound" {
        let why = "Only bound persistent volume claims can be expanded";
        return Err(attempt.forbid(claim, why));
    }
    let class = claim["spec"]["storageClassName"]
        .as_str()
        .unwrap_or_default();
    let class = world
        .objects
        .get("storage.k8s.io", "StorageClass", "", class);
    if class.is_some_and(|class| class["allowVolumeExpansion"] == true) {
        return Ok(());
    }
    let why = "only dynamically provisioned pvc can be resized and the storageclass that provisions \
               the pvc must support resize";
    Err(attempt.forbid(claim, why))
}
