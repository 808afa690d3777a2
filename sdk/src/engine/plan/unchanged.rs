//! Proving without a request that an apply would change nothing.

use crate::engine::MANAGER;
use infra_schema::{
    apply::{ApplyOptions, apply},
    canonical::canonical,
    fields::FieldSet,
    ty::Type,
};
use serde_json::Value;

/// Whether applying `body` to `live` provably changes nothing: every field of it stands in the live
/// object with its value, and our field manager owns exactly its fields.
///
/// Where nothing is known of the kind, its fields cannot be told from atomic lists, the sets differ
/// and the API server is asked instead.
pub(crate) fn proven(ty: &Type, live: &Value, body: &Value) -> bool {
    let body = canonical(ty, body.clone());
    let nothing = FieldSet::new();
    let options = ApplyOptions {
        manager: MANAGER,
        api_version: body["apiVersion"].as_str().unwrap_or_default(),
        force: true,
        subresource: "",
        // Only what changes gets a time, and then the proof has failed.
        time: "1970-01-01T00:00:00Z",
        reset: &nothing,
    };
    apply(ty, Some(live), &body, &options).is_ok_and(|applied| !applied.changed)
}
