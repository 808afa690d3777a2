//! Names that Kubernetes would refuse, and objects that stand twice.

use super::problem;
use crate::environment::{Problem, index::Key, index::key, view::View};
use crate::types::{DnsLabel, Name};
use ahash::AHashMap;

pub(super) fn check(view: &View<'_>, problems: &mut Vec<Problem>) {
    let mut first: AHashMap<Key<'_>, usize> = AHashMap::with_capacity(view.objects.len());
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
                format!(
                    "`{}` is not a name for a {}: expected {fault}",
                    id.name, id.kind
                ),
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

/// What was expected of an object's name, where it is not that, by the rule of its kind.
fn fault(group: &str, kind: &str, name: &str) -> Option<String> {
    // Role names may hold what a path segment may (`system:node`).
    if group == "rbac.authorization.k8s.io" {
        let bad = name == "." || name == ".." || name.contains(['/', '%']);
        return bad.then(|| "anything but `.`, `..`, `/` and `%`".to_owned());
    }
    let label = matches!((group, kind), ("", "Namespace" | "Service"));
    let read = if label {
        DnsLabel::try_from(name).map(|_| ())
    } else {
        Name::try_from(name).map(|_| ())
    };
    read.err().map(|invalid| invalid.expected)
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
            ("apps", "Deployment", long.as_str(), true),
            ("rbac.authorization.k8s.io", "Role", "system:node", true),
            ("rbac.authorization.k8s.io", "Role", "a/b", false),
        ] {
            assert_eq!(fault(group, kind, name).is_none(), good, "{kind} {name}");
        }
    }
}
