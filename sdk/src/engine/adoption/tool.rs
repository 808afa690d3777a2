//! Who a field manager is.

use crate::engine::{GENERATED_MANAGER, HANDOVER_MANAGER, MANAGER, OPERATION_MANAGER};
use infra_schema::managed::{Manager, Operation};
use serde_json::Value;

/// What a field manager is, as far as its name tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tool {
    /// We are it.
    Ours,
    /// It makes whole objects from a file or chart, which the script now stands in for.
    Maker,
    /// With it people change a field here and there.
    Hand,
    /// It keeps setting what it sets.
    Controller,
    /// Nothing is known of it.
    Other,
}

/// Whose fields are all ours once the object is: what the script does not say, goes.
const MAKERS: [&str; 9] = [
    "kubectl",
    "kubectl-client-side-apply",
    "kubectl-last-applied",
    "kubectl-create",
    "kubectl-replace",
    "kubectl-run",
    "kubectl-expose",
    "kubectl-autoscale",
    HELM,
];

const HELM: &str = "helm";

/// What the API server calls those who set fields before it noted who does.
const BEFORE: &str = "before-first-apply";

/// What is known of a field manager that wrote through `subresource`.
pub(crate) fn tool(manager: &str, subresource: &str) -> Tool {
    let controls = manager.ends_with("controller-manager")
        || manager == HANDOVER_MANAGER
        || manager.contains("vpa-")
        || manager.contains("keda");
    if matches!(subresource, "scale" | "status") || controls {
        Tool::Controller
    } else if [MANAGER, GENERATED_MANAGER].contains(&manager) {
        Tool::Ours
    } else if MAKERS.contains(&manager) {
        Tool::Maker
    } else if [BEFORE, OPERATION_MANAGER].contains(&manager) || manager.starts_with("kubectl-") {
        Tool::Hand
    } else {
        Tool::Other
    }
}

/// A manager as people know it.
pub(crate) fn in_words(manager: &Manager, live: &Value) -> String {
    let name = manager.name.as_str();
    match (name, manager.operation) {
        ("kubectl", Operation::Apply) => "kubectl apply --server-side".to_owned(),
        ("kubectl-client-side-apply" | "kubectl-last-applied" | "kubectl", _) => {
            "kubectl apply".to_owned()
        }
        (HELM, _) => match release(live) {
            Some((release, _)) => format!("Helm release {release}"),
            None => "Helm".to_owned(),
        },
        (BEFORE, _) => "someone unknown".to_owned(),
        (OPERATION_MANAGER, _) => "an operation of infra".to_owned(),
        _ => match name.strip_prefix("kubectl-") {
            Some(command) => format!("kubectl {command}"),
            None => name.to_owned(),
        },
    }
}

/// The Helm release that an object is noted for: its name and namespace.
pub(crate) fn release(live: &Value) -> Option<(&str, &str)> {
    let annotations = &live["metadata"]["annotations"];
    let text = |key: &str| annotations[key].as_str();
    let namespace = text("meta.helm.sh/release-namespace")?;
    Some((text("meta.helm.sh/release-name")?, namespace))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn managers_are_known_by_their_names() {
        for (manager, subresource, expected) in [
            ("infra", "", Tool::Ours),
            ("infra-generated", "", Tool::Ours),
            ("infra-handover", "", Tool::Controller),
            ("kubectl-client-side-apply", "", Tool::Maker),
            ("helm", "", Tool::Maker),
            ("kubectl-edit", "", Tool::Hand),
            ("kubectl-rollout", "", Tool::Hand),
            ("infra-operation", "", Tool::Hand),
            ("before-first-apply", "", Tool::Hand),
            ("kubectl", "scale", Tool::Controller),
            ("kube-controller-manager", "", Tool::Controller),
            ("helm-controller", "", Tool::Other),
            ("terraform", "", Tool::Other),
        ] {
            assert_eq!(tool(manager, subresource), expected, "{manager}");
        }
    }

    #[test]
    fn managers_are_named_as_people_type_them() {
        let live = json!({"metadata": {"annotations": {
            "meta.helm.sh/release-name": "shop", "meta.helm.sh/release-namespace": "web"}}});
        for (manager, operation, expected) in [
            (
                "kubectl-client-side-apply",
                Operation::Update,
                "kubectl apply",
            ),
            ("kubectl", Operation::Apply, "kubectl apply --server-side"),
            ("kubectl-create", Operation::Update, "kubectl create"),
            ("helm", Operation::Update, "Helm release shop"),
            ("terraform", Operation::Apply, "terraform"),
        ] {
            let manager = Manager::new(manager, operation, "v1", "");
            assert_eq!(in_words(&manager, &live), expected);
        }
    }
}
