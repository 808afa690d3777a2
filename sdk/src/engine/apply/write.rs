//! Writing one object, with everything that belongs to it.

use super::{
    super::{
        Action, Failure, GENERATED_MANAGER, HANDOVER_MANAGER, MANAGER, StopLevel, Unread, conflict,
        manifest::{Manifest, Replicas},
        refusal,
        wait::Target,
    },
    Context,
    take_over::{Problem, take_over},
};
use crate::cluster::{ApiError, ApplyRequest, Propagation};
use serde_json::Value;
use std::time::Duration;

/// How long the API server may need to serve a kind after its definition is established, or to make
/// a new namespace's service account.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(500);

/// Writes the object of a manifest; what the API server has afterwards.
pub(crate) async fn write(
    context: &Context<'_>,
    manifest: &Manifest,
    action: Action,
) -> Result<Value, Failure> {
    let failed = |error: &ApiError| masked(context, refusal::failure(&manifest.object, error));
    let missing = |unread: Unread| Failure {
        id: manifest.object.id.clone(),
        field: None,
        message: unread.problem,
        help: unread.help,
        at: manifest.object.origin.made.clone(),
    };
    let live = make_room(context, manifest, action).await?;
    if let (Some(takeover), Some(live)) = (&manifest.takeover, live) {
        take_over(context, manifest, takeover, live)
            .await
            .map_err(|problem| match problem {
                Problem::Api(error) => failed(&error),
                Problem::Changed => Failure {
                    help: Some("run again: the plan is made anew".to_owned()),
                    ..missing(Unread::new("others changed it since the plan was made"))
                },
            })?;
    }

    let generated = manifest
        .generated_body(context.secrets, live)
        .map_err(missing)?;
    if let Some(body) = generated {
        send(context, manifest, &body, GENERATED_MANAGER, Force::All)
            .await
            .map_err(|error| failed(&error))?;
    }
    let body = manifest.body(context.secrets).map_err(missing)?;
    let count = match manifest.replicas {
        Replicas::Ours | Replicas::Autoscaler => None,
        Replicas::HandOver(count) => Some(count),
        Replicas::Start(count) => {
            let mut first = body.clone();
            first["spec"]["replicas"] = count.into();
            send(context, manifest, &first, MANAGER, Force::Planned)
                .await
                .map_err(|error| failed(&error))?;
            Some(count)
        }
    };
    if let Some(count) = count {
        // Someone else holds the number before we let go of it: it is never reset.
        let hand_over = manifest.handover_body(count);
        send(context, manifest, &hand_over, HANDOVER_MANAGER, Force::All)
            .await
            .map_err(|error| failed(&error))?;
    }
    send(context, manifest, &body, MANAGER, Force::Planned)
        .await
        .map_err(|error| failed(&error))
}

/// Sees to it that nothing is in the way: an object that is replaced is deleted, one that is being
/// deleted is waited out. What is there afterwards.
async fn make_room<'m>(
    context: &Context<'_>,
    manifest: &'m Manifest,
    action: Action,
) -> Result<Option<&'m Value>, Failure> {
    let Some(live) = &manifest.live else {
        return Ok(None);
    };
    let metadata = &live["metadata"];
    let mut target = live.clone();
    if action == Action::Replace {
        let deleted = context
            .cluster
            .delete(
                &manifest.served,
                metadata["namespace"].as_str(),
                metadata["name"].as_str().unwrap_or_default(),
                metadata["uid"].as_str(),
                Propagation::Background,
            )
            .await
            .map_err(|error| masked(context, refusal::failure(&manifest.object, &error)))?;
        match deleted {
            crate::cluster::Deletion::Gone => return Ok(None),
            crate::cluster::Deletion::Marked(object) => target = object,
        }
    } else if !metadata["deletionTimestamp"].is_string() {
        return Ok(Some(live));
    }
    let id = manifest.object.id.clone();
    let target = Target::gone(id.clone(), manifest.served.clone(), target);
    let waited = tokio::select! {
        waited = context.waiter.wait(target) => waited,
        () = context.stop.reached(StopLevel::Finish) => {
            return Err(Failure {
                id,
                field: None,
                message: "the run was stopped while the object before it was still there".to_owned(),
                help: None,
                at: manifest.object.origin.made.clone(),
            });
        }
    };
    match super::report::not_gone(&id, &waited) {
        None => Ok(None),
        Some(failure) => Err(failure),
    }
}

/// What may be taken from other field managers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Force {
    /// Everything.
    All,
    /// What the plan says, field by field.
    Planned,
}

/// One apply, again where what it needs is only just coming, and again with force where others own
/// only what the plan takes from them: force is for a whole request.
async fn send(
    context: &Context<'_>,
    manifest: &Manifest,
    body: &Value,
    manager: &str,
    force: Force,
) -> Result<Value, ApiError> {
    let clock = context.cluster.clock();
    let until = clock.now() + PATIENCE;
    let mut request = ApplyRequest {
        manager,
        force: force == Force::All,
        dry_run: false,
    };
    loop {
        let answer = context.cluster.apply(&manifest.served, body, request).await;
        match answer {
            Err(error) if is_coming(&error) && clock.now() < until => {
                context.cluster.forget_group(&manifest.served.group);
                clock.sleep(PAUSE).await;
            }
            Err(error)
                if error.is_apply_conflict()
                    && !request.force
                    && conflict::allowed(&error, &manifest.taken) =>
            {
                request.force = true;
            }
            answer => return answer,
        }
    }
}

/// Whether an error goes away by itself a moment after something else was made.
fn is_coming(error: &ApiError) -> bool {
    error.is_kind_missing()
        || (error.is_forbidden() && error.message.contains("error looking up service account"))
}

fn masked(context: &Context<'_>, mut failure: Failure) -> Failure {
    failure.message = (context.mask)(&failure.message);
    failure
}
