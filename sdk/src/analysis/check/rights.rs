//! What roles allow, and who is given them.

use super::look::{Findings, Look};
use super::{Rule, Severity};
use crate::environment::items;
use serde_json::Value;

pub(super) static CLUSTER_ADMIN: Rule = Rule {
    id: "cluster-admin",
    severity: Severity::Error,
    title: "someone is made administrator of the cluster",
    why: "whoever has that account's token has every secret and every node",
    cure: "bind a role with the rights that are needed: `role(\"reader\").allow([\"get\", \"list\"], \"pods\")`",
};

pub(super) static WILDCARD_RIGHTS: Rule = Rule {
    id: "wildcard-rights",
    severity: Severity::Warning,
    title: "a role allows everything of something",
    why: "`*` means what comes later too: new kinds, new verbs such as `escalate` and `impersonate`",
    cure: "name the verbs and the resources",
};

pub(super) static READS_SECRETS: Rule = Rule {
    id: "reads-all-secrets",
    severity: Severity::Warning,
    title: "a role reads the secrets of every namespace",
    why: "among them are tokens of accounts that may do more",
    cure: "use a role of one namespace, or name the secrets",
};

pub(super) static ESCALATING_RIGHTS: Rule = Rule {
    id: "escalating-rights",
    severity: Severity::Warning,
    title: "a role allows to become more than it is",
    why: "`escalate`, `bind` and `impersonate` give any right; `pods/exec` and `nodes/proxy` run programs in other pods",
    cure: "take the verb or the resource away",
};

pub(super) static EVERYBODY: Rule = Rule {
    id: "rights-for-everybody",
    severity: Severity::Error,
    title: "rights for everyone who reaches the API server",
    why: "`system:authenticated` is every account of the cluster, `system:unauthenticated` the whole network",
    cure: "bind the role to the accounts that need it",
};

const ALL: [&str; 4] = [
    "system:authenticated",
    "system:unauthenticated",
    "system:anonymous",
    "system:serviceaccounts",
];

pub(super) fn check(look: &Look<'_>, findings: &mut Findings<'_>) {
    for (position, object) in look.view.objects.iter().enumerate() {
        if object.id.group != "rbac.authorization.k8s.io" {
            continue;
        }
        match object.id.kind.as_str() {
            "Role" | "ClusterRole" => role(position, &object.value, findings),
            "RoleBinding" | "ClusterRoleBinding" => binding(position, &object.value, findings),
            _ => {}
        }
    }
}

fn role(position: usize, role: &Value, findings: &mut Findings<'_>) {
    let name = findings.short(position);
    for (index, rule) in items(&role["rules"]).iter().enumerate() {
        let path = format!("rules[{index}]");
        let texts = |field: &str| -> Vec<&str> {
            items(&rule[field])
                .iter()
                .filter_map(Value::as_str)
                .collect()
        };
        let (verbs, resources) = (texts("verbs"), texts("resources"));
        for (what, field) in [(&verbs, "verbs"), (&resources, "resources")] {
            if what.contains(&"*") {
                let message = format!("`{name}` allows all {field} (`*`)");
                findings.add(
                    &WILDCARD_RIGHTS,
                    position,
                    &format!("{path}.{field}"),
                    message,
                );
            }
        }
        let reads = verbs
            .iter()
            .any(|verb| matches!(*verb, "get" | "list" | "watch"));
        if role["kind"] == "ClusterRole"
            && reads
            && resources.contains(&"secrets")
            && items(&rule["resourceNames"]).is_empty()
        {
            let message = format!("`{name}` reads secrets, and is not of one namespace");
            findings.add(
                &READS_SECRETS,
                position,
                &format!("{path}.resources"),
                message,
            );
        }
        let above = verbs
            .iter()
            .find(|verb| matches!(**verb, "escalate" | "bind" | "impersonate"));
        let inside = resources
            .iter()
            .find(|one| matches!(**one, "pods/exec" | "pods/attach" | "nodes/proxy"));
        if let Some(what) = above.or(inside) {
            let message = format!("`{name}` allows `{what}`");
            let field = if above.is_some() {
                "verbs"
            } else {
                "resources"
            };
            findings.add(
                &ESCALATING_RIGHTS,
                position,
                &format!("{path}.{field}"),
                message,
            );
        }
    }
}

fn binding(position: usize, binding: &Value, findings: &mut Findings<'_>) {
    let name = findings.short(position);
    if binding["roleRef"]["name"] == "cluster-admin" {
        let message = format!("`{name}` gives `cluster-admin`");
        findings.add(&CLUSTER_ADMIN, position, "roleRef", message);
    }
    for subject in items(&binding["subjects"]) {
        let who = subject["name"].as_str().unwrap_or_default();
        if ALL.contains(&who) {
            let message = format!("`{name}` gives rights to `{who}`");
            findings.add(&EVERYBODY, position, "subjects", message);
        }
    }
}
