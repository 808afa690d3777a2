//! A Kubernetes API in process: the server, its controllers and its nodes, on a virtual clock.
//!
//! [`Sandbox::service`] is a `tower` service that stands under the real `kube::Client`. What a
//! client observes is what a Kubernetes 1.36 server answers: typed validation, server-side apply
//! with field ownership, watches, graceful deletion, and controllers that bring workloads up.
//! Time is virtual: it stands still while a client works and runs ahead to the next event while
//! every client only waits. What the sandbox does not do it refuses.

mod admission;
mod clock;
mod controller;
mod definition;
mod error;
mod facts;
mod faults;
mod kinds;
mod kubelet;
mod nothing;
mod platform;
mod sandbox;
mod server;
mod state;
mod store;
mod waiting;
mod world;
mod write;

pub use clock::{Clock, Hold, Sleep};
pub use faults::Fault;
pub use platform::{LoadError, platform};
pub use sandbox::Sandbox;
pub use server::{Request, Requests, SandboxBody, Service};
pub use state::{KeptSandbox, StateError};
