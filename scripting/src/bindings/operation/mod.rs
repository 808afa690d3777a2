//! What procedures do on demand with a live cluster, one file for each operation.
//!
//! A row with `.on_cluster()` is both: a function for the run's cluster, and a method of
//! `cluster("context")` for another one.

mod cluster;
mod done;
mod get;
mod list;
mod live_object;
mod place;
mod restart;
mod run_job;
mod scale;
mod selector;
mod target;

use crate::table::Row;

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = cluster::rows();
    rows.extend(live_object::rows());
    rows.extend(get::rows());
    rows.extend(list::rows());
    rows.extend(scale::rows());
    rows.extend(restart::rows());
    rows.extend(run_job::rows());
    rows
}
