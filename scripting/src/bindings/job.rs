//! `job(name)`.

use super::pod::pod_rows;
use crate::table::{OneOrMany, Row, ScriptType, row};
use infra_sdk::resource::pod::RestartPolicy;
use infra_sdk::resource::{FailureAction, Job, RunsToEnd};
use infra_sdk::types::{Name, Seconds};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("job", &["name"], |name: Name| Job::new(name))
            .doc("A job; it needs an image.")
            .example(r#"job("import").image("a:1").command(["import"])"#),
        row("suspend", &["self", "yes"], |this: Job, yes: bool| {
            this.suspend(yes)
        })
        .doc(
            "It does not start, or stops, until this is taken back (`suspend`). Default: it \
             runs.",
        )
        .maps("suspend")
        .property()
        .example(r#"job("import").image("a:1").suspend(true)"#),
    ];
    rows.extend(job_rows::<Job>());
    rows
}

crate::table::resources!(Job = "job");

/// The rows of jobs, and of cron jobs that make them, those of their pods too.
pub(crate) fn job_rows<W: RunsToEnd + ScriptType>() -> Vec<Row> {
    let mut rows = vec![
        row(
            "backoff_limit",
            &["self", "count"],
            |this: W, count: u16| this.backoff_limit(count),
        )
        .doc("How many pods may fail before the job has (`backoffLimit`). Default: 6.")
        .maps("backoffLimit")
        .property()
        .example(r#"job("import").image("a:1").backoff_limit(2)"#),
        row("completions", &["self", "count"], |this: W, count: u16| {
            this.completions(count)
        })
        .doc("How many pods must succeed (`completions`). Default: 1.")
        .maps("completions")
        .property()
        .example(r#"job("import").image("a:1").completions(5).parallelism(2)"#),
        row("parallelism", &["self", "count"], |this: W, count: u16| {
            this.parallelism(count)
        })
        .doc("How many pods run at a time (`parallelism`). Default: 1.")
        .maps("parallelism")
        .property()
        .example(r#"job("import").image("a:1").completions(5).parallelism(2)"#),
        row("indexed", &["self"], |this: W| this.indexed())
            .doc(
                "Each pod has a number, from 0 to `completions` (`completionMode: Indexed`), in \
             `JOB_COMPLETION_INDEX`. Default: they are all alike.",
            )
            .maps("completionMode")
            .example(r#"job("import").image("a:1").completions(5).indexed()"#),
        row(
            "active_deadline",
            &["self", "time"],
            |this: W, time: Seconds| this.active_deadline(time),
        )
        .doc(
            "How long the whole job may take (`activeDeadlineSeconds`). Default: as long as \
             it wants.",
        )
        .maps("activeDeadlineSeconds")
        .property()
        .example(r#"job("import").image("a:1").active_deadline("2h")"#),
        row(
            "ttl_after_finished",
            &["self", "time"],
            |this: W, time: Seconds| this.ttl_after_finished(time),
        )
        .doc(
            "How long a finished job is kept (`ttlSecondsAfterFinished`). Default: until it \
             is deleted.",
        )
        .maps("ttlSecondsAfterFinished")
        .property()
        .example(r#"job("import").image("a:1").ttl_after_finished("1h")"#),
        row(
            "restart_policy",
            &["self", "policy"],
            |this: W, policy: RestartPolicy| this.restart_policy(policy),
        )
        .doc(
            "When a container that fails is started again (`template.spec.restartPolicy`). \
             Default: for a job never, so that each failed pod stays with its log; for a \
             cron job in the same pod (`OnFailure`).",
        )
        .maps("template.spec.restartPolicy")
        .property()
        .example(r#"job("import").image("a:1").restart_policy("OnFailure")"#),
        row(
            "on_exit_codes",
            &["self", "codes", "action"],
            |this: W, codes: OneOrMany<i32>, action: FailureAction| {
                this.on_exit_codes(codes.0, action)
            },
        )
        .doc(
            "What is done when the container ends with one of these exit codes \
             (`podFailurePolicy.rules[]`). Only where failed containers are never started \
             again.",
        )
        .maps("podFailurePolicy.rules")
        .example(r#"job("import").image("a:1").on_exit_codes([2, 64], "FailJob")"#),
    ];
    rows.extend(pod_rows::<W>());
    rows
}
