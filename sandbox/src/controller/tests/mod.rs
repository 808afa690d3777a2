//! The controllers together, on a small cluster.

mod around;
mod batch;
mod daemon_set;
mod deletion;
mod deployment;
mod faults;
mod restart;
mod stateful_set;
