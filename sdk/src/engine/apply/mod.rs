//! Doing a plan.
//!
//! Objects are written in the order of the graph, a few at a time; what needs another to be ready
//! waits for it by watching; what is no longer wanted goes last, in reverse. A failure stops only
//! what depends on it.

mod bookkeeping;
mod drive;
mod graph;
mod removal;
mod report;
mod run;
mod take_over;
mod write;

use super::{
    ApplyOptions, EngineError, Event, Outcome, Plan, SecretSource, Stop, StopLevel,
    gather::Gathered,
    inventory::{self, PART_OF},
    kinds::api,
    resolve::{self, Home, Secrets},
    step::Work,
    wait::{Mask, Progress, WaitOptions, Waiter},
};
use crate::{
    cluster::{Cluster, Selector},
    object::{Object, ObjectId},
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What every part of a run needs.
pub(crate) struct Context<'a> {
    pub(crate) cluster: &'a Cluster,
    pub(crate) plan: &'a Plan,
    pub(crate) secrets: &'a Secrets,
    pub(crate) mask: &'a (dyn Fn(&str) -> String + Send + Sync),
    pub(crate) options: &'a ApplyOptions,
    pub(crate) events: &'a (dyn Fn(Event) + Send + Sync),
    pub(crate) stop: &'a Stop,
    /// Waits for objects, to be ready or to be gone.
    pub(crate) waiter: Waiter,
}

impl Context<'_> {
    pub(crate) fn tell(&self, event: Event) {
        (self.events)(event);
    }
}

/// Does what a plan says, and tells how it goes on. Nothing else of the engine changes a cluster.
///
/// It ends with an error only where it cannot begin, or cannot open its books; what happens to
/// single objects stands in the outcome.
pub async fn apply(
    cluster: &Cluster,
    plan: &Plan,
    source: &dyn SecretSource,
    options: &ApplyOptions,
    events: &(dyn Fn(Event) + Send + Sync),
    stop: &Stop,
) -> Result<Outcome, EngineError> {
    let started = cluster.clock().now();
    let objects = wanted(plan);
    let homes = resolve::homes(&objects);
    let live = homes_now(cluster, plan, &homes).await?;
    let gathered = Gathered::all(cluster, source, &plan.namespace, &objects).await;
    let secrets = Secrets::new(gathered, &homes, |id| live.get(id))
        .map_err(|error| EngineError::Random(error.to_string()))?;
    secrets.check(&objects)?;
    let mask = secrets.mask(&objects);
    let set = inventory::id(&inventory::name(&plan.environment), &plan.namespace);
    let waiting = WaitOptions {
        timeout: options.timeout,
        selector: Selector::label(PART_OF, &set),
        mask: Some(Mask::clone(&mask)),
        ..WaitOptions::default()
    };
    let (waiter, watching) = Waiter::new(cluster, waiting);
    let context = Context {
        cluster,
        plan,
        secrets: &secrets,
        mask: &*mask,
        options,
        events,
        stop,
        waiter,
    };
    let progress = |progress: Progress| context.tell(report::progress(&progress));
    let mut drive = drive::Drive::new(stop, Box::pin(watching.run(&progress)));

    let mut run = run::Run::new(&context);
    context.tell(run.started());
    let mut books = bookkeeping::Books::new(&context);
    let mut outcome = run.go(&mut drive, &mut books).await?;
    let deleted = removal::remove(&context, &mut drive, &mut outcome).await;
    if stop.level() < StopLevel::AtOnce
        && let Err(error) = books.close(&run, &deleted).await
    {
        // What was done is told all the same. What is owned was written before, and a little more.
        let failure = books.failure(&error);
        context.tell(Event::Failed(failure.clone()));
        outcome.failed.push(failure);
    }
    put_in_order(&mut outcome, plan);
    outcome.stopped = stop.is_asked();
    outcome.duration = cluster.clock().now().saturating_sub(started);
    context.tell(Event::Finished {
        duration: outcome.duration,
    });
    Ok(outcome)
}

/// What went wrong in the order of the plan: the same whichever of two came to its end first.
fn put_in_order(outcome: &mut Outcome, plan: &Plan) {
    let steps = plan.steps.iter().enumerate();
    let places: BTreeMap<&ObjectId, usize> = steps.map(|(place, step)| (&step.id, place)).collect();
    // What is no step, the inventory, comes last.
    let place = |id: &ObjectId| places.get(id).copied().unwrap_or(usize::MAX);
    outcome.failed.sort_by_key(|failure| place(&failure.id));
    outcome.skipped.sort_by_key(|skipped| place(&skipped.id));
    outcome.not_ready.sort_by_key(|found| place(&found.id));
}

/// The objects that are wanted.
fn wanted(plan: &Plan) -> Vec<Object> {
    plan.works
        .iter()
        .filter_map(|work| match work {
            Work::Write(manifest) => Some(manifest.object.clone()),
            Work::Remove(_) => None,
        })
        .collect()
}

/// The secrets that hold generated values, as they are now. Those that had none when the plan was
/// made are read again: another run may have made the value meanwhile, and it is made once.
async fn homes_now(
    cluster: &Cluster,
    plan: &Plan,
    homes: &BTreeMap<String, Home>,
) -> Result<BTreeMap<ObjectId, Value>, EngineError> {
    let mut found = BTreeMap::new();
    let ids: BTreeSet<&ObjectId> = homes.values().map(|home| &home.id).collect();
    for (step, work) in plan.steps.iter().zip(&plan.works) {
        let Work::Write(manifest) = work else {
            continue;
        };
        if !ids.contains(&step.id) {
            continue;
        }
        let complete = manifest.live.as_ref().is_some_and(|live| {
            homes
                .values()
                .filter(|home| home.id == step.id)
                .all(|home| live["data"][&home.key].is_string())
        });
        let live = if complete {
            manifest.live.clone()
        } else {
            cluster
                .get(
                    &manifest.served,
                    step.id.namespace.as_deref(),
                    &step.id.name,
                )
                .await
                .map_err(|error| api(&format!("read {}", step.id), error, cluster))?
        };
        if let Some(live) = live {
            found.insert(step.id.clone(), live);
        }
    }
    Ok(found)
}
