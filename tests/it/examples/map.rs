//! The README of an example says for each section of the document what does it.

use super::document::{flat, sections};
use super::example::Example;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The rows of the README's table: a section, and what stands in the other cell.
fn rows(readme: &str) -> Vec<(String, String)> {
    let table = readme.lines().filter_map(|line| line.strip_prefix("| "));
    table
        .filter_map(|line| {
            let (section, place) = line.strip_suffix(" |")?.split_once(" | ")?;
            Some((section.trim().to_owned(), place.trim().to_owned()))
        })
        .collect()
}

/// The pieces of code in a cell.
fn quotes(cell: &str) -> Vec<String> {
    let pieces = cell.split('`').skip(1).step_by(2);
    pieces
        .map(|piece| flat(&piece.replace("\\|", "|")))
        .collect()
}

/// What is wrong with a cell, given the files of the example.
fn problems(cell: &str, files: &[(String, String)]) -> Vec<String> {
    let quotes = quotes(cell);
    let mut found: Vec<String> = quotes
        .iter()
        .filter(|quote| {
            !files
                .iter()
                .any(|(_, text)| flat(text).contains(quote.as_str()))
        })
        .map(|quote| format!("no file of the example has `{quote}`"))
        .collect();
    let reason = ["missing: ", "outside: "]
        .iter()
        .any(|word| cell.split_once(word).is_some_and(|(_, why)| why.len() > 10));
    if quotes.is_empty() && !reason {
        found.push(
            "it quotes no piece of the script, and does not say why (`missing: …`, `outside: …`)"
                .to_owned(),
        );
    }
    found
}

#[test]
fn every_section_of_a_document_is_mapped_to_the_piece_that_does_it() {
    let mut wrong = String::new();
    for example in Example::all() {
        let readme = std::fs::read_to_string(example.folder().join("README.md"))
            .unwrap_or_else(|error| panic!("{}: {error}", example.name));
        let files = example.files(&["rhai", "toml", "yaml", "rs"]);
        let files: Vec<_> = files
            .into_iter()
            .filter(|(name, _)| !["facts.yaml", "differences.yaml"].contains(&name.as_str()))
            .collect();
        let rows = rows(&readme);
        let sections = sections(&example.name);
        let titles: BTreeSet<&str> = sections
            .iter()
            .map(|section| section.title.as_str())
            .collect();
        let mut problem = |section: &str, what: &str| {
            let _ = writeln!(wrong, "{}, “{section}”: {what}", example.name);
        };
        for section in &sections {
            let count = rows
                .iter()
                .filter(|(title, _)| *title == section.title)
                .count();
            let own = section
                .own
                .lines()
                .any(|line| !line.trim().is_empty() && line.trim() != "---");
            if count > 1 || (count == 0 && own) {
                problem(&section.title, &format!("it has {count} rows"));
            }
        }
        for (section, cell) in rows
            .iter()
            .filter(|(section, _)| section != "section" && !section.starts_with("---"))
        {
            if !titles.contains(section.as_str()) {
                problem(section, "the document has no such section");
            }
            for what in problems(cell, &files) {
                problem(section, &what);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_cell_that_leads_nowhere_is_found_out() {
    let files = [(
        "production.rhai".to_owned(),
        "app\n    .replicas(3)\nb || c".to_owned(),
    )];
    for (cell, count) in [
        ("`app .replicas(3)`", 0),
        ("`.replicas(3)` and `b \\|\\| c`", 0),
        ("`.replicas(4)`", 1),
        ("`.replicas(3)`, `web`", 1),
        ("here", 1),
        ("missing: ", 1),
        ("missing: a later version builds it", 0),
        ("outside: machines are bought elsewhere", 0),
    ] {
        assert_eq!(problems(cell, &files).len(), count, "{cell}");
    }
}
