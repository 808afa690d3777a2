//! A scripted API server behind the real client: lists, watches, one log; every request is noted.

use crate::cluster::{Clock, Cluster, ClusterName};
use bytes::Bytes;
use futures::StreamExt as _;
use futures::channel::mpsc::{UnboundedSender, unbounded};
use futures::future::BoxFuture;
use http_body::Frame;
use http_body_util::{BodyExt as _, StreamBody, combinators::UnsyncBoxBody};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;

#[derive(Clone)]
pub(crate) struct Fake {
    state: Arc<Mutex<State>>,
    clock: Standing,
}

#[derive(Default)]
struct State {
    objects: BTreeMap<String, BTreeMap<String, Value>>,
    watchers: Vec<(String, UnboundedSender<Bytes>)>,
    forbidden: Vec<String>,
    log: String,
    requests: Vec<String>,
}

/// A clock that moves only when it is told to.
#[derive(Clone)]
pub(crate) struct Standing(Arc<watch::Sender<Duration>>);

impl Clock for Standing {
    fn now(&self) -> Duration {
        *self.0.borrow()
    }

    fn timestamp(&self) -> jiff::Timestamp {
        jiff::Timestamp::UNIX_EPOCH
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let until = self.now() + duration;
        let mut now = self.0.subscribe();
        Box::pin(async move {
            let _ = now.wait_for(|now| *now >= until).await;
        })
    }
}

type Body = UnsyncBoxBody<Bytes, Infallible>;

impl Fake {
    pub(crate) fn new() -> Self {
        Self {
            state: Arc::default(),
            clock: Standing(Arc::new(watch::Sender::new(Duration::ZERO))),
        }
    }

    pub(crate) fn cluster(&self) -> Cluster {
        let state = Arc::clone(&self.state);
        let service = tower::service_fn(move |request: http::Request<kube::client::Body>| {
            let state = Arc::clone(&state);
            async move {
                let (head, body) = request.into_parts();
                let body = body.collect_bytes().await.unwrap();
                let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
                let answer = state.lock().unwrap().answer(&head, body);
                Ok::<_, Infallible>(answer)
            }
        });
        let name = ClusterName {
            context: "test".into(),
            server: "memory".into(),
        };
        Cluster::new(
            kube::Client::new(service, "default"),
            name,
            Arc::new(self.clock.clone()),
        )
    }

    /// Adds or changes an object of the collection at `path`.
    pub(crate) fn put(&self, path: &str, object: Value) {
        let mut state = self.state.lock().unwrap();
        let name = object["metadata"]["name"].as_str().unwrap().to_owned();
        state.send(path, &json!({"type": "MODIFIED", "object": object}));
        state
            .objects
            .entry(path.to_owned())
            .or_default()
            .insert(name, object);
    }

    /// Removes an object, in this last state.
    pub(crate) fn remove(&self, path: &str, last: &Value) {
        let mut state = self.state.lock().unwrap();
        state.send(path, &json!({"type": "DELETED", "object": last}));
        let name = last["metadata"]["name"].as_str().unwrap();
        state
            .objects
            .entry(path.to_owned())
            .or_default()
            .remove(name);
    }

    /// Ends the watches of `path`, as the API server does after some minutes.
    pub(crate) fn end_watch(&self, path: &str) {
        self.state
            .lock()
            .unwrap()
            .watchers
            .retain(|(watched, _)| watched != path);
    }

    pub(crate) fn forbid(&self, path: &str) {
        self.state.lock().unwrap().forbidden.push(path.to_owned());
    }

    /// What every container has logged.
    pub(crate) fn log(&self, text: &str) {
        text.clone_into(&mut self.state.lock().unwrap().log);
    }

    /// The object of this name in the collection at `path`.
    pub(crate) fn get(&self, path: &str, name: &str) -> Option<Value> {
        self.state
            .lock()
            .unwrap()
            .objects
            .get(path)?
            .get(name)
            .cloned()
    }

    /// The requests so far, sorted.
    pub(crate) fn requests(&self) -> Vec<String> {
        let mut requests = self.state.lock().unwrap().requests.clone();
        requests.sort();
        requests
    }

    /// Lets everything run until nothing moves.
    pub(crate) async fn settle(&self) {
        for _ in 0..200 {
            tokio::task::yield_now().await;
        }
    }

    pub(crate) async fn advance(&self, duration: Duration) {
        self.settle().await;
        self.clock.0.send_modify(|now| *now += duration);
        self.settle().await;
    }
}

impl State {
    fn send(&mut self, path: &str, event: &Value) {
        let line = Bytes::from(format!("{event}\n"));
        self.watchers.retain(|(watched, sender)| {
            watched != path || sender.unbounded_send(line.clone()).is_ok()
        });
    }

    fn answer(&mut self, request: &http::request::Parts, body: Value) -> http::Response<Body> {
        let path = request.uri.path().to_owned();
        let query = request.uri.query().unwrap_or_default();
        if request.method == http::Method::POST {
            return self.create(&path, body);
        }
        let (parent, name) = path.rsplit_once('/').unwrap_or_default();
        if let Some(objects) = self.objects.get_mut(parent) {
            self.requests.push(format!("{} {path}", request.method));
            let found = if request.method == http::Method::DELETE {
                objects.remove(name)
            } else {
                objects.get(name).cloned()
            };
            if let Some(object) = found {
                return respond(200, object.to_string().into());
            }
            let status = json!({"kind": "Status", "code": 404, "reason": "NotFound", "details": {"name": name}});
            return respond(404, status.to_string().into());
        }
        let watches = query.contains("watch=true");
        let selector = query
            .split('&')
            .find(|part| part.starts_with("labelSelector="))
            .map(|part| format!("?{part}"))
            .unwrap_or_default();
        let verb = match (watches, path.ends_with("/log")) {
            (true, _) => "WATCH",
            (_, true) => "GET",
            _ => "LIST",
        };
        self.requests.push(format!("{verb} {path}{selector}"));
        if self.forbidden.contains(&path) {
            let status =
                json!({"kind": "Status", "code": 403, "reason": "Forbidden", "message": "no"});
            return respond(403, status.to_string().into());
        }
        if verb == "GET" {
            return respond(200, self.log.clone().into());
        }
        if !watches {
            let items: Vec<&Value> = self
                .objects
                .get(&path)
                .map(|all| all.values().collect())
                .unwrap_or_default();
            let list = json!({"metadata": {"resourceVersion": "10"}, "items": items});
            return respond(200, list.to_string().into());
        }
        let (sender, receiver) = unbounded();
        self.watchers.push((path, sender));
        let frames = receiver.map(|bytes| Ok::<_, Infallible>(Frame::data(bytes)));
        http::Response::new(StreamBody::new(frames).boxed_unsync())
    }
}

impl State {
    fn create(&mut self, path: &str, mut object: Value) -> http::Response<Body> {
        self.requests.push(format!("POST {path}"));
        let metadata = &mut object["metadata"];
        let name = match metadata["generateName"].as_str() {
            Some(start) => format!("{start}x"),
            None => metadata["name"].as_str().unwrap_or_default().to_owned(),
        };
        metadata["name"] = name.as_str().into();
        metadata["uid"] = format!("u-{name}").into();
        metadata["resourceVersion"] = "5".into();
        self.objects
            .entry(path.to_owned())
            .or_default()
            .insert(name, object.clone());
        respond(201, object.to_string().into())
    }
}

fn respond(code: u16, body: Bytes) -> http::Response<Body> {
    let body = http_body_util::Full::new(body).boxed_unsync();
    let mut response = http::Response::new(body);
    *response.status_mut() = http::StatusCode::from_u16(code).unwrap();
    response
}
