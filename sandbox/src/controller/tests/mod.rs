//! The controllers together, on a small cluster.

mod deletion;
mod deployment;
mod stateful_set;
