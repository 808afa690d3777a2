//! Golden vectors: what Kubernetes 1.36's own code does with these inputs (structured merge, no
//! defaulting).
//!
//! A vector tells the whole object and all managers after its steps. What a server makes of the same
//! steps is told by the sandbox's tests, under the same names.

mod keeping;
mod lists;
mod refusals;
mod sharing;
mod store;
mod updates;

use store::{Store, deployment, first, pod};
