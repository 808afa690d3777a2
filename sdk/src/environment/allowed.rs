//! Traffic that an environment allows beside what relations need.

use crate::object::Location;
use crate::resource::Peer;
use crate::types::PortRef;

/// A rule of the environment: this peer may talk to that one.
#[derive(Clone, Debug)]
pub(crate) struct Allowed {
    pub(crate) from: Peer,
    pub(crate) to: Peer,
    /// Empty for those that a workload declares, and for all where it is no workload.
    pub(crate) ports: Vec<PortRef>,
    pub(crate) at: Option<Location>,
}
