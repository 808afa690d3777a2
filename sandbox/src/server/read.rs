//! Reading one object.

use super::answer::{Answer, project, shows_all};
use super::handle::Context;
use super::route::Target;
use crate::error::Status;
use crate::kinds::Served;
use crate::world::World;

/// One object.
pub(super) fn get(
    world: &World,
    context: &Context<'_>,
    kind: &Served,
    target: &Target,
) -> Result<Answer, Status> {
    let key = kind.key(&target.namespace, &target.name);
    let Some(object) = world.objects.at(&key) else {
        return Err(Status::not_found(&kind.group, &kind.plural, &key.name));
    };
    if shows_all(&target.subresource, object) && !context.metadata_only() {
        return Ok(Answer::json(200, object));
    }
    let object = project(object, &kind.api_version(), context.metadata_only());
    Ok(Answer::json(200, &object))
}

/// The scale of an object.
pub(super) fn scale(world: &World, kind: &Served, target: &Target) -> Result<Answer, Status> {
    let key = kind.key(&target.namespace, &target.name);
    Ok(Answer::json(
        200,
        &crate::write::read_scale(world, kind, &key)?,
    ))
}
