//! Sends a sequence of operations to one end and notes the answers, masked.

use super::end::End;
use super::kind::NAMESPACE;
use super::mask::Mask;
use super::operation::{LIVE, NEXT, Operation, STALE, UID, VERSION, Verb, merged};
use super::setting;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;

/// An answer without what must differ.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(crate) struct Answer {
    pub(crate) code: u16,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) warnings: Vec<String>,
    pub(crate) body: Value,
}

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
    async fn begin(end: &'a End, space: &str, operations: &[Operation]) -> Play<'a> {
        Self {
            end,
            space: space.to_owned(),
            start: setting::make(end, space, operations).await,
            seen: HashMap::new(),
            next: HashMap::new(),
            mask: Mask::default(),
        }
    }

    /// The text with the namespace's real name.
    fn real(&self, text: &str) -> String {
        setting::real(text, &self.space)
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
            setting::settled(self.end, &self.space, "gadgets").await;
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
        // A patch may be laid over what a server's cache still holds of an object that is gone, and
        // only then is the object missed: what is warned of meanwhile depends on the cache.
        let is_missed = raw.code == 404 && operation.verb.method() == "PATCH";
        let warnings = raw.warnings.iter().filter(|_| !is_missed);
        Answer {
            code: raw.code,
            warnings: warnings
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
        if operation.kind == "CustomResourceDefinition" {
            lines = folded(lines);
        }
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

/// A server brings a definition into force by writes of its own, one or several, and out of it again:
/// the way is told as one event.
fn folded(lines: Vec<Value>) -> Vec<Value> {
    let id = |line: &Value| {
        let metadata = &line["object"]["metadata"];
        (metadata["uid"].clone(), metadata["generation"].clone())
    };
    let is_under_way = |line: &Value| {
        let conditions = line["object"]["status"]["conditions"].as_array();
        let mut conditions = conditions.into_iter().flatten();
        setting::is_held(&line["object"])
            || !conditions.any(|one| one["type"] == "Established" && one["status"] == "True")
    };
    let mut out: Vec<Value> = Vec::new();
    for mut line in lines {
        match out.last_mut() {
            Some(last)
                if is_under_way(last) && id(last) == id(&line) && line["type"] == "MODIFIED" =>
            {
                last["object"] = line["object"].take();
            }
            _ => out.push(line),
        }
    }
    out
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
    setting::clear(end, space, operations).await;
    answers
}
