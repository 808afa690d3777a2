//! `role_binding(name, role)` and `cluster_role_binding(name, role)`.

use super::Subject;
use crate::import::code::{Code, call, json, text};
use crate::import::pod::items;

const GROUP: &str = "rbac.authorization.k8s.io";

pub(super) fn propose(subject: &Subject<'_>) -> Option<Code> {
    let word = match subject.wanted.id.kind.as_str() {
        "RoleBinding" => "role_binding",
        _ => "cluster_role_binding",
    };
    let role = &subject.value["roleRef"];
    let kind = role["kind"].as_str()?;
    let home = if kind == "Role" { subject.home } else { "" };
    let role = subject
        .context
        .link(GROUP, kind, home, role["name"].as_str()?);
    let mut code = call(word, [text(subject.name()), role]);
    for one in items(&subject.value["subjects"]) {
        let name = one["name"].as_str()?;
        code = match one["kind"].as_str()? {
            "User" => code.then("user", [json(&one["name"])]),
            "Group" => code.then("group", [json(&one["name"])]),
            "ServiceAccount" => {
                let home = one["namespace"].as_str().unwrap_or(subject.home);
                let account = subject.context.link("", "ServiceAccount", home, name);
                code.then("subject", [account])
            }
            _ => return None,
        };
    }
    Some(code)
}
