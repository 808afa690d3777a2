//! Selectors that match nothing.

use super::{
    problem,
    relations::Unrelated,
    suggest::{listed, suggest},
};
use crate::environment::{Problem, Selector, index::namespace, view::View};
use std::collections::BTreeSet;

pub(super) fn check(view: &View<'_>, unrelated: &Unrelated, problems: &mut Vec<Problem>) {
    for (position, object) in view.objects.iter().enumerate() {
        let spec = &object.value["spec"];
        let (selector, path) = match (object.id.group.as_str(), object.id.kind.as_str()) {
            ("", "Service") => (Selector::map(&spec["selector"]), "spec.selector"),
            ("policy", "PodDisruptionBudget") => {
                (Selector::parse(&spec["selector"]), "spec.selector")
            }
            ("networking.k8s.io", "NetworkPolicy") => {
                (Selector::parse(&spec["podSelector"]), "spec.podSelector")
            }
            ("apps", _) => {
                own(view, position, problems);
                continue;
            }
            _ => continue,
        };
        let home = namespace(object);
        // What the environment itself adds may be for pods that controllers make.
        if view.owners[position].is_none()
            || selector.is_empty()
            || view.may_have_other_pods(home)
            || !view.index.selected(home, &selector).is_empty()
            || is_said(view, unrelated, position)
            || is_of_existing(view, position)
        {
            continue;
        }
        problems.push(problem(
            format!(
                "`{}` selects no pods: none has `{}`",
                object.id.short(),
                selector.describe()
            ),
            view.at(position, path, None),
            near(view, home, &selector),
        ));
    }
}

/// A workload whose selector does not match its own pods.
fn own(view: &View<'_>, position: usize, problems: &mut Vec<Problem>) {
    let object = &view.objects[position];
    let Some(pods) = view.pods(position) else {
        return;
    };
    let selector = Selector::parse(&object.value["spec"]["selector"]);
    if !selector.matches(pods.labels()) {
        problems.push(problem(
            format!(
                "`{}` does not select its own pods: they lack `{}`",
                object.id.short(),
                selector.describe()
            ),
            view.at(position, "spec.selector", None),
            "give the selector's labels to the pods too".to_owned(),
        ));
    }
}

/// Whether it is known already that its resource's relation leads nowhere.
fn is_said(view: &View<'_>, unrelated: &Unrelated, position: usize) -> bool {
    let owner = view.owners[position].as_ref();
    owner.is_some_and(|owner| unrelated.iter().any(|(from, _)| from == owner))
}

/// Whether it selects the pods of something that is there already.
fn is_of_existing(view: &View<'_>, position: usize) -> bool {
    let Some(owner) = view.owners[position].as_ref() else {
        return false;
    };
    view.graph.relations_from(owner).any(|relation| {
        matches!(relation.to, crate::resource::Target::Existing(_))
            || relation
                .to
                .reference()
                .and_then(|to| view.graph.facts(to))
                .is_some_and(|facts| facts.existing)
    })
}

/// The value that was meant, or those that there are.
fn near(view: &View<'_>, home: &str, selector: &Selector<'_>) -> Option<String> {
    let (label, value) = selector.first()?;
    let values: BTreeSet<&str> = view
        .index
        .makers(home)
        .iter()
        .filter_map(|maker| view.pods(*maker)?.labels()?.get(label)?.as_str())
        .collect();
    if let Some(meant) = suggest(value, values.iter().copied()) {
        return Some(format!("did you mean `{label}={meant}`?"));
    }
    (!values.is_empty()).then(|| {
        format!(
            "the pods of the environment have `{label}` set to {}",
            listed(values)
        )
    })
}
