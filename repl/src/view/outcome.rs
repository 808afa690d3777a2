//! How a run ended: a summary for the result, and what went wrong for the errors.

use super::human;
use crate::ui::Look;
use infra_sdk::engine::{Action, NotReady, Outcome};
use std::fmt::Write;

/// What is told after a run.
pub(crate) struct Told {
    /// The summary, a line.
    pub(crate) summary: String,
    /// What failed, and why; empty if nothing did.
    pub(crate) trouble: String,
}

/// The summary of a run, and its trouble with the causes first.
pub(crate) fn outcome(look: Look, environment: &str, outcome: &Outcome) -> Told {
    let mut trouble = String::new();
    for failure in &outcome.failed {
        let field = failure
            .field
            .as_ref()
            .map_or_else(String::new, |field| format!("{field}: "));
        let _ = writeln!(
            trouble,
            "{} {}: {field}{}",
            look.bad("error:"),
            failure.id,
            failure.message
        );
        if let Some(at) = &failure.at {
            let _ = writeln!(trouble, "  {}", look.dim(&format!("at {at}")));
        }
        if let Some(help) = &failure.help {
            let _ = writeln!(trouble, "  {} {help}", look.strong("help:"));
        }
    }
    for not_ready in &outcome.not_ready {
        trouble.push_str(&self::not_ready(look, not_ready));
    }
    for skipped in &outcome.skipped {
        let _ = writeln!(
            trouble,
            "{} {} was left as it is: {} {}",
            look.change("skipped:"),
            skipped.id,
            skipped.because,
            skipped.reason
        );
    }
    for id in &outcome.not_done {
        let _ = writeln!(trouble, "{} {id}", look.change("not done:"));
    }
    for id in &outcome.not_awaited {
        let why = if outcome.stopped {
            ": the run was stopped first"
        } else {
            ""
        };
        let _ = writeln!(trouble, "{} {id}{why}", look.change("not waited for:"));
    }
    Told {
        summary: summary(environment, outcome),
        trouble,
    }
}

fn not_ready(look: Look, not_ready: &NotReady) -> String {
    let mut text = format!(
        "{} {} is not ready: {}\n",
        look.bad("error:"),
        not_ready.id,
        not_ready.reason
    );
    for detail in &not_ready.details {
        for line in detail.lines() {
            let _ = writeln!(text, "  {line}");
        }
    }
    if let Some(at) = &not_ready.at {
        let _ = writeln!(text, "  {}", look.dim(&format!("made at {at}")));
    }
    text
}

fn summary(environment: &str, outcome: &Outcome) -> String {
    let done = |action: Action| {
        outcome
            .applied
            .iter()
            .filter(|(_, done)| *done == action)
            .count()
    };
    let counts: Vec<String> = [
        (done(Action::Create), "created"),
        (done(Action::Update), "updated"),
        (done(Action::Replace), "replaced"),
        (outcome.deleted.len(), "deleted"),
        (outcome.kept.len(), "kept"),
        (outcome.unchanged.len(), "unchanged"),
        (outcome.failed.len(), "failed"),
        (outcome.skipped.len(), "skipped"),
        (outcome.not_ready.len(), "not ready"),
        (outcome.not_done.len(), "not done"),
        (outcome.not_awaited.len(), "not waited for"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, words)| format!("{count} {words}"))
    .collect();
    let verdict = if outcome.stopped {
        "was stopped"
    } else if outcome.is_success() && outcome.applied.is_empty() && outcome.unchanged.is_empty() {
        "is done"
    } else if outcome.is_success() && !outcome.not_awaited.is_empty() {
        "is applied"
    } else if outcome.is_success() {
        "is ready"
    } else {
        "is not ready"
    };
    format!(
        "{environment} {verdict} after {}: {}\n",
        human(outcome.duration),
        counts.join(", ")
    )
}
