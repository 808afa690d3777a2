//! ResourceQuota: a namespace has no more than its quotas say.

mod controller;
mod uses;

use super::Attempt;
use super::usage::{Amounts, containers};
use crate::error::Status;
use crate::world::World;
use crate::write::{self, Write};
use serde_json::Value;
use std::sync::Arc;
use uses::{covers, usage};

pub(crate) use controller::Quotas;

/// What a write uses more of one quota.
struct Claim {
    quota: Arc<Value>,
    more: Amounts,
    used: Amounts,
    hard: Amounts,
}

/// What a write uses more of the quotas that cover it, as far as their status tells: before the
/// controller has looked at a quota, it bounds nothing.
fn claims(world: &World, attempt: &Attempt<'_>, object: &Value) -> Result<Vec<Claim>, Status> {
    let kind = attempt.kind;
    // Only what is new uses more, but for claims that grow and pods that are resized.
    let grows = attempt.is("", "PersistentVolumeClaim") || attempt.write.subresource == "resize";
    if !kind.namespaced || (attempt.old.is_some() && !grows) {
        return Ok(Vec::new());
    }
    let namespace = object["metadata"]["namespace"].as_str();
    let mut claims = Vec::new();
    for quota in world.objects.list("", "ResourceQuota", namespace) {
        if !covers(quota, &kind.kind, object) {
            continue;
        }
        let hard = Amounts::of(&quota["status"]["hard"]);
        if attempt.is("", "Pod")
            && let Some(missing) = missing(&hard, object)
        {
            let name = name_of(quota);
            let why = format!("failed quota: {name}: must specify {missing}");
            return Err(attempt.forbid(object, &why));
        }
        let measure = |object: &Value| {
            let own = usage(&kind.group, &kind.kind, &kind.plural, object);
            own.only(|name| hard.get(name).is_some())
        };
        let had = attempt.old.map(|old| measure(old)).unwrap_or_default();
        let mut more = Amounts::default();
        for (resource, amount) in measure(object).iter() {
            let delta = had.get(resource).map_or(*amount, |had| *amount - *had);
            if !delta.is_zero() && !delta.is_negative() {
                more.add(resource, delta);
            }
        }
        if !more.is_empty() {
            claims.push(Claim {
                quota: quota.clone(),
                more,
                used: Amounts::of(&quota["status"]["used"]),
                hard,
            });
        }
    }
    Ok(claims)
}

fn name_of(quota: &Value) -> &str {
    quota["metadata"]["name"].as_str().unwrap_or_default()
}

/// Refuses what would exceed a quota.
pub(in crate::admission) fn check(
    world: &World,
    attempt: &Attempt<'_>,
    object: &Value,
) -> Result<(), Status> {
    for claim in claims(world, attempt, object)? {
        let mut sum = claim.used.clone();
        sum.add_all(&claim.more);
        let exceeds = |resource: &str| sum.get(resource) > claim.hard.get(resource);
        let requested = claim.more.only(exceeds);
        if !requested.is_empty() {
            let asked = |resource: &str| requested.get(resource).is_some();
            let why = format!(
                "exceeded quota: {}, requested: {}, used: {}, limited: {}",
                name_of(&claim.quota),
                requested.print(),
                claim.used.only(asked).print(),
                claim.hard.only(asked).print()
            );
            return Err(attempt.forbid(object, &why));
        }
    }
    Ok(())
}

/// Notes on the quotas what a write that is about to be stored uses of them, as the server itself
/// does, so that the next write meets it.
pub(in crate::admission) fn charge(
    world: &mut World,
    attempt: &Attempt<'_>,
    object: &Value,
) -> Result<(), Status> {
    for claim in claims(world, attempt, object)? {
        let mut used = claim.used;
        used.add_all(&claim.more);
        let mut quota = Value::clone(&claim.quota);
        quota["status"]["used"] = used.to_json();
        let write = Write::by("kube-apiserver").subresource("status");
        write::replace_any(world, &write, quota)?;
    }
    Ok(())
}

/// What a pod has to say because a quota bounds it: `requests.cpu for: app`.
fn missing(hard: &Amounts, pod: &Value) -> Option<String> {
    let mut texts = Vec::new();
    for (name, _) in hard.iter() {
        let (part, resource) = match name.split_once('.') {
            Some((part @ ("requests" | "limits"), resource)) => (part, resource),
            _ => ("requests", name),
        };
        if !matches!(resource, "cpu" | "memory") {
            continue;
        }
        let mut silent: Vec<&str> = containers(pod)
            .filter(|container| container["resources"][part][resource].is_null())
            .filter_map(|container| container["name"].as_str())
            .collect();
        silent.sort_unstable();
        if !silent.is_empty() {
            texts.push(format!("{name} for: {}", silent.join(",")));
        }
    }
    (!texts.is_empty()).then(|| texts.join("; "))
}
