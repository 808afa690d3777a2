//! What is no longer wanted: what goes, what stays, and why.

use super::{
    claims,
    hold::{Unwanted, hold_definitions, hold_namespaces, keep_generated},
    prune::{self, Fate},
    read::{Live, Stored},
    target,
};
use crate::{
    cluster::Cluster,
    engine::{
        Action, EngineError, PlanOptions, Step,
        inventory::Member,
        kinds::{Kinds, api},
        order::deletion_rank,
        step::Removal,
    },
    object::{Object, ObjectId},
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What planning removals needs.
pub(crate) struct Request<'a> {
    pub(crate) cluster: &'a Cluster,
    pub(crate) options: &'a PlanOptions,
    pub(crate) stored: &'a Stored,
    pub(crate) live: &'a Live,
    pub(crate) objects: &'a [Object],
    pub(crate) kinds: &'a mut Kinds,
    pub(crate) set: &'a str,
    /// The name of the inventory.
    pub(crate) inventory: &'a str,
}

/// The steps, in the order in which they are done.
#[derive(Debug, Default)]
pub(crate) struct Removed {
    pub(crate) steps: Vec<(Step, Removal)>,
}

impl Removed {
    /// What is kept and stays ours.
    pub(crate) fn kept(&self) -> impl Iterator<Item = &(Step, Removal)> {
        self.steps
            .iter()
            .filter(|(step, removal)| step.action == Action::Keep && !removal.release)
    }
}

/// What becomes of every member that is no longer wanted.
pub(crate) async fn plan(request: &mut Request<'_>) -> Result<Removed, EngineError> {
    let mut unwanted = members(request).await?;
    add_claims(request, &mut unwanted).await?;
    let mut unknown = None;
    for target in &request.options.delete {
        let meant = target::find(target, unwanted.iter().map(|object| &object.id))?.cloned();
        let Some(object) = unwanted
            .iter_mut()
            .find(|object| Some(&object.id) == meant.as_ref())
        else {
            unknown = Some(target);
            continue;
        };
        object.told = true;
        if matches!(object.fate, Fate::Keep(_)) {
            object.fate = Fate::Delete;
        }
    }
    if request.options.no_prune {
        keep_all(&mut unwanted);
    }
    keep_generated(&mut unwanted, request.objects);
    hold_definitions(request.cluster, &mut unwanted).await?;
    hold_namespaces(request, &mut unwanted).await?;
    let steps = steps(unwanted);
    if let Some(target) = unknown {
        let steps = steps.iter().map(|(step, _)| step);
        let all = steps.clone().map(|step| &step.id);
        return Err(target::unknown(target, steps, all));
    }
    Ok(Removed { steps })
}

/// Nothing goes but what was named.
fn keep_all(unwanted: &mut [Unwanted]) {
    for object in unwanted {
        if !object.told && object.fate == Fate::Delete {
            object.fate = Fate::Keep("no longer wanted, and not deleted this time".to_owned());
        }
    }
}

/// Members that are not wanted any more and are there, with their fates seen alone.
async fn members(request: &mut Request<'_>) -> Result<Vec<Unwanted>, EngineError> {
    let wanted: BTreeSet<&ObjectId> = request.objects.iter().map(|object| &object.id).collect();
    let sets: BTreeSet<(Option<&str>, &str)> = request
        .objects
        .iter()
        .filter(|object| object.id.kind == "StatefulSet" && object.id.group == "apps")
        .map(|object| (object.id.namespace.as_deref(), object.id.name.as_str()))
        .collect();
    // A claim whose stateful set is wanted again is that set's.
    let is_used = |id: &ObjectId, member: &Member| {
        member
            .made_by
            .as_deref()
            .is_some_and(|set| sets.contains(&(id.namespace.as_deref(), set)))
    };
    let mut unwanted = Vec::new();
    for (id, member) in &request.stored.inventory.members {
        let Some(live) = request.live.objects.get(id) else {
            continue;
        };
        if wanted.contains(id) || is_used(id, member) {
            continue;
        }
        let known = request
            .kinds
            .member(request.cluster, id, &member.version)
            .await
            .map_err(|error| api("ask which kinds are served", error, request.cluster))?;
        let Some(known) = known else { continue };
        let fate = prune::fate(id, member, live, request.set);
        unwanted.push(Unwanted {
            id: id.clone(),
            removal: Removal {
                served: known.served,
                live: live.clone(),
                release: false,
                made_by: member.made_by.clone(),
            },
            fate,
            told: false,
        });
    }
    Ok(unwanted)
}

/// Adds the claims of stateful sets that go.
async fn add_claims(
    request: &Request<'_>,
    unwanted: &mut Vec<Unwanted>,
) -> Result<(), EngineError> {
    let mut sets: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for object in unwanted.iter() {
        if object.id.group == "apps"
            && object.id.kind == "StatefulSet"
            && let Some(namespace) = &object.id.namespace
        {
            sets.entry(namespace.clone())
                .or_default()
                .push(object.removal.live.clone());
        }
    }
    for (namespace, sets) in sets {
        let sets: Vec<&Value> = sets.iter().collect();
        for claim in claims::of(request.cluster, &namespace, &sets).await? {
            let known = |id: &ObjectId| unwanted.iter().any(|object| object.id == *id);
            if known(&claim.id) || request.objects.iter().any(|object| object.id == claim.id) {
                continue;
            }
            unwanted.push(Unwanted {
                fate: Fate::Keep(format!("it holds the data of `{}`", claim.made_by)),
                id: claim.id,
                removal: Removal {
                    served: claims::served(),
                    live: claim.live,
                    release: false,
                    made_by: Some(claim.made_by),
                },
                told: false,
            });
        }
    }
    Ok(())
}

/// Deletions first, in their order, then what stays.
fn steps(unwanted: Vec<Unwanted>) -> Vec<(Step, Removal)> {
    let ids: Vec<ObjectId> = unwanted.iter().map(|object| object.id.clone()).collect();
    let mut steps: Vec<(Step, Removal)> = unwanted
        .into_iter()
        .map(|mut object| {
            let mut step = Step::new(object.id.clone(), Action::Delete);
            match object.fate {
                Fate::Delete => step.risks = risks(&object.id),
                Fate::Keep(reason) => {
                    step.action = Action::Keep;
                    step.reason = Some(reason);
                    step.delete_target = Some(target::name_among(&object.id, &ids));
                }
                Fate::Release(reason) => {
                    step.action = Action::Keep;
                    step.reason = Some(format!("{reason}; it is no longer managed here"));
                    object.removal.release = true;
                }
            }
            (step, object.removal)
        })
        .collect();
    steps.sort_by_key(|(step, _)| {
        (
            step.action == Action::Keep,
            deletion_rank(&step.id),
            step.id.clone(),
        )
    });
    steps
}

fn risks(id: &ObjectId) -> Vec<String> {
    match (id.group.as_str(), id.kind.as_str()) {
        ("", "PersistentVolumeClaim" | "PersistentVolume") => {
            vec!["the data on it is deleted".to_owned()]
        }
        ("", "Namespace") => vec!["everything in it is deleted".to_owned()],
        ("apiextensions.k8s.io", _) => {
            vec!["every object of its kind, in every namespace, is deleted".to_owned()]
        }
        _ => Vec::new(),
    }
}
