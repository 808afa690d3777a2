//! Typed Kubernetes builders, and an engine that plans, applies, waits and prunes.

#[macro_use]
pub mod types;

pub mod analysis;
pub mod cluster;
pub mod engine;
pub mod environment;
pub mod object;
pub mod operation;
pub mod resource;
pub mod status;
pub mod written;
