//! Every difference from a document's manifests stands in a table, with its reason.

use super::difference::{Difference, differences};
use super::example::{Example, Objects};
use crate::support::repository;
use infra_sdk::types::yaml;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The manifests of an example's document; nothing where it has none.
fn manifests(example: &Example) -> Option<Objects> {
    let folder = repository().join("tests/manifests").join(&example.name);
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .ok()?
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let read = |path| yaml::documents(&std::fs::read_to_string(path).unwrap()).unwrap();
    Some(Objects(files.into_iter().flat_map(read).collect()))
}

/// A difference as a row of the table, to be copied there.
fn row(difference: &Difference) -> String {
    let value = |name: &str, value: &Option<Value>| {
        value
            .as_ref()
            .map(|value| format!("  {name}: {value}\n"))
            .unwrap_or_default()
    };
    let Difference { object, path, .. } = difference;
    let path = if path.is_empty() {
        String::new()
    } else {
        format!("  path: {}\n", json!(path))
    };
    let (document, ours) = (
        value("document", &difference.document),
        value("ours", &difference.ours),
    );
    format!("- object: {object}\n{path}{document}{ours}  reason: ?\n")
}

#[test]
fn every_difference_from_the_document_stands_in_the_table_with_its_reason() {
    let mut compared = 0;
    let mut problems = String::new();
    for example in Example::all() {
        let Some(document) = manifests(&example) else {
            continue;
        };
        let rows: Vec<Difference> = example.rows("differences.yaml").unwrap();
        let ours = example.objects(example.first_environment().as_deref(), &[]);
        let (document, ours) = (document.by_name(), ours.by_name());
        let names: BTreeSet<&String> = document.keys().chain(ours.keys()).collect();
        let found: Vec<Difference> = names
            .into_iter()
            .flat_map(|name| {
                differences(name, document.get(name).copied(), ours.get(name).copied())
            })
            .collect();
        for one in &found {
            if !rows.iter().any(|row| row.is(one)) {
                let _ = write!(
                    problems,
                    "{}, a difference without a row:\n{}",
                    example.name,
                    row(one)
                );
            }
        }
        for (index, one) in rows.iter().enumerate() {
            let mut problem = |what| {
                let _ = write!(problems, "{}, {what}:\n{}", example.name, row(one));
            };
            if !found.iter().any(|found| one.is(found)) {
                problem("a row that no longer applies");
            }
            if one.reason.trim().is_empty() || one.reason == "?" {
                problem("a row without a reason");
            }
            if rows[..index].iter().any(|other| other.is(one)) {
                problem("a row that stands twice");
            }
        }
        compared += 1;
    }
    assert!(problems.is_empty(), "{problems}");
    assert!(compared > 0);
}
