//! The scenarios.

mod around;
mod claim;
mod deletion;
mod failure;
mod job;
mod life;
mod rollout;
mod scale;
mod store;
mod timer;

use super::stage::Stage;
use futures::future::LocalBoxFuture;

/// One scenario: its name, the kinds it watches (events always), and what is done.
pub(super) struct Scenario {
    pub(super) name: &'static str,
    pub(super) kinds: &'static [&'static str],
    pub(super) play: for<'a> fn(&'a mut Stage) -> Play<'a>,
}

/// A scenario being played.
pub(super) type Play<'a> = LocalBoxFuture<'a, Result<(), String>>;

const DEPLOYMENT: &[&str] = &["Deployment", "ReplicaSet", "Pod"];
const STORE: &[&str] = &[
    "StatefulSet",
    "ControllerRevision",
    "Pod",
    "PersistentVolumeClaim",
];

/// All scenarios.
pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "rollout",
        kinds: DEPLOYMENT,
        play: |stage| Box::pin(rollout::rolling(stage)),
    },
    Scenario {
        name: "recreate",
        kinds: DEPLOYMENT,
        play: |stage| Box::pin(rollout::recreating(stage)),
    },
    Scenario {
        name: "pause",
        kinds: DEPLOYMENT,
        play: |stage| Box::pin(rollout::pausing(stage)),
    },
    Scenario {
        name: "deadline",
        kinds: DEPLOYMENT,
        play: |stage| Box::pin(failure::deadline(stage)),
    },
    Scenario {
        name: "quota",
        kinds: &["Deployment", "ReplicaSet", "Pod", "ResourceQuota"],
        play: |stage| Box::pin(failure::quota(stage)),
    },
    Scenario {
        name: "scale",
        kinds: DEPLOYMENT,
        play: |stage| Box::pin(scale::up_and_down(stage)),
    },
    Scenario {
        name: "proportion",
        kinds: DEPLOYMENT,
        play: |stage| Box::pin(scale::in_proportion(stage)),
    },
    Scenario {
        name: "store",
        kinds: STORE,
        play: |stage| Box::pin(store::ordered(stage)),
    },
    Scenario {
        name: "store-failed",
        kinds: STORE,
        play: |stage| Box::pin(store::failed(stage)),
    },
    Scenario {
        name: "store-parallel",
        kinds: STORE,
        play: |stage| Box::pin(store::parallel(stage)),
    },
    Scenario {
        name: "job",
        kinds: &["Job", "Pod"],
        play: |stage| Box::pin(job::completions(stage)),
    },
    Scenario {
        name: "job-retries",
        kinds: &["Job", "Pod"],
        play: |stage| Box::pin(job::retries(stage)),
    },
    Scenario {
        name: "job-indexed",
        kinds: &["Job", "Pod"],
        play: |stage| Box::pin(job::indexed(stage)),
    },
    Scenario {
        name: "job-suspended",
        kinds: &["Job", "Pod"],
        play: |stage| Box::pin(job::suspended(stage)),
    },
    Scenario {
        name: "job-deadline",
        kinds: &["Job", "Pod"],
        play: |stage| Box::pin(job::deadline(stage)),
    },
    Scenario {
        name: "job-forgotten",
        kinds: &["Job", "Pod"],
        play: |stage| Box::pin(job::forgotten(stage)),
    },
    Scenario {
        name: "life-service",
        kinds: &["EndpointSlice", "Deployment", "ReplicaSet", "Pod"],
        play: |stage| Box::pin(around::service(stage)),
    },
    Scenario {
        name: "budget",
        kinds: &["PodDisruptionBudget", "Deployment", "ReplicaSet", "Pod"],
        play: |stage| Box::pin(around::disruption(stage)),
    },
    Scenario {
        name: "cron-job",
        kinds: &["CronJob", "Job", "Pod"],
        play: |stage| Box::pin(timer::cron_job(stage)),
    },
    Scenario {
        name: "autoscaler",
        kinds: &["HorizontalPodAutoscaler", "Deployment", "ReplicaSet", "Pod"],
        play: |stage| Box::pin(timer::autoscaler(stage)),
    },
    Scenario {
        name: "autoscaler-blind",
        kinds: &["HorizontalPodAutoscaler", "Deployment", "ReplicaSet", "Pod"],
        play: |stage| Box::pin(timer::blind(stage)),
    },
    Scenario {
        name: "claim",
        kinds: &["PersistentVolumeClaim"],
        play: |stage| Box::pin(claim::pending(stage)),
    },
    Scenario {
        name: "claim-growing",
        kinds: &["PersistentVolumeClaim", "PersistentVolume"],
        play: |stage| Box::pin(claim::growing(stage)),
    },
    Scenario {
        name: "life-ready",
        kinds: DEPLOYMENT,
        play: |stage| Box::pin(life::ready(stage)),
    },
    Scenario {
        name: "life-crash",
        kinds: DEPLOYMENT,
        play: |stage| Box::pin(life::crash(stage)),
    },
    Scenario {
        name: "life-image",
        kinds: DEPLOYMENT,
        play: |stage| Box::pin(life::image(stage)),
    },
    Scenario {
        name: "life-job",
        kinds: &["Job", "Pod"],
        play: |stage| Box::pin(life::job(stage)),
    },
    Scenario {
        name: "life-claim",
        kinds: &["Pod", "PersistentVolumeClaim", "PersistentVolume"],
        play: |stage| Box::pin(life::claim(stage)),
    },
    Scenario {
        name: "deletion-background",
        kinds: DEPLOYMENT,
        play: |stage| Box::pin(deletion::background(stage)),
    },
    Scenario {
        name: "deletion-foreground",
        kinds: DEPLOYMENT,
        play: |stage| Box::pin(deletion::foreground(stage)),
    },
    Scenario {
        name: "deletion-orphan",
        kinds: DEPLOYMENT,
        play: |stage| Box::pin(deletion::orphan(stage)),
    },
    Scenario {
        name: "deletion-namespace",
        kinds: &["Secret", "Namespace"],
        play: |stage| Box::pin(deletion::namespace(stage)),
    },
];
