//! Planning: what the cluster has, what the environment wants, and what lies between.
//!
//! The cluster is read by one LIST per kind and namespace; what the lists do not show is asked for
//! one by one. What is provably as it should be costs nothing more; the rest the API server itself
//! is asked about, by a dry run.

mod adopt;
mod asking;
mod claims;
mod contents;
mod desired;
mod existing;
mod hold;
mod judge;
mod lacking;
mod local;
mod mutators;
mod part;
mod prune;
mod read;
mod remove;
mod target;
mod unchanged;

use super::{
    EngineError, PlanOptions, Refusal, SecretSource, Step,
    bounded::bounded_until,
    gather::Gathered,
    inventory,
    kinds::{self, Kinds},
    order,
    resolve::{self, Secrets},
    step::{Books, Plan, Work},
};
use crate::{
    cluster::Cluster,
    environment::{Edge, Rendered},
    object::{Object, ObjectId},
};
use futures::FutureExt as _;
use judge::{Judge, Judged, Unable};
pub use part::choose;
use std::collections::{BTreeMap, BTreeSet};
pub(crate) use target::is_called;
pub use target::share;

/// What it takes to make the cluster what `rendered` says. Nothing is changed.
///
/// The plan of an environment without objects is its destruction.
pub async fn plan(
    cluster: &Cluster,
    rendered: &Rendered,
    source: &dyn SecretSource,
    options: &PlanOptions,
) -> Result<Plan, EngineError> {
    match planned(cluster, rendered, source, options).await {
        Err(error) => Err(lacking::all(cluster, rendered, error).await),
        plan => plan,
    }
}

async fn planned(
    cluster: &Cluster,
    rendered: &Rendered,
    source: &dyn SecretSource,
    options: &PlanOptions,
) -> Result<Plan, EngineError> {
    let Seen {
        set,
        objects,
        edges,
        stored,
        mut kinds,
        live,
    } = look(cluster, rendered).await?;

    let part = match options.only.as_slice() {
        [] => None,
        only => Some(part::part(only, &objects, &edges)?),
    };
    let is_chosen = |index: usize| {
        let part = part.as_ref();
        part.is_none_or(|part| part.chosen.contains(&index))
    };
    let chosen: Vec<Object> = (0..objects.len())
        .filter(|index| is_chosen(*index))
        .map(|index| objects[index].clone())
        .collect();

    homes_are_there(&chosen, &objects, &live, &options.coming)?;

    let homes = resolve::homes(&objects);
    let gathered = Gathered::all(cluster, source, &rendered.namespace, &chosen).await;
    let secrets = Secrets::new(gathered, &homes, |id| live.objects.get(id))
        .map_err(|error| EngineError::Random(error.to_string()))?
        .may_be_unknown(options.unknown_secrets);
    secrets.check(&chosen)?;

    let mutators = if live.objects.is_empty() {
        mutators::Mutators::default()
    } else {
        mutators::read(cluster).await?
    };
    let mut warnings = live.strays.clone();
    warnings.extend(mutators.warning());
    let judge = Judge {
        cluster,
        secrets: &secrets,
        options,
        mutators: &mutators,
        set: &set,
    };
    let minimums = desired::autoscaled(&objects);
    let judging = |index: usize| {
        let minimum = minimums.get(&index).copied();
        judge.judge(&objects[index], &kinds, &live, minimum).boxed()
    };
    let wanted = (0..objects.len()).filter(|index| is_chosen(*index));
    let (judged, existing) = futures::join!(
        bounded_until(wanted.map(judging).collect(), |judged| matches!(
            judged,
            Err(Unable::Down(_))
        )),
        existing::check(cluster, rendered, &objects)
    );
    let (mut existing, unsure) = existing?;
    warnings.extend(unsure);
    if part.is_some() {
        // What others build on stops nobody else.
        let missing = existing.drain(..).map(|refusal| refusal.to_string());
        warnings.extend(missing);
    }
    let mut judged = sorted_out(judged, existing, &*secrets.mask(&chosen))?;
    warnings.extend(adopt::releases(&judged));

    let Some(part) = part else {
        let removed = remove::plan(&mut remove::Request {
            cluster,
            options,
            stored: &stored,
            live: &live,
            objects: &objects,
            kinds: &mut kinds,
            set: &set,
            inventory: &inventory::name(&rendered.name),
        })
        .await?;
        let books = Books {
            after: books(&objects, &live, &removed),
            before: stored.inventory,
            uid: stored.uid,
            partial: false,
        };
        return Ok(assemble(
            cluster,
            rendered,
            (judged, removed),
            edges,
            warnings,
            books,
        ));
    };

    for (index, step) in part.chosen.iter().zip(&mut judged) {
        let needed = part.needed.iter().filter(|(_, after)| after == index);
        for (before, _) in needed {
            let left = &objects[*before].id;
            let there = live.objects.contains_key(left);
            // What the API server refuses of it is not this plan's matter.
            let changes = !there
                || judging(*before)
                    .await
                    .is_ok_and(|judged| judged.step.action.is_write());
            if changes {
                step.step.notes.push(part::note(left, there));
            }
        }
    }
    let owned = books(&chosen, &live, &remove::Removed::default());
    let books = Books {
        after: stored.inventory.union(&owned),
        before: stored.inventory,
        uid: stored.uid,
        partial: true,
    };
    let edges = part.edges(&edges);
    let judged = (judged, remove::Removed::default());
    let mut plan = assemble(cluster, rendered, judged, edges, warnings, books);
    plan.left_out = objects.len() - chosen.len();
    Ok(plan)
}

/// What a plan would find that the environment no longer wants: what goes, and what is kept.
pub async fn removals(cluster: &Cluster, rendered: &Rendered) -> Result<Vec<Step>, EngineError> {
    let mut seen = look(cluster, rendered).await?;
    let removed = remove::plan(&mut remove::Request {
        cluster,
        options: &PlanOptions::default(),
        stored: &seen.stored,
        live: &seen.live,
        objects: &seen.objects,
        kinds: &mut seen.kinds,
        set: &seen.set,
        inventory: &inventory::name(&rendered.name),
    })
    .await?;
    Ok(removed.steps.into_iter().map(|(step, _)| step).collect())
}

/// What is wanted, and what is there.
struct Seen {
    /// The environment's mark.
    set: String,
    objects: Vec<Object>,
    edges: Vec<Edge>,
    stored: read::Stored,
    kinds: Kinds,
    live: read::Live,
}

async fn look(cluster: &Cluster, rendered: &Rendered) -> Result<Seen, EngineError> {
    let stored = read::inventory(cluster, rendered).await?;
    let set = inventory::id(&inventory::name(&rendered.name), &rendered.namespace);
    let mut kinds = Kinds::of(cluster, &rendered.objects).await?;
    let objects = desired::prepare(rendered, &kinds)?;
    let edges = order::edges(&objects, &rendered.edges);
    if let Some(circle) = order::circle(objects.len(), &edges) {
        let ids = circle.iter().map(|index| objects[*index].id.clone());
        return Err(EngineError::Circle(ids.collect()));
    }
    let live = read::live(cluster, &objects, &stored.inventory, &mut kinds, &set).await?;
    Ok(Seen {
        set,
        objects,
        edges,
        stored,
        kinds,
        live,
    })
}

fn assemble(
    cluster: &Cluster,
    rendered: &Rendered,
    (judged, removed): (Vec<Judged>, remove::Removed),
    edges: Vec<Edge>,
    warnings: Vec<String>,
    books: Books,
) -> Plan {
    let mut steps = Vec::new();
    let mut works = Vec::new();
    for judged in judged {
        steps.push(judged.step);
        works.push(Work::Write(Box::new(judged.manifest)));
    }
    for (step, removal) in removed.steps {
        steps.push(step);
        works.push(Work::Remove(Box::new(removal)));
    }
    Plan {
        cluster: cluster.name().clone(),
        environment: rendered.name.clone(),
        namespace: rendered.namespace.clone(),
        scaled: rendered.scaled.clone(),
        steps,
        left_out: 0,
        warnings,
        edges,
        works,
        books,
    }
}

/// What the environment will own: what it wants, and what it keeps.
fn books(objects: &[Object], live: &read::Live, removed: &remove::Removed) -> inventory::Inventory {
    let uid = |value: &serde_json::Value| value["metadata"]["uid"].as_str().map(str::to_owned);
    let wanted = objects.iter().map(|object| {
        let version = kinds::version_of(object.api_version()).to_owned();
        let member = inventory::Member {
            version,
            uid: live.objects.get(&object.id).and_then(uid),
            ..inventory::Member::default()
        };
        (object.id.clone(), member)
    });
    let kept = removed.kept().map(|(step, removal)| {
        let member = inventory::Member {
            version: removal.served.version.clone().into_owned(),
            uid: uid(&removal.live),
            kept: true,
            made_by: removal.made_by.clone(),
        };
        (step.id.clone(), member)
    });
    inventory::Inventory {
        members: wanted.chain(kept).collect::<BTreeMap<ObjectId, _>>(),
    }
}

/// Every namespace that is used must be there, be made here, or come before.
fn homes_are_there(
    objects: &[Object],
    all: &[Object],
    live: &read::Live,
    coming: &[String],
) -> Result<(), EngineError> {
    let among = |objects: &[Object], name: &str| {
        let mut objects = objects.iter();
        objects.any(|object| kinds::is_namespace(&object.id) && object.id.name == name)
    };
    let made = |name: &str| coming.iter().any(|coming| coming == name) || among(objects, name);
    let mut seen = BTreeSet::new();
    let mut refusals = Vec::new();
    for object in objects {
        let Some(namespace) = &object.id.namespace else {
            continue;
        };
        if live.absent.contains(namespace) && !made(namespace) && seen.insert(namespace) {
            let problem =
                format!("its namespace `{namespace}` does not exist, or is being deleted");
            let mut refusal = super::refusal::refusal(object, None, problem);
            refusal.help = Some(if among(all, namespace) {
                format!("`--only namespace/{namespace}` takes it along")
            } else {
                "create it first, or let the environment make it".to_owned()
            });
            refusals.push(refusal);
        }
    }
    if refusals.is_empty() {
        Ok(())
    } else {
        Err(EngineError::Refused(refusals))
    }
}

/// All refusals together, else what was found.
fn sorted_out(
    judged: Vec<Result<Judged, Unable>>,
    mut refusals: Vec<Refusal>,
    mask: &dyn Fn(&str) -> String,
) -> Result<Vec<Judged>, EngineError> {
    let mut found = Vec::new();
    for result in judged {
        match result {
            Ok(judged) => found.push(judged),
            Err(Unable::Refused(more) | Unable::Down(more)) => refusals.extend(more),
            Err(Unable::Failed(error)) => return Err(*error),
        }
    }
    if refusals.is_empty() {
        return Ok(found);
    }
    // What concerns a whole namespace is told by each of its objects, and read once.
    let mut seen = BTreeSet::new();
    for refusal in &mut refusals {
        refusal.message = mask(&refusal.message);
    }
    refusals.retain(|refusal| seen.insert(refusal.to_string()));
    Err(EngineError::Refused(refusals))
}

/// A step about an object of the environment.
fn step(object: &Object, action: super::Action) -> Step {
    let mut step = Step::new(object.id.clone(), action);
    step.origin.clone_from(&object.origin.made);
    step
}
