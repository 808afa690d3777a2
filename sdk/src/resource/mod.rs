//! What builders describe: resources, and how they become objects.
//!
//! Every builder is a value with owned-self setters. It implements [`Resource`]: who it is, what
//! others may know of it ([`Facts`]), whom it needs ([`Relation`]), and what it becomes
//! ([`Resource::lower`]). Defaults are applied in lowering, never in setters, so that "unset" stays
//! known; each has a name ([`Convention`]) and can be turned off.
//!
//! Setters that several builders share are written once, in traits: [`Described`] for all,
//! [`HasContainer`](pod::HasContainer) and [`Workload`](pod::Workload) for those with pods.

#[macro_use]
mod meta;

#[macro_use]
pub mod pod;

mod config_map;
mod convention;
mod deployment;
mod hash;
mod link;
mod patch;
mod relation;
mod replicated;
mod secret;
mod service;
#[cfg(test)]
mod testing;

pub use config_map::ConfigMap;
pub use convention::Convention;
pub use deployment::Deployment;
pub(crate) use hash::short_hash;
pub use link::Link;
pub use meta::{Described, Meta};
pub use relation::{Facts, PodFacts, PortFact, Relation, RelationKind, ServiceFacts, Target};
pub use secret::Secret;
pub use service::{Service, ServicePort, ServiceType};

use crate::environment::{Graph, Problem};
use crate::object::{Object, Origin, Ref};
use std::fmt;

/// Something that an environment can hold.
pub trait Resource: fmt::Debug + Send + Sync {
    /// The main object that it becomes: what relations point at.
    fn reference(&self) -> Ref;

    /// Where it was made and where its fields were set.
    fn origin(&self) -> &Origin;

    /// The same, to note where a field is set (the scripting layer does, at each setter).
    fn origin_mut(&mut self) -> &mut Origin;

    /// What lowering others may ask of it.
    fn facts(&self) -> Facts {
        Facts::default()
    }

    /// Whom it needs, and for what.
    fn relations(&self) -> Vec<Relation> {
        Vec::new()
    }

    /// What is wrong with it, seen with all others in place.
    fn check(&self, _graph: &Graph) -> Vec<Problem> {
        Vec::new()
    }

    /// The objects that it becomes, defaults applied, the main one first.
    fn lower(&self, graph: &Graph) -> Vec<Object>;
}
