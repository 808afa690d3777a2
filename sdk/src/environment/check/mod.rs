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

/// All problems of an environment, ordered by where they are.
pub(crate) fn check(view: &View<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    identity::check(view, &mut problems);
    namespaces::check(view, &mut problems);
    let unrelated = relations::check(view, &mut problems);
    references::check(view, &unrelated, &mut problems);
    selectors::check(view, &unrelated, &mut problems);
    ports::check(view, &mut problems);
    scaling::check(view, &mut problems);
    rights::check(view, &mut problems);
    mounts::check(view, &mut problems);
    claims::check(view, &mut problems);
    certificates::check(view, &mut problems);
    mesh::check(view, &mut problems);
    pod_security::check(view, &mut problems);
    quotas::check(view, &mut problems);
    generated::check(view, &mut problems);
    existing_secrets::check(view, &mut problems);
    secret_types::check(view, &mut problems);
    custom::check(view, &mut problems);
    gateways::check(view, &mut problems);
    for resource in &view.environment.resources {
        problems.extend(resource.check(view.graph));
    }
    problems
}

/// A problem with something to do about it.
fn problem(message: String, at: Option<Location>, help: impl Into<Option<String>>) -> Problem {
    Problem {
        message,
        at,
        help: help.into(),
    }
}
