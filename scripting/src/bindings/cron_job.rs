//! `cron_job(name, schedule)`.

use super::job::job_rows;
use crate::table::{Row, row};
use infra_sdk::resource::{ConcurrencyPolicy, CronJob};
use infra_sdk::types::{Name, Schedule, Seconds, TimeZone};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row(
            "cron_job",
            &["name", "schedule"],
            |name: Name, schedule: Schedule| CronJob::new(name, schedule),
        )
        .doc(
            "A cron job with its schedule (`spec.schedule`, `spec.timeZone`); it needs an \
             image.",
        )
        .example(r#"cron_job("clean", "0 * * * *").image("a:1").command(["clean"])"#),
        row(
            "time_zone",
            &["self", "zone"],
            |this: CronJob, zone: TimeZone| this.time_zone(zone),
        )
        .doc(
            "The time zone in which the schedule is meant (`spec.timeZone`). Default: the \
             control plane's, UTC nearly everywhere.",
        )
        .maps("spec.timeZone")
        .property()
        .example(r#"cron_job("clean", "0 2 * * *").image("a:1").time_zone("Europe/Berlin")"#),
        row(
            "concurrency_policy",
            &["self", "policy"],
            |this: CronJob, policy: ConcurrencyPolicy| this.concurrency_policy(policy),
        )
        .doc(
            "What happens when it is time and the job before still runs \
             (`spec.concurrencyPolicy`). Default: both run.",
        )
        .maps("spec.concurrencyPolicy")
        .property()
        .example(
            r#"cron_job("clean", "0 * * * *").image("a:1")
    .concurrency_policy("Forbid")"#,
        ),
        row(
            "starting_deadline",
            &["self", "time"],
            |this: CronJob, time: Seconds| this.starting_deadline(time),
        )
        .doc("How late a job may start (`spec.startingDeadlineSeconds`). Default: any time.")
        .maps("spec.startingDeadlineSeconds")
        .property()
        .example(r#"cron_job("clean", "0 * * * *").image("a:1").starting_deadline("10m")"#),
        row(
            "successful_jobs_history_limit",
            &["self", "count"],
            |this: CronJob, count: u16| this.successful_jobs_history_limit(count),
        )
        .doc(
            "How many jobs that succeeded are kept (`spec.successfulJobsHistoryLimit`). \
             Default: 3.",
        )
        .maps("spec.successfulJobsHistoryLimit")
        .property()
        .example(
            r#"cron_job("clean", "0 * * * *").image("a:1")
    .successful_jobs_history_limit(1)"#,
        ),
        row(
            "failed_jobs_history_limit",
            &["self", "count"],
            |this: CronJob, count: u16| this.failed_jobs_history_limit(count),
        )
        .doc(
            "How many jobs that failed are kept (`spec.failedJobsHistoryLimit`). Default: \
             1.",
        )
        .maps("spec.failedJobsHistoryLimit")
        .property()
        .example(
            r#"cron_job("clean", "0 * * * *").image("a:1")
    .failed_jobs_history_limit(3)"#,
        ),
        row("suspend", &["self", "yes"], |this: CronJob, yes: bool| {
            this.suspend(yes)
        })
        .doc(
            "No more jobs are made until this is taken back (`spec.suspend`). Default: they \
             are.",
        )
        .maps("spec.suspend")
        .property()
        .example(r#"cron_job("clean", "0 * * * *").image("a:1").suspend(true)"#),
    ];
    rows.extend(job_rows::<CronJob>());
    rows
}

crate::table::resources!(CronJob = "cron_job");
