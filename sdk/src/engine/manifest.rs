//! What is sent for an object.

use crate::{cluster::Served, object::Object};

/// An object ready to be sent: everything but its secret values, which are resolved when it is.
#[derive(Clone, Debug)]
pub(crate) struct Manifest {
    /// How its kind is served.
    pub(crate) served: Served,
    /// The object, with tokens where secrets stand.
    pub(crate) object: Object,
    /// Fields that are left to other field managers, as the API server writes their paths.
    pub(crate) yielded: Vec<String>,
    /// What happens with `spec.replicas`.
    pub(crate) replicas: Replicas,
}

/// Who says how many replicas there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Replicas {
    /// The object, as any other field.
    Ours,
    /// An autoscaler, and another field manager holds the number already: it is not sent.
    Autoscaler,
    /// An autoscaler, and only we hold the number: it is handed over as it is.
    HandOver(i64),
    /// An autoscaler, and the object is new: it starts with this number, which is handed over.
    Start(i64),
}
