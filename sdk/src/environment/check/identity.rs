//! Names that Kubernetes would refuse, and objects that stand twice.

use super::problem;
use crate::environment::{Problem, index::Key, index::key, view::View};
use std::collections::HashMap;

pub(super) fn check(view: &View<'_>, problems: &mut Vec<Problem>) {
    let mut first: HashMap<Key<'_>, usize> = HashMap::new();
    for (position, object) in view.objects.iter().enumerate() {
        let id = &object.id;
        let at = || object.origin.of_field("metadata.name").cloned();
        for (missing, field, example) in [
            (object.api_version().is_empty(), "apiVersion", "apps/v1"),
            (id.kind.is_empty(), "kind", "Deployment"),
            (id.name.is_empty(), "metadata.name", "web"),
        ] {
            if missing {
                let message = format!("an object has no `{field}`");
                problems.push(problem(
                    message,
                    at(),
                    format!("give it one, such as `{example}`"),
                ));
            }
        }
        if !id.name.is_empty()
            && let Some(fault) = fault(&id.group, &id.kind, &id.name)
        {
            problems.push(problem(
                format!("`{}` is no name for a {}: {fault}", id.name, id.kind),
                at(),
                None,
            ));
        }
        if let Some(other) = first.get(&key(object)) {
            let made = view.objects[*other].origin.made.as_ref();
            let help = made.map(|made| format!("the other one is made at {made}"));
            problems.push(problem(
                format!("`{id}` is in the environment twice"),
                at(),
                help,
            ));
        } else {
            first.insert(key(object), position);
        }
    }
}

/// What is wrong with an object's name, in the words of its kind's rule.
fn fault(group: &str, kind: &str, name: &str) -> Option<String> {
    // Role names may hold what a path segment may (`system:node`).
    if group == "rbac.authorization.k8s.io" {
        let bad = name == "." || name == ".." || name.contains(['/', '%']);
        return bad.then(|| "it may not be `.` or `..`, or contain `/` or `%`".to_owned());
    }
    let label = matches!((group, kind), ("", "Namespace" | "Service"));
    let longest = match (group, kind) {
        // Eleven characters are left for the time stamp of the jobs.
        ("batch", "CronJob") => 52,
        _ if label => 63,
        _ => 253,
    };
    if name.len() > longest {
        return Some(format!(
            "it has {} characters, at most {longest} are allowed",
            name.len()
        ));
    }
    let alphanumeric = |byte: Option<&u8>| {
        byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    let inside = |byte: &u8| alphanumeric(Some(byte)) || *byte == b'-';
    let segment = |segment: &str| {
        let bytes = segment.as_bytes();
        alphanumeric(bytes.first()) && alphanumeric(bytes.last()) && bytes.iter().all(inside)
    };
    if label {
        return (!segment(name)).then(|| {
            "it must consist of lower case letters, digits and `-`, and start and end with a letter or digit".to_owned()
        });
    }
    (!name.split('.').all(segment)).then(|| {
        "it must consist of lower case letters, digits, `-` and `.`, and start and end with a letter or digit".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_rule_of_their_kind() {
        let long = "a".repeat(60);
        for (group, kind, name, good) in [
            ("", "ConfigMap", "a.b-c", true),
            ("", "ConfigMap", "A", false),
            ("", "ConfigMap", "a..b", false),
            ("", "Service", "a.b", false),
            ("", "Namespace", "a-", false),
            ("batch", "CronJob", long.as_str(), false),
            ("apps", "Deployment", long.as_str(), true),
            ("rbac.authorization.k8s.io", "Role", "system:node", true),
            ("rbac.authorization.k8s.io", "Role", "a/b", false),
        ] {
            assert_eq!(fault(group, kind, name).is_none(), good, "{kind} {name}");
        }
    }
}
