//! What the API server says of roles and bindings, which it compares with the rights of who makes
//! them.

use crate::{
    cluster::ApiError,
    object::{Object, ObjectId},
};
use serde_json::Value;

const GROUP: &str = "rbac.authorization.k8s.io";
/// So many rights are told one by one.
const SHOWN: usize = 3;

/// Whether a binding cannot be checked because its role is not there yet. Only who may not do
/// everything hears of it: the API server reads the role to compare it with his own rights.
pub(crate) fn lacks_role(id: &ObjectId, object: &Value, error: &ApiError) -> bool {
    id.group == GROUP
        && id.kind.ends_with("RoleBinding")
        && error.is_not_found()
        && !error.name.is_empty()
        && object["roleRef"]["name"] == error.name.as_str()
}

/// That somebody gives rights that he has not, and what to do: the API server's own words list all of
/// them, as the source code of Go would.
pub(crate) fn escalation(object: &Object, error: &ApiError) -> Option<(String, String)> {
    let (start, list) = error
        .message
        .split_once("is attempting to grant RBAC permissions not currently held:")?;
    let user = start.split_once("user \"")?.1.split('"').next()?;
    let rights: Vec<String> = list.lines().filter_map(right).collect();
    let more = rights.len().saturating_sub(SHOWN);
    let shown = rights[..rights.len() - more].join(", ");
    let more = match more {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    let (verb, kind) = match object.value["roleRef"]["kind"].as_str() {
        Some(role) => ("bind", role),
        None => ("escalate", object.id.kind.as_str()),
    };
    Some((
        format!("`{user}` may not give rights that it has not: {shown}{more}"),
        format!(
            "ask an administrator for these rights, or for the right to `{verb}` `{}s.{GROUP}`",
            kind.to_lowercase()
        ),
    ))
}

/// `{APIGroups:["apps"], Resources:["deployments"], ResourceNames:["web"], Verbs:["get" "list"]}`.
fn right(line: &str) -> Option<String> {
    let list = |name: &str| -> Option<Vec<&str>> {
        let (_, rest) = line.split_once(&format!("{name}:["))?;
        let words = rest.split(']').next()?.split('"');
        Some(words.skip(1).step_by(2).collect())
    };
    let verbs = list("Verbs")?.join("`, `");
    let what = match list(" Resources") {
        Some(resources) => {
            let group = list("APIGroups")?.first().copied().unwrap_or_default();
            let group = if group.is_empty() {
                String::new()
            } else {
                format!(".{group}")
            };
            let names = match list("ResourceNames") {
                Some(names) => format!(" named `{}`", names.join("`, `")),
                None => String::new(),
            };
            format!("`{}{group}`{names}", resources.join("`, `"))
        }
        None => format!("`{}`", list("NonResourceURLs")?.join("`, `")),
    };
    Some(format!("`{verbs}` of {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::Origin;
    use serde_json::json;

    fn id(kind: &str) -> ObjectId {
        ObjectId::of(
            &json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind,
            "metadata": {"name": "x", "namespace": "shop"}}),
        )
    }

    fn answered(code: u16, body: &Value) -> ApiError {
        ApiError::answered("PATCH /x", code, None, body.to_string().as_bytes())
    }

    #[test]
    fn a_binding_waits_for_its_role() {
        let missing = json!({"reason": "NotFound", "message": "m",
            "details": {"kind": "rolebindings", "name": "reader"}});
        let binding = |role: &str| json!({"roleRef": {"name": role}});
        for (kind, role, code, expected) in [
            ("RoleBinding", "reader", 404, true),
            ("ClusterRoleBinding", "reader", 404, true),
            ("RoleBinding", "other", 404, false),
            ("RoleBinding", "reader", 403, false),
            ("Role", "reader", 404, false),
        ] {
            let error = answered(code, &missing);
            assert_eq!(lacks_role(&id(kind), &binding(role), &error), expected);
        }
    }

    #[test]
    fn rights_that_cannot_be_given_are_told_shortly() {
        let start = "x is forbidden: user \"jane\" (groups=[\"a\"]) is attempting to grant RBAC permissions not currently held:";
        let get = |resource: &str| {
            format!("\n{{APIGroups:[\"\"], Resources:[\"{resource}\"], Verbs:[\"get\" \"list\"]}}")
        };
        for (value, list, message, help) in [
            (
                json!({"kind": "Role"}),
                get("secrets"),
                "`jane` may not give rights that it has not: `get`, `list` of `secrets`",
                "ask an administrator for these rights, or for the right to `escalate` `roles.rbac.authorization.k8s.io`",
            ),
            (
                json!({"kind": "RoleBinding", "roleRef": {"kind": "Role"}}),
                "\n{APIGroups:[\"apps\"], Resources:[\"deployments\"], ResourceNames:[\"web\" \"app\"], Verbs:[\"get\"]}\n{NonResourceURLs:[\"/metrics\"], Verbs:[\"get\"]}".to_owned(),
                "`jane` may not give rights that it has not: `get` of `deployments.apps` named `web`, `app`, `get` of `/metrics`",
                "ask an administrator for these rights, or for the right to `bind` `roles.rbac.authorization.k8s.io`",
            ),
            (
                json!({"kind": "RoleBinding", "roleRef": {"kind": "ClusterRole"}}),
                ["a", "b", "c", "d", "e"].map(get).concat(),
                "`jane` may not give rights that it has not: `get`, `list` of `a`, `get`, `list` of `b`, `get`, `list` of `c`, and 2 more",
                "ask an administrator for these rights, or for the right to `bind` `clusterroles.rbac.authorization.k8s.io`",
            ),
        ] {
            let error = answered(403, &json!({"message": format!("{start}{list}")}));
            let object = Object::new(value, Origin::default());
            let told = escalation(&object, &error).expect("an escalation");
            assert_eq!(told, (message.to_owned(), help.to_owned()));
        }
        let other = answered(403, &json!({"message": "x is forbidden: exceeded quota"}));
        let object = Object::new(json!({"kind": "Role"}), Origin::default());
        assert!(escalation(&object, &other).is_none());
    }
}
