//! Access and priorities.

use serde_json::Value;

use super::look::{items, number, text};
use super::path::{Found, Path};
use crate::names;

const GROUP: &str = "rbac.authorization.k8s.io";
/// Above this only the system's own classes are.
const HIGHEST: i64 = 1_000_000_000;

pub(super) fn check(kind: &str, object: &Value, found: &mut Found) {
    match kind {
        "Role" | "ClusterRole" => rules(kind, object, found),
        "RoleBinding" | "ClusterRoleBinding" => binding(kind, object, found),
        _ => {}
    }
}

fn rules(kind: &str, object: &Value, found: &mut Found) {
    let list = Path::ROOT.field("rules");
    for (at, rule) in items(object, "rules").iter().enumerate() {
        let path = list.index(at);
        if items(rule, "verbs").is_empty() {
            path.field("verbs")
                .required(found, "verbs must contain at least one value");
        }
        if items(rule, "nonResourceURLs").is_empty() {
            if items(rule, "apiGroups").is_empty() {
                path.field("apiGroups")
                    .required(found, "resource rules must supply at least one api group");
            }
            if items(rule, "resources").is_empty() {
                path.field("resources")
                    .required(found, "resource rules must supply at least one resource");
            }
            continue;
        }
        let path = path.field("nonResourceURLs");
        let urls = &rule["nonResourceURLs"];
        if kind == "Role" {
            let detail = "namespaced rules cannot apply to non-resource URLs";
            path.invalid(found, urls, detail);
        }
        let lists = ["apiGroups", "resources", "resourceNames"];
        if lists.iter().any(|name| !items(rule, name).is_empty()) {
            let detail = "rules cannot apply to both regular resources and non-resource URLs";
            path.invalid(found, urls, detail);
        }
    }
}

fn binding(kind: &str, object: &Value, found: &mut Found) {
    let role = &object["roleRef"];
    let path = Path::ROOT.field("roleRef");
    if text(role, "apiGroup") != GROUP {
        path.field("apiGroup")
            .unsupported(found, &role["apiGroup"], &[GROUP]);
    }
    let allowed: &[&str] = if kind == "RoleBinding" {
        &["Role", "ClusterRole"]
    } else {
        &["ClusterRole"]
    };
    let target = text(role, "kind");
    if !allowed.contains(&target) {
        path.field("kind")
            .unsupported(found, &Value::from(target), allowed);
    }
    let name = text(role, "name");
    if !name.is_empty() {
        path.field("name")
            .invalid_each(found, &role["name"], names::path_segment(name));
    }
    let list = Path::ROOT.field("subjects");
    for (at, subject) in items(object, "subjects").iter().enumerate() {
        let path = list.index(at);
        let group = text(subject, "apiGroup");
        match text(subject, "kind") {
            "ServiceAccount" => {
                let name = text(subject, "name");
                if !name.is_empty() {
                    path.field("name").invalid_each(
                        found,
                        &subject["name"],
                        names::dns1123_subdomain(name),
                    );
                }
                if !group.is_empty() {
                    path.field("apiGroup")
                        .unsupported(found, &subject["apiGroup"], &[""]);
                }
                if kind == "ClusterRoleBinding" && text(subject, "namespace").is_empty() {
                    path.field("namespace").required(found, "");
                }
            }
            "User" | "Group" => {
                if group != GROUP {
                    path.field("apiGroup")
                        .unsupported(found, &subject["apiGroup"], &[GROUP]);
                }
            }
            _ => {
                let allowed = ["ServiceAccount", "User", "Group"];
                path.field("kind")
                    .unsupported(found, &subject["kind"], &allowed);
            }
        }
    }
}

pub(super) fn priority_class(object: &Value, found: &mut Found) {
    if number(object, "value").is_some_and(|value| value > HIGHEST) {
        let detail = format!("maximum allowed value of a user defined priority is {HIGHEST}");
        Path::ROOT.field("value").forbidden(found, &detail);
    }
}
