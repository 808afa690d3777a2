//! Fields that an endpoint does not let its callers set.

use crate::fields::{FieldPath, FieldSet};
use crate::kind::Kind;

/// The paths that a write to an endpoint of a kind leaves as they are: `status` on the object
/// itself where it has a status subresource, everything else on `/status`. Source:
/// `GetResetFields` in `pkg/registry/**/strategy.go` of Kubernetes 1.36.
pub fn reset_fields(kind: &Kind, subresource: &str) -> FieldSet {
    let mut paths: Vec<&[&str]> = Vec::new();
    if subresource == "status" && !kind.ty().is_builtin() {
        let fields = kind.ty().fields().into_iter().map(|field| field.name);
        let fields =
            fields.filter(|name| !matches!(name.as_ref(), "apiVersion" | "kind" | "status"));
        let paths: Vec<FieldPath> = fields.map(|name| FieldPath::fields(&[&name])).collect();
        return FieldSet::of(&paths);
    }
    match subresource {
        "" if kind.subresource("status").is_some() => paths.push(&["status"]),
        "status" => {
            paths.push(&["spec"]);
            match (kind.group.as_ref(), kind.kind.as_ref()) {
                ("apps", "Deployment") => paths.push(&["metadata", "labels"]),
                ("", "Pod") => {
                    paths.push(&["metadata", "deletionTimestamp"]);
                    paths.push(&["metadata", "ownerReferences"]);
                }
                _ => {}
            }
        }
        _ => {}
    }
    let paths: Vec<FieldPath> = paths.into_iter().map(FieldPath::fields).collect();
    FieldSet::of(&paths)
}
