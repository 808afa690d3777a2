//! An API server that gives prepared answers in order, and remembers what it was asked.

use crate::cluster::{Clock, Cluster, ClusterName, Served};
use futures::future::BoxFuture;
use kube::client::Body;
use std::{
    collections::VecDeque,
    convert::Infallible,
    sync::{Arc, Mutex},
    time::Duration,
};

/// A clock that jumps: sleeping takes no time, and is remembered.
#[derive(Clone, Default)]
pub(super) struct Jumping {
    pub(super) slept: Arc<Mutex<Vec<Duration>>>,
}

impl Clock for Jumping {
    fn now(&self) -> Duration {
        self.slept.lock().expect("a lock").iter().sum()
    }
    fn timestamp(&self) -> jiff::Timestamp {
        jiff::Timestamp::UNIX_EPOCH
    }
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.slept.lock().expect("a lock").push(duration);
        Box::pin(std::future::ready(()))
    }
}

/// One prepared answer: status, `Retry-After`, body.
pub(super) struct Answer(pub(super) u16, pub(super) Option<u32>, pub(super) String);

impl Answer {
    pub(super) fn ok(body: impl ToString) -> Self {
        Self(200, None, body.to_string())
    }
}

/// The cluster, what it was asked, and its clock.
pub(super) struct Scripted {
    pub(super) cluster: Cluster,
    pub(super) asked: Arc<Mutex<Vec<String>>>,
    pub(super) clock: Jumping,
}

/// Must be called within a runtime.
pub(super) fn scripted(answers: impl IntoIterator<Item = Answer>) -> Scripted {
    let answers: Arc<Mutex<VecDeque<Answer>>> = Arc::new(Mutex::new(answers.into_iter().collect()));
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let clock = Jumping::default();
    let log = Arc::clone(&asked);
    let service = tower::service_fn(move |request: http::Request<Body>| {
        let line = format!("{} {}", request.method(), request.uri());
        log.lock().expect("a lock").push(line);
        let answer = answers.lock().expect("a lock").pop_front();
        async move {
            let Some(Answer(status, retry_after, body)) = answer else {
                // Nothing more is prepared: the server is silent.
                return std::future::pending().await;
            };
            let mut response = http::Response::builder().status(status);
            if let Some(seconds) = retry_after {
                response = response.header("retry-after", seconds);
            }
            let response = response.body(Body::from(body.into_bytes()));
            Ok::<_, Infallible>(response.expect("a response"))
        }
    });
    let client = kube::Client::new(service, "default");
    let cluster = Cluster::new(
        client,
        ClusterName::new("script", ""),
        Arc::new(clock.clone()),
    );
    Scripted {
        cluster,
        asked,
        clock,
    }
}

pub(super) fn config_maps() -> Served {
    Served {
        group: "".into(),
        version: "v1".into(),
        kind: "ConfigMap".into(),
        plural: "configmaps".into(),
        namespaced: true,
    }
}
