//! Namespaces: made or there, and not said in two ways.

use super::{problem, suggest::did_you_mean};
use crate::environment::{Problem, index::namespace, scope::Scopes, view::View};

pub(super) fn check(view: &View<'_>, problems: &mut Vec<Problem>) {
    default_namespace(view, problems);
    let scopes = Scopes::new(view.objects);
    for object in view.objects {
        let home = namespace(object);
        let at = || object.origin.of_field("metadata.namespace").cloned();
        if home.is_empty() {
            continue;
        }
        if scopes.namespaced(&object.id.group, &object.id.kind) == Some(false) {
            let message = format!(
                "`{}` has the namespace `{home}`, but a {} is in none",
                object.id.short(),
                object.id.kind
            );
            problems.push(problem(message, at(), "leave the namespace out".to_owned()));
        } else if !view.has_namespace(home) {
            let message = format!(
                "`{}` is in the namespace `{home}`, which is neither in the environment nor said to exist",
                object.id.short()
            );
            let help = did_you_mean(home, view.namespaces(), || {
                format!("add `namespace(\"{home}\")`, or `existing(\"Namespace\", \"{home}\")`")
            });
            problems.push(problem(message, at(), help));
        }
    }
}

fn default_namespace(view: &View<'_>, problems: &mut Vec<Problem>) {
    let environment = view.environment;
    let name = view.graph.namespace();
    let made = view.index.get(("", "Namespace", "", name));
    if environment.namespace_exists
        && let Some(position) = made
    {
        problems.push(problem(
            format!("the namespace `{name}` is said to exist, and is made here too"),
            view.objects[position].origin.made.clone(),
            "leave out one of them: `existing_namespace()` or the resource".to_owned(),
        ));
    }
}
