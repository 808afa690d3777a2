//! What is no longer wanted: what goes, what stays, and why.

use super::{
    claims, contents,
    prune::{self, Fate},
    read::{Live, Stored},
};
use crate::{
    cluster::Cluster,
    engine::{
        Action, EngineError, PlanOptions, Step,
        inventory::Member,
        kinds::{self, Kinds, api},
        order::deletion_rank,
        step::Removal,
    },
    object::{Object, ObjectId},
};
use infra_schema::kind::Kind;
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

/// One object that is no longer wanted.
struct Unwanted {
    id: ObjectId,
    removal: Removal,
    fate: Fate,
    /// `--delete` names it.
    told: bool,
}

/// What becomes of every member that is no longer wanted.
pub(crate) async fn plan(request: &mut Request<'_>) -> Result<Removed, EngineError> {
    let mut unwanted = members(request).await?;
    add_claims(request, &mut unwanted).await?;
    let mut used = BTreeSet::new();
    for object in &mut unwanted {
        let matching = request
            .options
            .delete
            .iter()
            .filter(|target| is_called(&object.id, target));
        let before = used.len();
        used.extend(matching.cloned());
        object.told = used.len() > before
            || request
                .options
                .delete
                .iter()
                .any(|target| is_called(&object.id, target));
        if object.told && matches!(object.fate, Fate::Keep(_)) {
            object.fate = Fate::Delete;
        }
    }
    keep_generated(&mut unwanted, request.objects);
    hold_definitions(request, &mut unwanted).await?;
    hold_namespaces(request, &mut unwanted).await?;
    for target in &request.options.delete {
        if !used.contains(target) {
            return Err(EngineError::NothingToDelete {
                target: target.clone(),
                kept: unwanted
                    .iter()
                    .filter(|object| matches!(object.fate, Fate::Keep(_)))
                    .map(|object| object.id.short())
                    .collect(),
            });
        }
    }
    Ok(Removed {
        steps: steps(unwanted),
    })
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

/// While a volume is there, so are the secrets with values that were made once: without its
/// password the data cannot be read.
fn keep_generated(unwanted: &mut [Unwanted], objects: &[Object]) {
    let kept = unwanted
        .iter()
        .filter(|object| {
            object.id.kind == "PersistentVolumeClaim" && matches!(object.fate, Fate::Keep(_))
        })
        // A store's own volume is the better example.
        .min_by_key(|object| (object.removal.made_by.is_none(), &object.id))
        .map(|object| object.id.short());
    let wanted = || {
        let store = objects.iter().find(|object| {
            object.id.kind == "PersistentVolumeClaim"
                || object.value["spec"]["volumeClaimTemplates"].is_array()
        });
        store.map(|object| object.id.short())
    };
    let volume = kept.or_else(wanted);
    let Some(volume) = volume else { return };
    for object in unwanted {
        if !object.told
            && object.fate == Fate::Delete
            && prune::is_generated(&object.id, &object.removal.live)
        {
            object.fate = Fate::Keep(format!(
                "it holds generated values that the data of `{volume}` may need"
            ));
        }
    }
}

/// A definition stays while anything made from it stays.
async fn hold_definitions(
    request: &Request<'_>,
    unwanted: &mut [Unwanted],
) -> Result<(), EngineError> {
    let going = going(unwanted);
    for object in unwanted {
        if object.told || object.fate != Fate::Delete || !kinds::is_definition(&object.id) {
            continue;
        }
        let others = contents::instances(request.cluster, &object.removal.live, &going).await?;
        if !others.is_empty() {
            object.fate = Fate::Keep(format!(
                "with it every object of its kind would go: {}",
                contents::some(&others)
            ));
        }
    }
    Ok(())
}

/// A namespace stays while anything in it stays; one that `--delete` names takes with it what is
/// kept in it.
async fn hold_namespaces(
    request: &Request<'_>,
    unwanted: &mut [Unwanted],
) -> Result<(), EngineError> {
    let told: BTreeSet<String> = unwanted
        .iter()
        .filter(|object| object.told && kinds::is_namespace(&object.id))
        .map(|object| object.id.name.clone())
        .collect();
    for object in unwanted.iter_mut() {
        let goes_along = object
            .id
            .namespace
            .as_ref()
            .is_some_and(|namespace| told.contains(namespace));
        if goes_along && matches!(object.fate, Fate::Keep(_)) {
            object.fate = Fate::Delete;
        }
    }
    let going = going(unwanted);
    let staying: Vec<(Option<String>, String)> = unwanted
        .iter()
        .filter(|object| object.fate != Fate::Delete)
        .map(|object| (object.id.namespace.clone(), object.id.short()))
        .chain(
            request
                .objects
                .iter()
                .map(|object| (object.id.namespace.clone(), object.id.short())),
        )
        .collect();
    for object in unwanted {
        if object.told || object.fate != Fate::Delete || !kinds::is_namespace(&object.id) {
            continue;
        }
        let inside: Vec<String> = staying
            .iter()
            .filter(|(namespace, _)| namespace.as_deref() == Some(object.id.name.as_str()))
            .map(|(_, name)| name.clone())
            .collect();
        let inside = if inside.is_empty() {
            let (cluster, name) = (request.cluster, &object.id.name);
            contents::foreign_in(cluster, name, &going, request.inventory).await?
        } else {
            inside
        };
        if !inside.is_empty() {
            object.fate = Fate::Keep(format!("it holds {}", contents::some(&inside)));
        }
    }
    Ok(())
}

fn going(unwanted: &[Unwanted]) -> BTreeSet<ObjectId> {
    unwanted
        .iter()
        .filter(|object| object.fate == Fate::Delete)
        .map(|object| object.id.clone())
        .collect()
}

/// Deletions first, in their order, then what stays.
fn steps(unwanted: Vec<Unwanted>) -> Vec<(Step, Removal)> {
    let mut steps: Vec<(Step, Removal)> = unwanted
        .into_iter()
        .map(|mut object| {
            let mut step = Step::new(object.id.clone(), Action::Delete);
            match object.fate {
                Fate::Delete => step.risks = risks(&object.id),
                Fate::Keep(reason) => {
                    step.action = Action::Keep;
                    step.reason = Some(reason);
                    step.delete_target = Some(object.id.short());
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

/// Whether `KIND/NAME` means this object, by any name of its kind.
fn is_called(id: &ObjectId, target: &str) -> bool {
    let Some((kind, name)) = target.split_once('/') else {
        return false;
    };
    name == id.name
        && (kind.eq_ignore_ascii_case(&id.kind)
            || Kind::lookup(kind)
                .iter()
                .any(|kind| kind.group == id.group.as_str() && kind.kind == id.kind.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_target_is_any_name_of_the_kind() {
        let id = ObjectId::of(
            &json!({"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"data-0"}}),
        );
        for (target, called) in [
            ("pvc/data-0", true),
            ("persistentvolumeclaim/data-0", true),
            ("PersistentVolumeClaims/data-0", true),
            ("pvc/data-1", false),
            ("secret/data-0", false),
            ("data-0", false),
        ] {
            assert_eq!(is_called(&id, target), called, "{target}");
        }
    }

    fn unwanted(api_version: &str, kind: &str, fate: Fate) -> Unwanted {
        let live = json!({"apiVersion": api_version, "kind": kind,
            "metadata": {"name": "x", "namespace": "n",
                "managedFields": [{"manager": "infra-generated", "fieldsV1": {"f:data": {"f:p": {}}}}]}});
        Unwanted {
            id: ObjectId::of(&live),
            removal: Removal {
                served: kinds::builtin("", kind),
                live,
                release: false,
                made_by: None,
            },
            fate,
            told: false,
        }
    }

    #[test]
    fn generated_values_stay_while_a_volume_does() {
        let volume = |fate| unwanted("v1", "PersistentVolumeClaim", fate);
        let mut kept = [
            volume(Fate::Keep("data".into())),
            unwanted("v1", "Secret", Fate::Delete),
        ];
        keep_generated(&mut kept, &[]);
        assert!(matches!(kept[1].fate, Fate::Keep(_)));
        let mut gone = [volume(Fate::Delete), unwanted("v1", "Secret", Fate::Delete)];
        keep_generated(&mut gone, &[]);
        assert_eq!(gone[1].fate, Fate::Delete);
        let store = json!({"apiVersion": "apps/v1", "kind": "StatefulSet",
            "metadata": {"name": "db"}, "spec": {"volumeClaimTemplates": []}});
        let store = Object::new(store, crate::object::Origin::default());
        keep_generated(&mut gone, &[store]);
        assert!(matches!(gone[1].fate, Fate::Keep(_)));
        let mut told = kept;
        (told[1].fate, told[1].told) = (Fate::Delete, true);
        keep_generated(&mut told, &[]);
        assert_eq!(told[1].fate, Fate::Delete);
    }
}
