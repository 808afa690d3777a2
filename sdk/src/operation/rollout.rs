//! Rollouts: whether one is done, the revisions that there were, and going back to one.

use super::{Found, OperationError, ROLLED_OUT, Target, Written, around, find, restart, written};
use crate::cluster::{Cluster, PatchForm, Selector};
use crate::engine::kinds;
use crate::engine::wait::{Mask, Progress, Target as Awaited, WaitOptions, Waited, Waiter};
use crate::object::ObjectId;
use crate::status::{Status, cause::Cause, why};
use serde::Serialize;
use serde_json::{Value, json};
use std::time::Duration;

/// The annotation of a replica set with its revision.
const REVISION: &str = "deployment.kubernetes.io/revision";
/// The annotation with the reason of a change.
const CHANGE_CAUSE: &str = "kubernetes.io/change-cause";
/// The label that tells the pods of replica sets apart; it is no part of a template.
const TEMPLATE_HASH: &str = "pod-template-hash";

/// A revision of a workload that the cluster remembers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Revision {
    /// Its number.
    pub revision: i64,
    /// Whether it is the one that is wanted now.
    pub current: bool,
    /// The images of its containers.
    pub images: Vec<String>,
    /// Why it was made, where that was noted.
    pub change_cause: Option<String>,
    /// When it was made.
    pub created: String,
    /// What changes a workload back to it.
    #[serde(skip)]
    back: Back,
}

/// What changes a workload back to a revision.
#[derive(Clone, Debug, PartialEq)]
enum Back {
    /// Its template.
    Template(Value),
    /// A strategic merge patch.
    Patch(Value),
}

/// Waits until an object is ready: for a workload, until its rollout is done.
pub async fn wait_ready(
    cluster: &Cluster,
    found: &Found,
    time: Duration,
    mask: Option<Mask>,
    tell: &(dyn Fn(String) + Send + Sync),
) -> Result<Value, OperationError> {
    let id = &found.id;
    let options = WaitOptions {
        timeout: time,
        selector: Selector::fields(format!("metadata.name={}", id.name)),
        mask,
        ..WaitOptions::default()
    };
    let (waiter, watching) = Waiter::new(cluster, options);
    let awaited = Awaited::ready(id.clone(), found.served.clone(), found.object.clone());
    let progress = |progress: Progress| tell(progress.reason());
    let waited = tokio::select! {
        waited = waiter.wait(awaited) => waited,
        // It ends only when the handle above is dropped.
        () = watching.run(&progress) => return Err(OperationError::unfit(format!("{id} is no longer watched"))),
    };
    let failed = |status: &Status, cause: &Cause, in_time: bool| OperationError::NotReady {
        id: Box::new(id.clone()),
        why: why(status, Some(cause)).to_string(),
        cause: Box::new(cause.clone()),
        in_time,
    };
    match waited {
        Waited::Ready(_) | Waited::Gone => {}
        Waited::Failed(status, cause) => return Err(failed(&status, &cause, true)),
        Waited::TimedOut(status, cause) => return Err(failed(&status, &cause, false)),
        Waited::Unknown(error) => {
            return Err(OperationError::api(
                format!("{id} cannot be watched"),
                error,
            ));
        }
    }
    let target = Target::from(id);
    Ok(find(cluster, &target, "", &[]).await?.object)
}

/// Waits until a rollout is done.
pub async fn rollout_status(
    cluster: &Cluster,
    target: &Target,
    namespace: &str,
    time: Duration,
    tell: &(dyn Fn(String) + Send + Sync),
) -> Result<Value, OperationError> {
    let found = find(cluster, target, namespace, ROLLED_OUT).await?;
    check(&found)?;
    wait_ready(cluster, &found, time, None, tell).await
}

/// The revisions of a workload that the cluster remembers, the newest first.
pub async fn rollout_history(
    cluster: &Cluster,
    target: &Target,
    namespace: &str,
) -> Result<Vec<Revision>, OperationError> {
    let found = find(cluster, target, namespace, ROLLED_OUT).await?;
    history(cluster, &found).await
}

/// Goes back to a revision: to the one before the present one where none is named.
pub async fn rollout_undo(
    cluster: &Cluster,
    target: &Target,
    namespace: &str,
    to: Option<i64>,
    dry_run: bool,
) -> Result<(Written, i64), OperationError> {
    let found = find(cluster, target, namespace, ROLLED_OUT).await?;
    let revisions = history(cluster, &found).await?;
    let chosen = choose(&found, &revisions, to)?;
    let (change, form) = back(&found, chosen);
    let written = written::patch(cluster, &found, &change, form, dry_run).await?;
    Ok((written, chosen.revision))
}

fn check(found: &Found) -> Result<(), OperationError> {
    if restart::rolls_out(found) {
        return Ok(());
    }
    Err(OperationError::unfit_but(
        format!("{} is not rolled out", found.id),
        "deployments, stateful sets and daemon sets are",
    ))
}

async fn history(cluster: &Cluster, found: &Found) -> Result<Vec<Revision>, OperationError> {
    check(found)?;
    let mut revisions: Vec<Revision> = if found.id.kind == "Deployment" {
        let sets = kinds::builtin("apps", "ReplicaSet");
        let sets = around::controlled(cluster, &sets, found).await?;
        sets.iter().filter_map(of_replica_set).collect()
    } else {
        let kept = kinds::builtin("apps", "ControllerRevision");
        let kept = around::controlled(cluster, &kept, found).await?;
        kept.iter().filter_map(of_controller_revision).collect()
    };
    revisions.sort_by_key(|one| std::cmp::Reverse(one.revision));
    if let Some(newest) = revisions.first_mut() {
        newest.current = true;
    }
    Ok(revisions)
}

fn of_replica_set(set: &Value) -> Option<Revision> {
    let annotations = &set["metadata"]["annotations"];
    let mut template = set["spec"]["template"].clone();
    let labels = template["metadata"]["labels"].as_object_mut();
    labels.map(|labels| labels.remove(TEMPLATE_HASH));
    Some(Revision {
        revision: annotations[REVISION].as_str()?.parse().ok()?,
        images: images(&template),
        back: Back::Template(template),
        ..noted(set)
    })
}

fn of_controller_revision(kept: &Value) -> Option<Revision> {
    Some(Revision {
        revision: kept["revision"].as_i64()?,
        images: images(&kept["data"]["spec"]["template"]),
        back: Back::Patch(kept["data"].clone()),
        ..noted(kept)
    })
}

fn noted(object: &Value) -> Revision {
    let metadata = &object["metadata"];
    let text = |value: &Value| value.as_str().map(str::to_owned);
    Revision {
        revision: 0,
        current: false,
        images: Vec::new(),
        change_cause: text(&metadata["annotations"][CHANGE_CAUSE]),
        created: text(&metadata["creationTimestamp"]).unwrap_or_default(),
        back: Back::Patch(Value::Null),
    }
}

fn images(template: &Value) -> Vec<String> {
    let containers = template["spec"]["containers"].as_array();
    let images = containers.into_iter().flatten().map(|one| &one["image"]);
    images
        .filter_map(|image| image.as_str().map(str::to_owned))
        .collect()
}

/// The revision to go back to.
fn choose<'a>(
    found: &Found,
    revisions: &'a [Revision],
    to: Option<i64>,
) -> Result<&'a Revision, OperationError> {
    let id: &ObjectId = &found.id;
    if found.object["spec"]["paused"] == true {
        return Err(OperationError::unfit_but(
            format!("{id} is paused, so that it cannot go back"),
            "resume it first: `resume(…)`",
        ));
    }
    let known = || {
        let numbers = revisions.iter().map(|one| one.revision.to_string());
        let numbers: Vec<String> = numbers.collect();
        format!("it has the revisions {}", numbers.join(", "))
    };
    let chosen = match to {
        None => revisions.get(1).ok_or_else(|| {
            let problem = format!("{id} has no revision before the present one");
            OperationError::unfit_but(
                problem,
                "the cluster remembers as many as its `revisionHistoryLimit` says",
            )
        }),
        Some(wanted) => {
            let chosen = revisions.iter().find(|one| one.revision == wanted);
            let problem = || format!("{id} has no revision {wanted}");
            chosen.ok_or_else(|| OperationError::unfit_but(problem(), known()))
        }
    }?;
    if chosen.current {
        let problem = format!("{id} is at revision {} already", chosen.revision);
        return Err(OperationError::unfit_but(problem, known()));
    }
    Ok(chosen)
}

fn back(found: &Found, revision: &Revision) -> (Value, PatchForm) {
    match &revision.back {
        Back::Patch(patch) => (patch.clone(), PatchForm::Strategic),
        Back::Template(template) => {
            let uid = &found.object["metadata"]["uid"];
            let steps = json!([
                {"op": "test", "path": "/metadata/uid", "value": uid},
                {"op": "replace", "path": "/spec/template", "value": template},
            ]);
            (steps, PatchForm::Json)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app(paused: bool) -> Found {
        let object = json!({"apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": "app", "namespace": "shop", "uid": "u"}, "spec": {"paused": paused}});
        Found {
            served: kinds::builtin("apps", "Deployment"),
            id: ObjectId::of(&object),
            object,
        }
    }

    fn revisions(numbers: &[i64]) -> Vec<Revision> {
        let mut made: Vec<Revision> = numbers
            .iter()
            .map(|number| {
                let number = number.to_string();
                of_replica_set(&json!({"metadata": {"annotations": {REVISION: number}},
                    "spec": {"template": {"metadata": {"labels": {"app": "web", TEMPLATE_HASH: "x"}},
                        "spec": {"containers": [{"image": format!("a:{number}")}]}}}}))
                .expect("a revision")
            })
            .collect();
        if let Some(first) = made.first_mut() {
            first.current = true;
        }
        made
    }

    #[test]
    fn the_revision_before_or_the_one_that_is_named() {
        for (numbers, to, expected) in [
            (&[5, 4, 2][..], None, Ok(4)),
            (&[5, 4, 2], Some(2), Ok(2)),
            (
                &[5, 4],
                Some(3),
                Err("deployment/app in shop has no revision 3"),
            ),
            (
                &[5, 4],
                Some(5),
                Err("deployment/app in shop is at revision 5 already"),
            ),
            (
                &[5],
                None,
                Err("deployment/app in shop has no revision before the present one"),
            ),
            (
                &[],
                None,
                Err("deployment/app in shop has no revision before the present one"),
            ),
        ] {
            let known = revisions(numbers);
            let chosen = choose(&app(false), &known, to);
            match expected {
                Ok(number) => assert_eq!(chosen.expect("chosen").revision, number),
                Err(said) => assert_eq!(chosen.expect_err(said).to_string(), said),
            }
        }
        let error = choose(&app(true), &revisions(&[2, 1]), None).expect_err("paused");
        assert!(error.to_string().contains("is paused"), "{error}");
    }

    #[test]
    fn a_template_goes_back_without_the_label_of_its_replica_set() {
        let known = revisions(&[2, 1]);
        assert_eq!(known[1].images, ["a:1"]);
        let (change, form) = back(&app(false), &known[1]);
        assert_eq!(form, PatchForm::Json);
        let labels = &change[1]["value"]["metadata"]["labels"];
        assert_eq!(labels, &json!({"app": "web"}));
    }
}
