//! Workloads whose pods keep running.

use super::pod::pod_rows;
use crate::table::{Row, ScriptType, row};
use infra_sdk::resource::KeepsRunning;
use infra_sdk::types::Seconds;

/// The rows of every workload whose pods keep running, those of its pods too.
pub(crate) fn running_rows<W: KeepsRunning + ScriptType>() -> Vec<Row> {
    let mut rows = vec![
        row("min_ready", &["self", "time"], |this: W, time: Seconds| {
            this.min_ready(time)
        })
        .doc(
            "How long a pod must be ready before it counts (`minReadySeconds`). Default: \
             0s.",
        )
        .maps("minReadySeconds")
        .property()
        .example(r#"deployment("app").image("a:1").min_ready("10s")"#),
        row(
            "revision_history_limit",
            &["self", "count"],
            |this: W, count: u16| this.revision_history_limit(count),
        )
        .doc("How many old revisions are kept (`revisionHistoryLimit`). Default: 10.")
        .maps("revisionHistoryLimit")
        .property()
        .example(r#"deployment("app").image("a:1").revision_history_limit(3)"#),
    ];
    rows.extend(pod_rows::<W>());
    rows
}
