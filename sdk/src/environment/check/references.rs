//! References in objects that lead nowhere.

use super::{
    problem,
    relations::Unrelated,
    suggest::{did_you_mean, existing_word, listed},
};
use crate::environment::{
    Problem,
    refs::{Reference, provided_keys},
    view::View,
};
use crate::object::Object;
use std::collections::HashSet;

pub(super) fn check(view: &View<'_>, unrelated: &Unrelated, problems: &mut Vec<Problem>) {
    for (position, references) in view.references.iter().enumerate() {
        let mut said = HashSet::new();
        for reference in references.iter().filter(|reference| !reference.optional) {
            let target = reference.target();
            if let Some(found) = view.index.get(target) {
                if let Some(problem) = key_problem(view, position, reference, &view.objects[found])
                    && said.insert((target, reference.key))
                {
                    problems.push(problem);
                }
            } else if let Some(made_of) = view.provider(target) {
                if let Some(problem) = made_key_problem(view, position, reference, made_of)
                    && said.insert((target, reference.key))
                {
                    problems.push(problem);
                }
            } else if !reference.provided
                && !view.exists(target)
                && !is_said(view, unrelated, position, reference)
                && said.insert((target, None))
            {
                problems.push(missing(view, position, reference));
            }
        }
    }
}

/// Whether a relation that says the same is reported already.
fn is_said(
    view: &View<'_>,
    unrelated: &Unrelated,
    position: usize,
    reference: &Reference<'_>,
) -> bool {
    let name = (
        reference.group.to_owned(),
        reference.kind.to_owned(),
        reference.name.to_owned(),
    );
    view.owners[position]
        .as_ref()
        .is_some_and(|owner| unrelated.contains(&(owner.clone(), name)))
}

fn missing(view: &View<'_>, position: usize, reference: &Reference<'_>) -> Problem {
    let (kind, name) = (reference.kind, reference.name);
    let names = view.index.names(reference.group, kind, reference.namespace);
    let help = did_you_mean(name, names, || {
        let word = existing_word(reference.group, kind);
        format!("add it to the environment, or name it with `existing(\"{word}\", \"{name}\")`")
    });
    problem(
        format!(
            "`{}` uses `{}/{name}`, which is neither in the environment nor said to exist",
            view.objects[position].id.short(),
            kind.to_lowercase()
        ),
        view.at(position, &reference.path(), Some(reference.target())),
        help,
    )
}

/// A key that the secret which a controller makes will not have.
fn made_key_problem(
    view: &View<'_>,
    position: usize,
    reference: &Reference<'_>,
    made_of: usize,
) -> Option<Problem> {
    let key = reference.key?;
    let made_of = &view.objects[made_of];
    let keys = provided_keys(made_of)?;
    (!keys.contains(&key)).then(|| no_such_key(view, position, reference, made_of, &keys))
}

fn key_problem(
    view: &View<'_>,
    position: usize,
    reference: &Reference<'_>,
    found: &Object,
) -> Option<Problem> {
    let key = reference.key?;
    let keys: Vec<&str> = ["data", "binaryData", "stringData"]
        .into_iter()
        .filter_map(|field| found.value[field].as_object())
        .flat_map(|data| data.keys().map(String::as_str))
        .collect();
    // A secret of a service account gets its keys from the cluster.
    let filled = found.value["type"] == "kubernetes.io/service-account-token";
    if filled || keys.contains(&key) {
        return None;
    }
    Some(no_such_key(view, position, reference, found, &keys))
}

fn no_such_key(
    view: &View<'_>,
    position: usize,
    reference: &Reference<'_>,
    found: &Object,
    keys: &[&str],
) -> Problem {
    let key = reference.key.unwrap_or_default();
    let help = did_you_mean(key, keys.iter().copied(), || {
        format!("its keys are {}", listed(keys.iter().copied()))
    });
    let id = view.objects[position].id.short();
    problem(
        format!(
            "`{id}` uses the key `{key}` of `{}`, which has no such key",
            found.id.short()
        ),
        view.at(position, &reference.path(), Some(reference.target())),
        help,
    )
}
