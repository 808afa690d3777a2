//! Relations to resources that are not in the environment.

use super::{
    problem,
    suggest::{did_you_mean, existing_word},
};
use crate::environment::{Problem, view::View};
use crate::object::Ref;
use crate::resource::{RelationKind, Target};
use std::collections::HashSet;

/// What relations name in vain, by who names it: other checks need not say it again.
pub(super) type Unrelated = HashSet<(Ref, (String, String, String))>;

pub(super) fn check(view: &View<'_>, problems: &mut Vec<Problem>) -> Unrelated {
    let mut unrelated = Unrelated::new();
    for relation in &view.graph.relations {
        let Target::Resource(to) = &relation.to else {
            continue;
        };
        let optional = matches!(relation.kind, RelationKind::Uses { optional: true, .. });
        let home = view.graph.namespace_of(to);
        let there = view.graph.facts(to).is_some()
            || view.main(to).is_some()
            || view.exists((&to.group, &to.kind, home, &to.name))
            || view.exists((&to.group, &to.kind, "", &to.name));
        if optional || there {
            continue;
        }
        let name = (to.group.clone(), to.kind.clone(), to.name.clone());
        if !unrelated.insert((relation.from.clone(), name)) {
            continue;
        }
        let verb = match relation.kind {
            RelationKind::Uses { .. } => "uses",
            RelationKind::Connects => "connects to",
            RelationKind::Selects => "selects the pods of",
            RelationKind::Routes { .. } => "sends requests to",
            RelationKind::Scales { .. } => "scales",
            RelationKind::Grants => "gives rights to",
            RelationKind::After => "comes after",
        };
        let at = relation.at.clone().or_else(|| {
            let from = view.main(&relation.from)?;
            view.objects[from].origin.made.clone()
        });
        let names = view.index.names(&to.group, &to.kind, home);
        let help = did_you_mean(&to.name, names, || {
            if to.kind == "ExternalService" {
                return "add it to the environment, beside what connects to it".to_owned();
            }
            format!(
                "add it to the environment, or name it with `existing(\"{}\", \"{}\")`",
                existing_word(&to.group, &to.kind),
                to.name
            )
        });
        problems.push(problem(
            format!(
                "`{}` {verb} `{to}`, which is not in the environment",
                relation.from
            ),
            at,
            help,
        ));
    }
    unrelated
}
