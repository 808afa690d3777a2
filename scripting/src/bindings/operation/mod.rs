//! What procedures do on demand with a live cluster, one file for each operation.
//!
//! A row with `.on_cluster()` is both: a function for the run's cluster, and a method of
//! `cluster("context")` for another one.

mod apply;
mod ask;
mod cluster;
mod cordon;
mod delete;
mod describe;
mod done;
mod drain;
mod get;
mod http;
mod list;
mod live_object;
mod logs;
mod notify;
mod parallel;
mod patch;
mod pause;
mod place;
mod progress;
mod prometheus;
mod restart;
mod retry;
mod rollout;
mod run_job;
mod scale;
mod selector;
mod set_image;
mod target;
mod time;
mod top;
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
    rows.extend(cordon::rows());
    rows.extend(drain::rows());
    rows.extend(top::rows());
    rows.extend(time::rows());
    rows.extend(retry::rows());
    rows.extend(parallel::rows());
    rows.extend(progress::rows());
    rows.extend(ask::rows());
    rows.extend(http::rows());
    rows.extend(prometheus::rows());
    rows.extend(notify::rows());
    rows
}

#[cfg(test)]
mod tests;
