//! Deleting what is no longer wanted, after everything else is done.

use super::{
    super::{
        Action, Event, Failure, MANAGER, Outcome, Skipped, Step,
        advice::advice,
        inventory::PART_OF,
        order::deletion_rank,
        step::{Removal, Work},
        wait::Target,
    },
    Context,
    drive::{Done, Drive, Happened},
    report,
};
use crate::{
    cluster::{Deletion, Propagation},
    object::ObjectId,
};
use futures::FutureExt as _;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Deletes, one rank after the other, and lets go of what is released. The ids that are ours no
/// longer.
///
/// Nothing is deleted while something that is wanted failed or is not ready: what goes may be what
/// still works.
pub(crate) async fn remove<'a>(
    context: &'a Context<'a>,
    drive: &mut Drive<'a>,
    outcome: &mut Outcome,
) -> BTreeSet<ObjectId> {
    let mut ranks: BTreeMap<u8, VecDeque<usize>> = BTreeMap::new();
    let mut gone = BTreeSet::new();
    for (index, (step, work)) in context
        .plan
        .steps
        .iter()
        .zip(&context.plan.works)
        .enumerate()
    {
        let Work::Remove(removal) = work else {
            continue;
        };
        if step.action == Action::Delete {
            ranks
                .entry(deletion_rank(&step.id))
                .or_default()
                .push_back(index);
        } else {
            outcome.kept.push(step.id.clone());
            if removal.release && outcome.is_success() && !context.stop.is_asked() {
                release(context, step, removal).await;
                gone.insert(step.id.clone());
            }
        }
    }
    let last = ranks.keys().last().copied();
    for (rank, waiting) in ranks {
        // Only what goes after it needs that it is gone.
        let wait = context.options.wait || Some(rank) != last;
        one_rank(context, drive, outcome, (waiting, wait), &mut gone).await;
    }
    gone
}

async fn one_rank<'a>(
    context: &'a Context<'a>,
    drive: &mut Drive<'a>,
    outcome: &mut Outcome,
    (mut waiting, wait): (VecDeque<usize>, bool),
    gone: &mut BTreeSet<ObjectId>,
) {
    let steps = &context.plan.steps;
    if let Some((because, reason)) = obstacle(outcome) {
        for index in waiting {
            let skipped = Skipped {
                id: steps[index].id.clone(),
                because: because.clone(),
                reason: reason.to_owned(),
            };
            context.tell(Event::Skipped(skipped.clone()));
            outcome.skipped.push(skipped);
        }
        return;
    }
    let (mut deleting, mut awaited) = (BTreeSet::new(), BTreeSet::new());
    loop {
        while !context.stop.is_asked() && drive.writing() < context.options.concurrency.max(1) {
            let Some(index) = waiting.pop_front() else {
                break;
            };
            let Work::Remove(removal) = &context.plan.works[index] else {
                continue;
            };
            let step = &steps[index];
            context.tell(Event::Deleting {
                id: step.id.clone(),
            });
            deleting.insert(index);
            drive.write(
                async move { Done::Removed(index, delete(context, step, removal).await) }.boxed(),
            );
        }
        match drive.next().await {
            Happened::Done(done) => match *done {
                Done::Removed(index, Ok(Some(_))) if !wait => {
                    deleting.remove(&index);
                    gone.insert(steps[index].id.clone());
                    outcome.not_awaited.push(steps[index].id.clone());
                }
                Done::Removed(index, Ok(Some(target))) => {
                    deleting.remove(&index);
                    awaited.insert(index);
                    let waiter = context.waiter.clone();
                    if !drive.is_stopping() {
                        drive.wait(
                            async move { Done::Waited(index, waiter.wait(target).await) }.boxed(),
                        );
                    }
                }
                Done::Removed(index, result) => {
                    deleting.remove(&index);
                    removed(context, outcome, gone, &steps[index], result.map(|_| ()));
                }
                Done::Waited(index, waited) if awaited.remove(&index) => {
                    let result = report::not_gone(&steps[index].id, &waited).map_or(Ok(()), Err);
                    removed(context, outcome, gone, &steps[index], result);
                }
                _ => {}
            },
            Happened::StopAsked => context.tell(Event::Stopping {
                running: drive.writing(),
            }),
            Happened::StopNow => break,
            Happened::Idle if waiting.is_empty() || context.stop.is_asked() => break,
            Happened::Idle => {}
        }
    }
    let id = |index: usize| steps[index].id.clone();
    outcome.not_awaited.extend(awaited.into_iter().map(id));
    outcome
        .not_done
        .extend(deleting.into_iter().chain(waiting).map(id));
}

fn removed(
    context: &Context<'_>,
    outcome: &mut Outcome,
    gone: &mut BTreeSet<ObjectId>,
    step: &Step,
    result: Result<(), Failure>,
) {
    match result {
        Ok(()) => {
            gone.insert(step.id.clone());
            outcome.deleted.push(step.id.clone());
            context.tell(Event::Deleted {
                id: step.id.clone(),
            });
        }
        Err(failure) => {
            context.tell(Event::Failed(failure.clone()));
            outcome.failed.push(failure);
        }
    }
}

/// What forbids deleting anything: of several the first by name, whichever ended first.
fn obstacle(outcome: &Outcome) -> Option<(ObjectId, &'static str)> {
    let failed = outcome.failed.iter().map(|failure| &failure.id);
    let not_ready = outcome.not_ready.iter().map(|stuck| &stuck.id);
    let skipped = outcome.skipped.iter().map(|skipped| &skipped.because);
    let first = |id: Option<&ObjectId>, reason| Some((id?.clone(), reason));
    first(failed.min(), "failed")
        .or_else(|| first(not_ready.min(), "is not ready"))
        .or_else(|| first(skipped.min(), "was not done"))
}

/// Deletes an object; what is to be waited for where it is not gone at once.
async fn delete(
    context: &Context<'_>,
    step: &Step,
    removal: &Removal,
) -> Result<Option<Target>, Failure> {
    let id = &step.id;
    let deleted = context
        .cluster
        .delete(
            &removal.served,
            id.namespace.as_deref(),
            &id.name,
            removal.live["metadata"]["uid"].as_str(),
            propagation(&removal.served.group, &removal.served.kind),
        )
        .await;
    match deleted {
        Ok(Deletion::Gone) => Ok(None),
        Ok(Deletion::Marked(object)) => Ok(Some(Target::gone(
            id.clone(),
            removal.served.clone(),
            object,
        ))),
        Err(error) => Err(Failure {
            id: id.clone(),
            field: None,
            message: if error.is_precondition_failed() {
                "it was deleted and made again by someone else meanwhile: it is left alone".into()
            } else {
                error.to_string()
            },
            help: advice(&error),
            at: None,
        }),
    }
}

/// A workload is gone when its pods are: they may still write to what is kept. Everything else has
/// nothing of its own to wait for.
fn propagation(group: &str, kind: &str) -> Propagation {
    match (group, kind) {
        ("apps", "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet")
        | ("batch", "Job" | "CronJob") => Propagation::Foreground,
        _ => Propagation::Background,
    }
}

/// Takes our label off what is no longer ours. That it cannot be done harms nothing.
async fn release(context: &Context<'_>, step: &Step, removal: &Removal) {
    let id = &step.id;
    if removal.live["metadata"]["labels"][PART_OF].is_null() {
        return;
    }
    let patch = json!({"metadata": {"labels": {PART_OF: null}}});
    let patched = context
        .cluster
        .merge_patch(
            &removal.served,
            id.namespace.as_deref(),
            &id.name,
            &patch,
            MANAGER,
        )
        .await;
    if let Err(error) = patched {
        context.tell(Event::Warning {
            message: format!("the label `{PART_OF}` of {id} stays: {error}"),
        });
    }
}
