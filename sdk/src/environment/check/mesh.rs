//! Subsets that a virtual service of Istio sends to, and no destination rule describes.

use super::{
    problem,
    suggest::{did_you_mean, listed},
};
use crate::environment::{Problem, index::namespace, items, view::View};
use crate::object::Object;
use serde_json::Value;

pub(super) fn check(view: &View<'_>, problems: &mut Vec<Problem>) {
    for (position, object) in view.objects.iter().enumerate() {
        if !is(object, "VirtualService") {
            continue;
        }
        let http = items(&object.value["spec"]["http"]).iter();
        for route in http.flat_map(|http| items(&http["route"])) {
            let destination = &route["destination"];
            let Some(subset) = destination["subset"].as_str() else {
                continue;
            };
            let rules = rules(view, namespace(object), &destination["host"]);
            let known: Vec<&str> = rules
                .iter()
                .flat_map(|rule| items(&rule.value["spec"]["subsets"]))
                .filter_map(|subset| subset["name"].as_str())
                .collect();
            let Some(rule) = rules.first().filter(|_| !known.contains(&subset)) else {
                continue;
            };
            let help = did_you_mean(subset, known.iter().copied(), || {
                format!("its subsets are {}", listed(known.iter().copied()))
            });
            problems.push(problem(
                format!(
                    "`{}` sends to the subset `{subset}`, which `{}` does not have",
                    object.id.short(),
                    rule.id.short()
                ),
                view.at(position, "spec.http", None),
                help,
            ));
        }
    }
}

/// The destination rules for a host, as far as they are made here.
fn rules<'a>(view: &View<'a>, home: &str, host: &Value) -> Vec<&'a Object> {
    let same = |rule: &&Object| {
        is(rule, "DestinationRule")
            && namespace(rule) == home
            && rule.value["spec"]["host"] == *host
    };
    view.objects.iter().filter(same).collect()
}

fn is(object: &Object, kind: &str) -> bool {
    object.id.group == "networking.istio.io" && object.id.kind == kind
}
