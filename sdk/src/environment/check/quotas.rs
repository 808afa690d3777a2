//! Pods that do not say what a quota of their namespace asks for: each of them would be refused.

use super::{problem, suggest::listed};
use crate::environment::{Problem, index::namespace, pods::Pods, refs::items, view::View};
use crate::object::Object;
use serde_json::Value;

pub(super) fn check(view: &View<'_>, problems: &mut Vec<Problem>) {
    for quota in of_kind(view, "ResourceQuota") {
        let spec = &quota.value["spec"];
        let home = namespace(quota);
        // In a namespace of others, they may have said what pods ask for by default.
        let is_ours = view.index.get(("", "Namespace", "", home)).is_some();
        let is_whole = spec["scopes"].is_null() && spec["scopeSelector"].is_null();
        if !(is_ours && is_whole) {
            continue;
        }
        let asked = asked(spec);
        for position in view.index.makers(home) {
            let Some(pods) = view.pods(*position) else {
                continue;
            };
            let missing: Vec<String> = asked
                .iter()
                .filter(|(list, resource)| {
                    !says(&pods, list, resource) && !by_default(view, home, list, resource)
                })
                .map(|(list, resource)| format!("{list}.{resource}"))
                .collect();
            if missing.is_empty() {
                continue;
            }
            let list = missing[0].split('.').next().unwrap_or_default();
            problems.push(problem(
                format!(
                    "a container of `{}` has no {}, which the quota `{}` asks of all: its pods would be refused",
                    view.objects[*position].id.short(),
                    listed(missing.iter().map(String::as_str)),
                    quota.id.name
                ),
                view.objects[*position].origin.made.clone(),
                format!(
                    "say it with `.{list}(#{{ … }})`, or for all with `limit_range(…)`"
                ),
            ));
        }
    }
}

fn of_kind<'a>(view: &View<'a>, kind: &'static str) -> impl Iterator<Item = &'a Object> {
    let objects = view.objects.iter();
    objects.filter(move |object| object.id.group.is_empty() && object.id.kind == kind)
}

/// What a quota asks every container to say: of processors and memory alone, as the server does.
fn asked(spec: &Value) -> Vec<(&'static str, &'static str)> {
    let hard = spec["hard"].as_object();
    let names = hard.into_iter().flat_map(|hard| hard.keys());
    let mut asked: Vec<_> = names
        .filter_map(|name| match name.as_str() {
            "cpu" | "requests.cpu" => Some(("requests", "cpu")),
            "memory" | "requests.memory" => Some(("requests", "memory")),
            "limits.cpu" => Some(("limits", "cpu")),
            "limits.memory" => Some(("limits", "memory")),
            _ => None,
        })
        .collect();
    asked.sort_unstable();
    asked.dedup();
    asked
}

/// Whether all containers, or the pod as a whole, say it. A limit without a request is one.
fn says(pods: &Pods<'_>, list: &str, resource: &str) -> bool {
    let says = |resources: &Value| {
        !resources[list][resource].is_null()
            || list == "requests" && !resources["limits"][resource].is_null()
    };
    says(&pods.spec["resources"])
        || pods
            .containers()
            .all(|(_, container)| says(&container["resources"]))
}

/// Whether a limit range says it for all.
fn by_default(view: &View<'_>, home: &str, list: &str, resource: &str) -> bool {
    let fields: &[&str] = match list {
        "limits" => &["default", "max"],
        _ => &["defaultRequest", "default", "max", "min"],
    };
    let ranges = of_kind(view, "LimitRange").filter(|range| namespace(range) == home);
    let mut limits = ranges.flat_map(|range| items(&range.value["spec"]["limits"]));
    limits.any(|limit| {
        limit["type"] == "Container"
            && fields
                .iter()
                .any(|field| !limit[*field][resource].is_null())
    })
}
