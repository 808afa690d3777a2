//! Decisions about fields that others set, made for one run.

use crate::{
    object::{Decision, Object, Ownership},
    types::{FieldName, Invalid},
};
use serde::Serialize;
use std::str::FromStr;

/// A field of one object, as the command line names it: `[NAMESPACE/]KIND/NAME:FIELD`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldTarget {
    /// The object.
    pub target: String,
    /// The field.
    pub field: FieldName,
}

impl FromStr for FieldTarget {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // Names may hold colons too (`system:x`); what picks an item of a list as well.
        let head = text.find('[').unwrap_or(text.len());
        let parts = text[..head]
            .rfind(':')
            .map(|colon| (&text[..colon], &text[colon + 1..]))
            .filter(|(target, _)| target.contains('/'));
        let Some((target, field)) = parts else {
            let expected = "`[NAMESPACE/]KIND/NAME:FIELD`, such as `deployment/app:spec.replicas`";
            return Err(Invalid::new("a field of an object", text, expected));
        };
        Ok(Self {
            target: target.to_owned(),
            field: field.parse()?,
        })
    }
}

/// Who decided what becomes of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decider {
    /// Nobody did: tools of people give way, and controllers do not.
    Rule,
    /// The script.
    Script,
    /// The command line, which wins.
    CommandLine,
}

impl Decider {
    /// What stands after a sentence about what becomes of it.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Rule => "",
            Self::Script => ", as the script says",
            Self::CommandLine => ", as the command line says",
        }
    }
}

/// What is decided about the field of an object at a path; the last word counts.
pub(crate) fn decided(
    object: &Object,
    told: &[(Ownership, FieldTarget)],
    path: &str,
) -> Option<(Ownership, Decider)> {
    let told = told.iter().rev().find(|(_, told)| {
        super::plan::is_called(&object.id, &told.target) && told.field.covers(path)
    });
    if let Some((ownership, _)) = told {
        return Some((*ownership, Decider::CommandLine));
    }
    let covers = |decision: &&Decision| decision.field.covers(path);
    let said = object.decisions.iter().rev().find(covers)?;
    Some((said.ownership, Decider::Script))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::Origin;
    use serde_json::json;

    #[test]
    fn a_target_is_an_object_and_a_field() {
        for (text, expected) in [
            (
                "deployment/app:spec.replicas",
                Some(("deployment/app", "spec.replicas")),
            ),
            ("shop/cm/a:data.KEY", Some(("shop/cm/a", "data.KEY"))),
            (
                "clusterrole/system:x:rules",
                Some(("clusterrole/system:x", "rules")),
            ),
            (
                "deployment/app:spec.containers[name=a:b].image",
                Some(("deployment/app", "spec.containers[name=a:b].image")),
            ),
            ("deployment/app", None),
            ("spec.replicas", None),
            ("deployment/app:", None),
        ] {
            let found = text.parse::<FieldTarget>().ok();
            let found = found
                .as_ref()
                .map(|t| (t.target.as_str(), t.field.as_str()));
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn the_command_line_wins_over_the_script_and_the_last_word_over_the_first() {
        let value =
            json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "app"}});
        let mut object = Object::new(value, Origin::default());
        let decision = |ownership, field: &str| Decision {
            ownership,
            field: field.parse().unwrap(),
        };
        object.decisions = vec![
            decision(Ownership::Take, "spec"),
            decision(Ownership::Yield, "spec.replicas"),
        ];
        let told = [(Ownership::Share, "deploy/app:spec.paused".parse().unwrap())];
        for (path, expected) in [
            (".spec.replicas", Some((Ownership::Yield, Decider::Script))),
            (".spec.strategy", Some((Ownership::Take, Decider::Script))),
            (
                ".spec.paused",
                Some((Ownership::Share, Decider::CommandLine)),
            ),
            (".metadata.labels.a", None),
        ] {
            assert_eq!(decided(&object, &told, path), expected, "{path}");
        }
    }
}
