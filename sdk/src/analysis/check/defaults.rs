//! Defaults of the product that were turned off by name.

use super::look::{Findings, Look};
use super::{Rule, Severity};
use crate::resource::Convention;

pub(super) static TURNED_OFF: Rule = Rule {
    id: "default-turned-off",
    severity: Severity::Info,
    title: "a default was turned off",
    why: "what it would have set is left to Kubernetes; what follows from it is found on its own",
    cure: "take the `.without(…)` away",
};

pub(super) fn check(look: &Look<'_>, findings: &mut Findings<'_>) {
    let view = look.view;
    for resource in view.environment.resources() {
        let off = resource.turned_off();
        let Some(position) = view.main(&resource.reference()).filter(|_| !off.is_empty()) else {
            continue;
        };
        let names: Vec<&str> = off.iter().copied().map(Convention::as_str).collect();
        let message = format!(
            "`{}` does without {}",
            view.objects[position].id.short(),
            names
                .iter()
                .map(|name| format!("`{name}`"))
                .collect::<Vec<_>>()
                .join(", ")
        );
        findings.add(&TURNED_OFF, position, "without", message);
    }
}
