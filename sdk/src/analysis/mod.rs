//! What can be said about objects without a cluster.

mod check;
mod matrix;
mod network;
mod reachable;
mod totals;

pub use check::{
    Acceptance, CheckId, FileError, Finding, Rule, Severity, check, check_manifests, looks_secret,
};
pub use matrix::{Cell, Matrix, matrix};
pub use reachable::{Endpoint, Protocol, Traffic, Verdict, reachable};
pub use totals::{Amounts, Counted, Totals, WorkloadTotal, totals};
