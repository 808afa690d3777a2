//! What can be said about objects without a cluster.

mod matrix;
mod network;
mod reachable;
mod totals;

pub use matrix::{Cell, Matrix, matrix};
pub use reachable::{Endpoint, Protocol, Traffic, Verdict, reachable};
pub use totals::{Amounts, Counted, Totals, WorkloadTotal, totals};
