//! Definition files: what editors with a language server for Rhai read.

use super::entry::{Argument, Entry};
use super::topic::Reference;
use crate::session::library_engine;
use std::fmt::Write as _;

/// Files by their names: `infra.d.rhai` with the words of `infra`, `rhai.d.rhai` with what Rhai brings.
pub fn definitions(reference: &Reference) -> Vec<(&'static str, String)> {
    vec![
        ("infra.d.rhai", ours(reference)),
        ("rhai.d.rhai", library_engine().definitions().single_file()),
    ]
}

fn ours(reference: &Reference) -> String {
    let mut text = String::from("module static;\n");
    for topic in reference.topics().filter(|topic| !topic.entry.library) {
        if topic.receivers.is_empty() {
            define(&mut text, &topic.entry);
        }
        for receiver in &topic.receivers {
            define(&mut text, &topic.of_type(receiver));
        }
    }
    text
}

fn define(text: &mut String, entry: &Entry) {
    text.push('\n');
    let example = entry.example.lines().map(|line| format!("    {line}"));
    let lines = entry.doc.lines().map(str::to_owned);
    for line in lines.chain([String::new()]).chain(example) {
        let _ = writeln!(text, "/// {line}");
    }
    let receiver = entry
        .receiver
        .iter()
        .map(|ty| format!("{ty}: {}", defined(ty)));
    let arguments = entry
        .arguments
        .iter()
        .map(|Argument { name, ty, .. }| format!("{name}: {}", defined(ty)));
    let parameters: Vec<String> = receiver.chain(arguments).collect();
    let optional = entry.arguments.iter().filter(|argument| argument.optional);
    // A definition has no arguments that may be left out: each way to call it is one.
    for count in parameters.len() - optional.count()..=parameters.len() {
        let _ = writeln!(
            text,
            "fn {}({}) -> {};",
            entry.name,
            parameters[..count].join(", "),
            defined(&entry.result)
        );
    }
}

/// A type as definition files name it. What can be of several is of any.
fn defined(ty: &str) -> String {
    let name = match ty {
        "string" => "String",
        "function" => "FnPtr",
        "map" => "Map",
        "array" => "Array",
        "any" => "?",
        _ if ty.starts_with("array of ") => "Array",
        _ if ty.starts_with("map of ") => "Map",
        _ if ty.contains(' ') => "?",
        _ => ty,
    };
    name.to_owned()
}
