//! Requests that write one object.

use super::answer::{Answer, shows_all, written};
use super::delete_options;
use super::handle::Context;
use super::options;
use super::route::Target;
use crate::error::Status;
use crate::kinds::Served;
use crate::store::Key;
use crate::world::World;
use crate::write::{self, DeleteOptions, Deleted, Patch, ScaleBody, Write, Written};
use serde_json::{Value, json};

/// POST of an object.
pub(super) fn create(
    world: &mut World,
    context: &Context<'_>,
    kind: &Served,
    target: &Target,
) -> Result<Answer, Status> {
    let (options, _) = asked(context, kind, target)?;
    let outcome = write::create(world, &options, kind, &target.namespace, context.value()?)?;
    Ok(answer(context, kind, &target.subresource, outcome))
}

/// PUT of an object, or of the part a subresource is for.
pub(super) fn update(
    world: &mut World,
    context: &Context<'_>,
    kind: &Served,
    target: &Target,
) -> Result<Answer, Status> {
    let (options, key) = asked(context, kind, target)?;
    let outcome = write::replace(world, &options, kind, &key, context.value()?)?;
    Ok(answer(context, kind, &target.subresource, outcome))
}

/// PATCH of an object, or of the part a subresource is for.
pub(super) fn patch(
    world: &mut World,
    context: &Context<'_>,
    kind: &Served,
    target: &Target,
) -> Result<Answer, Status> {
    let (options, key) = asked(context, kind, target)?;
    let outcome = if is_apply(context) {
        write::apply(world, &options, kind, &key, context.value()?)?
    } else {
        write::patch(world, &options, kind, &key, &patch_of(context, kind)?)?
    };
    Ok(answer(context, kind, &target.subresource, outcome))
}

/// PUT or PATCH of a scale.
pub(super) fn scale(
    world: &mut World,
    context: &Context<'_>,
    kind: &Served,
    target: &Target,
) -> Result<Answer, Status> {
    let (options, key) = asked(context, kind, target)?;
    let body = match context.method.as_str() {
        "PATCH" if is_apply(context) => ScaleBody::Apply(context.value()?),
        "PATCH" => ScaleBody::Patch(patch_of(context, kind)?),
        _ => ScaleBody::Scale(context.value()?),
    };
    let outcome = write::write_scale(world, &options, kind, &key, body)?;
    Ok(Answer::json(200, &outcome.object).warn(outcome.warnings))
}

/// What a request that writes asks for, and of which object.
fn asked(context: &Context<'_>, kind: &Served, target: &Target) -> Result<(Write, Key), Status> {
    let options = options::write(context, &target.subresource, is_apply(context))?;
    Ok((options, kind.key(&target.namespace, &target.name)))
}

fn is_apply(context: &Context<'_>) -> bool {
    context.content_type.starts_with("application/apply-patch")
}

fn patch_of(context: &Context<'_>, kind: &Served) -> Result<Patch, Status> {
    let media = context
        .content_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim();
    match media {
        "application/json-patch+json" => Ok(Patch::Json(context.value()?)),
        "application/merge-patch+json" => Ok(Patch::Merge(context.value()?)),
        "application/strategic-merge-patch+json" if kind.is_custom() => Err(Status::unsupported(
            "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml",
        )),
        "application/strategic-merge-patch+json" => Ok(Patch::Strategic(context.value()?)),
        _ => Err(Status::unsupported(
            "application/json-patch+json, application/merge-patch+json, \
             application/strategic-merge-patch+json, application/apply-patch+yaml",
        )),
    }
}

fn answer(context: &Context<'_>, kind: &Served, subresource: &str, mut outcome: Written) -> Answer {
    if let Served::Custom(custom) = kind {
        outcome.warnings.extend(custom.version.warning.clone());
    }
    if shows_all(subresource, &outcome.object) && !context.metadata_only() {
        return Answer::json(200, &outcome.object).warn(outcome.warnings);
    }
    written(outcome, &kind.api_version(), context.metadata_only())
}

/// DELETE of an object.
pub(super) fn delete(
    world: &mut World,
    context: &Context<'_>,
    kind: &Served,
    target: &Target,
) -> Result<Answer, Status> {
    let body = context.optional_value()?;
    let options = delete_options::read(context, &body)?;
    let key = kind.key(&target.namespace, &target.name);
    let warnings = deletion_warnings(kind, &options);
    let deleted = write::delete(world, kind, &key, &options).map_err(|mut status| {
        status.warnings.clone_from(&warnings);
        status
    })?;
    match deleted {
        // What is only marked is shown as it stands there, and not as it is read.
        Deleted::Marked(object) if write::unread(&object).is_some() => {
            Ok(Answer::json(200, &object).warn(warnings))
        }
        Deleted::Marked(object) => {
            let written = Written {
                object,
                created: false,
                warnings,
            };
            Ok(answer(context, kind, "", written))
        }
        Deleted::Freed(object) => Ok(Answer::json(200, &object).warn(warnings)),
        Deleted::Gone(object) if returns_deleted(kind) => {
            let written = Written {
                object,
                created: false,
                warnings,
            };
            Ok(answer(context, kind, "", written))
        }
        Deleted::Gone(object) => {
            let mut details = json!({
                "name": key.name, "kind": kind.plural, "uid": object["metadata"]["uid"],
            });
            if !kind.group.is_empty() {
                details["group"] = kind.group.as_ref().into();
            }
            Ok(Answer::json(200, &success(&details)).warn(warnings))
        }
    }
}

/// What a caller should know who deletes objects of a kind.
pub(super) fn deletion_warnings(kind: &Served, options: &DeleteOptions) -> Vec<String> {
    let orphans = kind.group == "batch" && kind.kind == "Job" && options.propagation.is_none();
    let text = "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning";
    orphans.then(|| text.to_owned()).into_iter().collect()
}

/// Whether the answer to a deletion is the object as it last was (`ReturnDeletedObject` of the
/// kind's storage, Kubernetes 1.36).
fn returns_deleted(kind: &Served) -> bool {
    match kind.group.as_ref() {
        "" => matches!(
            kind.kind.as_ref(),
            "Namespace"
                | "PersistentVolume"
                | "PersistentVolumeClaim"
                | "Pod"
                | "PodTemplate"
                | "ResourceQuota"
                | "Service"
                | "ServiceAccount"
        ),
        "storage.k8s.io" => kind.kind != "CSIStorageCapacity",
        "resource.k8s.io" => true,
        _ => false,
    }
}

fn success(details: &Value) -> Value {
    json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success",
        "details": details,
    })
}

/// POST of a binding: the scheduler's word, or a client's.
pub(super) fn bind(
    world: &mut World,
    context: &Context<'_>,
    target: &Target,
) -> Result<Answer, Status> {
    let body = context.value()?;
    let node = body["target"]["name"].as_str().unwrap_or_default();
    let key = Key::new("", "Pod", Some(&target.namespace), &target.name);
    write::bind(world, &key, node)?;
    Ok(Answer::json(
        201,
        &json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201,
        }),
    ))
}

/// POST of an eviction.
pub(super) fn evict(
    world: &mut World,
    context: &Context<'_>,
    target: &Target,
) -> Result<Answer, Status> {
    let body = context.value()?;
    let mut options = delete_options::read(context, &body["deleteOptions"])?;
    options.dry_run |= options::dry_run(context)?;
    let key = Key::new("", "Pod", Some(&target.namespace), &target.name);
    write::evict(world, &key, &options)?;
    Ok(Answer::json(
        201,
        &json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201,
        }),
    ))
}
