//! What procedures do on demand with a live cluster, one file for each operation.
//!
//! A row with `.on_cluster()` is both: a function for the run's cluster, and a method of
//! `cluster("context")` for another one.

mod apply;
mod cluster;
mod delete;
mod describe;
mod done;
mod get;
mod list;
mod live_object;
mod logs;
mod patch;
mod pause;
mod place;
mod restart;
mod rollout;
mod run_job;
mod scale;
mod selector;
mod set_image;
mod target;
mod wait_for;
mod watch;

use crate::table::Row;

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = cluster::rows();
    rows.extend(live_object::rows());
    rows.extend(get::rows());
    rows.extend(list::rows());
    rows.extend(scale::rows());
    rows.extend(restart::rows());
    rows.extend(watch::rows());
    rows.extend(describe::rows());
    rows.extend(apply::rows());
    rows.extend(patch::rows());
    rows.extend(delete::rows());
    rows.extend(logs::rows());
    rows.extend(pause::rows());
    rows.extend(set_image::rows());
    rows.extend(rollout::rows());
    rows.extend(wait_for::rows());
    rows.extend(run_job::rows());
    rows
}
