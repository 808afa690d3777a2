//! Quotas and custom resource definitions.

use serde_json::Value;

use super::super::look::items;
use super::super::path::{Found, Path};
use super::{IMMUTABLE, changed};

pub(super) fn quota(old: &Value, new: &Value, found: &mut Found) {
    let scopes = |quota: &Value| -> std::collections::BTreeSet<String> {
        let scopes = items(&quota["spec"], "scopes").iter();
        scopes.map(ToString::to_string).collect()
    };
    if scopes(old) != scopes(new) {
        let path = Path::ROOT.field("spec");
        path.field("scopes")
            .invalid(found, &new["spec"]["scopes"], IMMUTABLE);
    }
}

/// What its objects are stored by cannot change once a definition is in force.
pub(super) fn definition(old: &Value, new: &Value, found: &mut Found) {
    let is_established =
        |condition: &Value| condition["type"] == "Established" && condition["status"] == "True";
    if !items(&old["status"], "conditions")
        .iter()
        .any(is_established)
    {
        return;
    }
    for path in ["spec.scope", "spec.names.kind"] {
        if let Some(value) = changed(old, new, path) {
            // A text of its own is there even when it is empty.
            let value = Value::from(value.as_str().unwrap_or_default());
            Path::ROOT.field(path).invalid(found, &value, IMMUTABLE);
        }
    }
}
