//! Every check of `infra check` by its cases, and what is accepted.

use super::{Host, Session};
use infra_sdk::analysis::{Finding, Rule, check};
use infra_sdk::environment::Platform;
use infra_sdk::types::yaml;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write;

fn cases() -> Vec<Value> {
    let text = include_str!("../../../tests/checks/cases.yaml");
    let mut documents = yaml::documents(text).expect("the cases are YAML");
    documents
        .remove(0)
        .as_array()
        .expect("the cases are a list")
        .clone()
}

/// What is found in a script, each with the word that stands at its place.
fn found(name: &str, script: &str) -> Vec<(Finding, String)> {
    let script = if script.contains("environment(") {
        script.to_owned()
    } else {
        format!("environment(\"shop\", [{script}])")
    };
    let session = Session::new(Host::new("."));
    let loaded = session
        .load_text(name, &script)
        .unwrap_or_else(|errors| panic!("{name}: {errors:?}"));
    let findings = check(loaded.environments(), &Platform::default()).into_iter();
    let word = |finding: &Finding| {
        let span = finding.at.as_ref().and_then(|at| loaded.locate(at));
        span.map_or_else(String::new, |span| {
            let word = span.text.chars().skip(span.column as usize - 1);
            word.take(span.length as usize).collect()
        })
    };
    findings
        .map(|finding| (finding.clone(), word(&finding)))
        .collect()
}

#[test]
fn every_check_finds_its_fault_and_nothing_where_there_is_none() {
    let mut told = String::new();
    let mut known = BTreeSet::new();
    for case in cases() {
        let id = case["check"].as_str().expect("a text");
        known.insert(id.to_owned());
        let of = |script: &Value| {
            let found = found(id, script.as_str().expect("a text")).into_iter();
            found
                .filter(|(finding, _)| finding.rule.id == id)
                .collect::<Vec<_>>()
        };
        let fails = of(&case["fails"]);
        if fails.is_empty() {
            let _ = writeln!(told, "{id}: nothing is found");
        }
        for (finding, word) in &fails {
            if finding.at.is_none() {
                let _ = writeln!(told, "{id}: `{}` has no place", finding.message);
            }
            if let Some(at) = case["at"]
                .as_str()
                .filter(|at| word.trim_matches('"') != *at)
            {
                let _ = writeln!(told, "{id}: at `{word}`, and not at `{at}`");
            }
        }
        for (finding, _) in of(&case["passes"]) {
            let _ = writeln!(told, "{id}: found where nothing is: {}", finding.message);
        }
    }
    for rule in Rule::all().filter(|rule| rule.can_be_accepted()) {
        // It is of manifests alone.
        if !known.contains(rule.id) && rule.id != "undefined-reference" {
            let _ = writeln!(told, "{}: has no case", rule.id);
        }
    }
    assert!(told.is_empty(), "{told}");
}

#[test]
fn a_finding_is_accepted_by_its_resource_or_the_environment() {
    let ids = |script: &str| {
        let found = found("shop", script).into_iter();
        let errors =
            found.filter(|(one, _)| matches!(one.rule.id, "mutable-tag" | "unused-acceptance"));
        let shown = errors.map(|(one, word)| {
            let reason = one
                .accepted
                .map_or_else(|| "open".to_owned(), |reason| reason.to_string());
            format!("{} {word}: {reason}", one.rule.id)
        });
        shown.collect::<Vec<_>>()
    };
    for (script, expected) in [
        (
            r#"deployment("a").image("a")"#,
            vec!["mutable-tag image: open"],
        ),
        (
            r#"deployment("a").image("a").accept("mutable-tag", "it is a toy")"#,
            vec!["mutable-tag image: it is a toy"],
        ),
        (
            r#"environment("shop", [deployment("a").image("a")]).accept("mutable-tag", "all are toys")"#,
            vec!["mutable-tag image: all are toys"],
        ),
        // Nearer counts more.
        (
            r#"environment("shop", [deployment("a").image("a").accept("mutable-tag", "a toy")]).accept("mutable-tag", "all are toys")"#,
            vec!["mutable-tag image: a toy"],
        ),
        (
            r#"[deployment("a").image("a:1").accept("mutable-tag", "a toy"), deployment("b").image("b")]"#,
            vec!["unused-acceptance accept: open", "mutable-tag image: open"],
        ),
        // One environment in which there is something to accept is enough.
        (
            r#"let a = deployment("a").image("a").accept("mutable-tag", "a toy"); let b = deployment("a").image("a:1"); [environment("one", [a]), environment("two", [b])]"#,
            vec!["mutable-tag image: a toy"],
        ),
    ] {
        assert_eq!(ids(script), expected, "{script}");
    }
}
