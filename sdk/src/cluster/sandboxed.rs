//! A sandbox as a cluster, for tests: the real client over it, on its clock.

use super::{Clock, Cluster, ClusterName};
use futures::future::BoxFuture;
use infra_sandbox::Sandbox;
use std::{sync::Arc, time::Duration};

/// The sandbox's clock as the engine's.
struct Virtual(infra_sandbox::Clock);

impl Clock for Virtual {
    fn now(&self) -> Duration {
        self.0.now()
    }

    fn timestamp(&self) -> jiff::Timestamp {
        self.0.timestamp()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(self.0.sleep(duration))
    }
}

/// The cluster that a sandbox is. Must run inside a runtime.
pub(crate) fn sandboxed(sandbox: &Sandbox) -> Cluster {
    let client = kube::Client::new(sandbox.service(), "default");
    let clock = Arc::new(Virtual(sandbox.clock()));
    Cluster::new(client, ClusterName::new("sandbox", ""), clock)
}
