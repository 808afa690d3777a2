//! `infra doc`: what scripts can call, found by name, by field, by words.

use crate::support::{Infra, repository};
use infra_scripting::reference::{Reference, page};
use infra_scripting::table::Vocabulary;
use insta::assert_snapshot;
use serde_json::Value;

#[test]
fn one_is_explained_in_full() {
    let infra = Infra::new();
    assert_snapshot!("method", infra.run("doc deployment.replicas").ends_with(0));
    assert_snapshot!("function", infra.run("doc environment").ends_with(0));
    assert_snapshot!("of_rhai", infra.run("doc array.filter").ends_with(0));
}

#[test]
fn a_type_is_what_makes_it_and_its_methods() {
    assert_snapshot!("type", Infra::new().run("doc priority_class").ends_with(0));
}

#[test]
fn the_setter_of_a_field_is_found() {
    let found = Infra::new().run("doc terminationGracePeriodSeconds");
    assert_snapshot!("field", found.ends_with(0));
}

#[test]
fn what_is_not_there_is_told_what_was_meant() {
    let infra = Infra::new();
    assert_snapshot!("meant", infra.run("doc deployment.replcas").ends_with(2));
    assert_snapshot!("unknown", infra.run("doc zzzzzz").ends_with(2));
}

#[test]
fn words_find_what_tells_of_them() {
    let found = Infra::new().run("doc disruption budget").ends_with(0);
    assert!(
        found.stdout.contains("disruption_budget"),
        "{}",
        found.stdout
    );
}

#[test]
fn programs_read_it_as_json() {
    let all = Infra::new().run("doc --output json").ends_with(0);
    let all: Value = serde_json::from_str(&all.stdout).unwrap();
    assert_eq!(all["version"], 1);
    let entries = all["entries"].as_array().unwrap();
    let replicas = entries
        .iter()
        .find(|entry| entry["name"] == "replicas" && entry["sets"] == "spec.replicas")
        .unwrap();
    assert_eq!(replicas["arguments"][0]["type"], "int");
}

#[test]
fn definition_files_are_written_for_editors() {
    let infra = Infra::new();
    assert_snapshot!(
        "definitions",
        infra.run("doc --definitions editor").ends_with(0)
    );
    let ours = infra.read("editor/infra.d.rhai");
    assert!(ours.contains("\nfn replicas(deployment: deployment, count: int) -> deployment;\n"));
    assert!(infra.read("editor/rhai.d.rhai").contains("fn filter("));
}

#[test]
fn the_page_is_what_the_table_says() {
    let table = infra_scripting::bindings::table();
    let page = page(&Reference::of(&Vocabulary::new(vec![table])));
    let path = repository().join("scripts/REFERENCE.md");
    if std::env::var_os("INSTA_UPDATE").is_some_and(|value| value == "always") {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "`scripts/REFERENCE.md` is not what the table says: run this test with INSTA_UPDATE=always"
    );
}
