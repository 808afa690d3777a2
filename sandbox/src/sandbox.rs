//! The sandbox itself.

use crate::clock::Clock;
use crate::server::{Requests, Service};
use crate::world::{Shared, World};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::sync::Arc;

/// The namespaces every cluster begins with.
const NAMESPACES: [&str; 4] = ["default", "kube-node-lease", "kube-public", "kube-system"];

/// A Kubernetes cluster in this process.
///
/// Handles are cheap to clone and show the same cluster.
#[derive(Clone, Debug)]
pub struct Sandbox {
    shared: Arc<Shared>,
}

impl Sandbox {
    /// An empty cluster in memory, whose clock begins at 2026-01-01T00:00:00Z.
    #[must_use]
    pub fn new() -> Self {
        Self::starting_at(Timestamp::from_second(1_767_225_600).unwrap_or_default())
    }

    /// An empty cluster in memory, whose clock begins at this date.
    #[must_use]
    pub fn starting_at(start: Timestamp) -> Self {
        let mut world = World::new(start, crate::controller::all());
        for name in NAMESPACES {
            let namespace =
                json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
            add(&mut world, namespace);
        }
        world.settle();
        Self {
            shared: Shared::new(world),
        }
    }

    /// The API as a `tower` service, for `kube::Client::new`.
    pub fn service(&self) -> Service {
        Service::new(self.shared.clone())
    }

    /// The cluster's clock.
    pub fn clock(&self) -> Clock {
        Clock::new(self.shared.clone())
    }

    /// The requests received since the start, or since [`Sandbox::forget_requests`].
    pub fn requests(&self) -> Requests {
        self.shared.with(|world| world.journal.requests())
    }

    /// Starts counting requests anew.
    pub fn forget_requests(&self) {
        self.shared.with(|world| world.journal.clear());
    }
}

impl Default for Sandbox {
    fn default() -> Self {
        Self::new()
    }
}

/// Adds an object that the platform brings.
fn add(world: &mut World, object: Value) {
    let write = crate::write::Write::by("sandbox");
    // The objects are the sandbox's own: valid, in an empty store.
    let _ = crate::write::create_any(world, &write, object);
}
