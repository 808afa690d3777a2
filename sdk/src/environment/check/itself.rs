//! The environment's own name, namespace and labels.

use super::problem;
use crate::environment::{Environment, Problem};
use crate::types::{DnsLabel, LabelKey, LabelValue};

/// What must be right before anything can be made of the environment.
pub(crate) fn check_itself(environment: &Environment) -> Vec<Problem> {
    let at = || environment.made.clone();
    let mut problems = Vec::new();
    let mut name = |name: &str, what: &str| {
        if let Err(invalid) = DnsLabel::try_from(name) {
            let message = format!(
                "`{name}` is not a name for {what}: expected {}",
                invalid.expected
            );
            problems.push(problem(message, at(), None));
        }
    };
    name(&environment.name, "an environment");
    if let Some(namespace) = &environment.namespace {
        name(namespace, "a namespace");
    }
    for (key, value) in &environment.labels {
        let faults = [
            LabelKey::try_from(key.as_str()).err(),
            LabelValue::try_from(value.as_str()).err(),
        ];
        let faults = faults.into_iter().flatten();
        problems.extend(faults.map(|invalid| problem(invalid.to_string(), at(), None)));
    }
    problems
}
