//! Patching an object.

use super::{Write, Written, body, replace};
use crate::error::Status;
use crate::facts::{self, Patch, patched};
use crate::kinds::Served;
use crate::store::Key;
use crate::world::World;
use infra_schema::kind::Kind;
use infra_schema::merge::shown;
use infra_schema::validate::Violation;
use serde_json::Value;

/// Patches an object that exists.
pub(crate) fn patch(
    world: &mut World,
    write: &Write,
    kind: &Served,
    key: &Key,
    patch: &Patch,
) -> Result<Written, Status> {
    let Some(live) = world.objects.at(key).cloned() else {
        return Err(Status::not_found(&kind.group, &kind.plural, &key.name));
    };
    let mut base = Value::clone(&live);
    base["apiVersion"] = kind.api_version().into();
    let mut object = patched(kind, base, patch)?;
    if is_versionless(kind, patch, &object) {
        return super::told(
            nothing_known(write, &object)?,
            Err(body::nameless(&key.name)),
        );
    }
    let text = patch_text(patch, &object);
    check_version(kind, patch, &object, &text)?;
    let unreadable = |why: String| unreadable(&text, &why);
    match patch {
        Patch::Strategic(_) => facts::convert(kind, &mut object),
        Patch::Json(_) | Patch::Merge(_) => facts::decode(kind, &object),
    }
    .map_err(unreadable)?;
    let warnings = body::known_fields(kind, write, &mut object).map_err(unreadable)?;
    let patched = body::named(&key.name, &object)
        .and_then(|()| body::identify(kind, key.ns(), &key.name, &mut object))
        .and_then(|()| replace::check_preconditions(kind, &live, &object))
        .and_then(|()| replace::store(world, write, kind, &live, object));
    super::told(warnings, patched)
}

/// Whether the result of a patch is read as the kind's inner form, which has other fields: what says
/// no version is of that one. A custom kind has none.
fn is_versionless(kind: &Served, patch: &Patch, object: &Value) -> bool {
    let version = object["apiVersion"].as_str().unwrap_or_default();
    let is_text = matches!(patch, Patch::Json(_) | Patch::Merge(_));
    is_text && !kind.is_custom() && object.is_object() && version.is_empty()
}

/// Refuses the result of a patch that says to be of a version that there is not.
fn check_version(kind: &Served, patch: &Patch, object: &Value, text: &str) -> Result<(), Status> {
    if matches!(patch, Patch::Strategic(_)) || !object.is_object() {
        return Ok(());
    }
    let version = object["apiVersion"].as_str().unwrap_or_default();
    if kind.is_custom() && version.is_empty() {
        let why = "Object 'apiVersion' is missing in 'object has no apiVersion field'";
        return Err(Status::internal(why));
    }
    let name = object["kind"].as_str().unwrap_or(&kind.kind);
    if kind.is_custom() || Kind::find_api(version, name).is_some() || name.is_empty() {
        return Ok(());
    }
    let why = format!(
        "no kind {name:?} is registered for version {version:?} in scheme \"pkg/runtime/scheme.go:111\""
    );
    Err(unreadable(text, &why))
}

/// What is said of fields that an inner form does not know: all of them.
fn nothing_known(write: &Write, object: &Value) -> Result<Vec<String>, Status> {
    let fields = object.as_object().into_iter().flatten();
    let fields = fields.map(|(name, _)| name.clone());
    let fields: Vec<String> = fields
        .filter(|name| !["apiVersion", "kind"].contains(&name.as_str()))
        .collect();
    body::unknown(write.validation, &fields).map_err(|why| unreadable(&object.to_string(), &why))
}

/// What a refusal shows of a patch whose result cannot be read: the patch, or the result.
pub(super) fn patch_text(patch: &Patch, object: &Value) -> String {
    match patch {
        Patch::Strategic(patch) => shown(patch),
        Patch::Json(_) | Patch::Merge(_) => object.to_string(),
    }
}

/// The refusal of a patch whose result cannot be read. The server knows neither kind nor name here.
pub(super) fn unreadable(text: &str, why: &str) -> Status {
    let violation = Violation::invalid("patch", &Value::from(text), why);
    Status::invalid("", "", "", &[violation.into()])
}
