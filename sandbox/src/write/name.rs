//! The names that the server makes up.

use crate::error::Status;
use crate::kinds::Served;
use crate::world::World;
use serde_json::Value;

/// How many generated names are tried before the server gives up.
const TRIES: usize = 8;

/// How much of `generateName` is used: the name with its suffix has at most 63 characters.
const LONGEST_BASE: usize = 58;

/// Gives a new object a name that has only the beginning of one; says whether it had one already.
/// That is late: defaults and managers know of the name only what the client wrote.
pub(super) fn generate(
    world: &mut World,
    kind: &Served,
    object: &mut Value,
) -> Result<bool, Status> {
    let metadata = &object["metadata"];
    let text = |field: &str| metadata[field].as_str().filter(|text| !text.is_empty());
    if text("name").is_some() {
        return Ok(true);
    }
    let Some(base) = text("generateName") else {
        return Ok(true); // Validation says that a name is required.
    };
    let base: String = base.chars().take(LONGEST_BASE).collect();
    let namespace = text("namespace").unwrap_or_default().to_owned();
    for _ in 0..TRIES {
        let name = format!("{base}{}", world.counters.suffix());
        if world.objects.at(&kind.key(&namespace, &name)).is_none() {
            object["metadata"]["name"] = name.into();
            return Ok(false);
        }
    }
    Err(Status::exists(&kind.group, &kind.plural, &base))
}
