//! Patching an object.

use super::{Write, Written, body, replace};
use crate::error::Status;
use crate::facts::{Patch, patched};
use crate::kinds::Served;
use crate::store::Key;
use crate::world::World;
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
    let mut warnings = Vec::new();
    body::named(&key.name, &object)?;
    body::identify(kind, key.ns(), &key.name, &mut object)?;
    body::known_fields(kind, write, &mut object, &mut warnings)?;
    replace::check_preconditions(kind, &live, &object)?;
    replace::store(world, write, kind, &live, object, warnings)
}
