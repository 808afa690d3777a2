//! A scenario's stage: a namespace of its own, watched, and told step by step.

use super::end::{End, Time};
use super::names::Names;
use super::observe::Seen;
use super::{recorded, tell};
use crate::common::send;
use futures::stream::{BoxStream, SelectAll};
use futures::{FutureExt, StreamExt};
use jiff::Timestamp;
use kube::Client;
use kube::api::WatchEvent;
use serde_json::{Value, json};
use std::time::Duration;

/// How long a scenario waits for what it expects before it fails.
const PATIENCE: Duration = Duration::from_secs(100);
/// How long nothing must happen before a step without a recording is over.
const QUIET: Duration = Duration::from_secs(2);
/// How long a control plane may take to do all that is recorded of a step.
const TRAILING: Duration = Duration::from_secs(30);

/// One message of a watch: the kind, what happened, and the object.
type Message = (&'static str, &'static str, Value);

/// Where a scenario is played.
pub(super) struct Stage {
    scenario: String,
    pub(super) client: Client,
    time: Time,
    /// The namespace's own name.
    pub(super) namespace: String,
    watches: SelectAll<BoxStream<'static, Message>>,
    /// Everything that was seen.
    pub(super) seen: Seen,
    told: String,
    /// What the API answered since the last step.
    pub(super) answers: String,
    expected: String,
}

impl Stage {
    /// Opens a stage: a namespace, with a watch on each kind in it.
    pub(super) async fn open(
        end: &End,
        scenario: &str,
        kinds: &[&'static str],
        expected: String,
    ) -> Result<Self, String> {
        let mut stage = Self {
            scenario: scenario.to_owned(),
            client: end.client(),
            time: end.time(),
            namespace: format!("behaviour-{scenario}-{}", std::process::id()),
            watches: SelectAll::new(),
            seen: Seen::default(),
            told: String::new(),
            answers: String::new(),
            expected,
        };
        let name = stage.namespace.clone();
        let namespace =
            json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
        stage.create(namespace).await?;
        stage.watch("ServiceAccount").await?;
        // Pods are admitted once their account is there.
        stage
            .until("the service account", |seen| {
                seen.count("ServiceAccount") > 0
            })
            .await?;
        stage.watches.clear();
        stage.seen = Seen::default();
        for kind in kinds.iter().chain(["Event"].iter()) {
            stage.watch(kind).await?;
        }
        Ok(stage)
    }

    async fn watch(&mut self, kind: &'static str) -> Result<(), String> {
        let path = self.path(kind);
        let only = match kind {
            "Namespace" => format!("fieldSelector=metadata.name%3D{}", self.namespace),
            _ => String::new(),
        };
        let listed = format!("{path}?{only}");
        let list = self.ask("GET", &listed, "application/json", None).await?;
        for object in list["items"].as_array().into_iter().flatten() {
            self.note((kind, "ADDED", object.clone()));
        }
        let version = list["metadata"]["resourceVersion"].as_str().unwrap_or("0");
        let uri = format!("{path}?watch=1&resourceVersion={version}&{only}");
        let request = http::Request::get(uri).body(Vec::new());
        let request = request.map_err(|error| error.to_string())?;
        let stream = self.client.request_events::<Value>(request).await;
        let stream = stream.map_err(|error| error.to_string())?;
        let stream = stream.filter_map(move |message| async move {
            Some(match message {
                Ok(WatchEvent::Added(object)) => (kind, "ADDED", object),
                Ok(WatchEvent::Modified(object)) => (kind, "MODIFIED", object),
                Ok(WatchEvent::Deleted(object)) => (kind, "DELETED", object),
                _ => return None,
            })
        });
        self.watches.push(stream.boxed());
        Ok(())
    }

    fn note(&mut self, (kind, what, object): Message) {
        // A volume has no namespace: that of its claim is its own.
        let claim = &object["spec"]["claimRef"]["namespace"];
        if kind != "PersistentVolume" || *claim == self.namespace {
            self.seen.note(kind, what, object);
        }
    }

    /// Waits until what was seen is as expected.
    pub(super) async fn until(
        &mut self,
        what: &str,
        holds: impl Fn(&Seen) -> bool,
    ) -> Result<(), String> {
        self.take_what_came();
        let mut deadline = self.time.deadline(PATIENCE);
        self.time.release();
        let mut result = Ok(());
        while !holds(&self.seen) {
            let message = tokio::select! {
                biased;
                message = self.watches.next() => message,
                () = &mut deadline => None,
            };
            let Some(message) = message else {
                result = Err(format!("{what}: did not come"));
                break;
            };
            self.note(message);
        }
        self.time.hold();
        self.take_what_came();
        result
    }

    /// Takes what has arrived, without waiting.
    fn take_what_came(&mut self) {
        while let Some(Some(message)) = self.watches.next().now_or_never() {
            self.note(message);
        }
    }

    /// Ends a step: waits until what was seen is as expected, and tells what happened.
    pub(super) async fn step(
        &mut self,
        title: &str,
        holds: impl Fn(&Seen) -> bool,
    ) -> Result<(), String> {
        let result = self.until(title, holds).await;
        self.trail(title).await;
        let section = self.section(title);
        self.told.push_str(&section);
        self.answers.clear();
        for track in &mut self.seen.tracks {
            track.told = track.states.len();
            track.gone_told = track.gone;
        }
        result
    }

    fn section(&self, title: &str) -> String {
        let names = Names::of(&self.seen, &self.namespace);
        let answers = names.mask(&self.answers);
        let told = tell::step(&self.scenario, title, &self.seen, &names);
        format!("## {title}\n{answers}{told}\n")
    }

    /// Waits for what comes with a step after its end was seen: on the sandbox, all that happens
    /// without time passing; on a control plane, all that is recorded, or until it is quiet.
    async fn trail(&mut self, title: &str) {
        if let Time::Virtual { sandbox, .. } = &self.time {
            sandbox.clock().advance(Duration::ZERO);
            self.take_what_came();
            return;
        }
        let expected = recorded::section(&self.expected, title).map(str::to_owned);
        let longest = if expected.is_some() { TRAILING } else { QUIET };
        let mut end = self.time.deadline(PATIENCE);
        while expected.as_deref() != Some(&self.section(title)) {
            let next = tokio::time::timeout(longest, self.watches.next());
            let next = tokio::select! {
                next = next => next,
                () = &mut end => return,
            };
            let Ok(Some(message)) = next else {
                return;
            };
            self.note(message);
        }
    }

    /// Closes the stage. Answers all that was told, with what is there at the end.
    pub(super) async fn close(mut self) -> String {
        let names = Names::of(&self.seen, &self.namespace);
        let end = tell::end(&self.scenario, &self.seen, &names);
        self.told.push_str("## the end\n");
        self.told.push_str(&end);
        let path = format!("/api/v1/namespaces/{}", self.namespace);
        let _ = send(&self.client, "DELETE", &path, "application/json", None).await;
        self.told
    }

    /// The date.
    pub(super) fn now(&self) -> Timestamp {
        self.time.now()
    }
}
