//! Changing an object by a patch.

use super::{OperationError, Target, WORKLOADS, Written, find, written};
use crate::cluster::{Cluster, PatchForm};
use infra_schema::kind::Kind;
use serde_json::Value;

/// Patches an object. Where no form is named, a list is a JSON patch, and a map is a strategic merge
/// patch for a built-in kind and a merge patch for any other, as with kubectl.
pub async fn patch(
    cluster: &Cluster,
    target: &Target,
    namespace: &str,
    change: &Value,
    form: Option<PatchForm>,
    dry_run: bool,
) -> Result<Written, OperationError> {
    let found = find(cluster, target, namespace, WORKLOADS).await?;
    let builtin = Kind::find_latest(&found.id.group, &found.id.kind).is_some();
    let form = form.unwrap_or_else(|| usual(change, builtin));
    if change.is_array() != (form == PatchForm::Json) {
        return Err(OperationError::unfit_but(
            "a JSON patch is a list of steps, and any other patch a map",
            "leave `type` out, or write the change in its form",
        ));
    }
    written::patch(cluster, &found, change, form, dry_run).await
}

fn usual(change: &Value, builtin: bool) -> PatchForm {
    match (change.is_array(), builtin) {
        (true, _) => PatchForm::Json,
        (false, true) => PatchForm::Strategic,
        (false, false) => PatchForm::Merge,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_form_of_a_patch_is_seen_by_its_change_and_kind() {
        for (change, builtin, expected) in [
            (json!([]), true, PatchForm::Json),
            (json!([]), false, PatchForm::Json),
            (json!({}), true, PatchForm::Strategic),
            (json!({}), false, PatchForm::Merge),
        ] {
            assert_eq!(usual(&change, builtin), expected);
        }
    }
}
