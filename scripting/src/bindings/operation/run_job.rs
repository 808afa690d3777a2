//! `run_job(job)`: a job run to its end, in a procedure.

use crate::table::{Fault, Row, ScriptType, Writer, row};
use infra_sdk::operation::{JobError, JobEvent, JobOptions, JobRun, mask, run_job};
use infra_sdk::resource::Job;
use std::sync::Arc;

/// A job that has run, or in a dry run would have.
#[derive(Clone, Debug)]
pub(crate) struct Ran(Option<JobRun>);

impl ScriptType for Ran {
    const NAME: &'static str = "job_run";

    fn text(&self) -> String {
        match &self.0 {
            Some(run) => run.name.clone(),
            None => "(not run)".to_owned(),
        }
    }
}

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row(
            "run_job",
            &["job"],
            |job: Job, live: Writer| -> Result<Ran, Fault> {
                let live = live.0;
                let policies = live.policies_beside(job.clone())?;
                let (job, objects) = live.object_of(Arc::new(job))?;
                let name = job.id.to_string();
                live.note(format!("run {name}"));
                if live.dry_run() {
                    return Ok(Ran(None));
                }
                let (cluster, report) = (live.cluster().clone(), live.reporter());
                let outcome = live.run(async move {
                    let options = JobOptions {
                        policies,
                        mask: Some(mask(&cluster, &objects).await),
                        ..JobOptions::default()
                    };
                    run_job(&cluster, &job, &options, &move |event| {
                        report(&match event {
                            JobEvent::Created(id) => format!("{id} runs"),
                            JobEvent::Waiting(reason) => format!("{name}: {reason}"),
                        });
                    })
                    .await
                })?;
                outcome
                    .map(|run| Ran(Some(run)))
                    .map_err(|error| failed(&error))
            },
        )
        .doc(
            "Runs a job to its end: makes it, waits, reads its logs, and deletes it when it has \
             succeeded. It runs under a name of its own, so that it can be run again. An error \
             when it fails, with its cause and its last lines.",
        )
        .example(r#"run_job(job("hello").image("a:1").command(["hello"]))"#),
        row("logs", &["self"], |run: Ran| {
            run.0.map(|run| run.log()).unwrap_or_default()
        })
        .doc("What the job has written: the logs of the pods that succeeded. Empty in a dry run.")
        .example(r#"run_job(job("hello").image("a:1").command(["hello"])).logs()"#),
        row("name", &["self"], |run: Ran| {
            run.0.map(|run| run.name).unwrap_or_default()
        })
        .doc("The name that it ran under. Empty in a dry run.")
        .example(r#"run_job(job("hello").image("a:1").command(["hello"])).name()"#),
    ]
}

/// How many of the last lines of its log an error shows.
const LINES: usize = 10;

fn failed(error: &JobError) -> Fault {
    let message = error.to_string();
    let log = error.run().map(JobRun::log).unwrap_or_default();
    let lines: Vec<&str> = log.lines().collect();
    if lines.is_empty() {
        return Fault::new(message);
    }
    let last = lines[lines.len().saturating_sub(LINES)..].join("\n");
    Fault::with_help(message, format!("its last lines:\n{last}"))
}
