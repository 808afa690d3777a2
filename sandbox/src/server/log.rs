//! The `log` subresource of pods.

use super::answer::{Answer, text};
use super::body::SandboxBody;
use super::handle::Context;
use super::stream::{Source, Stream};
use crate::error::Status;
use crate::kubelet::logs::Line;
use crate::store::Key;
use crate::waiting::Waiter;
use crate::world::World;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// Which lines, and how they are printed.
#[derive(Clone, Debug)]
struct View {
    since: Option<Timestamp>,
    tail: Option<usize>,
    timestamps: bool,
    limit: Option<usize>,
}

/// A log that is followed.
#[derive(Debug)]
pub(super) struct Follow {
    key: Key,
    uid: String,
    container: String,
    view: View,
    sent: usize,
    first: bool,
}

fn names(pod: &Value, list: &str) -> Vec<String> {
    pod["spec"][list]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|container| container["name"].as_str().map(str::to_owned))
        .collect()
}

/// The container whose log is wanted.
fn container(pod: &Value, name: &str, wanted: Option<&str>) -> Result<String, Status> {
    let containers = names(pod, "containers");
    if let Some(wanted) = wanted {
        let others = ["initContainers", "ephemeralContainers"];
        let known = containers.iter().any(|name| name == wanted)
            || others
                .iter()
                .any(|list| names(pod, list).iter().any(|name| name == wanted));
        return if known {
            Ok(wanted.to_owned())
        } else {
            Err(Status::bad_request(format!(
                "container {wanted} is not valid for pod {name}"
            )))
        };
    }
    let default = &pod["metadata"]["annotations"]["kubectl.kubernetes.io/default-container"];
    if let Some(default) = default.as_str() {
        return Ok(default.to_owned());
    }
    match containers.as_slice() {
        [only] => Ok(only.clone()),
        many => Err(Status::bad_request(format!(
            "a container name must be specified for pod {name}, choose one of: [{}]",
            many.join(" ")
        ))),
    }
}

/// The state of a container, as the kubelet reported it.
fn state<'a>(pod: &'a Value, container: &str) -> &'a Value {
    static NULL: Value = Value::Null;
    [
        "containerStatuses",
        "initContainerStatuses",
        "ephemeralContainerStatuses",
    ]
    .into_iter()
    .flat_map(|list| pod["status"][list].as_array().into_iter().flatten())
    .find(|status| status["name"] == container)
    .map_or(&NULL, |status| &status["state"])
}

/// Answers a request for a log.
pub(super) fn read(world: &mut World, context: &Context<'_>, key: &Key) -> Result<Answer, Status> {
    let Some(pod) = world.objects.at(key).cloned() else {
        return Err(Status::not_found("", "pods", &key.name));
    };
    let query = &context.query;
    let container = container(&pod, &key.name, query.get("container"))?;
    let previous = query.flag("previous");
    let uid = pod["metadata"]["uid"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let view = View {
        since: since(world, context),
        tail: query.number("tailLines").map(|lines| lines as usize),
        timestamps: query.flag("timestamps"),
        limit: query.number("limitBytes").map(|bytes| bytes as usize),
    };
    let lines = world.logs.read(&uid, &container, previous);
    if lines.is_none() && previous {
        let pod = &key.name;
        return Err(Status::bad_request(format!(
            "previous terminated container \"{container}\" in pod \"{pod}\" not found"
        )));
    }
    let waits = &state(&pod, &container)["waiting"]["reason"];
    if lines.is_none() {
        let why = waits.as_str().unwrap_or("ContainerCreating");
        let pod = &key.name;
        return Err(Status::bad_request(format!(
            "container \"{container}\" in pod \"{pod}\" is waiting to start: {why}"
        )));
    }
    let lines = lines.unwrap_or_default();
    if !query.flag("follow") || previous {
        return Ok(text(view.print(lines)));
    }
    let follow = Follow {
        key: key.clone(),
        uid,
        container,
        view,
        sent: 0,
        first: true,
    };
    let waiter = Waiter::new(context.shared.clone(), world, None);
    let stream = Stream::new(waiter, Source::Log(Box::new(follow)));
    Ok(Answer::plain(
        200,
        "text/plain",
        SandboxBody::stream(stream),
    ))
}

fn since(world: &World, context: &Context<'_>) -> Option<Timestamp> {
    let query = &context.query;
    if let Some(time) = query.get("sinceTime") {
        return time.parse().ok();
    }
    let seconds = i64::try_from(query.number("sinceSeconds")?).ok()?;
    world
        .time
        .now
        .checked_sub(SignedDuration::from_secs(seconds))
        .ok()
}

impl View {
    fn print(&self, lines: &[Line]) -> String {
        let late: Vec<&Line> = lines
            .iter()
            .filter(|line| self.since.is_none_or(|since| line.time >= since))
            .collect();
        let skip = self.tail.map_or(0, |tail| late.len().saturating_sub(tail));
        let mut out = String::new();
        for line in &late[skip..] {
            if self.timestamps {
                out.push_str(&line.time.to_string());
                out.push(' ');
            }
            out.push_str(&line.text);
            out.push('\n');
        }
        if let Some(limit) = self.limit {
            let end = (0..=limit.min(out.len()))
                .rev()
                .find(|at| out.is_char_boundary(*at));
            out.truncate(end.unwrap_or_default());
        }
        out
    }
}

impl Follow {
    /// The lines since the last call, and whether the container has ended.
    pub(super) fn next(&mut self, world: &World) -> (Vec<u8>, bool) {
        let lines = world
            .logs
            .read(&self.uid, &self.container, false)
            .unwrap_or_default();
        // A log that became shorter is that of the next run: following ends with the container.
        let restarted = lines.len() < self.sent;
        let new = lines.get(self.sent..).unwrap_or_default();
        let out = if new.is_empty() {
            String::new()
        } else {
            self.view.print(new)
        };
        self.sent = lines.len();
        if std::mem::take(&mut self.first) {
            self.view.tail = None;
            self.view.since = None;
        }
        let ended = world.objects.at(&self.key).is_none_or(|pod| {
            pod["metadata"]["uid"] != self.uid.as_str()
                || state(pod, &self.container)["terminated"].is_object()
        });
        (out.into_bytes(), ended || restarted)
    }
}
