//! What can be said of an environment without a cluster: what will not work, what opens a door, what
//! will be regretted.
//!
//! A check is a function from the objects to findings, so that it holds for builders, for
//! `object(#{…})` and for YAML alike. What it finds is a [`Finding`] of a [`Rule`]; rules stand beside
//! the code that finds them, and all in the catalogue. A finding can be accepted with a reason, by the
//! resource that its object comes from or by the environment.

mod accept;
mod availability;
mod catalogue;
mod defaults;
mod finding;
mod images;
mod ingress;
mod jobs;
mod look;
mod manifests;
mod network;
mod probes;
mod refusals;
mod resources;
mod rights;
mod rule;
mod schema;
mod secrets;
mod security;
mod storage;
mod versions;

pub use finding::{Acceptance, Finding};
pub use manifests::{FileError, check_manifests};
pub use rule::{CheckId, Rule, Severity};
pub use secrets::looks_secret;

use crate::environment::{Environment, Platform, Problem, View, inspect, together};
use accept::Accepted;
use look::{Findings, Look};

/// Everything that is found in some environments, which a script gives together: by file and line.
///
/// ```
/// use infra_sdk::analysis::check;
/// use infra_sdk::{environment::{Environment, Platform}, resource::{Deployment, prelude::*}};
///
/// let app = Deployment::new("app".parse()?).image("app:latest".parse()?);
/// let shop = Environment::new("shop").add(app).deny_by_default();
/// let found = check([&shop], &Platform::default());
/// let errors: Vec<&str> = found.iter().filter(|one| one.fails()).map(|one| one.rule.id).collect();
/// assert_eq!(errors, ["mutable-tag"]);
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
pub fn check<'a>(
    environments: impl IntoIterator<Item = &'a Environment>,
    platform: &Platform<'_>,
) -> Vec<Finding> {
    let environments: Vec<&Environment> = environments.into_iter().collect();
    let mut accepted = Vec::new();
    let mut found = Vec::new();
    for environment in &environments {
        let (problems, seen) = inspect(environment, platform, findings);
        let refused = |(id, problem)| refusal(environment.name(), id, problem);
        found.extend(problems.into_iter().map(refused));
        if let Some((findings, used)) = seen {
            found.extend(findings);
            accepted.push(used);
        }
    }
    found.extend(clashes(&environments, platform));
    found.extend(accept::unused(&accepted));
    tidied(found)
}

/// What all checks find, and what of it is accepted.
fn findings(view: &View<'_>) -> (Vec<Finding>, Accepted) {
    let look = Look::new(view);
    let mut findings = Findings::new(view);
    for check in [
        schema::check,
        versions::check,
        probes::check,
        resources::check,
        images::check,
        security::check,
        rights::check,
        secrets::check,
        availability::check,
        jobs::check,
        network::check,
        ingress::check,
        storage::check,
        defaults::check,
    ] {
        check(&look, &mut findings);
    }
    let mut accepted = Accepted::of(view);
    let all = findings.found.into_iter().map(|(position, mut finding)| {
        let owner = position.and_then(|position| view.owners[position].as_ref());
        accepted.apply(owner, &mut finding);
        finding
    });
    (all.collect(), accepted)
}

/// A problem that keeps an environment from being rendered.
fn refusal(environment: &str, id: &str, problem: Problem) -> Finding {
    Finding {
        rule: refusals::of(id),
        environment: environment.to_owned(),
        object: None,
        field: None,
        at: problem.at,
        message: problem.message,
        help: problem.help,
        accepted: None,
    }
}

/// What environments that are right alone do to each other.
fn clashes(environments: &[&Environment], platform: &Platform<'_>) -> Vec<Finding> {
    if environments.len() < 2 {
        return Vec::new();
    }
    let rendered = environments.iter().map(|one| one.render_on(platform).ok());
    let rendered: Option<Vec<_>> = rendered.collect();
    let pairs = rendered.iter().flatten().zip(environments);
    let problems = together(pairs.map(|(rendered, environment)| (*environment, rendered)));
    let clash = |problem| refusal("", "clashing-environments", problem);
    problems.into_iter().map(clash).collect()
}

/// By file, line and column, the worst first, each once.
fn tidied(mut found: Vec<Finding>) -> Vec<Finding> {
    let key = |one: &Finding| {
        let severity = std::cmp::Reverse(one.rule.severity);
        (
            one.at.is_none(),
            one.at.clone(),
            severity,
            one.rule.id,
            one.message.clone(),
        )
    };
    found.sort_by_cached_key(key);
    found.dedup_by(|a, b| (a.rule.id, &a.message, &a.at) == (b.rule.id, &b.message, &b.at));
    found
}
