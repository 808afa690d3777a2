//! Creating an object.

use super::given::Empty;
use super::{Write, Written, body, finish};
use crate::error::Status;
use crate::facts;
use crate::kinds::Served;
use crate::world::World;
use serde_json::Value;

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
        .and_then(|()| create_read(world, write, kind, object));
    super::told(warnings, created)
}

/// Creates an object that is read already.
pub(super) fn create_read(
    world: &mut World,
    write: &Write,
    kind: &Served,
    mut object: Value,
) -> Result<Written, Status> {
    begin(world, kind, &mut object);
    let empty = Empty::of(kind, &object);
    facts::defaults(kind, &mut object);
    let object = super::track(world, write, kind, None, object);
    empty.shown(finish::add(world, write, kind, object))
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
