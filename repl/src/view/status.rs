//! How an environment is, object by object.

use super::place;
use crate::ui::Look;
use infra_sdk::engine::{EnvironmentStatus, ObjectStatus};
use infra_sdk::object::ObjectId;
use infra_sdk::status::{State, why};
use std::fmt::Write;

/// A line for each object, with the cause below what is not ready.
pub(crate) fn status(look: Look, status: &EnvironmentStatus) -> String {
    let environment = look.strong(&status.environment);
    let mut text = place(&environment, &status.cluster, &status.namespace);
    if !status.exists {
        text.push_str("\nit is not there: nothing was applied yet, or it was destroyed\n");
        return text;
    }
    let name = |id: &ObjectId| {
        if id.namespace.as_deref() == Some(&status.namespace) {
            id.short()
        } else {
            id.to_string()
        }
    };
    let width = status
        .objects
        .iter()
        .chain(&status.kept)
        .map(|object| name(&object.id).chars().count())
        .max()
        .unwrap_or(0);
    if !status.objects.is_empty() {
        text.push('\n');
    }
    for object in &status.objects {
        line(look, &mut text, &name(&object.id), width, object);
    }
    if !status.kept.is_empty() {
        text.push_str("\nkept, though no longer wanted:\n");
        for object in &status.kept {
            line(look, &mut text, &name(&object.id), width, object);
        }
    }
    let totals = super::totals(look, &status.totals);
    if !totals.is_empty() {
        text.push('\n');
        text.push_str(&totals);
    }
    if status.objects.is_empty() {
        let _ = writeln!(
            text,
            "\n{} is destroyed: nothing of it is there but what is kept",
            status.environment
        );
        return text;
    }
    let ready = status.count(State::Ready);
    let all = status.objects.len();
    let verdict = if status.is_ready() {
        look.good("ready")
    } else {
        look.bad("not ready")
    };
    let _ = writeln!(
        text,
        "\n{} is {verdict}: {ready} of {all} objects are ready",
        status.environment
    );
    text
}

fn line(look: Look, text: &mut String, name: &str, width: usize, object: &ObjectStatus) {
    let status = &object.status;
    let word = format!("{:11}", status.state.word());
    let word = match status.state {
        State::Ready => look.good(&word),
        State::Failed | State::Missing => look.bad(&word),
        _ => look.change(&word),
    };
    let why = why(status, object.cause.as_deref());
    let row = format!("  {word} {name:width$}  {}", look.dim(&why.cause));
    let _ = writeln!(text, "{}", row.trim_end());
    let details = object.cause.iter().flat_map(|cause| cause.details());
    for detail in why.numbers.into_iter().chain(details) {
        let _ = writeln!(text, "              {detail}");
    }
}
