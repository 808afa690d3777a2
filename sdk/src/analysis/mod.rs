//! What can be said about objects without a cluster.

mod network;
mod reachable;
mod totals;

pub use reachable::{Endpoint, Protocol, Traffic, Verdict, reachable};
pub use totals::{Amounts, Counted, Totals, WorkloadTotal, totals};
