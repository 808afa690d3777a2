//! The controllers together, on a small cluster.

mod deployment;
