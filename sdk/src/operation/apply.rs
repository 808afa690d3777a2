//! Applying one object, as an operation.

use super::{Consequence, KindName, OperationError, Written, served};
use crate::cluster::{ApplyRequest, Cluster};
use crate::engine::OPERATION_MANAGER;
use crate::object::{Object, ObjectId};
use serde_json::Value;

/// Applies an object by server-side apply: made where it is not there, else the fields that it names
/// are set. Fields that somebody else has set to something else are refused, unless they are taken.
pub async fn apply(
    cluster: &Cluster,
    object: &Object,
    namespace: &str,
    take: bool,
    dry_run: bool,
) -> Result<Written, OperationError> {
    let mut value = object.value.clone();
    if !object.secrets.is_empty() {
        return Err(OperationError::unfit_but(
            format!(
                "{} holds secrets, which only an environment can write",
                object.id
            ),
            "put it into the environment of the script, and run that",
        ));
    }
    let kind = KindName::Exact {
        group: object.id.group.clone(),
        kind: object.id.kind.clone(),
    };
    let mut served = served(cluster, &kind).await?;
    // In the version that it is written in.
    let version = crate::engine::kinds::version_of(object.api_version());
    served.version = version.to_owned().into();
    if served.namespaced && value["metadata"]["namespace"].is_null() {
        value["metadata"]["namespace"] = namespace.into();
    }
    let id = ObjectId::of(&value);
    let failed = |error| OperationError::api(format!("{id} cannot be applied"), error);
    let at = id.namespace.as_deref();
    let before = cluster.get(&served, at, &id.name).await.map_err(failed)?;
    let request = ApplyRequest {
        manager: OPERATION_MANAGER,
        force: take,
        dry_run,
    };
    let mut after = cluster
        .apply(&served, &value, request)
        .await
        .map_err(|error| {
            if error.is_apply_conflict() {
                let fields = error.causes.iter().map(|cause| cause.field.as_str());
                let fields = crate::environment::listed(fields);
                return OperationError::unfit_but(
                    format!("{id} has fields that others set: {fields}"),
                    "take them with the option `take: true`, or leave them out",
                );
            }
            failed(error)
        })?;
    served.stamp(&mut after);
    let before = before.unwrap_or(Value::Null);
    Ok(Written {
        consequence: Consequence::of(cluster, &before, &after).await,
        id,
        object: after,
    })
}
