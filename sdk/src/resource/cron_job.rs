//! A cron job: jobs at certain times.

use super::job::{self, JobSettings, RunsToEnd};
use super::pod::{self, PodSettings, RestartPolicy};
use super::{Facts, Meta, Relation, Resource};
use crate::environment::{Graph, Problem};
use crate::object::{Object, Ref};
use crate::types::{Name, Schedule, Seconds, Share};
use k8s_openapi::api::batch::v1 as batch;

/// Jobs at certain times (`CronJob`).
///
/// ```
/// use infra_sdk::resource::prelude::*;
/// use infra_sdk::resource::CronJob;
///
/// let cleanup = CronJob::new("cleanup".parse()?, "0 2 * * *".parse()?)
///     .image("registry.example/app:1.4.2".parse()?)
///     .args(["cleanup"]);
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct CronJob {
    meta: Meta,
    pod: PodSettings,
    job: JobSettings,
    schedule: Schedule,
    concurrency_policy: Option<ConcurrencyPolicy>,
    starting_deadline: Option<Seconds>,
    successful_jobs_history_limit: Option<u16>,
    failed_jobs_history_limit: Option<u16>,
    suspend: bool,
}

word_type! {
    /// What happens when it is time and the job before still runs (`concurrencyPolicy`).
    ConcurrencyPolicy, "a concurrency policy" {
        /// Both run.
        Allow = "Allow",
        /// The new one is skipped.
        Forbid = "Forbid",
        /// The old one is ended.
        Replace = "Replace",
    }
}

/// The next time comes anyway: pods that fail for a while need not pile up.
const RESTARTS: RestartPolicy = RestartPolicy::OnFailure;

impl CronJob {
    /// A cron job with its schedule (`spec.schedule`, `spec.timeZone`); it needs an image.
    #[track_caller]
    pub fn new(name: Name, schedule: Schedule) -> Self {
        Self {
            meta: Meta::new(name),
            pod: PodSettings::default(),
            job: JobSettings::default(),
            schedule,
            concurrency_policy: None,
            starting_deadline: None,
            successful_jobs_history_limit: None,
            failed_jobs_history_limit: None,
            suspend: false,
        }
    }

    /// The time zone in which the schedule is meant (`spec.timeZone`). Default: the control plane's,
    /// UTC nearly everywhere.
    pub fn time_zone(mut self, zone: crate::types::TimeZone) -> Self {
        self.schedule = self.schedule.in_time_zone(zone);
        self
    }

    /// What happens when it is time and the job before still runs (`spec.concurrencyPolicy`).
    /// Default: both run.
    pub fn concurrency_policy(mut self, policy: ConcurrencyPolicy) -> Self {
        self.concurrency_policy = Some(policy);
        self
    }

    /// How late a job may start (`spec.startingDeadlineSeconds`). Default: any time.
    pub fn starting_deadline(mut self, time: Seconds) -> Self {
        self.starting_deadline = Some(time);
        self
    }

    /// How many jobs that succeeded are kept (`spec.successfulJobsHistoryLimit`). Default: 3.
    pub fn successful_jobs_history_limit(mut self, count: u16) -> Self {
        self.successful_jobs_history_limit = Some(count);
        self
    }

    /// How many jobs that failed are kept (`spec.failedJobsHistoryLimit`). Default: 1.
    pub fn failed_jobs_history_limit(mut self, count: u16) -> Self {
        self.failed_jobs_history_limit = Some(count);
        self
    }

    /// No more jobs are made until this is taken back (`spec.suspend`). Default: they are.
    pub fn suspend(mut self, yes: bool) -> Self {
        self.suspend = yes;
        self
    }
}

workload!(CronJob);

impl CronJob {
    fn scale(&mut self, share: Share) {
        self.pod.scale(share);
        self.job.scale(share);
    }
}

impl RunsToEnd for CronJob {
    fn job_mut(&mut self) -> &mut JobSettings {
        &mut self.job
    }
}

impl Resource for CronJob {
    origin!();
    scaled!();

    fn reference(&self) -> Ref {
        self.meta.reference("batch", "CronJob")
    }

    fn facts(&self) -> Facts {
        pod::facts(&self.meta, &self.pod).into()
    }

    fn relations(&self) -> Vec<Relation> {
        pod::relations(&self.meta, &self.pod, self.reference())
    }

    fn check(&self, _graph: &Graph) -> Vec<Problem> {
        let mut problems = job::check(self, &self.job, "cron job", RESTARTS);
        let length = self.meta.name.as_str().len();
        if length > 52 {
            problems.push(Problem {
                message: format!(
                    "the name of cron job `{}` has {length} characters, more than the 52 that leave room for its jobs' names",
                    self.meta.name
                ),
                at: self.meta.origin.made.clone(),
                help: None,
            });
        }
        problems
    }

    fn lower(&self, graph: &Graph) -> Vec<Object> {
        let reference = self.reference();
        let job = self
            .job
            .lower(&self.meta, &self.pod, graph, &reference, RESTARTS);
        let cron_job = batch::CronJob {
            metadata: self.meta.object_meta(graph),
            spec: batch::CronJobSpec {
                concurrency_policy: self.concurrency_policy.map(|policy| policy.to_string()),
                failed_jobs_history_limit: self.failed_jobs_history_limit.map(Into::into),
                job_template: batch::JobTemplateSpec {
                    metadata: None,
                    spec: Some(job),
                },
                schedule: self.schedule.cron().to_owned(),
                starting_deadline_seconds: self.starting_deadline.map(|time| time.get().into()),
                successful_jobs_history_limit: self.successful_jobs_history_limit.map(Into::into),
                suspend: self.suspend.then_some(true),
                time_zone: self.schedule.time_zone().map(str::to_owned),
            },
            status: None,
        };
        let mut objects = vec![self.meta.object(&cron_job)];
        objects.extend(pod::account(&self.meta, &self.pod, graph, &reference));
        objects
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::pod::HasContainer;
    use crate::resource::testing::{lower, p};
    use serde_json::json;

    #[test]
    fn a_cron_job() {
        let cleanup = CronJob::new(p("cleanup"), p("0 2 * * *"))
            .time_zone(p("Europe/Berlin"))
            .image(p("app:1"))
            .concurrency_policy(ConcurrencyPolicy::Forbid)
            .successful_jobs_history_limit(3)
            .failed_jobs_history_limit(3)
            .active_deadline(p("10m"));
        let spec = &mut lower(&[&cleanup])[0]["spec"];
        let template = spec["jobTemplate"]["spec"]["template"].take();
        assert_eq!(template["spec"]["restartPolicy"], "OnFailure");
        assert_eq!(
            *spec,
            json!({
                "concurrencyPolicy": "Forbid",
                "failedJobsHistoryLimit": 3,
                "jobTemplate": { "spec": { "activeDeadlineSeconds": 600, "template": null } },
                "schedule": "0 2 * * *",
                "successfulJobsHistoryLimit": 3,
                "timeZone": "Europe/Berlin",
            })
        );
    }
}
