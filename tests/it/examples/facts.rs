//! What a document says outside its manifests, and where the example does it.

use super::document::{flat, sections, texts};
use super::example::{Example, Objects};
use super::field::{at, same};
use super::reach::Reach;
use super::sum::Sum;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A row of `facts.yaml`.
///
/// A place (`object`, `sum` or `reach`) with the `value` that the document says; or with `corrected`,
/// where the document is wrong: then `ours` stands there, for this reason. Or `missing`: why the
/// example has it not, with the place where it would stand, if that is known.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Fact {
    /// The heading of the document's section.
    section: String,
    /// Words of that section.
    says: String,
    /// Which environment of the script; the first one, or all where facts name none.
    environment: Option<String>,
    /// What is set on the command line.
    #[serde(default)]
    set: Vec<String>,
    /// `Kind/name`.
    object: Option<String>,
    /// A field of it; without one the object itself is meant.
    path: Option<String>,
    /// An amount that several workloads ask for together.
    sum: Option<Sum>,
    /// Whether a connection is allowed.
    reach: Option<Reach>,
    /// What the document says of the place; quantities and durations in any notation.
    value: Option<Value>,
    /// A text that is part of what stands there.
    contains: Option<String>,
    /// What stands there instead of `value`.
    ours: Option<Value>,
    /// Why.
    corrected: Option<String>,
    /// Why the example has it not.
    missing: Option<String>,
}

impl Fact {
    /// What is wrong with it, given the objects of the example.
    fn problem(&self, objects: &Objects) -> Result<(), String> {
        let places = [
            self.object.is_some(),
            self.sum.is_some(),
            self.reach.is_some(),
        ];
        let places = places.into_iter().filter(|place| *place).count();
        if places > 1 || (self.path.is_some() && self.object.is_none()) {
            return Err("it names several places".to_owned());
        }
        let reasons = [&self.missing, &self.corrected];
        if reasons
            .iter()
            .any(|reason| reason.as_ref().is_some_and(|words| words.trim().is_empty()))
        {
            return Err("it gives no reason".to_owned());
        }
        if self.corrected.is_some() != self.ours.is_some() {
            return Err("`corrected` and `ours` go together".to_owned());
        }
        let found = self.found(objects)?;
        if self.missing.is_some() {
            return match found {
                _ if self.corrected.is_some() => {
                    Err("it is either missing or corrected".to_owned())
                }
                Some(found) if self.holds(&found) => {
                    Err(format!("it is said to be missing, and is there: {found}"))
                }
                _ => Ok(()),
            };
        }
        if places == 0 {
            return Err("it names no place, and does not say why it is `missing`".to_owned());
        }
        let Some(found) = found else {
            return Err("nothing is there".to_owned());
        };
        let Some(ours) = &self.ours else {
            return if self.holds(&found) {
                Ok(())
            } else {
                Err(format!("it is {found}"))
            };
        };
        let path = self.path.as_deref().unwrap_or_default();
        match &self.value {
            None => Err("what is corrected has a `value`, the document's".to_owned()),
            Some(value) if same(path, value, ours) => {
                Err("nothing is corrected: the document's value is ours".to_owned())
            }
            Some(_) if !same(path, ours, &found) => Err(format!("it is {found}")),
            Some(_) => Ok(()),
        }
    }

    /// What stands at its place.
    fn found(&self, objects: &Objects) -> Result<Option<Value>, String> {
        if let Some(reach) = &self.reach {
            return Ok(Some(reach.verdict(&objects.0).reachable.into()));
        }
        if let Some(sum) = &self.sum {
            return sum.over(objects).map(Some);
        }
        let Some(name) = &self.object else {
            return Ok(None);
        };
        let object = objects.by_name().get(name).copied();
        let path = self.path.as_deref().unwrap_or_default();
        Ok(object.and_then(|object| at(object, path)).cloned())
    }

    /// Whether that is what the document says.
    fn holds(&self, found: &Value) -> bool {
        let path = self.path.as_deref().unwrap_or_default();
        self.value
            .as_ref()
            .is_none_or(|value| same(path, value, found))
            && self.contains.as_ref().is_none_or(|part| {
                found
                    .as_str()
                    .is_some_and(|text| flat(text).contains(&flat(part)))
            })
    }
}

#[test]
fn every_fact_of_the_documents_is_met_corrected_or_said_to_be_missing() {
    let mut problems = String::new();
    for example in Example::all() {
        let facts: Vec<Fact> = example
            .rows("facts.yaml")
            .unwrap_or_else(|| panic!("{} has no facts.yaml", example.name));
        let sections = sections(&example.name);
        let texts = texts(&sections);
        let first = example.first_environment();
        let mut rendered: BTreeMap<(Option<String>, Vec<String>), Objects> = BTreeMap::new();
        for fact in &facts {
            let mut problem = |what: &str| {
                let _ = writeln!(
                    problems,
                    "{}, “{}”: {what}\n  {fact:?}",
                    example.name, fact.says
                );
            };
            match texts.get(fact.section.as_str()) {
                None => problem("the document has no such section"),
                Some(text) if !flat(text).contains(&flat(&fact.says)) => {
                    problem("the document's section does not say so");
                }
                Some(_) => {}
            }
            let environment = fact.environment.clone().or_else(|| first.clone());
            let objects = rendered
                .entry((environment.clone(), fact.set.clone()))
                .or_insert_with(|| example.objects(environment.as_deref(), &fact.set));
            if let Err(what) = fact.problem(objects) {
                problem(&what);
            }
        }
        assert!(
            facts.len() >= 10,
            "{} has {} facts",
            example.name,
            facts.len()
        );
    }
    assert!(problems.is_empty(), "{problems}");
}

#[test]
fn a_fact_that_is_not_so_is_found_out() {
    let objects: Vec<Value> = serde_json::from_str(
        r#"[{"kind": "Deployment", "metadata": {"name": "app"}, "spec": {"replicas": 3, "text": "a > 5"}}]"#,
    )
    .unwrap();
    let objects = Objects(objects);
    for (row, expected) in [
        (
            r#""object": "Deployment/app", "path": "spec.replicas", "value": 3"#,
            Ok(()),
        ),
        (r#""object": "Deployment/app""#, Ok(())),
        (
            r#""object": "Deployment/app", "path": "spec.text", "contains": "> 5""#,
            Ok(()),
        ),
        (
            r#""object": "Deployment/app", "path": "spec.text", "contains": "> 6""#,
            Err("it is \"a > 5\""),
        ),
        (
            r#""object": "Deployment/app", "path": "spec.replicas", "value": 4"#,
            Err("it is 3"),
        ),
        (
            r#""object": "Deployment/app", "path": "spec.none", "value": 4"#,
            Err("nothing is there"),
        ),
        (r#""object": "Deployment/web""#, Err("nothing is there")),
        (
            r#""value": 3"#,
            Err("it names no place, and does not say why it is `missing`"),
        ),
        (r#""missing": "later""#, Ok(())),
        (r#""missing": " ""#, Err("it gives no reason")),
        (r#""missing": "later", "object": "CronJob/backup""#, Ok(())),
        (
            r#""missing": "later", "object": "Deployment/app", "path": "spec.replicas", "value": 4"#,
            Ok(()),
        ),
        (
            r#""missing": "later", "object": "Deployment/app""#,
            Err("it is said to be missing, and is there"),
        ),
        (
            r#""object": "Deployment/app", "path": "spec.replicas", "value": 4, "ours": 3, "corrected": "so""#,
            Ok(()),
        ),
        (
            r#""object": "Deployment/app", "path": "spec.replicas", "value": 4, "ours": 5, "corrected": "so""#,
            Err("it is 3"),
        ),
        (
            r#""object": "Deployment/app", "path": "spec.replicas", "value": 3, "ours": 3, "corrected": "so""#,
            Err("nothing is corrected"),
        ),
        (
            r#""object": "Deployment/app", "path": "spec.replicas", "value": 4, "ours": 3"#,
            Err("`corrected` and `ours` go together"),
        ),
    ] {
        let fact = format!(r#"{{"section": "s", "says": "w", {row}}}"#);
        let fact: Fact = serde_json::from_str(&fact).unwrap();
        match (fact.problem(&objects), expected) {
            (Ok(()), Ok(())) => {}
            (Err(found), Err(expected)) => assert!(found.starts_with(expected), "{row}: {found}"),
            (found, _) => panic!("{row}: {found:?}"),
        }
    }
}
