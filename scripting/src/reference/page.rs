//! The reference as a page of Markdown.

use super::entry::Entry;
use super::topic::{Reference, Topic};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// What as many types have in common stands on its own, not with each of them.
const SHARED: usize = 5;

const HEAD: &str = "\
# Reference of the script language

What scripts can call, beside [the language itself](https://rhai.rs/book/language/). `infra doc NAME` shows an entry in the
terminal, by its name (`replicas`, `deployment.replicas`), by the Kubernetes field that it sets (`spec.replicas`) or by words.
This page is made from the table of the language, and every example on it is run by a test.

- [Functions](#functions)
- [Types](#types) and their methods; setters give the changed value back
- [Shared methods](#shared-methods)
- [From Rhai](#from-rhai)
";

/// The whole reference.
pub fn page(reference: &Reference) -> String {
    let mut page = String::from(HEAD);
    page.push_str("\n## Functions\n");
    for topic in reference.functions().filter(|topic| !topic.entry.library) {
        told(&mut page, "###", &topic.entry);
    }
    types(&mut page, reference);
    shared(&mut page, reference);
    library(&mut page, reference);
    page
}

fn types(page: &mut String, reference: &Reference) {
    page.push_str("\n## Types\n");
    for ty in reference.types() {
        let methods: Vec<&Topic> = reference
            .methods(ty)
            .filter(|topic| !topic.entry.library)
            .collect();
        if methods.is_empty() {
            continue;
        }
        let _ = writeln!(page, "\n### Type {ty}");
        let makers = reference.makers(ty).filter(|topic| !topic.entry.library);
        let makers: BTreeSet<String> = makers
            .map(|topic| format!("`{}`", topic.entry.call()))
            .collect();
        if !makers.is_empty() {
            let _ = writeln!(page, "\nMade by {}.", list(makers, "or"));
        }
        let common: BTreeSet<&[String]> = methods
            .iter()
            .filter(|topic| is_shared(topic))
            .map(|topic| topic.receivers.as_slice())
            .collect();
        let links = common.into_iter().map(|receivers| {
            let title = title(receivers);
            format!("[{}](#{})", lower(&title), anchor(&title))
        });
        let links: Vec<String> = links.collect();
        if !links.is_empty() {
            let _ = writeln!(page, "\nIt has what is {} too.", list(links, "and"));
        }
        for topic in methods.into_iter().filter(|topic| !is_shared(topic)) {
            told(page, "####", &topic.of_type(ty));
        }
    }
}

fn shared(page: &mut String, reference: &Reference) {
    page.push_str("\n## Shared methods\n");
    let mut groups: BTreeMap<&[String], Vec<&Topic>> = BTreeMap::new();
    for topic in reference.topics().filter(|topic| is_shared(topic)) {
        groups.entry(&topic.receivers).or_default().push(topic);
    }
    for (receivers, topics) in groups {
        let title = title(receivers);
        let _ = writeln!(page, "\n### {title}");
        if title.contains("types") {
            let names = receivers.iter().map(|name| format!("`{name}`"));
            let _ = writeln!(page, "\n{}.", list(names, "and"));
        }
        for topic in topics {
            let mut entry = topic.entry.clone();
            entry.receiver = Some("…".to_owned());
            if topic.entry.is_setter() {
                "the same".clone_into(&mut entry.result);
            }
            told(page, "####", &entry);
        }
    }
}

fn library(page: &mut String, reference: &Reference) {
    page.push_str(
        "\n## From Rhai\n\nThese come with the language: `infra doc NAME` shows what they do, as does \
         [the book of Rhai](https://rhai.rs/book/).\n\n| type | methods |\n| --- | --- |\n",
    );
    let mut names: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for topic in reference.topics().filter(|topic| topic.entry.library) {
        let entry = &topic.entry;
        if topic.receivers.is_empty() {
            names.entry("").or_default().insert(&entry.name);
        }
        for receiver in &topic.receivers {
            names.entry(receiver).or_default().insert(&entry.name);
        }
    }
    for (ty, names) in names {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        let ty = if ty.is_empty() { "(functions)" } else { ty };
        let _ = writeln!(page, "| {ty} | {} |", names.join(", "));
    }
}

fn told(page: &mut String, level: &str, entry: &Entry) {
    let _ = writeln!(page, "\n{level} `{}`\n", entry.signature());
    let mut text = vec![entry.doc.clone()];
    text.extend(entry.notes());
    let _ = writeln!(
        page,
        "{}\n\n```rhai\n{}\n```",
        text.join(" "),
        entry.example
    );
}

fn is_shared(topic: &Topic) -> bool {
    topic.receivers.len() >= SHARED && !topic.entry.library
}

/// `Shared by 45 types`, or their names where they are few.
fn title(receivers: &[String]) -> String {
    if receivers.len() > 6 {
        return format!("Shared by {} types", receivers.len());
    }
    format!("Shared by {}", list(receivers.iter().cloned(), "and"))
}

fn lower(title: &str) -> String {
    title.replacen("Shared", "shared", 1)
}

/// What a heading is linked by.
fn anchor(title: &str) -> String {
    let kept = title
        .chars()
        .filter(|c| c.is_alphanumeric() || "-_ ".contains(*c));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

/// `a, b and c`.
fn list(items: impl IntoIterator<Item = String>, word: &str) -> String {
    let mut items: Vec<String> = items.into_iter().collect();
    match items.pop() {
        None => String::new(),
        Some(last) if items.is_empty() => last,
        Some(last) => format!("{} {word} {last}", items.join(", ")),
    }
}
