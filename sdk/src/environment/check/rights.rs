//! Rights to custom kinds that the environment defines under another name.

use super::{
    problem,
    suggest::{did_you_mean, listed},
};
use crate::environment::{Problem, refs::items, scope::is_definition, view::View};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(view: &View<'_>, problems: &mut Vec<Problem>) {
    let mut defined: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for object in view.objects.iter().filter(|object| is_definition(object)) {
        let spec = &object.value["spec"];
        let (group, plural) = (&spec["group"], &spec["names"]["plural"]);
        if let (Some(group), Some(plural)) = (group.as_str(), plural.as_str()) {
            defined.entry(group).or_default().insert(plural);
        }
    }
    if defined.is_empty() {
        return;
    }
    for object in view.objects {
        if object.id.group != "rbac.authorization.k8s.io" {
            continue;
        }
        for rule in items(&object.value["rules"]) {
            let groups = items(&rule["apiGroups"]).iter();
            // What stands beside another group may be of that one.
            let [group] = groups.filter_map(|one| one.as_str()).collect::<Vec<_>>()[..] else {
                continue;
            };
            let Some(plurals) = defined.get(group) else {
                continue;
            };
            for resource in items(&rule["resources"]) {
                let resource = resource.as_str().unwrap_or_default();
                let plural = resource
                    .split_once('/')
                    .map_or(resource, |(plural, _)| plural);
                if plural == "*" || plurals.contains(plural) {
                    continue;
                }
                let full = |plural: &str| format!("{plural}.{group}");
                let all: Vec<String> = plurals.iter().map(|plural| full(plural)).collect();
                let names = all.iter().map(String::as_str);
                let help = did_you_mean(&full(plural), names.clone(), || {
                    format!("it defines {}", listed(names))
                });
                problems.push(problem(
                    format!(
                        "`{}` allows `{plural}.{group}`, which the environment does not define",
                        object.id.short()
                    ),
                    object.origin.of_field("rules").cloned(),
                    help,
                ));
            }
        }
    }
}
