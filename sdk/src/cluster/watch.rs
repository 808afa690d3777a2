//! Watching a kind in a namespace: one LIST, then one WATCH, reopened only when the API server
//! ended it.

use super::{ApiError, Cluster, Selector, Served, request::Call, retry};
use bytes::Bytes;
use futures::{Stream, StreamExt as _, stream::BoxStream};
use http_body_util::BodyExt as _;
use serde_json::Value;
use std::{
    collections::{BTreeMap, VecDeque},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

/// Namespace (empty for cluster-scoped kinds) and name.
pub type Seen = (String, String);

/// How long the API server keeps a watch open before it ends it by itself.
const SERVER_TIMEOUT_SECONDS: u64 = 290;

/// What a watch tells.
#[derive(Clone, Debug, PartialEq)]
pub enum WatchEvent {
    /// The store now holds what the API server listed. The first event, and after each relisting.
    Listed,
    /// An object is new or changed.
    Changed(Arc<Value>),
    /// An object is gone; its last state.
    Gone(Arc<Value>),
    /// The API server did not answer or refused for a moment; the watch goes on trying.
    Interrupted(ApiError),
}

/// The objects of one kind in one namespace (or in all) as they are, and a stream of their changes.
///
/// A stream that ends with an error (no permission, the kind is not served) has ended for good.
/// Dropping it closes the connection.
pub struct Watched {
    store: BTreeMap<Seen, Arc<Value>>,
    events: BoxStream<'static, Result<WatchEvent, ApiError>>,
}

impl Watched {
    /// The object of this namespace (empty for cluster-scoped kinds) and name, as last seen.
    pub fn get(&self, namespace: &str, name: &str) -> Option<&Arc<Value>> {
        // The key is owned; a borrowed pair cannot look it up.
        self.store.get(&(namespace.to_owned(), name.to_owned()))
    }

    /// All of them, by namespace and name.
    pub fn objects(&self) -> impl Iterator<Item = &Arc<Value>> {
        self.store.values()
    }
}

impl Stream for Watched {
    type Item = Result<WatchEvent, ApiError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let event = futures::ready!(self.events.poll_next_unpin(cx));
        match &event {
            Some(Ok(WatchEvent::Changed(object))) => {
                self.store.insert(key(object), Arc::clone(object));
            }
            Some(Ok(WatchEvent::Gone(object))) => {
                self.store.remove(&key(object));
            }
            _ => {}
        }
        Poll::Ready(event)
    }
}

impl Cluster {
    /// Watches what the selector picks of a kind, in one namespace or in all. Nothing is sent
    /// before the stream is polled.
    pub fn watch(&self, served: &Served, namespace: Option<&str>, selector: &Selector) -> Watched {
        let watch = Watch {
            cluster: self.clone(),
            served: served.clone(),
            namespace: namespace.map(str::to_owned),
            selector: selector.clone(),
            phase: Phase::List,
            known: BTreeMap::new(),
            ready: VecDeque::new(),
            failures: 0,
        };
        Watched {
            store: BTreeMap::new(),
            events: futures::stream::unfold(Some(watch), step).boxed(),
        }
    }
}

struct Watch {
    cluster: Cluster,
    served: Served,
    namespace: Option<String>,
    selector: Selector,
    phase: Phase,
    known: BTreeMap<Seen, Arc<Value>>,
    ready: VecDeque<WatchEvent>,
    failures: u32,
}

enum Phase {
    List,
    Open {
        from: String,
    },
    Reading {
        from: String,
        body: BoxStream<'static, Result<Bytes, ApiError>>,
        buffer: Vec<u8>,
    },
}

/// The stream's next item. `None` in the state means that it has ended.
async fn step(watch: Option<Watch>) -> Option<(Result<WatchEvent, ApiError>, Option<Watch>)> {
    let mut watch = watch?;
    loop {
        if let Some(event) = watch.ready.pop_front() {
            return Some((Ok(event), Some(watch)));
        }
        match watch.advance().await {
            Ok(()) => {}
            Err(error) if error.is_gone() => watch.phase = Phase::List,
            Err(error) if retry::is_transient(&error, retry::Repeat::Harmless) => {
                watch.pause(error.retry_after).await;
                return Some((Ok(WatchEvent::Interrupted(error)), Some(watch)));
            }
            Err(error) => return Some((Err(error), None)),
        }
    }
}

impl Watch {
    async fn advance(&mut self) -> Result<(), ApiError> {
        match std::mem::replace(&mut self.phase, Phase::List) {
            Phase::List => {
                let from = self.relist().await?;
                self.phase = Phase::Open { from };
            }
            Phase::Open { from } => match self.open(&from).await {
                Ok(body) => {
                    self.phase = Phase::Reading {
                        from,
                        body,
                        buffer: Vec::new(),
                    };
                }
                Err(error) => {
                    self.phase = Phase::Open { from };
                    return Err(error);
                }
            },
            Phase::Reading {
                mut from,
                mut body,
                mut buffer,
            } => match body.next().await {
                Some(Ok(chunk)) => {
                    self.failures = 0;
                    buffer.extend_from_slice(&chunk);
                    let read = self.read_lines(&mut from, &mut buffer);
                    self.phase = match &read {
                        Ok(()) => Phase::Reading { from, body, buffer },
                        Err(_) => Phase::Open { from },
                    };
                    read?;
                }
                // The server ended it, or the connection broke: on from where it was.
                end => {
                    self.phase = Phase::Open { from };
                    if self.failures > 0 || matches!(end, Some(Err(_))) {
                        self.pause(None).await;
                    } else {
                        self.failures = 1;
                    }
                }
            },
        }
        Ok(())
    }

    /// Lists, and turns the difference to what was known into events.
    async fn relist(&mut self) -> Result<String, ApiError> {
        let mut listed = BTreeMap::new();
        let page = self
            .cluster
            .list(
                &self.served,
                self.namespace.as_deref(),
                &self.selector,
                &mut |item| {
                    listed.insert(key(&item), Arc::new(item));
                },
            )
            .await?;
        for (key, last) in &self.known {
            if !listed.contains_key(key) {
                self.ready.push_back(WatchEvent::Gone(Arc::clone(last)));
            }
        }
        for (key, object) in &listed {
            if self.known.get(key).is_none_or(|known| known != object) {
                self.ready
                    .push_back(WatchEvent::Changed(Arc::clone(object)));
            }
        }
        self.ready.push_back(WatchEvent::Listed);
        self.known = listed;
        Ok(page.resource_version)
    }

    // `&mut`, though nothing is changed: a shared reference to a state with a stream in it could not
    // cross threads.
    async fn open(
        &mut self,
        from: &str,
    ) -> Result<BoxStream<'static, Result<Bytes, ApiError>>, ApiError> {
        let mut call = Call::get(self.served.collection_path(self.namespace.as_deref()));
        call.query = self.selector.query();
        call.query.extend([
            ("watch", "true".to_owned()),
            ("allowWatchBookmarks", "true".to_owned()),
            ("timeoutSeconds", SERVER_TIMEOUT_SECONDS.to_string()),
            ("resourceVersion", from.to_owned()),
        ]);
        let request = call.name();
        let response = self.cluster.open(&call).await?;
        Ok(response
            .into_body()
            .into_data_stream()
            .map(move |chunk| chunk.map_err(|error| ApiError::unanswered(&request, &error)))
            .boxed())
    }

    /// Takes the complete lines out of `buffer`.
    fn read_lines(&mut self, from: &mut String, buffer: &mut Vec<u8>) -> Result<(), ApiError> {
        let Some(end) = buffer.iter().rposition(|byte| *byte == b'\n') else {
            return Ok(());
        };
        let lines: Vec<u8> = buffer.drain(..=end).collect();
        for line in lines.split(|byte| *byte == b'\n') {
            if !line.is_empty() {
                self.read_line(from, line)?;
            }
        }
        Ok(())
    }

    fn read_line(&mut self, from: &mut String, line: &[u8]) -> Result<(), ApiError> {
        let path = format!(
            "WATCH {}",
            self.served.collection_path(self.namespace.as_deref())
        );
        let mut event: Value = serde_json::from_slice(line)
            .map_err(|_| ApiError::without_answer(&path, "an event of the watch is not JSON"))?;
        let mut object = event["object"].take();
        let kind = event["type"].as_str().unwrap_or_default();
        if kind == "ERROR" {
            let code = object["code"].as_u64().unwrap_or(500) as u16;
            return Err(ApiError::answered(
                &path,
                code,
                None,
                object.to_string().as_bytes(),
            ));
        }
        if let Some(version) = object["metadata"]["resourceVersion"].as_str() {
            version.clone_into(from);
        }
        if kind == "BOOKMARK" {
            return Ok(());
        }
        self.served.stamp(&mut object);
        let (key, object) = (key(&object), Arc::new(object));
        if kind == "DELETED" {
            self.known.remove(&key);
            self.ready.push_back(WatchEvent::Gone(object));
        } else {
            self.known.insert(key, Arc::clone(&object));
            self.ready.push_back(WatchEvent::Changed(object));
        }
        Ok(())
    }

    /// Waits longer after each failure in a row.
    async fn pause(&mut self, asked: Option<Duration>) {
        let backoff = Duration::from_millis(250).saturating_mul(1 << self.failures.min(7));
        self.failures += 1;
        self.cluster
            .clock()
            .sleep(asked.unwrap_or(backoff).min(Duration::from_secs(30)))
            .await;
    }
}

fn key(object: &Value) -> Seen {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let metadata = &object["metadata"];
    (text(&metadata["namespace"]), text(&metadata["name"]))
}
