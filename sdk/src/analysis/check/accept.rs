//! Findings that somebody decided to live with.

use super::{Acceptance, Finding, Rule, Severity};
use crate::environment::View;
use crate::object::{Location, Ref};

pub(super) static UNUSED_ACCEPTANCE: Rule = Rule {
    id: "unused-acceptance",
    severity: Severity::Warning,
    title: "something is accepted that is not there",
    why: "it would hide the next fault of that kind",
    cure: "take the `.accept(…)` away",
};

/// Everything that is accepted in an environment.
pub(super) struct Accepted {
    environment: String,
    all: Vec<Entry>,
}

struct Entry {
    /// The resource that says it; the environment, without one.
    of: Option<Ref>,
    acceptance: Acceptance,
    used: bool,
}

impl Accepted {
    pub(super) fn of(view: &View<'_>) -> Self {
        let entry = |of: Option<Ref>| {
            move |acceptance: Acceptance| Entry {
                of: of.clone(),
                acceptance,
                used: false,
            }
        };
        let own = view.environment.accepted.iter().cloned().map(entry(None));
        let resources = view.environment.resources().iter().flat_map(|resource| {
            let of = view.graph.normal(&resource.reference()).into_owned();
            resource.accepted().into_iter().map(entry(Some(of)))
        });
        Self {
            environment: view.environment.name().to_owned(),
            all: own.chain(resources).collect(),
        }
    }

    /// Notes in a finding why it is accepted: by its own resource before the environment.
    pub(super) fn apply(&mut self, owner: Option<&Ref>, finding: &mut Finding) {
        let fits = |entry: &&mut Entry| {
            let same = entry.acceptance.check.rule() == finding.rule;
            same && (entry.of.is_none() || entry.of.as_ref() == owner)
        };
        for entry in self.all.iter_mut().filter(fits) {
            entry.used = true;
            if finding.accepted.is_none() || entry.of.is_some() {
                finding.accepted = Some(entry.acceptance.reason.clone());
            }
        }
    }
}

/// What is accepted, and applies to nothing. A resource may stand in several environments: one in
/// which there is something to accept is enough.
pub(super) fn unused(all: &[Accepted]) -> Vec<Finding> {
    let same = |a: &Acceptance, b: &Acceptance| (a.check, &a.at) == (b.check, &b.at);
    let entries = || {
        all.iter()
            .flat_map(|accepted| accepted.all.iter().map(move |entry| (accepted, entry)))
    };
    let mut told: Vec<(&'static str, Option<&Location>)> = Vec::new();
    let mut found = Vec::new();
    for (accepted, entry) in entries() {
        let acceptance = &entry.acceptance;
        let used = |one: &Entry| one.used && same(&one.acceptance, acceptance);
        let said = (acceptance.check.rule().id, acceptance.at.as_ref());
        if entries().any(|(_, one)| used(one)) || (said.1.is_some() && told.contains(&said)) {
            continue;
        }
        told.push(said);
        let what = entry
            .of
            .as_ref()
            .map_or_else(|| "the environment".to_owned(), |of| format!("`{of}`"));
        found.push(Finding {
            rule: &UNUSED_ACCEPTANCE,
            environment: accepted.environment.clone(),
            object: None,
            field: None,
            at: acceptance.at.clone(),
            message: format!(
                "{what} accepts `{}`, and there is nothing of the kind",
                said.0
            ),
            help: None,
            accepted: None,
        });
    }
    found
}
