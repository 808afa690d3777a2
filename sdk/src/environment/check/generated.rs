//! Generated values must be kept somewhere: alone under a key of a secret.

use super::problem;
use crate::environment::{Problem, view::View};
use crate::object::{Generated, SecretPart};
use crate::types::Alphabet;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(view: &View<'_>, problems: &mut Vec<Problem>) {
    let mut kept = BTreeSet::new();
    let mut used: BTreeMap<&str, (usize, String, BTreeSet<&Generated>)> = BTreeMap::new();
    for (position, object) in view.objects.iter().enumerate() {
        for (key, text) in &object.secrets {
            kept.extend(text.alone().map(|generated| generated.name.as_str()));
            for part in text.sources() {
                if let SecretPart::Generated(generated) = part {
                    let first = || (position, key.clone(), BTreeSet::new());
                    let used = used.entry(&generated.name).or_insert_with(first);
                    used.2.insert(generated);
                }
            }
        }
    }
    for (name, (position, key, ways)) in used {
        let at = || view.at(position, &format!("data.{key}"), None);
        if !kept.contains(name) {
            problems.push(problem(
                format!("the generated value `{name}` stands alone under no key of a secret, so that it cannot be kept"),
                at(),
                format!("give it a key of its own, such as `{}`", name.to_uppercase().replace('-', "_")),
            ));
        }
        let alphabets: BTreeSet<&Alphabet> = ways.iter().map(|way| &way.alphabet).collect();
        if alphabets.len() > 1 {
            problems.push(problem(
                format!("the generated value `{name}` is asked for with different alphabets"),
                at(),
                "equal names are the same value: use one alphabet, or two names".to_owned(),
            ));
        }
        let lengths: BTreeSet<usize> = ways.iter().map(|way| way.length).collect();
        if lengths.len() > 1 {
            let lengths: Vec<String> = lengths.iter().map(usize::to_string).collect();
            problems.push(problem(
                format!(
                    "the generated value `{name}` is asked for with different lengths: {}",
                    lengths.join(" and ")
                ),
                at(),
                "equal names are the same value: use one length, or two names".to_owned(),
            ));
        }
    }
}
