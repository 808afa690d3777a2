//! What a request's body has to be before anything is done with it.

use super::{FieldValidation, Write};
use crate::error::Status;
use crate::facts;
use crate::kinds::Served;
use serde_json::{Map, Value};

fn not_an_object(kind: &Served, what: &str) -> Status {
    let (version, kind) = (&kind.version, &kind.kind);
    Status::bad_request(format!(
        "{kind} in version \"{version}\" cannot be handled as a {kind}: {what} has to be an object"
    ))
}

fn given<'a>(map: &'a Map<String, Value>, field: &str) -> Option<&'a str> {
    map.get(field)
        .and_then(Value::as_str)
        .filter(|given| !given.is_empty())
}

/// Checks that the body is an object of the kind, name and namespace that the path says, and fills
/// in what it leaves out. `name` is empty where the path has none.
pub(super) fn identify(
    kind: &Served,
    namespace: &str,
    name: &str,
    body: &mut Value,
) -> Result<(), Status> {
    let api_version = kind.api_version();
    let map = body
        .as_object_mut()
        .ok_or_else(|| not_an_object(kind, "the body"))?;
    match given(map, "apiVersion") {
        Some(other) if other != api_version => {
            return Err(Status::bad_request(format!(
                "the API version in the data ({other}) does not match the expected API version ({api_version})"
            )));
        }
        _ => drop(map.insert("apiVersion".into(), api_version.into())),
    }
    match given(map, "kind") {
        Some(other) if other != kind.kind => {
            let expected = &kind.kind;
            return Err(Status::bad_request(format!(
                "the kind in the data ({other}) does not match the expected kind ({expected})"
            )));
        }
        _ => drop(map.insert("kind".into(), kind.kind.as_ref().into())),
    }
    let metadata = map.entry("metadata").or_insert(Value::Null);
    if metadata.is_null() {
        *metadata = Value::Object(Map::new());
    }
    let metadata = metadata
        .as_object_mut()
        .ok_or_else(|| not_an_object(kind, "`metadata`"))?;
    match given(metadata, "namespace") {
        Some(other) if other != namespace => {
            return Err(Status::bad_request(
                "the namespace of the provided object does not match the namespace sent on the request",
            ));
        }
        _ if kind.namespaced => {
            metadata.insert("namespace".into(), namespace.into());
        }
        _ => {
            metadata.remove("namespace");
        }
    }
    if name.is_empty() {
        return Ok(());
    }
    if let Some(other) = given(metadata, "name").filter(|other| *other != name) {
        return Err(Status::bad_request(format!(
            "the name of the object ({other}) does not match the name on the URL ({name})"
        )));
    }
    metadata.insert("name".into(), name.into());
    Ok(())
}

/// Refuses an update that does not name the object which its path names.
pub(super) fn named(name: &str, body: &Value) -> Result<(), Status> {
    let given = body["metadata"]["name"].as_str().unwrap_or_default();
    if given.is_empty() && body.is_object() {
        return Err(nameless(name));
    }
    Ok(())
}

/// The refusal of a body without a name.
pub(super) fn nameless(name: &str) -> Status {
    Status::bad_request(format!(
        "the name of the object ({name} based on URL) was undeterminable: name must be provided"
    ))
}

/// Reads the body of a create or a replace as the kind's type: what the caller is warned of.
pub(super) fn read(kind: &Served, write: &Write, body: &mut Value) -> Result<Vec<String>, Status> {
    let lenient = write.validation == FieldValidation::Ignore;
    facts::readable(kind, body, lenient)?;
    let mut warnings = known_fields(kind, write, body).map_err(|why| {
        let (version, kind) = (&kind.version, &kind.kind);
        Status::bad_request(format!(
            "{kind} in version \"{version}\" cannot be handled as a {kind}: {why}"
        ))
    })?;
    warnings.extend(owned_once(body, false));
    Ok(warnings)
}

/// Takes out owners that are told twice, each with all that is said of it: what the caller is warned of.
pub(super) fn owned_once(object: &mut Value, after_admission: bool) -> Option<String> {
    let owners = object.pointer_mut("/metadata/ownerReferences");
    let owners = owners.and_then(Value::as_array_mut)?;
    let (mut kept, mut again) = (Vec::new(), Vec::new());
    for owner in owners.drain(..) {
        if kept.contains(&owner) {
            again.push(owner["uid"].as_str().unwrap_or_default().to_owned());
        } else {
            kept.push(owner);
        }
    }
    *owners = kept;
    let when = if after_admission {
        " after mutating admission happens"
    } else {
        ""
    };
    (!again.is_empty()).then(|| {
        let uids = again.join(", ");
        format!(
            ".metadata.ownerReferences contains duplicate entries{when}; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: {uids}"
        )
    })
}

/// Deals with unknown fields as the request wishes: warnings, or what is wrong. They are gone from
/// the body afterwards.
pub(super) fn known_fields(
    kind: &Served,
    write: &Write,
    body: &mut Value,
) -> Result<Vec<String>, String> {
    let unknown = facts::prune(kind, body);
    self::unknown(write.validation, &unknown)
}

/// What a request wishes of fields that nobody knows: warnings, or what is wrong.
pub(super) fn unknown(
    validation: FieldValidation,
    fields: &[String],
) -> Result<Vec<String>, String> {
    let texts: Vec<String> = fields
        .iter()
        .map(|field| format!("unknown field \"{field}\""))
        .collect();
    match validation {
        _ if texts.is_empty() => Ok(texts),
        FieldValidation::Ignore => Ok(Vec::new()),
        FieldValidation::Warn => Ok(texts),
        FieldValidation::Strict => Err(format!("strict decoding error: {}", texts.join(", "))),
    }
}
