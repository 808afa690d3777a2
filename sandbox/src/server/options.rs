//! What the parameters of a request ask for.

use super::handle::Context;
use crate::error::{Cause, Status};
use crate::write::{FieldValidation, Write};

/// The longest name of a field manager.
const LONGEST_MANAGER: usize = 128;

/// A refusal of one of a request's options.
pub(super) fn invalid(kind: &str, field: &str, reason: &str, message: String) -> Status {
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
