//! Environments of one script beside each other.

use super::{Environment, Problem, Rendered};
use crate::object::ObjectId;
use std::collections::{HashMap, HashSet};

/// What is wrong with environments together, though each is right alone: one that is given twice,
/// and objects that two of them make. Each would take or delete what is the other's.
pub fn together<'a>(
    all: impl IntoIterator<Item = (&'a Environment, &'a Rendered)>,
) -> Vec<Problem> {
    let all: Vec<_> = all.into_iter().collect();
    if all.len() < 2 {
        return Vec::new();
    }
    let mut identities = HashSet::new();
    let mut owners: HashMap<&ObjectId, &str> = HashMap::new();
    let mut problems = Vec::new();
    for (environment, rendered) in all {
        if !identities.insert((&rendered.name, &rendered.namespace)) {
            problems.push(Problem {
                message: format!(
                    "the environment `{}` is given twice, and each would delete what the other made",
                    rendered.name
                ),
                at: environment.location().cloned(),
                help: Some("put the resources of both into one, or give one another name".into()),
            });
            continue;
        }
        for object in &rendered.objects {
            let Some(owner) = owners.insert(&object.id, &rendered.name) else {
                continue;
            };
            let help = if object.id.kind == "Namespace" {
                "say `.existing_namespace()` of the later one: the earlier one makes it"
            } else {
                "leave it to one of them; the other can name it with `existing(KIND, NAME)`"
            };
            problems.push(Problem {
                message: format!(
                    "`{}` is made by the environment `{owner}` too, and belongs to one of them",
                    object.id
                ),
                at: object.origin.made.clone(),
                help: Some(help.to_owned()),
            });
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::ConfigMap;

    fn told(environments: &[Environment]) -> Vec<String> {
        let rendered: Vec<Rendered> = environments
            .iter()
            .map(|environment| environment.render().expect("right alone"))
            .collect();
        let problems = together(environments.iter().zip(&rendered));
        problems.into_iter().map(|one| one.message).collect()
    }

    #[test]
    fn environments_share_a_namespace_and_no_object() {
        let with = |name: &str, map: &str| {
            Environment::new(name).add(ConfigMap::new(map.parse().expect("a name")))
        };
        let guest = |map: &str| with("stall", map).namespace("shop");
        let same = "is made by the environment `shop` too, and belongs to one of them";
        for (second, expected) in [
            (with("stall", "a"), vec![]),
            (guest("b").existing_namespace(), vec![]),
            (guest("b"), vec![format!("`namespace/shop` {same}")]),
            (
                guest("a").existing_namespace(),
                vec![format!("`configmap/a in shop` {same}")],
            ),
            (
                with("shop", "b"),
                vec![
                    "the environment `shop` is given twice, and each would delete what the other made"
                        .to_owned(),
                ],
            ),
        ] {
            assert_eq!(told(&[with("shop", "a"), second]), expected);
        }
    }
}
