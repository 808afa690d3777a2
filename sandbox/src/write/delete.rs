//! Deleting: at once, or by a timestamp where finalizers or a grace period stand in the way.

use super::prepare;
use crate::admission::is_immortal;
use crate::controller::seam::Propagation;
use crate::definition;
use crate::error::Status;
use crate::facts;
use crate::kinds::Served;
use crate::store::Key;
use crate::world::World;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::sync::Arc;

/// How to delete.
#[derive(Clone, Debug, Default)]
pub(crate) struct DeleteOptions {
    /// What happens to dependents; the kind's default when unset.
    pub(crate) propagation: Option<Propagation>,
    /// Only when the object still has this uid.
    pub(crate) uid: Option<String>,
    /// Only when the object still has this version.
    pub(crate) resource_version: Option<String>,
    /// Seconds a pod gets to stop; its own value when unset.
    pub(crate) grace: Option<i64>,
    /// Do everything but store.
    pub(crate) dry_run: bool,
}

/// What a deletion came to.
#[derive(Clone, Debug)]
pub(crate) enum Deleted {
    /// The object is gone; this was its last state.
    Gone(Arc<Value>),
    /// The object is marked, and goes when nothing holds it any longer.
    Marked(Arc<Value>),
    /// A dry run took away what held the object, and never came to the object itself: an empty one.
    Freed(Arc<Value>),
}

const ORPHAN: &str = "orphan";
const FOREGROUND: &str = "foregroundDeletion";

/// Deletes an object.
pub(crate) fn delete(
    world: &mut World,
    kind: &Served,
    key: &Key,
    options: &DeleteOptions,
) -> Result<Deleted, Status> {
    let Some(live) = world.objects.at(key).cloned() else {
        return Err(Status::not_found(&kind.group, &kind.plural, &key.name));
    };
    if key.is("", "Namespace") && is_immortal(&key.name) {
        let why = "this namespace may not be deleted";
        return Err(Status::forbidden("", "namespaces", &key.name, why));
    }
    check(kind, key, &live, options)?;
    let marked = mark(world, kind, &live, options);
    if prepare::is_released(kind, &marked) {
        let held = live["metadata"]["finalizers"].as_array();
        let last = if stops(kind, &live) {
            // Pods that go at once are told of with the mark first, as those are that had to stop.
            if options.dry_run {
                Arc::new(marked)
            } else {
                world.store(key, marked)
            }
        } else if options.dry_run && held.is_some_and(|held| !held.is_empty()) {
            return Ok(Deleted::Freed(Arc::new(facts::empty(kind, false))));
        } else {
            live
        };
        let gone = if options.dry_run {
            None
        } else {
            world.erase_as(key, &last)
        };
        return Ok(Deleted::Gone(gone.unwrap_or(last)));
    }
    if marked == *live && !world.short.contains(key) {
        return Ok(Deleted::Marked(live));
    }
    let marked = if options.dry_run {
        Arc::new(marked)
    } else {
        world.store(key, marked)
    };
    Ok(Deleted::Marked(marked))
}

fn check(kind: &Served, key: &Key, live: &Value, options: &DeleteOptions) -> Result<(), Status> {
    let had = |field: &str| live["metadata"][field].as_str().unwrap_or_default();
    if kind.group == "apiextensions.k8s.io" {
        return check_stored(kind, key, options, had);
    }
    // Here the server names the kind where other refusals name the resource.
    let conflict = |why: String| Err(Status::conflict(&kind.group, &kind.kind, &key.name, &why));
    if let Some(uid) = options.uid.as_deref().filter(|uid| *uid != had("uid")) {
        return conflict(format!(
            "the UID in the precondition ({uid}) does not match the UID in record ({}). The object might have been deleted and then recreated",
            had("uid")
        ));
    }
    let version = options.resource_version.as_deref();
    if let Some(version) = version.filter(|version| *version != had("resourceVersion")) {
        return conflict(format!(
            "the ResourceVersion in the precondition ({version}) does not match the ResourceVersion in record ({}). The object might have been modified",
            had("resourceVersion")
        ));
    }
    Ok(())
}

/// Definitions are marked where they are stored, and what is wanted of them is looked at there.
fn check_stored<'v>(
    kind: &Served,
    key: &Key,
    options: &DeleteOptions,
    had: impl Fn(&str) -> &'v str,
) -> Result<(), Status> {
    for (what, field, wanted) in [
        ("UID", "uid", &options.uid),
        (
            "ResourceVersion",
            "resourceVersion",
            &options.resource_version,
        ),
    ] {
        if let Some(wanted) = wanted.as_deref().filter(|wanted| *wanted != had(field)) {
            let why = format!(
                "Precondition failed: {what} in precondition: {wanted}, {what} in object meta: {}",
                had(field)
            );
            return Err(Status::conflict(&kind.group, &kind.plural, &key.name, &why));
        }
    }
    Ok(())
}

/// The object as its deletion leaves it, should anything hold it back.
fn mark(world: &World, kind: &Served, live: &Value, options: &DeleteOptions) -> Value {
    let mut object = live.clone();
    let going = live["metadata"]["deletionTimestamp"].is_string();
    if kind.group == "apiextensions.k8s.io" && !going {
        definition::mark(&mut object, world.time.now);
        return object;
    }
    let held = live["spec"]["finalizers"].as_array();
    let is_namespace = kind.group.is_empty() && kind.kind == "Namespace";
    if is_namespace && going && held.is_some_and(|held| !held.is_empty())
        || kind.kind == "Pod" && is_pending(live, options)
    {
        return object;
    }
    let finalizers = finalizers(kind, live, options.propagation);
    let first = !going;
    let grace = grace(kind, live, options.grace);
    let Some(metadata) = object["metadata"].as_object_mut() else {
        return object;
    };
    if finalizers.is_empty() {
        metadata.remove("finalizers");
    } else {
        metadata.insert("finalizers".into(), finalizers.into());
    }
    let had = metadata
        .get("deletionGracePeriodSeconds")
        .and_then(Value::as_i64);
    if first || had.is_some_and(|had| grace < had) {
        let end = world.time.now.checked_add(SignedDuration::from_secs(grace));
        let end = end.unwrap_or(Timestamp::MAX).as_second();
        let end = Timestamp::from_second(end)
            .unwrap_or(Timestamp::MAX)
            .to_string();
        metadata.insert("deletionTimestamp".into(), end.into());
        if !(kind.kind == "Namespace" && kind.group.is_empty()) {
            metadata.insert("deletionGracePeriodSeconds".into(), grace.into());
        }
    }
    if first && let Some(generation) = metadata.get("generation").and_then(Value::as_i64) {
        metadata.insert("generation".into(), (generation + 1).into());
    }
    if kind.kind == "Namespace" && kind.group.is_empty() {
        object["status"]["phase"] = "Terminating".into();
    }
    object
}

/// Whether a deletion is told to the object first: pods stop, unless they have no time left to.
fn stops(kind: &Served, live: &Value) -> bool {
    let metadata = &live["metadata"];
    let left = metadata["deletionGracePeriodSeconds"].as_i64();
    let goes = metadata["deletionTimestamp"].is_string();
    kind.group.is_empty() && kind.kind == "Pod" && !(goes && left.unwrap_or_default() == 0)
}

/// Whether a pod is on its way already, and not asked to hurry: nothing else of it changes then.
fn is_pending(live: &Value, options: &DeleteOptions) -> bool {
    let had = live["metadata"]["deletionGracePeriodSeconds"].as_i64();
    live["metadata"]["deletionTimestamp"].is_string()
        && had.is_some_and(|had| had > 0 && options.grace.is_none_or(|asked| asked >= had))
}

/// The finalizers after a deletion with this propagation: the two that tell the garbage collector
/// what to do come and go with it.
fn finalizers(kind: &Served, live: &Value, propagation: Option<Propagation>) -> Vec<Value> {
    let had = live["metadata"]["finalizers"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let told = |word: &str| had.iter().any(|finalizer| finalizer == word);
    // Deleting a Job or a ReplicationController without a word leaves its pods alone.
    let orphans = matches!(kind.kind.as_ref(), "Job" | "ReplicationController");
    let (orphan, foreground) = match propagation {
        Some(Propagation::Orphan) => (true, false),
        Some(Propagation::Foreground) => (false, true),
        Some(Propagation::Background) => (false, false),
        None => (
            told(ORPHAN) || (orphans && !told(FOREGROUND)),
            told(FOREGROUND),
        ),
    };
    let others = |finalizer: &&Value| **finalizer != ORPHAN && **finalizer != FOREGROUND;
    let mut finalizers: Vec<Value> = had.iter().filter(others).cloned().collect();
    if orphan {
        finalizers.push(ORPHAN.into());
    }
    if foreground {
        finalizers.push(FOREGROUND.into());
    }
    let same = had.iter().all(|finalizer| finalizers.contains(finalizer))
        && finalizers.iter().all(|finalizer| had.contains(finalizer));
    if same {
        return had;
    }
    if kind.group.is_empty() && kind.kind == "Namespace" {
        // Namespaces have a way of their own, that knows each finalizer once.
        let mut seen = std::collections::HashSet::new();
        finalizers.retain(|finalizer| seen.insert(finalizer.to_string()));
    }
    finalizers
}

/// How long the object has to stop. Only pods that run anywhere have to.
fn grace(kind: &Served, live: &Value, asked: Option<i64>) -> i64 {
    let phase = live["status"]["phase"].as_str().unwrap_or_default();
    let unscheduled = live["spec"]["nodeName"].as_str().is_none_or(str::is_empty);
    if kind.kind != "Pod" || unscheduled || matches!(phase, "Succeeded" | "Failed") {
        return 0;
    }
    let own = live["spec"]["terminationGracePeriodSeconds"].as_i64();
    asked.or(own).unwrap_or(30).max(0)
}
