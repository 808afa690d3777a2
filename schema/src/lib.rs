//! What Kubernetes objects are made of: kinds, types, ownership, merging and defaults, as tables
//! and as pure functions over JSON.
//!
//! Nothing here talks to a cluster, reads a clock or knows an object's meaning beyond what an API
//! server does with it.

pub mod apply;
pub mod canonical;
pub mod crd;
pub mod cron;
pub mod default;
pub mod diff;
pub mod fields;
pub mod kind;
pub mod managed;
pub mod merge;
pub mod names;
pub mod patch;
pub mod pod_security;
#[cfg(test)]
mod properties;
pub mod quantity;
mod table;
pub mod ty;
pub mod validate;
