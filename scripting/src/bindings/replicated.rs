//! Workloads of so many pods.

use super::running::running_rows;
use crate::table::{Row, ScriptType, row};
use infra_sdk::resource::Replicated;

/// The rows of every workload that runs a number of pods.
pub(crate) fn replicated_rows<W: Replicated + ScriptType>() -> Vec<Row> {
    let mut rows = vec![
        row("replicas", &["self", "count"], |this: W, count: u16| {
            this.replicas(count)
        })
        .doc(
            "How many pods (`spec.replicas`). Default: 1. Not sent where an autoscaler sets \
             it.",
        )
        .maps("spec.replicas")
        .property()
        .example(r#"deployment("app").image("a:1").replicas(3)"#),
    ];
    rows.extend(running_rows::<W>());
    rows
}
