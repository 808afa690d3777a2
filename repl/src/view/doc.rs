//! Entries of the reference, in a terminal and for programs.

use crate::ui::Look;
use infra_scripting::reference::{Entry, Reference, Topic};
use infra_scripting::table::Effect;
use serde_json::{Value, json};
use std::fmt::Write;

/// Where what an entry means begins, in a list.
const COLUMN: usize = 36;

/// Everything, a line each.
pub(crate) fn overview(look: Look, reference: &Reference) -> String {
    let own = reference.functions().filter(|topic| !topic.entry.library);
    let mut text = format!("{}\n", look.strong("functions"));
    for topic in own {
        line(&mut text, look, &topic.entry);
    }
    let _ = write!(text, "\n{}\n", look.strong("types"));
    for ty in reference.types() {
        let methods = reference.methods(ty);
        let count = methods.filter(|topic| !topic.entry.library).count();
        if count > 0 {
            let plural = if count == 1 { "" } else { "s" };
            row(&mut text, look, ty, &format!("{count} method{plural}"));
        }
    }
    text.push_str(
        "\n`infra doc NAME` explains one; a field of Kubernetes (`spec.replicas`) or words find one too\n",
    );
    text
}

/// A type: what makes it, and its methods.
pub(crate) fn type_page(look: Look, reference: &Reference, ty: &str) -> String {
    let mut text = String::new();
    for topic in reference.makers(ty).filter(|topic| topic.entry.name == ty) {
        text.push_str(&entry(look, topic));
        text.push('\n');
    }
    let _ = writeln!(text, "{}", look.strong(&format!("methods of {ty}")));
    for topic in reference.methods(ty) {
        line(&mut text, look, &topic.of_type(ty));
    }
    let _ = writeln!(text, "\n`infra doc {ty}.NAME` explains one");
    text
}

/// An entry in full.
pub(crate) fn entry(look: Look, topic: &Topic) -> String {
    let entry = &topic.entry;
    let mut text = format!("{}\n", look.strong(&entry.signature()));
    if let [_, others @ ..] = topic.receivers.as_slice()
        && !others.is_empty()
    {
        let types = topic.receivers.join(", ");
        let _ = writeln!(
            text,
            "{}",
            look.dim(&wrapped(&format!("of {types}"), look.width, "  "))
        );
    }
    if !entry.doc.is_empty() {
        let _ = writeln!(text, "{}", wrapped(&entry.doc, look.width, "  "));
    }
    for note in entry.notes() {
        let _ = writeln!(text, "{}", wrapped(&note, look.width, "  "));
    }
    if !entry.example.is_empty() {
        text.push('\n');
        for line in entry.example.lines() {
            let _ = writeln!(text, "{}", format!("    {line}").trim_end());
        }
    }
    text
}

/// Entries that are a line each.
pub(crate) fn found(look: Look, topics: &[&Topic]) -> String {
    let mut text = String::new();
    for topic in topics {
        let summary = topic.entry.summary();
        row(&mut text, look, &topic.entry.title(), summary);
    }
    text
}

/// Entries for programs.
pub(crate) fn topics<'a>(topics: impl Iterator<Item = &'a Topic>) -> Value {
    topics
        .map(|topic| {
            let entry = &topic.entry;
            let arguments = entry.arguments.iter();
            json!({
                "name": entry.name,
                "receivers": topic.receivers,
                "arguments": arguments
                    .map(|argument| json!({"name": argument.name, "type": argument.ty}))
                    .collect::<Value>(),
                "result": entry.result,
                "doc": entry.doc,
                "example": entry.example,
                "sets": (!entry.maps.is_empty()).then_some(&entry.maps),
                "effect": effect(entry.effect),
                "property": entry.property,
                "from": if entry.library { "rhai" } else { "infra" },
            })
        })
        .collect()
}

fn effect(effect: Effect) -> Option<&'static str> {
    match effect {
        Effect::None => None,
        Effect::Reads => Some("reads"),
        Effect::Writes => Some("writes"),
        Effect::HostIo => Some("host"),
    }
}

fn line(text: &mut String, look: Look, entry: &Entry) {
    row(text, look, &entry.call(), entry.summary());
}

/// A name and what it means, cut to the width.
fn row(text: &mut String, look: Look, name: &str, meaning: &str) {
    let length = name.chars().count();
    if length > COLUMN - 2 {
        let _ = writeln!(text, "  {name}");
        let _ = writeln!(text, "  {:COLUMN$}{}", "", cut(meaning, look.width));
        return;
    }
    let gap = " ".repeat(COLUMN - length);
    let shown = format!("  {name}{gap}{}", cut(meaning, look.width));
    let _ = writeln!(text, "{}", shown.trim_end());
}

fn cut(meaning: &str, width: usize) -> String {
    let room = width.saturating_sub(COLUMN + 2).max(20);
    let flat = meaning.split_whitespace().collect::<Vec<_>>().join(" ");
    if flat.chars().count() <= room {
        return flat;
    }
    let kept: String = flat.chars().take(room - 1).collect();
    format!("{}…", kept.trim_end())
}

/// Text broken between words, each line indented; paragraphs, lists and indented lines stay.
fn wrapped(text: &str, width: usize, indent: &str) -> String {
    let room = width.min(100).saturating_sub(indent.len()).max(20);
    let mut lines: Vec<String> = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > room {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    let lines = lines.iter().map(|line| format!("{indent}{line}"));
    let lines: Vec<String> = lines.map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_broken_between_words() {
        let text = "One two three four five six.\n\nseven";
        assert_eq!(
            wrapped(text, 22, "  "),
            "  One two three four\n  five six.\n\n  seven"
        );
    }

    #[test]
    fn what_is_too_long_for_a_line_is_cut() {
        assert_eq!(cut("short", 80), "short");
        let long = cut("a meaning that is longer than twenty", 30);
        assert_eq!(long, "a meaning that is l…");
    }
}
