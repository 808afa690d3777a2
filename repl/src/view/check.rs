//! What `infra check` found, drawn at its lines; and what it looks for.

use super::diagnostic::snippet;
use crate::ui::Look;
use annotate_snippets::{Element, Group, Level, Origin, Renderer};
use infra_scripting::diagnostic::Span;
use infra_sdk::analysis::{Finding, Rule, Severity};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// A finding, and the line that it is about.
pub(crate) struct Shown {
    /// The finding.
    pub(crate) finding: Finding,
    /// Its line.
    pub(crate) span: Option<Span>,
}

impl Shown {
    fn severity(&self) -> Severity {
        self.finding.rule.severity
    }

    fn is_open(&self) -> bool {
        self.finding.accepted.is_none()
    }
}

/// Errors and warnings at their lines, what is only worth knowing a line each, and a sum.
pub(crate) fn check(look: Look, all: &[Shown], accepted: bool, info: bool) -> String {
    let renderer = if look.color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let renderer = renderer.term_width(look.width);
    let mut parts: Vec<String> = Vec::new();
    let mut explained = BTreeSet::new();
    let secret = lines_with_secrets(all);
    for shown in all.iter().filter(|one| one.is_open()) {
        if shown.severity() > Severity::Info || info {
            let first = explained.insert(shown.finding.rule.id);
            parts.push(format!(
                "{}\n",
                renderer.render(&drawn(shown, first, &secret))
            ));
        }
    }
    if !info && let Some(notes) = notes(look, all) {
        parts.push(notes);
    }
    if accepted && let Some(list) = accepted_list(look, all) {
        parts.push(list);
    }
    parts.push(sum(all, accepted));
    parts.join("\n")
}

/// The lines in which a secret stands: what is shown of them is their place alone.
fn lines_with_secrets(all: &[Shown]) -> BTreeSet<(&str, u32)> {
    let secret = all
        .iter()
        .filter(|one| one.finding.rule.id.starts_with("secret-in-"));
    let spans = secret.filter_map(|one| one.span.as_ref());
    spans.map(|span| (&*span.file, span.line)).collect()
}

fn drawn<'a>(shown: &'a Shown, first: bool, secret: &BTreeSet<(&str, u32)>) -> Vec<Group<'a>> {
    let finding = &shown.finding;
    let level = match finding.rule.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let title = level
        .primary_title(finding.message.as_str())
        .id(finding.rule.id);
    // Why it matters is told once.
    let why = first.then(|| Level::NOTE.message(finding.rule.why));
    let cure = Level::HELP.message(finding.cure());
    let elements = why.into_iter().chain([cure]);
    match &shown.span {
        Some(span) => {
            let group = if secret.contains(&(&*span.file, span.line)) {
                let (line, column) = (span.line as usize, span.column as usize);
                title.element(Origin::path(&*span.file).line(line).char_column(column))
            } else {
                title.element(snippet(span, ""))
            };
            vec![elements.fold(group, |group, one| group.element(Element::from(one)))]
        }
        None => vec![elements.fold(Group::with_title(title), |group, one| {
            group.element(Element::from(one))
        })],
    }
}

/// What is only worth knowing: a line for each check, with the objects.
fn notes(look: Look, all: &[Shown]) -> Option<String> {
    let mut by_rule: BTreeMap<&str, (&Rule, Vec<String>)> = BTreeMap::new();
    for shown in all
        .iter()
        .filter(|one| one.is_open() && one.severity() == Severity::Info)
    {
        let (_, about) = by_rule
            .entry(shown.finding.rule.id)
            .or_insert_with(|| (shown.finding.rule, Vec::new()));
        let name = shown.finding.object.as_ref().map_or_else(
            || shown.finding.environment.clone(),
            infra_sdk::object::ObjectId::short,
        );
        if !about.contains(&name) {
            about.push(name);
        }
    }
    let mut text = String::new();
    for (id, (rule, about)) in by_rule {
        let _ = writeln!(
            text,
            "{}: {}",
            look.strong(&format!("info[{id}]")),
            rule.title
        );
        let few = about.iter().take(6).cloned().collect::<Vec<_>>().join(", ");
        let more = about.len().saturating_sub(6);
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        let _ = writeln!(text, "  {}", look.dim(&format!("{few}{more}")));
    }
    (!text.is_empty()).then_some(text)
}

fn accepted_list(look: Look, all: &[Shown]) -> Option<String> {
    let mut text = String::new();
    for shown in all {
        let Some(reason) = &shown.finding.accepted else {
            continue;
        };
        let id = format!("accepted[{}]", shown.finding.rule.id);
        let _ = writeln!(text, "{}: {}", look.strong(&id), shown.finding.message);
        let _ = writeln!(text, "  {}", look.dim(reason.as_str()));
    }
    (!text.is_empty()).then_some(text)
}

fn count(all: &[Shown], severity: Severity) -> usize {
    let open = all.iter().filter(|one| one.is_open());
    open.filter(|one| one.severity() == severity).count()
}

fn sum(all: &[Shown], accepted: bool) -> String {
    let number = |count: usize, what: &str| match count {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    };
    let (errors, warnings) = (count(all, Severity::Error), count(all, Severity::Warning));
    let notes = count(all, Severity::Info);
    let taken = all.iter().filter(|one| !one.is_open()).count();
    let mut text = format!(
        "{}, {}",
        number(errors, "error"),
        number(warnings, "warning")
    );
    if notes > 0 {
        let _ = write!(text, ", {notes} worth knowing (`--info`)");
    }
    if taken > 0 {
        let hint = if accepted { "" } else { " (`--accepted`)" };
        let _ = write!(text, ", {taken} accepted{hint}");
    }
    text.push('\n');
    if errors + warnings > 0 {
        text.push_str(
            "`infra checks ID` explains a check; `.accept(ID, REASON)` of a resource or the environment accepts it\n",
        );
    }
    text
}

/// The parts of a document with findings.
pub(crate) fn findings(all: &[Shown]) -> [(&'static str, Value); 2] {
    let list = all.iter().map(|shown| {
        let finding = &shown.finding;
        json!({
            "id": finding.rule.id,
            "severity": finding.rule.severity.as_str(),
            "environment": finding.environment,
            "object": finding.object,
            "field": finding.field,
            "message": finding.message,
            "why": finding.rule.why,
            "help": finding.cure(),
            "at": shown.span.as_ref().map(|span| json!({
                "file": &*span.file, "line": span.line, "column": span.column,
            })),
            "accepted": finding.accepted.as_ref().map(infra_sdk::types::Reason::as_str),
        })
    });
    let summary = json!({
        "errors": count(all, Severity::Error),
        "warnings": count(all, Severity::Warning),
        "info": count(all, Severity::Info),
        "accepted": all.iter().filter(|one| !one.is_open()).count(),
    });
    [("findings", list.collect()), ("summary", summary)]
}

/// Every check: its id, how bad it is, and what it finds.
pub(crate) fn rules(look: Look) -> String {
    let width = Rule::all()
        .map(|rule| rule.id.len())
        .max()
        .unwrap_or_default();
    let mut text = String::new();
    for rule in Rule::all() {
        let (id, severity) = (
            format!("{:width$}", rule.id),
            format!("{:7}", rule.severity),
        );
        let _ = writeln!(text, "{}  {}  {}", look.strong(&id), severity, rule.title);
    }
    text
}

/// One check in full.
pub(crate) fn explained(look: Look, rule: &Rule) -> String {
    let accept = if rule.can_be_accepted() {
        format!(
            "or accept it, with a reason: `.accept(\"{}\", \"REASON\")` of the resource or the environment",
            rule.id
        )
    } else {
        "it cannot be accepted".to_owned()
    };
    format!(
        "{}: {}\n\nwhy: {}\ndo: {}\n    {accept}\n",
        look.strong(&format!("{}[{}]", rule.severity, rule.id)),
        rule.title,
        rule.why,
        rule.cure
    )
}
