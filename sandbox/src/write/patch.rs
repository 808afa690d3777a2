//! Patching an object.

use super::{Write, Written, body, replace};
use crate::error::Status;
use crate::facts::{self, Patch, patched};
use crate::kinds::Served;
use crate::store::Key;
use crate::world::World;
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
    let text = patch_text(patch, &object);
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
