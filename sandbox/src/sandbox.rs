//! The sandbox itself.

use crate::clock::Clock;
use crate::faults::{Fault, Planted};
use crate::platform::{self, LoadError, load};
use crate::server::{Requests, Service};
use crate::state::{self, Keeper, KeptSandbox, StateError};
use crate::world::{Kept, Shared, World};
use crate::write::{Write, create_any};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;

/// The namespaces every cluster begins with.
const NAMESPACES: [&str; 4] = ["default", "kube-node-lease", "kube-public", "kube-system"];

/// When clocks begin that nobody told when: 2026-01-01T00:00:00Z.
const EPOCH: i64 = 1_767_225_600;

/// A Kubernetes cluster in this process.
///
/// Handles are cheap to clone and show the same cluster.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let sandbox = infra_sandbox::Sandbox::with_platform();
/// let client = kube::Client::new(sandbox.service(), "default");
/// assert_eq!(client.apiserver_version().await.unwrap().minor, "36");
/// # });
/// ```
#[derive(Clone, Debug)]
pub struct Sandbox {
    shared: Arc<Shared>,
    keeper: Option<Arc<Keeper>>,
}

impl Sandbox {
    /// An empty cluster in memory, whose clock begins at 2026-01-01T00:00:00Z.
    ///
    /// It has no nodes: pods wait to be scheduled until some are [loaded](Sandbox::load).
    #[must_use]
    pub fn new() -> Self {
        Self::starting_at(Timestamp::from_second(EPOCH).unwrap_or_default())
    }

    /// An empty cluster in memory, whose clock begins at this date.
    #[must_use]
    pub fn starting_at(start: Timestamp) -> Self {
        Self {
            shared: Shared::new(begin(start, controllers())),
            keeper: None,
        }
    }

    /// An API server alone, in memory: no controllers, no scheduler, no nodes. What is written stays
    /// as it was written. Only what lives inside a server is there: its admission, and the life of
    /// definitions (CRDs).
    #[must_use]
    pub fn without_controllers() -> Self {
        let start = Timestamp::from_second(EPOCH).unwrap_or_default();
        Self {
            shared: Shared::new(begin(start, vec![Box::new(crate::definition::Definitions)])),
            keeper: None,
        }
    }

    /// A cluster in memory with the nodes and classes of [`platform`](crate::platform()).
    #[must_use]
    pub fn with_platform() -> Self {
        let sandbox = Self::new();
        // The platform is the sandbox's own: valid, in an empty cluster.
        let _ = sandbox.load(platform::platform());
        sandbox
    }

    /// A cluster that is kept in a folder under a name. Its clock goes on where it stopped; when it
    /// is opened for the first time, it begins at `start`.
    ///
    /// The state is written when the last handle goes, and by [`Sandbox::save`]; each time the file
    /// is replaced in one step, so that there is always a whole one. While a handle lives no other
    /// process can open it.
    pub fn open(folder: &Path, name: &str, start: Timestamp) -> Result<Self, StateError> {
        let mut opened = state::open(folder, name)?;
        let kept = opened.kept.take();
        let written = kept.as_ref().map(Kept::mark);
        let world = match kept {
            Some(kept) => kept.into_world(controllers()),
            None => begin(start, controllers()),
        };
        let shared = Shared::new(world);
        let keeper = Arc::new(opened.keep(shared.clone(), written));
        Ok(Self {
            shared,
            keeper: Some(keeper),
        })
    }

    /// The sandboxes that are kept in a folder, by name.
    pub fn list(folder: &Path) -> Result<Vec<KeptSandbox>, StateError> {
        state::list(folder)
    }

    /// Forgets a kept sandbox. Answers whether there was one.
    pub fn reset(folder: &Path, name: &str) -> Result<bool, StateError> {
        state::reset(folder, name)
    }

    /// Writes the state of a kept sandbox, if anything has changed since it was written last. One in
    /// memory has nothing to write.
    pub fn save(&self) -> Result<(), StateError> {
        self.keeper.as_ref().map_or(Ok(()), |keeper| keeper.save())
    }

    /// Loads what the platform provides: nodes, classes, namespaces, CRDs and whatever else. What is
    /// there already is brought to what is given.
    pub fn load(&self, objects: impl IntoIterator<Item = Value>) -> Result<(), LoadError> {
        let objects = objects.into_iter().collect();
        self.shared.with(|world| load(world, objects))
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

    /// Has the next `times` requests with this verb for this resource (plural) fail. `*` stands for
    /// any. Verbs are those of [`Request::verb`](crate::Request::verb).
    pub fn fail(&self, verb: &str, resource: &str, fault: Fault, times: usize) {
        let (verb, resource) = (verb.to_owned(), resource.to_owned());
        self.shared.with(|world| {
            if times > 0 {
                world.faults.plant(Planted {
                    verb,
                    resource,
                    fault,
                    left: times,
                });
            }
        });
    }

    /// Forgets the history of changes: every open watch ends with 410, and none can start at an
    /// older version.
    pub fn expire_watches(&self) {
        self.shared.with(World::expire);
    }

    /// One object as it stands in the store, for tests: `group` is empty for the core group,
    /// `namespace` for cluster-scoped kinds.
    pub fn object(&self, group: &str, kind: &str, namespace: &str, name: &str) -> Option<Value> {
        self.shared.with(|world| {
            world
                .objects
                .get(group, kind, namespace, name)
                .map(|object| object.as_ref().clone())
        })
    }

    /// All objects of a kind as they stand in the store, for tests.
    pub fn objects(&self, group: &str, kind: &str) -> Vec<Value> {
        self.shared.with(|world| {
            world
                .objects
                .list(group, kind, None)
                .map(AsRef::as_ref)
                .cloned()
                .collect()
        })
    }
}

impl Default for Sandbox {
    fn default() -> Self {
        Self::new()
    }
}

/// The controllers of every sandbox.
fn controllers() -> Vec<Box<dyn crate::controller::seam::Controller>> {
    let mut controllers = crate::controller::all();
    controllers.push(Box::new(crate::definition::Definitions));
    controllers.push(Box::new(crate::admission::Quotas));
    controllers
}

/// A world with nothing in it but the first namespaces.
fn begin(
    start: Timestamp,
    controllers: Vec<Box<dyn crate::controller::seam::Controller>>,
) -> World {
    let mut world = World::new(start, controllers);
    for name in NAMESPACES {
        let namespace =
            json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
        // The namespaces are valid, and the store is empty.
        let _ = create_any(&mut world, &Write::by("kube-apiserver"), namespace);
    }
    world.settle();
    world
}
