//! What the parameters of a request ask for.

use super::handle::Context;
use crate::controller::seam::Propagation;
use crate::error::{Cause, Status};
use crate::write::{DeleteOptions, FieldValidation, Write};
use serde_json::Value;

/// The longest name of a field manager.
const LONGEST_MANAGER: usize = 128;

fn invalid(kind: &str, field: &str, reason: &str, message: String) -> Status {
    let cause = Cause {
        reason: reason.to_owned(),
        message,
        field: field.to_owned(),
    };
    Status::invalid("meta.k8s.io", kind, "", &[cause])
}

/// Whether the request is a dry run, which only `dryRun=All` says.
pub(super) fn dry_run(context: &Context<'_>) -> Result<bool, Status> {
    match context.query.get("dryRun") {
        None => Ok(false),
        Some("All") => Ok(true),
        Some(other) => Err(invalid(
            "PatchOptions",
            "dryRun",
            "FieldValueNotSupported",
            format!("Unsupported value: \"{other}\": supported values: \"All\""),
        )),
    }
}

/// How to write, for create, update and patch. `apply` tells whether the patch is an apply.
pub(super) fn write(
    context: &Context<'_>,
    subresource: &str,
    apply: bool,
) -> Result<Write, Status> {
    let query = &context.query;
    let validation = match query.get("fieldValidation") {
        None | Some("Warn") => FieldValidation::Warn,
        Some("Ignore") => FieldValidation::Ignore,
        Some("Strict") => FieldValidation::Strict,
        Some(other) => {
            return Err(invalid(
                "PatchOptions",
                "fieldValidation",
                "FieldValueNotSupported",
                format!(
                    "Unsupported value: \"{other}\": supported values: \"Ignore\", \"Warn\", \"Strict\""
                ),
            ));
        }
    };
    let force = query.flag("force") && query.get("force").is_some();
    if force && !apply {
        let message = "Forbidden: may not be specified for non-apply patch".to_owned();
        return Err(invalid(
            "PatchOptions",
            "force",
            "FieldValueForbidden",
            message,
        ));
    }
    Ok(Write {
        manager: manager(context, apply)?,
        subresource: subresource.to_owned(),
        dry_run: dry_run(context)?,
        validation,
        force,
    })
}

/// The field manager: named by the request, else the client's name. An apply has to name it.
fn manager(context: &Context<'_>, apply: bool) -> Result<String, Status> {
    let Some(manager) = context.query.get("fieldManager") else {
        return Ok(if apply {
            String::new()
        } else {
            context.agent.clone()
        });
    };
    let refuse = |message: String| {
        Err(invalid(
            "PatchOptions",
            "fieldManager",
            "FieldValueInvalid",
            message,
        ))
    };
    if manager.len() > LONGEST_MANAGER {
        return refuse(format!(
            "Invalid value: \"{manager}\": may not be more than {LONGEST_MANAGER} bytes"
        ));
    }
    if manager.chars().any(char::is_control) {
        return refuse(format!(
            "Invalid value: {manager:?}: should only contain printable characters"
        ));
    }
    Ok(manager.to_owned())
}

/// How to delete: from the body, or without one from the parameters. A server that reads a body
/// looks at no parameter, `dryRun` among them.
pub(super) fn delete(context: &Context<'_>, body: &Value) -> Result<DeleteOptions, Status> {
    let query = |field: &str| context.query.get(field).filter(|_| body.is_null());
    let text = |field: &str| body[field].as_str().or_else(|| query(field));
    let propagation = match text("propagationPolicy") {
        None => match body["orphanDependents"].as_bool() {
            None => None,
            Some(true) => Some(Propagation::Orphan),
            Some(false) => Some(Propagation::Background),
        },
        Some("Background") => Some(Propagation::Background),
        Some("Foreground") => Some(Propagation::Foreground),
        Some("Orphan") => Some(Propagation::Orphan),
        Some(other) => {
            return Err(invalid(
                "DeleteOptions",
                "propagationPolicy",
                "FieldValueNotSupported",
                format!(
                    "Unsupported value: \"{other}\": supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\""
                ),
            ));
        }
    };
    let grace = body["gracePeriodSeconds"]
        .as_i64()
        .or_else(|| query("gracePeriodSeconds").and_then(|text| text.parse().ok()));
    let precondition = |field: &str| body["preconditions"][field].as_str().map(str::to_owned);
    let dry = body["dryRun"]
        .as_array()
        .is_some_and(|list| list.iter().any(|word| word == "All"));
    Ok(DeleteOptions {
        propagation,
        uid: precondition("uid"),
        resource_version: precondition("resourceVersion"),
        grace,
        dry_run: dry || (body.is_null() && dry_run(context)?),
    })
}
