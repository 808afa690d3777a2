//! Jobs and stateful sets.

use serde_json::Value;

use super::super::look::{field, text};
use super::super::path::{Found, Path};
use super::{IMMUTABLE, without};

/// Fields of a stateful set's `spec` that may change.
const STATEFUL_SET: &[&str] = &[
    "minReadySeconds",
    "ordinals",
    "persistentVolumeClaimRetentionPolicy",
    "replicas",
    "revisionHistoryLimit",
    "template",
    "updateStrategy",
];

pub(super) fn stateful_set(old: &Value, new: &Value, found: &mut Found) {
    if without(&old["spec"], STATEFUL_SET) != without(&new["spec"], STATEFUL_SET) {
        let detail = "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
        Path::ROOT.field("spec").forbidden(found, detail);
    }
}

/// A job's number of completions may change with its parallelism when it is indexed, and where its
/// pods run may change until it first starts.
pub(super) fn job(old: &Value, new: &Value, found: &mut Found) {
    let path = Path::ROOT.field("spec");
    let (before, after) = (&old["spec"], &new["spec"]);
    if before.get("completions") != after.get("completions") {
        let path = path.field("completions");
        if text(after, "completionMode") != "Indexed" {
            path.invalid(found, &after["completions"], IMMUTABLE);
        } else if field(after, "completions").is_some_and(|all| *all != after["parallelism"]) {
            let detail = "can only be modified in tandem with spec.parallelism";
            path.invalid(found, &after["completions"], detail);
        }
    }
    let started = field(&old["status"], "startTime").is_some();
    let directives = |spec: &Value| {
        let directives = ["affinity", "nodeSelector", "schedulingGates", "tolerations"];
        let template = without(&spec["template"], &["metadata", "spec"]);
        (template, without(&spec["template"]["spec"], &directives))
    };
    let may_move = before["suspend"] == true && !started;
    let same = if may_move {
        directives(before) == directives(after)
    } else {
        before.get("template") == after.get("template")
    };
    if !same {
        path.field("template")
            .invalid(found, &after["template"], IMMUTABLE);
    }
}
