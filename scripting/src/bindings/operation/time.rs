//! Time, on the cluster's clock: the wall's, or a sandbox's virtual one.

use crate::session::Live;
use crate::table::{Fault, HostIo, Row, row};
use infra_sdk::types::Duration;
use std::time;

/// A script's time as the library's.
pub(super) fn duration(time: &Duration) -> time::Duration {
    time::Duration::from_millis(time.millis())
}

/// Lets time pass on the cluster's clock.
pub(super) fn wait(live: &Live, time: time::Duration) -> Result<(), Fault> {
    let clock = live.cluster().clock().clone();
    live.run(async move { clock.sleep(time).await })
}

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row(
            "sleep",
            &["time"],
            |time: Duration, live: HostIo| -> Result<(), Fault> {
                if live.0.dry_run() {
                    return Ok(());
                }
                wait(&live.0, duration(&time))
            },
        )
        .doc(
            "Waits. In a sandbox the time passes at once, and with it everything that happens \
             meanwhile. A dry run does not wait: nothing has changed that could come to rest.",
        )
        .instead_of_library()
        .example(r#"sleep("10s")"#),
        row("now", &[], |live: HostIo| ago(&live, time::Duration::ZERO))
            .doc(
                "The date and time of day, as Kubernetes writes it: `2026-01-26T09:30:00Z`. Such \
                 texts can be compared with `<`.",
            )
            .example(r"let started = now();"),
        row("ago", &["time"], |time: Duration, live: HostIo| {
            ago(&live, duration(&time))
        })
        .doc("The date and time of day so long ago, as `now()` gives it.")
        .example(
            r#"let a_week_ago = ago("7d");
if "2026-01-26T09:30:00Z" < a_week_ago { print("older than a week"); }"#,
        ),
    ]
}

fn ago(live: &HostIo, time: time::Duration) -> Result<String, Fault> {
    let now = live.0.cluster().clock().timestamp();
    let then = now
        .checked_sub(time)
        .map_err(|_| Fault::new("there is no date that long ago"))?;
    Ok(then.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}
