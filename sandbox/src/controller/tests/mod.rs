//! The controllers together, on a small cluster.

mod around;
mod batch;
mod deletion;
mod deployment;
mod faults;
mod restart;
mod stateful_set;
