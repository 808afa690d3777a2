//! What workloads share: the pod, written once and bound once.

mod affinity;
mod container;
mod env;
mod port;
mod probe;
mod security;
mod volume;
mod workload;

use super::described::described_rows;
use crate::table::{Row, ScriptType};
use infra_sdk::resource::pod::Workload;

/// The rows of every workload: its container, its pod, and what every builder has.
pub(crate) fn pod_rows<W: Workload + ScriptType>() -> Vec<Row> {
    let mut rows = container::container_rows::<W>();
    rows.extend(workload::workload_rows::<W>());
    rows.extend(described_rows::<W>());
    rows
}

/// The rows of what pods are made of.
pub(crate) fn rows() -> Vec<Row> {
    let mut rows = container::rows();
    rows.extend(affinity::rows());
    rows.extend(env::rows());
    rows.extend(port::rows());
    rows.extend(probe::rows());
    rows.extend(volume::rows());
    rows
}
