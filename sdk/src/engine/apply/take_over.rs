//! The fields of what others made change hands.

use super::Context;
use crate::{
    cluster::ApiError,
    engine::{MANAGER, adoption::Takeover, manifest::Manifest},
};
use serde_json::{Value, json};

/// How often others may write in between.
const ATTEMPTS: usize = 5;

/// Why fields do not change hands.
#[derive(Debug)]
pub(crate) enum Problem {
    /// The API server refuses.
    Api(ApiError),
    /// It is no longer what the plan was made for.
    Changed,
}

/// Moves the fields that a plan takes over, and nothing else: only as long as the object is what it
/// was, as far as its former managers are concerned.
pub(crate) async fn take_over(
    context: &Context<'_>,
    manifest: &Manifest,
    takeover: &Takeover,
    live: &Value,
) -> Result<(), Problem> {
    let id = &manifest.object.id;
    let namespace = id.namespace.as_deref();
    let (cluster, served) = (context.cluster, &manifest.served);
    let mut live = live.clone();
    for _ in 0..ATTEMPTS {
        if takeover.is_done(&live) {
            return Ok(());
        }
        let managed = takeover.managed_fields(&live).ok_or(Problem::Changed)?;
        let patch = json!([
            {"op": "test", "path": "/metadata/uid", "value": live["metadata"]["uid"]},
            {"op": "replace", "path": "/metadata/managedFields", "value": managed},
            {"op": "replace", "path": "/metadata/resourceVersion",
                "value": live["metadata"]["resourceVersion"]},
        ]);
        let patched = cluster.json_patch(served, namespace, &id.name, &patch, MANAGER, false);
        match patched.await {
            Ok(_) => return Ok(()),
            Err(error) if error.is_precondition_failed() => {
                let found = cluster.get(served, namespace, &id.name).await;
                live = found.map_err(Problem::Api)?.ok_or(Problem::Changed)?;
            }
            Err(error) => return Err(Problem::Api(error)),
        }
    }
    Err(Problem::Changed)
}
