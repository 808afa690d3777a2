//! Who gives way when another field manager owns what we would change.

use super::{
    adoption::{Tool, tool},
    decision::Decider,
};
use crate::{cluster::ApiError, object::Ownership};

/// What becomes of a field that another manager owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is taken: a person or a tool of people set it.
    Take,
    /// It is left to the other: a controller keeps setting it.
    Yield,
    /// It is not ours to decide: the plan is refused with the owner's name.
    Ask,
    /// Both are to set it to the same value, and do not.
    Differ,
}

/// A field that another manager owns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Conflict {
    /// The field, as the API server writes it.
    pub(crate) path: String,
    /// The other manager's name.
    pub(crate) manager: String,
    /// What becomes of it.
    pub(crate) verdict: Verdict,
    /// Who says so.
    pub(crate) by: Decider,
}

/// The conflicts of an apply that was refused for them, by what is decided about their fields.
pub(crate) fn conflicts(
    error: &ApiError,
    decided: &dyn Fn(&str) -> Option<(Ownership, Decider)>,
) -> Vec<Conflict> {
    error
        .causes
        .iter()
        .filter(|cause| cause.reason == "FieldManagerConflict")
        .map(|cause| {
            let manager = quoted(&cause.message).unwrap_or_default().to_owned();
            let subresource = cause
                .message
                .split_once("with subresource \"")
                .and_then(|(_, rest)| rest.split('"').next());
            let (verdict, by) = match decided(&cause.field) {
                Some((Ownership::Take, by)) => (Verdict::Take, by),
                Some((Ownership::Yield, by)) => (Verdict::Yield, by),
                Some((Ownership::Share, by)) => (Verdict::Differ, by),
                None => (verdict(&manager, subresource), Decider::Rule),
            };
            Conflict {
                verdict,
                by,
                path: cause.field.clone(),
                manager,
            }
        })
        .collect()
}

fn verdict(manager: &str, subresource: Option<&str>) -> Verdict {
    match tool(manager, subresource.unwrap_or_default()) {
        Tool::Controller => Verdict::Yield,
        Tool::Ours | Tool::Maker | Tool::Hand => Verdict::Take,
        Tool::Other => Verdict::Ask,
    }
}

/// Whether all that an apply was refused for may be taken: fields with their managers.
pub(crate) fn allowed(error: &ApiError, taken: &[(String, String)]) -> bool {
    conflicts(error, &|_| None).iter().all(|conflict| {
        taken
            .iter()
            .any(|(path, manager)| *path == conflict.path && *manager == conflict.manager)
    })
}

/// The first text in double quotes: `conflict with "kubectl-edit" using apps/v1`.
fn quoted(text: &str) -> Option<&str> {
    text.split('"').nth(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn error(message: &str) -> ApiError {
        let body = json!({"reason": "Conflict", "message": "m", "details": {"causes": [
            {"reason": "FieldManagerConflict", "message": message, "field": ".spec.replicas"}]}});
        ApiError::answered("PATCH /x", 409, None, body.to_string().as_bytes())
    }

    #[test]
    fn people_give_way_controllers_do_not_and_others_are_named() {
        for (message, manager, verdict) in [
            (
                r#"conflict with "kubectl-edit" using apps/v1"#,
                "kubectl-edit",
                Verdict::Take,
            ),
            (
                r#"conflict with "kube-controller-manager" with subresource "scale" using apps/v1"#,
                "kube-controller-manager",
                Verdict::Yield,
            ),
            (
                r#"conflict with "argocd-controller""#,
                "argocd-controller",
                Verdict::Ask,
            ),
            (r#"conflict with "terraform""#, "terraform", Verdict::Ask),
            (
                r#"conflict with "robot" with subresource "scale" using v1"#,
                "robot",
                Verdict::Yield,
            ),
        ] {
            let found = conflicts(&error(message), &|_| None);
            assert_eq!(found.len(), 1);
            assert_eq!(
                (found[0].manager.as_str(), found[0].verdict),
                (manager, verdict)
            );
            assert_eq!(found[0].path, ".spec.replicas");
            for (ownership, expected) in [
                (Ownership::Take, Verdict::Take),
                (Ownership::Yield, Verdict::Yield),
                (Ownership::Share, Verdict::Differ),
            ] {
                let decided = |_: &str| Some((ownership, Decider::Script));
                let found = conflicts(&error(message), &decided);
                assert_eq!((found[0].verdict, found[0].by), (expected, Decider::Script));
            }
        }
    }
}
