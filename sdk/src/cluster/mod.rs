//! The only part that talks to a cluster: connecting, reading, writing, watching.
//!
//! Requests are built here and answers are read as text and parsed by us, so that no field of an
//! object is lost on the way and no body, a Secret's too, ever reaches a log.

pub(crate) mod certificate;
mod clock;
mod connect;
mod connection;
mod discovery;
mod error;
mod evict;
mod kubeconfig;
mod logs;
mod name;
mod observe;
mod proxy;
mod read;
mod request;
mod retry;
mod review;
#[cfg(test)]
mod sandboxed;
mod selector;
mod served;
#[cfg(test)]
mod tests;
mod watch;
mod words;
mod write;

pub use clock::{Clock, WallClock};
pub(crate) use connect::install_crypto;
pub use connect::{
    ClockOption, ConnectError, ConnectOptions, InCluster, Whereabouts, connect, whereabouts,
};
use connection::Connection;
pub use error::{Answer, ApiError, Cause};
pub use evict::Eviction;
pub use logs::LogQuery;
pub use name::ClusterName;
pub use observe::Sent;
pub use read::Page;
pub(crate) use retry::{Repeat, is_transient};
#[cfg(test)]
pub(crate) use sandboxed::sandboxed;
pub use selector::Selector;
pub use served::Served;
pub use watch::{Seen, WatchEvent, Watched};
pub(crate) use words::root_cause;
pub use write::{ApplyRequest, DeleteRequest, Deletion, PatchForm, PatchRequest, Propagation};

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, OnceLock, atomic::AtomicBool},
    time::Duration,
};

/// A cluster: a client, its name for messages, and the clock that everything waits on.
///
/// Cheap to clone. All requests of the engine, of status and of operations go through it.
#[derive(Clone)]
pub struct Cluster {
    inner: Arc<Inner>,
}

struct Inner {
    connection: Connection,
    name: ClusterName,
    /// The namespace of the login, where nothing else says one.
    namespace: String,
    clock: Arc<dyn Clock>,
    /// Who is told of each request.
    observer: OnceLock<observe::Observer>,
    /// The proxy that stands between, without its password.
    proxy: Option<String>,
    /// How long an answer may take, on the wall's clock: a property of the connection. What is in
    /// this process always answers.
    patience: Option<Duration>,
    /// Whether the API server ever answered.
    answered: AtomicBool,
    /// What discovery said, by group and version; never asked for built-in kinds.
    discovered: Mutex<BTreeMap<(String, String), Arc<discovery::Discovered>>>,
}

impl Cluster {
    /// A cluster behind `client`, which must not retry by itself: we do, on `clock`.
    pub fn new(client: kube::Client, name: ClusterName, clock: Arc<dyn Clock>) -> Self {
        let namespace = client.default_namespace().to_owned();
        let connection = Connection::fixed(client);
        Self::over(connection, name, namespace, clock, (None, None))
    }

    /// A cluster over a connection, with a limit on how long the API server may be silent after a request.
    pub(crate) fn over(
        connection: Connection,
        name: ClusterName,
        namespace: String,
        clock: Arc<dyn Clock>,
        (patience, proxy): (Option<Duration>, Option<String>),
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                connection,
                name,
                namespace,
                clock,
                observer: OnceLock::new(),
                patience,
                proxy,
                answered: AtomicBool::new(false),
                discovered: Mutex::default(),
            }),
        }
    }

    /// How messages call it.
    pub fn name(&self) -> &ClusterName {
        &self.inner.name
    }

    /// The namespace of the login: that of the kubeconfig's context, else `default`.
    pub fn namespace(&self) -> &str {
        &self.inner.namespace
    }

    /// The proxy that stands between.
    pub(crate) fn proxy(&self) -> Option<&str> {
        self.inner.proxy.as_deref()
    }

    /// The clock that every wait and budget counts on.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.clock
    }
}

impl fmt::Debug for Cluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cluster")
            .field("name", &self.inner.name)
            .finish_non_exhaustive()
    }
}
