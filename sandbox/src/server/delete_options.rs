//! What a deletion asks for.

use super::handle::Context;
use super::options::{dry_run, invalid};
use crate::controller::seam::Propagation;
use crate::error::Status;
use crate::write::DeleteOptions;
use infra_schema::ty::Type;
use infra_schema::validate::decode_fault;
use serde_json::{Value, json};

/// How to delete: from the body, or without one from the parameters. A server that reads a body
/// looks at no parameter, `dryRun` among them.
pub(super) fn read(context: &Context<'_>, body: &Value) -> Result<DeleteOptions, Status> {
    let asked = if body.is_null() {
        let query = &context.query;
        let grace = query.get("gracePeriodSeconds");
        json!({
            "propagationPolicy": query.get("propagationPolicy"),
            "gracePeriodSeconds": grace.and_then(|text| text.parse::<i64>().ok()),
        })
    } else {
        body.clone()
    };
    fits(&asked)?;
    let mut dry = body.is_null() && dry_run(context)?;
    if let Some(words) = asked["dryRun"].as_array().filter(|words| !words.is_empty()) {
        dry = words.iter().all(|word| word == "All");
        if !dry {
            let words = &asked["dryRun"];
            let message = format!("Unsupported value: {words}: supported values: \"All\"");
            return Err(refuse("dryRun", "FieldValueNotSupported", message));
        }
    }
    let precondition = |field: &str| asked["preconditions"][field].as_str().map(str::to_owned);
    Ok(DeleteOptions {
        propagation: propagation(&asked)?,
        uid: precondition("uid"),
        resource_version: precondition("resourceVersion"),
        grace: asked["gracePeriodSeconds"].as_i64(),
        dry_run: dry,
    })
}

fn refuse(field: &str, reason: &str, message: String) -> Status {
    invalid("DeleteOptions", field, reason, message)
}

/// Refuses what is no `DeleteOptions`, in a decoder's words, which name types of Go.
fn fits(asked: &Value) -> Result<(), Status> {
    const TYPES: [(&str, &str); 2] = [
        ("propagationPolicy of type string", "v1.DeletionPropagation"),
        ("preconditions of type struct", "v1.Preconditions"),
    ];
    let ty = Type::of("", "v1", "DeleteOptions").unwrap_or(Type::untyped());
    let Some(fault) = decode_fault(&ty, asked) else {
        return Ok(());
    };
    let mut fault = fault.replace("Go struct field ", "Go struct field DeleteOptions.");
    fault = fault.replace("dryRun of type []interface {}", "dryRun of type []string");
    for (place, go) in TYPES {
        if let Some((field, _)) = place.split_once(" of") {
            fault = fault.replace(place, &format!("{field} of type {go}"));
        }
    }
    Err(Status::bad_request(fault))
}

/// What happens to dependents: in today's word, or in that of old.
fn propagation(asked: &Value) -> Result<Option<Propagation>, Status> {
    let orphan = asked["orphanDependents"].as_bool();
    let Some(word) = asked["propagationPolicy"].as_str() else {
        return Ok(orphan.map(|orphan| {
            if orphan {
                Propagation::Orphan
            } else {
                Propagation::Background
            }
        }));
    };
    if orphan.is_some() {
        let message = format!(
            "Invalid value: {word:?}: orphanDependents and deletionPropagation cannot be both set"
        );
        return Err(refuse("propagationPolicy", "FieldValueInvalid", message));
    }
    match word {
        "" => Ok(None),
        "Background" => Ok(Some(Propagation::Background)),
        "Foreground" => Ok(Some(Propagation::Foreground)),
        "Orphan" => Ok(Some(Propagation::Orphan)),
        other => {
            let message = format!(
                "Unsupported value: {other:?}: supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\""
            );
            Err(refuse(
                "propagationPolicy",
                "FieldValueNotSupported",
                message,
            ))
        }
    }
}
