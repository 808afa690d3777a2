//! A plan, as a person reads it before saying yes.

use super::place;
use crate::ui::Look;
use infra_sdk::engine::{Action, Change, Former, Plan, Step};
use infra_sdk::object::ObjectId;
use infra_sdk::types::yaml;
use serde_json::Value;
use similar::{ChangeTag, TextDiff};
use std::fmt::Write;

/// The whole plan. `command` is what applies it, such as `infra run FILE`, for the commands that are
/// suggested.
pub(crate) fn plan(look: Look, plan: &Plan, command: &str) -> String {
    let mut environment = look.strong(&plan.environment);
    if let Some(share) = &plan.scaled {
        let _ = write!(environment, " at {share} of its size");
    }
    let mut text = place(&environment, &plan.cluster, &plan.namespace);
    let shown: Vec<&Step> = plan.steps.iter().filter(|step| is_shown(step)).collect();
    if !shown.is_empty() {
        text.push('\n');
    }
    for step in shown {
        text.push_str(&self::step(look, step, &plan.namespace, command));
    }
    for warning in &plan.warnings {
        let _ = writeln!(text, "\n{} {warning}", look.change("warning:"));
    }
    let _ = write!(text, "\n{}\n", summary(plan));
    text
}

/// What changes, and what is worth a note.
pub(super) fn is_shown(step: &Step) -> bool {
    step.action != Action::Unchanged || !step.notes.is_empty()
}

/// An object and what becomes of it.
pub(super) fn step(look: Look, step: &Step, namespace: &str, command: &str) -> String {
    let name = name(&step.id, namespace);
    let mut text = match step.action {
        Action::Create => look.good(&format!("  + {name}")),
        Action::Update => look.change(&format!("  ~ {name}")),
        Action::Replace => look.change(&format!("  ± {name}")),
        Action::Delete => look.bad(&format!("  - {name}")),
        Action::Keep => format!("  = {name}"),
        Action::Unchanged => look.dim(&format!("    {name}")),
    };
    if let Some(reason) = &step.reason {
        let verb = match step.action {
            Action::Keep => "kept: ",
            Action::Replace => "replaced: ",
            _ => "",
        };
        let _ = write!(text, "  {}", look.dim(&format!("({verb}{reason})")));
    }
    text.push('\n');
    for former in step.adopts.iter().flat_map(|adopts| &adopts.from) {
        text.push_str(&self::former(look, former));
    }
    for change in &step.changes {
        text.push_str(&self::change(look, change));
    }
    for risk in &step.risks {
        let _ = writeln!(text, "      {} {risk}", look.change("!"));
    }
    for note in &step.notes {
        let _ = writeln!(text, "      {}", look.dim(note));
    }
    if let (Action::Keep, Some(target)) = (step.action, &step.delete_target) {
        let _ = writeln!(
            text,
            "      {}",
            look.dim(&format!("to delete it: {command} --delete {target}"))
        );
    }
    text
}

/// Who has set what so far, and what of it changes hands.
fn former(look: Look, former: &Former) -> String {
    let listed = |fields: &[String]| {
        let fields = fields.iter().map(|field| field.trim_start_matches('.'));
        fields.collect::<Vec<_>>().join(", ")
    };
    let mut text = String::new();
    if former.fields.is_empty() && former.left.is_empty() {
        let line = format!("from {}", former.tool);
        let _ = writeln!(text, "      {}", look.change(&line));
    }
    if !former.fields.is_empty() {
        let line = format!("from {}: {}", former.tool, listed(&former.fields));
        let _ = writeln!(text, "      {}", look.change(&line));
    }
    if !former.left.is_empty() {
        let line = format!("stays with {}: {}", former.tool, listed(&former.left));
        let _ = writeln!(text, "      {}", look.dim(&line));
    }
    text
}

/// An object's name, with its namespace where that is not the environment's.
pub(super) fn name(id: &ObjectId, namespace: &str) -> String {
    if id.namespace.as_deref() == Some(namespace) {
        id.short()
    } else {
        id.to_string()
    }
}

fn change(look: Look, change: &Change) -> String {
    let path = change.path.trim_start_matches('.');
    if change.unknown {
        return format!("      {path}: {}\n", look.dim("(secret, unknown)"));
    }
    if change.secret {
        return format!("      {path}: {}\n", look.dim("(secret, changes)"));
    }
    let (before, after) = match (&change.before, &change.after) {
        (Some(before), Some(after)) => (before, after),
        (None, Some(after)) => {
            return format!("      {} {path}: {}\n", look.good("+"), compact(after));
        }
        (Some(before), None) => {
            return format!("      {} {path}: {}\n", look.bad("-"), compact(before));
        }
        (None, None) => return format!("      {path}\n"),
    };
    let (old, new) = (compact(before), compact(after));
    let width = path.chars().count() + old.chars().count() + new.chars().count() + 12;
    match (before, after) {
        (Value::String(before), Value::String(after))
            if before.contains('\n') || after.contains('\n') =>
        {
            lines(look, path, before, after)
        }
        (Value::Array(_) | Value::Object(_), _) | (_, Value::Array(_) | Value::Object(_))
            if width > look.width =>
        {
            lines(
                look,
                path,
                &yaml::to_string(before),
                &yaml::to_string(after),
            )
        }
        _ if width > look.width => format!(
            "      {path}:\n        {}\n        {}\n",
            look.bad(&format!("- {old}")),
            look.good(&format!("+ {new}"))
        ),
        _ => format!("      {path}: {} → {}\n", look.bad(&old), look.good(&new)),
    }
}

/// Texts of several lines, line by line, with two lines around each change.
fn lines(look: Look, path: &str, before: &str, after: &str) -> String {
    let mut text = format!("      {path}:\n");
    let diff = TextDiff::from_lines(before, after);
    for group in diff.grouped_ops(2) {
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let line = change.value().trim_end_matches('\n');
            let shown = match change.tag() {
                ChangeTag::Delete => look.bad(&format!("- {line}")),
                ChangeTag::Insert => look.good(&format!("+ {line}")),
                ChangeTag::Equal => format!("  {line}"),
            };
            let _ = writeln!(text, "        {shown}");
        }
    }
    text
}

fn compact(value: &Value) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// What changes, in numbers.
pub(super) fn summary(plan: &Plan) -> String {
    match plan.left_out {
        0 => changes(plan),
        left => format!("{}; {left} of the environment left out", changes(plan)),
    }
}

fn changes(plan: &Plan) -> String {
    if plan.is_empty() {
        let unchanged = plan.count(Action::Unchanged);
        let kept = plan.count(Action::Keep);
        return match (unchanged, kept) {
            (0, 0) => "nothing to change: there is nothing".to_owned(),
            (0, kept) => format!("nothing to change: {kept} kept"),
            (all, 0) => format!("nothing to change: {}", all_are(all)),
            (all, kept) => format!("nothing to change: {}, {kept} kept", all_are(all)),
        };
    }
    let counts: Vec<String> = [
        (Action::Create, "to create"),
        (Action::Update, "to update"),
        (Action::Replace, "to replace"),
        (Action::Delete, "to delete"),
        (Action::Keep, "kept"),
        (Action::Unchanged, "unchanged"),
    ]
    .into_iter()
    .map(|(action, words)| (plan.count(action), words))
    .filter(|(count, _)| *count > 0)
    .map(|(count, words)| format!("{count} {words}"))
    .collect();
    counts.join(", ")
}

fn all_are(count: usize) -> String {
    if count == 1 {
        "1 object is as it should be".to_owned()
    } else {
        format!("{count} objects are as they should be")
    }
}
