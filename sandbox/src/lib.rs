//! Stub.

mod controller;
mod kubelet;
