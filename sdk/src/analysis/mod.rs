//! What can be said about objects without a cluster.

mod network;
mod reachable;

pub use reachable::{Endpoint, Protocol, Traffic, Verdict, reachable};
