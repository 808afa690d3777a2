//! A job: pods that run to an end.

use super::pod::{self, HasContainer, PodSettings, RestartPolicy, Template, Workload};
use super::{Convention, Facts, Meta, Relation, Resource};
use crate::environment::{Graph, Problem};
use crate::object::{Object, Ref};
use crate::types::{ImageRef, Name, Seconds, Share};
use k8s_openapi::api::batch::v1 as batch;
use std::collections::BTreeMap;

/// Pods that run to an end, once (`Job`).
///
/// ```
/// use infra_sdk::resource::Job;
/// use infra_sdk::resource::prelude::*;
///
/// let migrate = Job::new("migrate".parse()?)
///     .image("registry.example/app:1.4.2".parse()?)
///     .command(["npx", "prisma", "migrate", "deploy"])
///     .backoff_limit(2);
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Job {
    pub(super) meta: Meta,
    pod: PodSettings,
    settings: JobSettings,
}

/// What a job has, alone or made by a cron job.
#[derive(Clone, Debug, Default)]
pub struct JobSettings {
    backoff_limit: Option<u16>,
    completions: Option<u16>,
    parallelism: Option<u16>,
    indexed: bool,
    active_deadline: Option<Seconds>,
    ttl_after_finished: Option<Seconds>,
    suspend: bool,
    failure_rules: Vec<FailureRule>,
}

/// What is done about a container that ended with certain exit codes.
#[derive(Clone, Debug)]
struct FailureRule {
    action: FailureAction,
    codes: Vec<i32>,
}

word_type! {
    /// What is done about a pod that failed (`podFailurePolicy.rules[].action`).
    FailureAction, "what is done about a failure" {
        /// The job has failed.
        FailJob = "FailJob",
        /// It does not count, and the pod is replaced.
        Ignore = "Ignore",
        /// It counts, and the pod is replaced.
        Count = "Count",
    }
}

impl JobSettings {
    /// Fewer or more pods at a time, for as much work.
    pub(super) fn scale(&mut self, share: Share) {
        self.parallelism = self.parallelism.map(|count| share.of_count(count));
    }

    /// `spec` of the job, with its pods, which are started again as `default` says where they do not
    /// say it themselves.
    pub(super) fn lower(
        &self,
        meta: &Meta,
        pod: &PodSettings,
        graph: &Graph,
        workload: &Ref,
        default: RestartPolicy,
    ) -> batch::JobSpec {
        let selector = labels(meta, pod);
        let (template, _) = Template {
            meta,
            pod,
            graph,
            workload,
            selector: &selector,
            spread: false,
            by_revision: false,
            restart_policy: Some(default.as_str()),
        }
        .lower();
        let rules: Vec<_> = self
            .failure_rules
            .iter()
            .map(|rule| batch::PodFailurePolicyRule {
                action: rule.action.to_string(),
                on_exit_codes: Some(batch::PodFailurePolicyOnExitCodesRequirement {
                    container_name: None,
                    operator: "In".to_owned(),
                    values: rule.codes.clone(),
                }),
                on_pod_conditions: None,
            })
            .collect();
        batch::JobSpec {
            active_deadline_seconds: self.active_deadline.map(|time| time.get().into()),
            backoff_limit: self.backoff_limit.map(Into::into),
            completion_mode: self.indexed.then(|| "Indexed".to_owned()),
            completions: self.completions.map(Into::into),
            parallelism: self.parallelism.map(Into::into),
            pod_failure_policy: (!rules.is_empty()).then_some(batch::PodFailurePolicy { rules }),
            suspend: self.suspend.then_some(true),
            template,
            ttl_seconds_after_finished: self.ttl_after_finished.map(Seconds::get),
            ..batch::JobSpec::default()
        }
    }
}

/// The labels by which the pods are found. Nobody looks for those of a job that talks to nobody in
/// particular.
fn labels(meta: &Meta, pod: &PodSettings) -> BTreeMap<String, String> {
    let sought = meta.has(Convention::PodLabel) || !pod.connects.is_empty();
    if sought || !pod.selector.is_empty() {
        pod::selector_of(meta, pod)
    } else {
        BTreeMap::new()
    }
}

/// The setters of a job, for jobs and for cron jobs that make them.
pub trait RunsToEnd: Workload {
    /// The job that they change.
    #[doc(hidden)]
    fn job_mut(&mut self) -> &mut JobSettings;

    /// How many pods may fail before the job has (`backoffLimit`). Default: 6.
    #[must_use]
    fn backoff_limit(mut self, count: u16) -> Self {
        self.job_mut().backoff_limit = Some(count);
        self
    }

    /// How many pods must succeed (`completions`). Default: 1.
    #[must_use]
    fn completions(mut self, count: u16) -> Self {
        self.job_mut().completions = Some(count);
        self
    }

    /// How many pods run at a time (`parallelism`). Default: 1.
    #[must_use]
    fn parallelism(mut self, count: u16) -> Self {
        self.job_mut().parallelism = Some(count);
        self
    }

    /// Each pod has a number, from 0 to `completions` (`completionMode: Indexed`), in
    /// `JOB_COMPLETION_INDEX`. Default: they are all alike.
    #[must_use]
    fn indexed(mut self) -> Self {
        self.job_mut().indexed = true;
        self
    }

    /// How long the whole job may take (`activeDeadlineSeconds`). Default: as long as it wants.
    #[must_use]
    fn active_deadline(mut self, time: Seconds) -> Self {
        self.job_mut().active_deadline = Some(time);
        self
    }

    /// How long a finished job is kept (`ttlSecondsAfterFinished`). Default: until it is deleted.
    #[must_use]
    fn ttl_after_finished(mut self, time: Seconds) -> Self {
        self.job_mut().ttl_after_finished = Some(time);
        self
    }

    /// When a container that fails is started again (`template.spec.restartPolicy`). Default: for a
    /// job never, so that each failed pod stays with its log; for a cron job in the same pod
    /// (`OnFailure`).
    #[must_use]
    fn restart_policy(mut self, policy: RestartPolicy) -> Self {
        self.pod_mut().restart_policy = Some(policy);
        self
    }

    /// What is done when the container ends with one of these exit codes
    /// (`podFailurePolicy.rules[]`). Only where failed containers are never started again.
    #[must_use]
    fn on_exit_codes(
        mut self,
        codes: impl IntoIterator<Item = i32>,
        action: FailureAction,
    ) -> Self {
        let mut codes: Vec<i32> = codes.into_iter().collect();
        codes.sort_unstable();
        codes.dedup();
        let rules = &mut self.job_mut().failure_rules;
        rules.push(FailureRule { action, codes });
        self
    }
}

/// What is wrong with a job's settings.
pub(super) fn check<W: RunsToEnd>(
    workload: &W,
    settings: &JobSettings,
    kind: &str,
    default: RestartPolicy,
) -> Vec<Problem> {
    let meta = workload.meta();
    let what = format!("{kind} `{}`", meta.name);
    let mut problems = pod::check(meta, workload.pod(), &what, false);
    let mut problem = |field: &str, message: String, help: &str| {
        problems.push(Problem {
            message,
            at: meta.origin.of_field(field).cloned(),
            help: Some(help.to_owned()),
        });
    };
    let policy = workload.pod().restart_policy.unwrap_or(default);
    if policy == RestartPolicy::Always {
        problem(
            "restartPolicy",
            format!("{what} cannot have the restart policy `Always`: it would never end"),
            "expected `OnFailure` or `Never`",
        );
    }
    if !settings.failure_rules.is_empty() && policy != RestartPolicy::Never {
        problem(
            "podFailurePolicy",
            format!("{what} cannot look at exit codes while its pods restart failed containers"),
            "set `.restart_policy(\"Never\")`",
        );
    }
    if settings.indexed && settings.completions.is_none() {
        problem(
            "completionMode",
            format!("{what} is indexed, and does not say how many pods must succeed"),
            "set `.completions(3)`",
        );
    }
    problems
}

/// The failed pod stays, with its log.
const RESTARTS: RestartPolicy = RestartPolicy::Never;

impl Job {
    /// A job; it needs an image.
    #[track_caller]
    pub fn new(name: Name) -> Self {
        Self {
            meta: Meta::new(name),
            pod: PodSettings::default(),
            settings: JobSettings::default(),
        }
    }

    /// A job that runs an image as a workload runs its own: with its environment, volumes, user,
    /// service account, nodes, and whom it talks to, but without its ports, probes, hooks, other
    /// containers, labels and claims for each pod.
    #[track_caller]
    pub fn like<W: Workload>(workload: &W, name: Name, image: ImageRef) -> Self {
        let mut job = Self::new(name);
        job.meta.namespace.clone_from(&workload.meta().namespace);
        job.meta.without.clone_from(&workload.meta().without);
        let pod = &mut job.pod;
        *pod = workload.pod().clone();
        pod.init.clear();
        pod.containers.clear();
        pod.spread.clear();
        pod.labels.clear();
        pod.annotations.clear();
        pod.selector.clear();
        pod.hostname = None;
        pod.subdomain = None;
        pod.restart_policy = None;
        pod.like.get_or_insert_with(|| workload.reference());
        let container = &mut pod.container;
        container.name = None;
        container.ports.clear();
        container.liveness_probe = None;
        container.readiness_probe = None;
        container.startup_probe = None;
        container.post_start = None;
        container.pre_stop = None;
        container.command = None;
        container.args = None;
        // A claim that a stateful set makes for each pod is no job's.
        container
            .volumes
            .retain(|(_, volume)| !volume.is_for_each_pod());
        container
            .devices
            .retain(|(_, volume)| !volume.is_for_each_pod());
        job.image(image)
    }

    /// It does not start, or stops, until this is taken back (`suspend`). Default: it runs.
    pub fn suspend(mut self, yes: bool) -> Self {
        self.settings.suspend = yes;
        self
    }
}

workload!(Job);

impl Job {
    fn scale(&mut self, share: Share) {
        self.pod.scale(share);
        self.settings.scale(share);
    }
}

impl RunsToEnd for Job {
    fn job_mut(&mut self) -> &mut JobSettings {
        &mut self.settings
    }
}

impl Resource for Job {
    origin!();
    scaled!();

    fn reference(&self) -> Ref {
        self.meta.reference("batch", "Job")
    }

    fn facts(&self) -> Facts {
        pod::facts(&self.meta, &self.pod).into()
    }

    fn relations(&self) -> Vec<Relation> {
        pod::relations(&self.meta, &self.pod, self.reference())
    }

    fn check(&self, _graph: &Graph) -> Vec<Problem> {
        check(self, &self.settings, "job", RESTARTS)
    }

    fn lower(&self, graph: &Graph) -> Vec<Object> {
        let reference = self.reference();
        let spec = self
            .settings
            .lower(&self.meta, &self.pod, graph, &reference, RESTARTS);
        let job = batch::Job {
            metadata: self.meta.object_meta(graph),
            spec: Some(spec),
            status: None,
        };
        let mut objects = vec![self.meta.object(&job)];
        objects.extend(pod::account(&self.meta, &self.pod, graph, &reference));
        objects
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::testing::{lower, p, problems};
    use crate::resource::{ConfigMap, Deployment, Described};
    use serde_json::json;

    #[test]
    fn a_job_like_a_deployment() {
        let config = ConfigMap::new(p("settings"));
        let app = Deployment::new(p("app"))
            .image(p("app:1"))
            .labels([(p("app"), p("app"))])
            .port((p("http"), p("80")))
            .command(["serve"])
            .run_as_user(1000)
            .env_from(&config);
        let job = Job::like(&app, p("migrate"), p("app:2"))
            .command(["migrate"])
            .backoff_limit(2);
        let object = &lower(&[&job, &app, &config])[0];
        assert_eq!(object["kind"], "Job");
        assert_eq!(object["spec"]["backoffLimit"], 2);
        let template = &object["spec"]["template"];
        assert!(
            template["metadata"]["labels"].get("app").is_none(),
            "{template}"
        );
        assert_eq!(template["spec"]["restartPolicy"], "Never");
        assert_eq!(template["spec"]["securityContext"]["runAsUser"], 1000);
        let container = &template["spec"]["containers"][0];
        assert_eq!(container["name"], "migrate");
        assert_eq!(container["image"], "app:2");
        assert_eq!(container["command"], json!(["migrate"]));
        assert_eq!(
            container["envFrom"],
            json!([{ "configMapRef": { "name": "settings" } }])
        );
        assert!(container.get("ports").is_none());
    }

    #[test]
    fn what_is_wrong() {
        let job = || Job::new(p("j")).image(p("a:1"));
        for (job, expected) in [
            (
                job().restart_policy(RestartPolicy::Always),
                "job `j` cannot have the restart policy `Always`: it would never end",
            ),
            (
                job()
                    .restart_policy(RestartPolicy::OnFailure)
                    .on_exit_codes([42], FailureAction::FailJob),
                "job `j` cannot look at exit codes while its pods restart failed containers",
            ),
            (
                job().indexed(),
                "job `j` is indexed, and does not say how many pods must succeed",
            ),
        ] {
            assert_eq!(problems(&[&job]), [expected]);
        }
    }
}
