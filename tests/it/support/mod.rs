//! What the tests stand on: the command in a clean place, the cluster that it talks to, and how what
//! it shows is compared.

mod answering;
mod audit;
mod cluster;
mod door;
mod fake;
mod infra;
mod loose;
mod need;
mod outcome;
#[cfg(unix)]
mod terminal;
mod webhook;

pub(crate) use answering::{Asked, answering, answering_behind, silent_port};
pub(crate) use audit::Request;
pub(crate) use cluster::{Api, Target};
pub(crate) use door::Door;
pub(crate) use fake::{Fake, Met, Received, certificate};
pub(crate) use infra::{Infra, repository};
pub(crate) use need::{Need, leave_out, needs};
pub(crate) use outcome::Outcome;
#[cfg(unix)]
pub(crate) use terminal::Terminal;
pub(crate) use webhook::{Answer, Webhook};
