//! What Kubernetes objects are made of: kinds, types, ownership, merging and defaults, as tables
//! and as pure functions over JSON.
//!
//! Nothing here talks to a cluster, reads a clock or knows an object's meaning beyond what an API
//! server does with it.

pub mod kind;
mod table;
pub mod ty;
