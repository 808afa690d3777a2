//! `progress("…")`: what a procedure is at.

use crate::table::{HostIo, Row, row};

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row("progress", &["text"], |text: String, live: HostIo| {
            live.0.report(&text);
        })
        .doc("Says what the procedure is at, beside its result: a line on standard error.")
        .example(r#"progress("waiting for the queue to drain")"#),
        row(
            "progress",
            &["text", "done", "total"],
            |text: String, done: i64, total: i64, live: HostIo| {
                live.0.report(&format!("{text}: {done} of {total}"));
            },
        )
        .doc("The same, with how much is done.")
        .example(r#"for step in 1..=3 { progress("moving shards", step, 3); }"#),
    ]
}
