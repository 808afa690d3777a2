//! What the tests stand on: the command in a clean place, the cluster that it talks to, and how what
//! it shows is compared.

mod cluster;
mod infra;
mod loose;
mod need;
mod outcome;

pub(crate) use cluster::Target;
pub(crate) use infra::{Infra, repository};
pub(crate) use need::{Need, leave_out, needs};
