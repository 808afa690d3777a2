//! A secret that is there already is none that the environment makes.

use super::problem;
use crate::environment::{Problem, view::View};
use crate::object::SecretPart;

pub(super) fn check(view: &View<'_>, problems: &mut Vec<Problem>) {
    for (position, object) in view.objects.iter().enumerate() {
        for (key, text) in &object.secrets {
            for part in text.sources() {
                let SecretPart::Existing(existing) = part else {
                    continue;
                };
                let home = existing.namespace.as_deref();
                let home = home.unwrap_or_else(|| view.graph.namespace());
                if view
                    .index
                    .get(("", "Secret", home, &existing.name))
                    .is_some()
                {
                    let name = &existing.name;
                    problems.push(problem(
                        format!("the secret `{name}` is made by this environment, and is none that is there already"),
                        view.at(position, &format!("data.{key}"), None),
                        "give both secrets the same value: `let token = …;`".to_owned(),
                    ));
                }
            }
        }
    }
}
