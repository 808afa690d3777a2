//! Running a job to its end.

use super::{JobError, job_error::Unfinished};
use crate::cluster::{Cluster, Propagation, Selector, Served};
use crate::engine::{
    MANAGER,
    wait::{Mask, Progress, Target, WaitOptions, Waited, Waiter},
};
use crate::object::{Object, ObjectId};
use crate::status::{State, cause::Cause};
use serde::Serialize;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

/// How long a job that nobody deletes stays, in seconds: a day.
const KEEP_SECONDS: u64 = 24 * 60 * 60;

/// How to run a job.
#[derive(Clone)]
pub struct JobOptions {
    /// How long it may take, on the cluster's clock; an hour by default. The job's own
    /// `activeDeadlineSeconds` counts beside it.
    pub timeout: Duration,
    /// How many of the last lines of each container's log are read; 10 000 by default.
    pub log_lines: usize,
    /// Network policies that it needs for its time
    /// ([`policies_beside`](crate::environment::Environment::policies_beside)): made right after it
    /// under names of its own, and gone with it. None by default.
    pub policies: Vec<Object>,
    /// Hides secret values in logs and causes; nothing is hidden by default.
    pub mask: Option<Mask>,
}

impl Default for JobOptions {
    fn default() -> Self {
        Self {
            timeout: Duration::from_hours(1),
            log_lines: 10_000,
            policies: Vec::new(),
            mask: None,
        }
    }
}

impl fmt::Debug for JobOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JobOptions")
            .field("timeout", &self.timeout)
            .field("log_lines", &self.log_lines)
            .field("policies", &self.policies)
            .finish_non_exhaustive()
    }
}

/// What a job tells while it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobEvent {
    /// It was made, under this name.
    Created(ObjectId),
    /// How it is, whenever that changes.
    Waiting(String),
}

/// A job that has run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JobRun {
    /// The name it ran under.
    pub name: String,
    /// How many of its pods have succeeded.
    pub succeeded: i64,
    /// How long it took, on the cluster's clock.
    pub duration: Duration,
    /// What its pods have said, the oldest pod first.
    pub logs: Vec<PodLog>,
}

/// The log of one container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PodLog {
    /// The pod.
    pub pod: String,
    /// The container.
    pub container: String,
    /// Whether the pod has succeeded.
    pub succeeded: bool,
    /// What it wrote to its standard output and error.
    pub text: String,
}

impl JobRun {
    /// What the job has said: the logs of the pods that succeeded or, where none did, of all.
    pub fn log(&self) -> String {
        let any = self.logs.iter().any(|log| log.succeeded);
        let texts = self.logs.iter().filter(|log| log.succeeded || !any);
        texts.map(|log| log.text.as_str()).collect()
    }
}

/// Runs a job to its end: makes it, waits by watching, reads its logs, and deletes it when it has
/// succeeded.
///
/// It runs under a name of its own that begins with the object's, so that it can be run again. Where
/// the object sets `ttlSecondsAfterFinished`, the cluster deletes it then instead of us; else one
/// that fails, or whose run is cut short, goes after a day.
pub async fn run_job(
    cluster: &Cluster,
    job: &Object,
    options: &JobOptions,
    events: &(dyn Fn(JobEvent) + Send + Sync),
) -> Result<JobRun, JobError> {
    let (body, deletes) = prepared(job)?;
    let started = cluster.clock().now();
    let refused = |what, error| JobError::Api {
        name: job.id.name.clone(),
        what,
        error: Box::new(error),
    };
    let live = cluster
        .create(&served(), &body, MANAGER)
        .await
        .map_err(|error| refused("made", error))?;
    let id = ObjectId::of(&live);
    events(JobEvent::Created(id.clone()));
    for policy in &options.policies {
        let made = cluster
            .create(&policies(), &beside(policy, &live), MANAGER)
            .await;
        if let Err(error) = made {
            // Without it the job would only run into its time limit.
            delete(cluster, &live, &id).await;
            return Err(refused("given what it needs", error));
        }
    }

    let wait = WaitOptions {
        timeout: options.timeout,
        selector: Selector::fields(format!("metadata.name={}", id.name)),
        mask: options.mask.clone(),
        ..WaitOptions::default()
    };
    let (waiter, watching) = Waiter::new(cluster, wait);
    let tell = |progress: Progress| events(JobEvent::Waiting(progress.reason()));
    let target = Target::ready(id.clone(), served(), live.clone());
    let waited = tokio::select! {
        waited = waiter.wait(target) => waited,
        // It ends only when the handle above is dropped.
        () = watching.run(&tell) => waiter_is_gone(&id),
    };

    let duration = cluster.clock().now().saturating_sub(started);
    let mut run = JobRun {
        name: id.name.clone(),
        succeeded: 0,
        duration,
        logs: Vec::new(),
    };
    if let Waited::Unknown(error) = waited {
        return Err(refused("watched", error));
    }
    run.logs = logs(cluster, &id, options).await;
    run.succeeded = run.logs.iter().filter(|log| log.succeeded).count() as i64;
    match waited {
        Waited::Ready(status) if status.state == State::Ready => {
            run.succeeded = status.count.map_or(run.succeeded, |count| count.ready);
            if deletes {
                // It has done its work: if it cannot be deleted now, its time to live does it.
                delete(cluster, &live, &id).await;
            }
            Ok(run)
        }
        Waited::Ready(status) => {
            let cause = Cause::plain(&id, status.reason.clone());
            Err(JobError::Failed(unfinished(id, status.reason, cause, run)))
        }
        Waited::Failed(status, cause) => {
            Err(JobError::Failed(unfinished(id, status.reason, *cause, run)))
        }
        Waited::TimedOut(status, cause) => Err(JobError::TimedOut(unfinished(
            id,
            status.reason,
            *cause,
            run,
        ))),
        Waited::Gone | Waited::Unknown(_) => {
            let cause = Cause::plain(&id, "is gone");
            Err(JobError::Failed(unfinished(
                id,
                "is gone".to_owned(),
                cause,
                run,
            )))
        }
    }
}

fn unfinished(id: ObjectId, reason: String, cause: Cause, run: JobRun) -> Box<Unfinished> {
    Box::new(Unfinished {
        id,
        reason,
        cause,
        run,
    })
}

fn waiter_is_gone(id: &ObjectId) -> Waited {
    let reason = "is no longer watched";
    Waited::TimedOut(
        crate::status::Status::new(State::Progressing, reason),
        Box::new(Cause::plain(id, reason)),
    )
}

fn served() -> Served {
    Served {
        group: Cow::Borrowed("batch"),
        version: Cow::Borrowed("v1"),
        kind: Cow::Borrowed("Job"),
        plural: Cow::Borrowed("jobs"),
        namespaced: true,
    }
}

/// What is sent, and whether we delete it afterwards.
fn prepared(job: &Object) -> Result<(Value, bool), JobError> {
    let unfit = |problem: &str| Err(JobError::Unfit(format!("{} {problem}", job.id)));
    if job.id.group != "batch" || job.id.kind != "Job" {
        return unfit("is no job");
    }
    let Some(namespace) = &job.id.namespace else {
        return unfit("has no namespace to run in");
    };
    let mut body = job.value.clone();
    let Some(metadata) = body["metadata"].as_object_mut() else {
        return unfit("has no metadata");
    };
    metadata.remove("name");
    metadata.insert("generateName".into(), format!("{}-", job.id.name).into());
    metadata.insert("namespace".into(), namespace.as_str().into());
    let Some(spec) = body["spec"].as_object_mut() else {
        return unfit("has no specification");
    };
    let deletes = !spec.contains_key("ttlSecondsAfterFinished");
    if deletes {
        spec.insert("ttlSecondsAfterFinished".into(), KEEP_SECONDS.into());
    }
    Ok((body, deletes))
}

/// Deletes the job with what it owns. Where that fails, its time to live does it.
async fn delete(cluster: &Cluster, live: &Value, id: &ObjectId) {
    let uid = live["metadata"]["uid"].as_str();
    let namespace = id.namespace.as_deref();
    let background = Propagation::Background;
    let _ = cluster
        .delete(&served(), namespace, &id.name, uid, background)
        .await;
}

fn policies() -> Served {
    Served {
        group: Cow::Borrowed("networking.k8s.io"),
        version: Cow::Borrowed("v1"),
        kind: Cow::Borrowed("NetworkPolicy"),
        plural: Cow::Borrowed("networkpolicies"),
        namespaced: true,
    }
}

/// A policy under the job's own name, owned by it, so that the cluster deletes it with the job.
fn beside(policy: &Object, job: &Value) -> Value {
    let mut body = policy.value.clone();
    let (name, uid) = (&job["metadata"]["name"], &job["metadata"]["uid"]);
    let own = name.as_str().unwrap_or_default();
    body["metadata"]["name"] = format!("{own}-{}", policy.id.name).into();
    body["metadata"]["ownerReferences"] = json!([{
        "apiVersion": "batch/v1",
        "kind": "Job",
        "name": name,
        "uid": uid,
    }]);
    body
}

/// The logs of all its pods that have any.
async fn logs(cluster: &Cluster, id: &ObjectId, options: &JobOptions) -> Vec<PodLog> {
    let pods = Served {
        group: "".into(),
        kind: "Pod".into(),
        plural: "pods".into(),
        ..served()
    };
    let namespace = id.namespace.as_deref().unwrap_or_default();
    let selector = Selector::label("batch.kubernetes.io/job-name", &id.name);
    // The job's own outcome stands, whether its logs can be read or not.
    let mut pods = cluster
        .list_all(&pods, Some(namespace), &selector)
        .await
        .unwrap_or_default();
    pods.sort_by_cached_key(|pod| {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (
            text(&pod["metadata"]["creationTimestamp"]),
            text(&pod["metadata"]["name"]),
        )
    });
    let mut logs = Vec::new();
    for pod in &pods {
        let name = pod["metadata"]["name"].as_str().unwrap_or_default();
        for container in pod["spec"]["containers"].as_array().into_iter().flatten() {
            let container = container["name"].as_str().unwrap_or_default();
            let read = cluster
                .log(namespace, name, container, false, options.log_lines)
                .await;
            let Ok(mut text) = read else { continue };
            if let Some(mask) = &options.mask {
                text = mask(&text);
            }
            logs.push(PodLog {
                pod: name.to_owned(),
                container: container.to_owned(),
                succeeded: pod["status"]["phase"] == "Succeeded",
                text,
            });
        }
    }
    logs
}
