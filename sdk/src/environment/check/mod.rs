//! What is wrong with an environment as a whole, all of it at once.

mod certificates;
mod claims;
mod custom;
mod existing_secrets;
mod gateways;
mod generated;
mod identity;
mod itself;
mod mesh;
mod mounts;
mod namespaces;
mod pod_security;
mod ports;
mod quotas;
mod references;
mod relations;
mod rights;
mod scaling;
mod secret_types;
mod selectors;
pub(super) mod suggest;

pub(crate) use itself::check_itself;
pub(crate) use ports::{service_port, target_port};

use super::{Problem, view::View};
use crate::object::Location;

/// All problems of an environment.
pub(crate) fn check(view: &View<'_>) -> Vec<Problem> {
    let by_subject = check_by_subject(view).into_iter();
    by_subject.map(|(_, problem)| problem).collect()
}

/// The same, each with the id of the rule that it breaks (`infra checks`).
pub(crate) fn check_by_subject(view: &View<'_>) -> Vec<(&'static str, Problem)> {
    let mut found = Vec::new();
    let mut add = |id: &'static str, problems: Vec<Problem>| {
        found.extend(problems.into_iter().map(|problem| (id, problem)));
    };
    let of = |check: fn(&View<'_>, &mut Vec<Problem>)| {
        let mut problems = Vec::new();
        check(view, &mut problems);
        problems
    };
    add("duplicate-object", of(identity::check));
    add("wrong-namespace", of(namespaces::check));
    let mut problems = Vec::new();
    let unrelated = relations::check(view, &mut problems);
    references::check(view, &unrelated, &mut problems);
    add("missing-reference", problems);
    let mut problems = Vec::new();
    selectors::check(view, &unrelated, &mut problems);
    add("selects-nothing", problems);
    add("missing-port", of(ports::check));
    add("two-autoscalers", of(scaling::check));
    add("unknown-right", of(rights::check));
    add("missing-volume", of(mounts::check));
    add("shared-disk", of(claims::check));
    add("impossible-certificate", of(certificates::check));
    add("unknown-subset", of(mesh::check));
    add("refused-pods", of(pod_security::check));
    add("over-quota", of(quotas::check));
    add("unkept-secret", of(generated::check));
    add("wrong-secret", of(existing_secrets::check));
    add("wrong-secret", of(secret_types::check));
    add("custom-schema", of(custom::check));
    add("refused-route", of(gateways::check));
    let resources = view.environment.resources.iter();
    let own = resources.flat_map(|resource| resource.check(view.graph));
    add("wrong-setting", own.collect());
    found
}

/// A problem with something to do about it.
fn problem(message: String, at: Option<Location>, help: impl Into<Option<String>>) -> Problem {
    Problem {
        message,
        at,
        help: help.into(),
    }
}
