//! An object and what is around it, in words.

use super::{OperationError, Target, WORKLOADS, around, find};
use crate::cluster::{Cluster, Selector};
use crate::engine::{kinds, status_of, wait::Mask};
use crate::object::ObjectId;
use crate::status::{Status, cause::Cause, printed};
use serde::Serialize;
use serde_json::Value;
use std::fmt;

/// An object and what is around it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Description {
    /// Who it is.
    #[serde(serialize_with = "as_text")]
    pub id: ObjectId,
    /// The object.
    #[serde(skip)]
    pub object: Value,
    /// How it is.
    pub status: Status,
    /// Why it is not well.
    pub cause: Option<Box<Cause>>,
    /// Who owns it, from the nearest up: `replicaset/app-7c…`, `deployment/app`.
    pub owners: Vec<String>,
    /// Its pods.
    pub pods: Vec<PodLine>,
    /// What was told of it, the newest last.
    pub events: Vec<EventLine>,
}

/// A pod in one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PodLine {
    /// Its name.
    pub name: String,
    /// What `kubectl get pods` prints as its status.
    pub status: String,
    /// The node that it is on.
    pub node: Option<String>,
}

/// An event in one line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct EventLine {
    /// When it was told last.
    pub last: String,
    /// `Normal` or `Warning`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The machine's reason.
    pub reason: String,
    /// What was told.
    pub message: String,
    /// How often.
    pub count: i64,
}

fn as_text<S: serde::Serializer>(id: &ObjectId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(id)
}

/// Describes an object: how it is and why, its owners, pods and events.
pub async fn describe(
    cluster: &Cluster,
    target: &Target,
    namespace: &str,
    mask: Option<&Mask>,
) -> Result<Description, OperationError> {
    let found = find(cluster, target, namespace, WORKLOADS).await?;
    let is_pod = found.id.kind == "Pod";
    let judged = status_of(cluster, &found.object, mask).await;
    // What may not be read, or has no pods, is described without them.
    let pods = if is_pod {
        Vec::new()
    } else {
        around::pods(cluster, &found).await.unwrap_or_default()
    };
    let events = events(cluster, &found.object).await;
    Ok(Description {
        owners: around::owners(cluster, &found.object)
            .await
            .iter()
            .map(ObjectId::short)
            .collect(),
        id: found.id,
        object: found.object,
        status: judged.status,
        cause: judged.cause,
        pods: pods.iter().map(pod_line).collect(),
        events: events
            .into_iter()
            .map(|event| EventLine {
                message: mask.map_or_else(|| event.message.clone(), |mask| mask(&event.message)),
                ..event
            })
            .collect(),
    })
}

fn pod_line(pod: &Value) -> PodLine {
    PodLine {
        name: ObjectId::of(pod).name,
        status: printed(pod),
        node: pod["spec"]["nodeName"].as_str().map(str::to_owned),
    }
}

/// The events about an object; none where they may not be read.
async fn events(cluster: &Cluster, object: &Value) -> Vec<EventLine> {
    let uid = object["metadata"]["uid"].as_str().unwrap_or_default();
    let about = Selector::fields(format!("involvedObject.uid={uid}"));
    let served = kinds::builtin("", "Event");
    let namespace = object["metadata"]["namespace"].as_str();
    let found = cluster.list_all(&served, namespace, &about).await;
    let mut events: Vec<EventLine> = found.unwrap_or_default().iter().map(event_line).collect();
    events.sort();
    events
}

fn event_line(event: &Value) -> EventLine {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let last = ["lastTimestamp", "eventTime", "firstTimestamp"];
    let last = last.iter().find_map(|key| text(&event[*key]));
    EventLine {
        last: last.unwrap_or_default(),
        kind: text(&event["type"]).unwrap_or_default(),
        reason: text(&event["reason"]).unwrap_or_default(),
        message: text(&event["message"]).unwrap_or_default(),
        count: event["count"].as_i64().unwrap_or(1),
    }
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.id, self.status.state)?;
        if !self.status.reason.is_empty() {
            write!(f, ", {}", self.status.reason)?;
        }
        if let Some(cause) = &self.cause {
            write!(f, "\ncause: {}", cause.summary)?;
            for detail in &cause.details {
                write!(f, "\n  {detail}")?;
            }
            for line in cause.log.iter().flat_map(|log| &log.lines) {
                write!(f, "\n  | {line}")?;
            }
            if let Some(hint) = &cause.hint {
                write!(f, "\n  {hint}")?;
            }
        }
        if !self.owners.is_empty() {
            write!(f, "\nowned by: {}", self.owners.join(", "))?;
        }
        for note in &self.status.notes {
            write!(f, "\nnote: {note}")?;
        }
        if !self.pods.is_empty() {
            f.write_str("\npods:")?;
        }
        for pod in &self.pods {
            write!(f, "\n  {}  {}", pod.name, pod.status)?;
            if let Some(node) = &pod.node {
                write!(f, "  on {node}")?;
            }
        }
        if !self.events.is_empty() {
            f.write_str("\nevents:")?;
        }
        for event in &self.events {
            let often = match event.count {
                1 => String::new(),
                count => format!(" ({count} times)"),
            };
            let EventLine {
                last,
                reason,
                message,
                ..
            } = event;
            write!(f, "\n  {last}  {reason}: {message}{often}")?;
        }
        Ok(())
    }
}
