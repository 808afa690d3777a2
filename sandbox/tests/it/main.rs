//! The sandbox through the real client: one binary, a file for each subject.

mod behaviour;
mod common;
mod control_plane;

mod controllers;
mod differential;
mod gateways;
mod kept;
mod objects;
mod time;
mod vectors;
mod watches;
mod workloads;
mod writes;
