//! Writing to one object, as an operation.

use super::{Consequence, Found, OperationError};
use crate::cluster::{Cluster, PatchForm, PatchRequest};
use crate::engine::OPERATION_MANAGER;
use crate::object::ObjectId;
use serde_json::Value;

/// What an operation wrote, or in a dry run would have.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// Who was written.
    pub id: ObjectId,
    /// The object afterwards, as the API server has it; the last that was seen of one that was
    /// deleted.
    pub object: Value,
    /// What the environment that owns it does about that.
    pub consequence: Option<Consequence>,
}

/// Patches an object that was found.
pub(super) async fn patch(
    cluster: &Cluster,
    found: &Found,
    body: &Value,
    form: PatchForm,
    dry_run: bool,
) -> Result<Written, OperationError> {
    let request = PatchRequest {
        form,
        manager: OPERATION_MANAGER,
        subresource: "",
        dry_run,
    };
    let namespace = found.id.namespace.as_deref();
    let object = cluster
        .patch(&found.served, namespace, &found.id.name, body, request)
        .await
        .map_err(|error| OperationError::api(format!("{} cannot be changed", found.id), error))?;
    Ok(Written {
        id: found.id.clone(),
        consequence: Consequence::of(cluster, &found.object, &object).await,
        object,
    })
}
