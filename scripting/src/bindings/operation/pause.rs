//! `pause("app")` and `resume("app")`: changes that wait, runs that do not start.

use super::done::change;
use crate::table::Row;
use infra_sdk::operation::{pause, resume};

pub(crate) fn rows() -> Vec<Row> {
    vec![
        change(
            "pause",
            "paused",
            |cluster, target, namespace, dry_run| async move {
                pause(&cluster, &target, &namespace, dry_run).await
            },
        )
        .doc(
            "Pauses a deployment, so that changes of it are not rolled out until it is resumed, or \
             suspends a cron job or job. The result is the object afterwards. Option: `namespace`.",
        )
        .example(r#"pause("deployment/app");"#),
        change(
            "resume",
            "resumed",
            |cluster, target, namespace, dry_run| async move {
                resume(&cluster, &target, &namespace, dry_run).await
            },
        )
        .doc(
            "Resumes a deployment that was paused, or a cron job or job that was suspended. The \
             result is the object afterwards. Option: `namespace`.",
        )
        .example(r#"resume("deployment/app");"#),
    ]
}
