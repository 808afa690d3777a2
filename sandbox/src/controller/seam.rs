//! The seam between the API and the controllers.
//!
//! A controller sees the cluster as any client does: it reads objects, writes them through the same
//! admission, validation and field ownership, and is told of every change. [`Cluster`] is what it
//! is given; [`Controller`] is what it is. [`super::manager::Manager`] runs them to quiescence.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use super::recorder::Recorder;
use crate::kubelet::logs::Logs;

/// A kind, without its version: the stored one is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct GroupKind<'a> {
    /// The API group; empty for the core group.
    pub(crate) group: &'a str,
    /// The kind, such as `Deployment`.
    pub(crate) kind: &'a str,
}

impl<'a> GroupKind<'a> {
    pub(crate) const fn new(group: &'a str, kind: &'a str) -> Self {
        Self { group, kind }
    }

    /// The kind that an object says it is.
    pub(crate) fn of(object: &'a Value) -> Self {
        Self::named(
            super::json::text(object, "apiVersion"),
            super::json::text(object, "kind"),
        )
    }

    /// The kind of an `apiVersion` and a `kind`.
    pub(crate) fn named(api_version: &'a str, kind: &'a str) -> Self {
        Self {
            group: api_version.split_once('/').map_or("", |(group, _)| group),
            kind,
        }
    }
}

/// What an object is found by within its kind. The namespace is empty for cluster-wide kinds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    pub(crate) namespace: String,
    pub(crate) name: String,
}

impl Key {
    pub(crate) fn new(namespace: &str, name: &str) -> Self {
        Self {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        }
    }

    pub(crate) fn of(object: &Value) -> Self {
        Self::new(
            super::json::text(object, "metadata.namespace"),
            super::json::text(object, "metadata.name"),
        )
    }
}

/// A write that was stored. `before` is missing for a creation, `after` for a removal.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) before: Option<Arc<Value>>,
    pub(crate) after: Option<Arc<Value>>,
}

impl Change {
    /// The newest state that is known: the object, or what it last was.
    pub(crate) fn object(&self) -> &Value {
        static NULL: Value = Value::Null;
        self.after
            .as_deref()
            .or(self.before.as_deref())
            .unwrap_or(&NULL)
    }

    /// Whether the object is gone.
    pub(crate) fn is_removal(&self) -> bool {
        self.after.is_none()
    }
}

/// The API's refusal of a request, as its `Status` has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The HTTP status code.
    pub(crate) code: u16,
    /// The machine's reason, such as `AlreadyExists`.
    pub(crate) reason: String,
    /// The message for people.
    pub(crate) message: String,
}

/// What becomes of the objects that a deleted one owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Propagation {
    Background,
    Foreground,
    Orphan,
}

/// Who writes: the field manager's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Writer {
    ApiServer,
    ControllerManager,
    Scheduler,
    Kubelet,
    LoadBalancer,
}

impl Writer {
    pub(crate) fn manager(self) -> &'static str {
        match self {
            Self::ApiServer => "kube-apiserver",
            Self::ControllerManager => "kube-controller-manager",
            Self::Scheduler => "kube-scheduler",
            Self::Kubelet => "kubelet",
            Self::LoadBalancer => "cloud-controller-manager",
        }
    }
}

/// The cluster as a controller sees it. Objects come whole, with `apiVersion` and `kind`.
pub(crate) trait Cluster {
    /// The virtual time.
    fn now(&self) -> Timestamp;

    /// A number that no other call gets: what names and addresses are made of.
    fn next_number(&mut self) -> u64;

    /// An object by kind, namespace (empty for cluster-wide kinds) and name.
    fn get(&self, kind: GroupKind<'_>, namespace: &str, name: &str) -> Option<Arc<Value>>;

    /// All objects of a kind, in order of their keys; in one namespace, unless it is empty.
    fn list(&self, kind: GroupKind<'_>, namespace: &str) -> Vec<Arc<Value>>;

    /// The objects that name a uid among their owners, of any kind.
    fn owned(&self, uid: &str) -> Vec<Arc<Value>>;

    /// Every kind that can be stored now, custom ones included, with whether it has namespaces.
    fn kinds(&self) -> Vec<(String, String, bool)>;

    /// Creates an object; `generateName` is honoured.
    fn create(&mut self, writer: Writer, object: Value) -> Result<Arc<Value>, Refusal>;

    /// Replaces an object. A `resourceVersion` in it is a precondition.
    fn update(&mut self, writer: Writer, object: Value) -> Result<Arc<Value>, Refusal>;

    /// Replaces a part of an object through a subresource (`status`, `finalize`, …).
    fn update_subresource(
        &mut self,
        writer: Writer,
        subresource: &str,
        object: Value,
    ) -> Result<Arc<Value>, Refusal>;

    /// Binds a pod to a node: sets `spec.nodeName` and the condition `PodScheduled`, as the
    /// `binding` subresource does.
    fn bind(&mut self, namespace: &str, pod: &str, node: &str) -> Result<(), Refusal>;

    /// Sets `spec.replicas` of an object through its `scale` subresource.
    fn scale(&mut self, object: &Value, replicas: i64) -> Result<(), Refusal>;

    /// Deletes an object, if it still has the uid. `grace` is in seconds; without it the kind's
    /// own applies.
    fn delete(
        &mut self,
        object: &Value,
        propagation: Propagation,
        grace: Option<i64>,
    ) -> Result<(), Refusal>;

    /// What containers have written.
    fn logs(&mut self) -> &mut Logs;

    /// What was told lately.
    fn recorder(&mut self) -> &mut Recorder;

    /// The changes since the last call, oldest first.
    fn take_changes(&mut self) -> Vec<Change>;
}

/// One controller. It keeps no truth of its own: what it remembers may be lost and is found again.
pub(crate) trait Controller: Send {
    /// Its name, as the events' source has it.
    fn name(&self) -> &'static str;

    /// The keys to look at after a change. Every change comes here, so an index can be kept.
    fn keys(&mut self, change: &Change, cluster: &dyn Cluster) -> Vec<Key>;

    /// Brings one key a step towards what is wanted. Answers when to look again without a change.
    fn sync(&mut self, key: &Key, cluster: &mut dyn Cluster) -> Option<Timestamp>;
}
