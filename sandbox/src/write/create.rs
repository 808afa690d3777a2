//! Creating an object.

use super::{Write, Written, body, finish};
use crate::error::Status;
use crate::facts;
use crate::kinds::Served;
use crate::world::World;
use serde_json::Value;

/// How many generated names are tried before the server gives up.
const TRIES: usize = 8;

/// How much of `generateName` is used: the name with its suffix has at most 63 characters.
const LONGEST_BASE: usize = 58;

/// Creates an object.
pub(crate) fn create(
    world: &mut World,
    write: &Write,
    kind: &Served,
    namespace: &str,
    mut object: Value,
) -> Result<Written, Status> {
    let warnings = body::read(kind, write, &mut object)?;
    let created = body::identify(kind, namespace, "", &mut object)
        .and_then(|()| create_read(world, write, kind, namespace, object));
    super::told(warnings, created)
}

/// Creates an object that is read already.
pub(super) fn create_read(
    world: &mut World,
    write: &Write,
    kind: &Served,
    namespace: &str,
    mut object: Value,
) -> Result<Written, Status> {
    generate_name(world, kind, namespace, &mut object)?;
    begin(world, kind, &mut object);
    facts::defaults(kind, &mut object);
    let object = super::track(world, write, kind, None, object);
    finish::add(world, write, kind, object)
}

/// What the server alone decides about a new object.
pub(super) fn begin(world: &mut World, kind: &Served, object: &mut Value) {
    const SERVERS_OWN: [&str; 5] = [
        "resourceVersion",
        "generation",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "selfLink",
    ];
    let (stamp, uid) = (world.stamp(), world.counters.uid());
    if let Some(metadata) = object["metadata"].as_object_mut() {
        for field in SERVERS_OWN {
            metadata.remove(field);
        }
        metadata.insert("uid".into(), uid.into());
        metadata.insert("creationTimestamp".into(), stamp.into());
    }
    // A node brings its status: kubelets register with theirs.
    if kind.has_status()
        && kind.kind != "Node"
        && let Some(map) = object.as_object_mut()
    {
        map.remove("status");
    }
}

fn generate_name(
    world: &mut World,
    kind: &Served,
    namespace: &str,
    object: &mut Value,
) -> Result<(), Status> {
    let metadata = &object["metadata"];
    if metadata["name"]
        .as_str()
        .is_some_and(|name| !name.is_empty())
    {
        return Ok(());
    }
    let Some(base) = metadata["generateName"]
        .as_str()
        .filter(|base| !base.is_empty())
    else {
        return Ok(()); // Validation says that a name is required.
    };
    let base: String = base.chars().take(LONGEST_BASE).collect();
    for _ in 0..TRIES {
        let name = format!("{base}{}", world.counters.suffix());
        if world.objects.at(&kind.key(namespace, &name)).is_none() {
            object["metadata"]["name"] = name.into();
            return Ok(());
        }
    }
    Err(Status::exists(&kind.group, &kind.plural, &base))
}
