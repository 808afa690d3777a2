//! Sends a sequence of operations to one end and notes the answers, masked.

use super::end::End;
use super::kind::{NAMESPACE, WIDGET, sample};
use super::mask::Mask;
use super::operation::{LIVE, NEXT, Operation, STALE, UID, VERSION, Verb, merged};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::Duration;

/// An answer without what must differ.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(crate) struct Answer {
    pub(crate) code: u16,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) warnings: Vec<String>,
    pub(crate) body: Value,
}

/// How often a server is asked again until a definition is in force or gone, how long in between, and how
/// often in a row it may stay as it is: one whose names are not accepted never comes into force, one
/// with a finalizer does not go.
const TRIES: usize = 200;
const PAUSE: Duration = Duration::from_millis(25);
const STILL: usize = 30;

/// How many seconds a watch is open. What it is to show has all happened before.
const WATCHED: &str = "1";

/// What one end has shown of an object.
#[derive(Default)]
struct Seen {
    uid: String,
    version: String,
    stale: String,
}

/// One sequence at one end.
pub(crate) struct Play<'a> {
    end: &'a End,
    /// The namespace's real name.
    space: String,
    /// Where watches begin.
    start: String,
    seen: HashMap<(String, String), Seen>,
    /// Where the last page of each kind ended.
    next: HashMap<String, String>,
    mask: Mask,
}

impl<'a> Play<'a> {
    /// Makes the namespace, with the service account that a controller would make.
    pub(crate) async fn begin(end: &'a End, space: &str, operations: &[Operation]) -> Play<'a> {
        let mut play = Self {
            end,
            space: space.to_owned(),
            start: String::new(),
            seen: HashMap::new(),
            next: HashMap::new(),
            mask: Mask::default(),
        };
        let namespace = json!({"metadata": {"name": NAMESPACE}});
        play.must("/api/v1/namespaces", &namespace).await;
        let account = json!({"metadata": {"name": "default"}});
        let path = format!("/api/v1/namespaces/{NAMESPACE}/serviceaccounts");
        play.must(&path, &account).await;
        if operations.iter().any(|one| sample(&one.kind).is_custom()) {
            let path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
            play.must(path, &WIDGET).await;
            play.established("widgets").await;
        }
        let path = format!("/api/v1/namespaces/{space}/configmaps");
        let (_, list) = end.get(&path).await;
        let version = list["metadata"]["resourceVersion"].as_str();
        version.unwrap_or_default().clone_into(&mut play.start);
        play
    }

    /// Takes away what would burden a server for good: definitions, and services with their addresses
    /// and ports.
    async fn end(self, operations: &[Operation]) {
        let mut definitions = Vec::new();
        if operations.iter().any(|one| one.kind == "Service") {
            let path = self.real(&Operation::new(Verb::DeleteCollection, "Service", "").path());
            let _ = self.end.send("DELETE", &path, "", Vec::new()).await;
        }
        for operation in operations {
            if sample(&operation.kind).is_custom() {
                definitions.push(format!("widgets.{}.example.com", self.space));
            }
            if operation.kind == "CustomResourceDefinition" {
                definitions.push(format!("gadgets.{}.example.org", self.space));
            }
        }
        definitions.dedup();
        for name in definitions {
            let path = format!("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}");
            let _ = self.end.send("DELETE", &path, "", Vec::new()).await;
        }
    }

    async fn must(&self, path: &str, body: &Value) {
        let raw = self
            .end
            .send(
                "POST",
                &self.real(path),
                "application/json",
                self.real(&body.to_string()).into_bytes(),
            )
            .await;
        assert!(raw.code == 201, "{path}: {} {}", raw.code, raw.text);
    }

    /// The text with the namespace's real name.
    fn real(&self, text: &str) -> String {
        text.replace(NAMESPACE, &self.space)
    }

    /// Waits until a definition is in force, or gone. In a sandbox it is at once.
    async fn established(&self, plural: &str) {
        let domain = if plural == "widgets" { "com" } else { "org" };
        let name = format!("{plural}.{}.example.{domain}", self.space);
        let path = format!("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}");
        let (mut version, mut still) = (Value::Null, 0);
        for _ in 0..TRIES {
            let (code, definition) = self.end.get(&path).await;
            let conditions = definition["status"]["conditions"].as_array();
            let in_force = conditions.into_iter().flatten().any(|condition| {
                condition["type"] == "Established" && condition["status"] == "True"
            });
            let is_going = definition["metadata"]["deletionTimestamp"].is_string();
            let accepted =
                !is_going && definition["status"]["acceptedNames"] == definition["spec"]["names"];
            let is_ready = in_force && accepted;
            if code == 404 || (is_ready && self.served(plural, domain).await) {
                return;
            }
            let now = &definition["metadata"]["resourceVersion"];
            let is_still = !is_ready && *now == version;
            still = if is_still { still + 1 } else { 0 };
            if still > STILL {
                return;
            }
            version = now.clone();
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn served(&self, plural: &str, domain: &str) -> bool {
        if plural != "widgets" {
            return true;
        }
        let space = &self.space;
        let path = format!("/apis/{space}.example.{domain}/v1/namespaces/{space}/{plural}?limit=1");
        self.end.get(&path).await.0 == 200
    }

    /// Sends one operation.
    pub(crate) async fn send(&mut self, operation: &Operation) -> Answer {
        let mut operation = operation.clone();
        self.resolve(&mut operation).await;
        let answer = match operation.verb {
            Verb::List => self.list(&operation).await,
            Verb::Watch => self.watch(&operation).await,
            _ => self.once(&operation).await,
        };
        let wrote = operation.verb.method() != "GET"
            && !operation.query.contains_key("dryRun")
            && answer.code < 300;
        if wrote && operation.kind == "CustomResourceDefinition" {
            self.established("gadgets").await;
        }
        answer
    }

    async fn raw(&self, operation: &Operation, path: &str) -> super::end::Raw {
        let body = if operation.body.is_null() {
            Vec::new()
        } else {
            self.real(&operation.body.to_string()).into_bytes()
        };
        let content_type = operation.verb.content_type();
        self.end
            .send(
                operation.verb.method(),
                &self.real(path),
                content_type,
                body,
            )
            .await
    }

    fn read(&self, text: &str) -> Value {
        let text = text.replace(&self.space, NAMESPACE);
        serde_json::from_str(&text).unwrap_or(Value::String(text))
    }

    async fn once(&mut self, operation: &Operation) -> Answer {
        let raw = self.raw(operation, &operation.path()).await;
        let body = self.read(&raw.text);
        if raw.code < 300 && !operation.query.contains_key("dryRun") {
            self.note(operation, &body);
        }
        Answer {
            code: raw.code,
            warnings: raw
                .warnings
                .iter()
                .map(|w| w.replace(&self.space, NAMESPACE))
                .collect(),
            body: self.mask.masked(body),
        }
    }

    /// One page of a list.
    async fn page(&mut self, operation: &Operation) -> Answer {
        let mut operation = operation.clone();
        if operation.query.get("continue").is_some_and(|at| at == NEXT) {
            let next = self.next.get(&operation.kind).cloned();
            operation = operation.with("continue", &next.unwrap_or_default());
        }
        let raw = self.raw(&operation, &operation.path()).await;
        let body = self.read(&raw.text);
        let next = body["metadata"]["continue"].as_str().unwrap_or_default();
        self.next.insert(operation.kind, next.to_owned());
        Answer {
            code: raw.code,
            warnings: raw.warnings,
            body: self.mask.masked(body),
        }
    }

    /// A list with all its pages.
    async fn list(&mut self, operation: &Operation) -> Answer {
        if operation.query.contains_key("continue") {
            return self.page(operation).await;
        }
        let mut pages = Vec::new();
        let mut next = String::new();
        loop {
            let mut operation = operation.clone();
            if !next.is_empty() {
                operation.query.insert("continue".into(), next.clone());
            }
            let raw = self.raw(&operation, &operation.path()).await;
            let body = self.read(&raw.text);
            let token = body["metadata"]["continue"].as_str();
            token.unwrap_or_default().clone_into(&mut next);
            pages.push(self.mask.masked(body));
            if next.is_empty() || pages.len() > 20 {
                let body = if pages.len() == 1 {
                    pages.remove(0)
                } else {
                    Value::Array(pages)
                };
                return Answer {
                    code: raw.code,
                    warnings: raw.warnings,
                    body,
                };
            }
        }
    }

    /// What happened since the sequence began.
    async fn watch(&mut self, operation: &Operation) -> Answer {
        let mut operation = operation.clone().with("timeoutSeconds", WATCHED);
        if !operation.query.contains_key("sendInitialEvents") {
            operation = operation.with("resourceVersion", &self.start);
        }
        let raw = self.raw(&operation, &operation.path()).await;
        if raw.code != 200 {
            return Answer {
                code: raw.code,
                warnings: raw.warnings,
                body: self.mask.masked(self.read(&raw.text)),
            };
        }
        let mut lines: Vec<Value> = raw.text.lines().map(|line| self.read(line)).collect();
        // When other bookmarks are sent is the server's own affair.
        lines.retain(|line| {
            let end = &line["object"]["metadata"]["annotations"]["k8s.io/initial-events-end"];
            line["type"] != "BOOKMARK" || *end == "true"
        });
        let masked = lines.into_iter().map(|line| self.mask.masked(line));
        Answer {
            code: raw.code,
            warnings: raw.warnings,
            body: masked.collect(),
        }
    }

    /// Remembers the uid and the versions of the object that an answer shows.
    fn note(&mut self, operation: &Operation, body: &Value) {
        let metadata = &body["metadata"];
        let Some(version) = metadata["resourceVersion"].as_str() else {
            return;
        };
        let name = metadata["name"].as_str().unwrap_or_default().to_owned();
        let seen = self.seen.entry((operation.kind.clone(), name)).or_default();
        if seen.version != version {
            seen.stale = std::mem::replace(&mut seen.version, version.to_owned());
        }
        metadata["uid"]
            .as_str()
            .unwrap_or_default()
            .clone_into(&mut seen.uid);
    }

    /// Puts in what only this end knows.
    async fn resolve(&self, operation: &mut Operation) {
        if let Some(change) = operation.body.get(LIVE).cloned() {
            let mut get = Operation::new(Verb::Get, &operation.kind, &operation.name);
            if operation.subresource == "scale" {
                get = get.sub("scale");
            }
            let (code, mut live) = self.end.get(&self.real(&get.path())).await;
            if code == 200 {
                live = self.read(&live.to_string());
                merged(&mut live, &change);
                operation.body = live;
            } else {
                operation.body = change;
            }
        }
        let nothing = Seen::default();
        let key = (operation.kind.clone(), operation.name.clone());
        let seen = self.seen.get(&key).unwrap_or(&nothing);
        fill(&mut operation.body, seen);
    }
}

fn fill(value: &mut Value, seen: &Seen) {
    match value {
        Value::String(text) => {
            let known = match text.as_str() {
                VERSION => &seen.version,
                STALE => &seen.stale,
                UID => &seen.uid,
                _ => return,
            };
            known.clone_into(text);
        }
        Value::Array(items) => items.iter_mut().for_each(|item| fill(item, seen)),
        Value::Object(fields) => fields.values_mut().for_each(|item| fill(item, seen)),
        _ => {}
    }
}

/// Plays a whole sequence.
pub(crate) async fn play(end: &End, space: &str, operations: &[Operation]) -> Vec<Answer> {
    let mut play = Play::begin(end, space, operations).await;
    let mut answers = Vec::new();
    for operation in operations {
        answers.push(play.send(operation).await);
    }
    play.end(operations).await;
    answers
}
