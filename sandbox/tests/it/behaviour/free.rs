//! What is free beyond the laws, as data: each with its reason.

/// How much of a field is free.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Free {
    /// Its way through a step: only where it comes to is told.
    Way,
    /// Which of the states with these words it is in: they are told as one.
    Either(&'static [&'static str]),
    /// All of it: nothing is told.
    All,
}

use Free::{All, Either, Way};

/// Where something was seen.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) scenario: &'a str,
    pub(super) step: &'a str,
    pub(super) kind: &'a str,
}

/// The scenario, the step, the kind (`*` at the end is anything), the field with all below it (of an
/// event, its reason), what is free, and why.
type Rule = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Free,
    &'static str,
);

const LAST_WORD: &str =
    "the garbage collector lets it go while its controller still counts what it has lost";
const SECOND_LOOK: &str = "the first look at a new set ends in a conflict; if the set has its pods by the next one, \
     they are as many as were up to date before, which is no progress";
const HAS_IMAGE: &str = "the node that the scheduler picks may have the image already";
const NEW_SET: Free = Either(&["NewReplicaSetCreated", "ReplicaSetUpdated"]);

#[rustfmt::skip]
const RULES: &[Rule] = &[
    ("*", "*", "*", "status.observedGeneration", Way, "a generation may be passed over"),
    ("*", "*", "Deployment", "status.replicas", Way, "sets grow and shrink at the same time"),
    ("*", "*", "Deployment", "status.updatedReplicas", Way, "sets grow and shrink at the same time"),
    ("*", "*", "Deployment", "status.unavailableReplicas", Way, "sets grow and shrink at the same time"),
    ("*", "*", "Deployment", "status.terminatingReplicas", Way, "pods without a node go at once"),
    ("*", "*", "ReplicaSet", "status.terminatingReplicas", Way, "pods without a node go at once"),
    ("*", "*", "StatefulSet", "status.replicas", Way, "a pod may be gone and back between two looks"),
    ("*", "*", "Job", "status.terminating", Way, "pods without a node go at once"),
    ("*", "*", "Job", "status.uncountedTerminatedPods", Way, "pods are counted in one look or in several"),
    ("*", "*", "PersistentVolume", "status.lastPhaseTransitionTime", Way, "only a time"),
    ("rollout", "*", "Deployment", "status.condition.Progressing", NEW_SET, SECOND_LOOK),
    ("recreate", "*", "Deployment", "status.condition.Progressing", NEW_SET, SECOND_LOOK),
    ("pause", "*", "Deployment", "status.condition.Progressing", NEW_SET, SECOND_LOOK),
    ("deadline", "*", "Deployment", "status.condition.Progressing", NEW_SET, SECOND_LOOK),
    ("proportion", "*", "Deployment", "status.condition.Progressing", NEW_SET, SECOND_LOOK),
    ("life-*", "*", "Deployment", "status.condition.Progressing", NEW_SET, SECOND_LOOK),
    ("deletion-foreground", "the pods are let go", "Deployment", "status", All, LAST_WORD),
    ("deletion-foreground", "the pods are let go", "ReplicaSet", "status", All, LAST_WORD),
    ("deletion-orphan", "it is deleted", "Deployment", "status", All, LAST_WORD),
    ("life-ready", "it is deleted", "Deployment", "status", All, LAST_WORD),
    ("life-ready", "it is deleted", "ReplicaSet", "status", All, LAST_WORD),
    ("*", "*", "Event", "ExternalExpanding", All, "the driver may have made it larger before the controller looks"),
    ("quota", "there is room", "Event", "FailedCreate", All, "a try may fail until the room is seen"),
    ("life-job", "*", "Job", "status.ready", Way, "a pod is ready for a second, and looks are a second apart"),
    ("life-service", "*", "EndpointSlice", "endpoints", Way, "pods that come together are seen one by one or at once"),
    ("life-service", "*", "EndpointSlice", "metadata.annotations.endpoints", All, "what set off a change is told only if it is in another second than what did before"),
    ("budget", "one pod is evicted", "PodDisruptionBudget", "status.expectedPods", Way, "the pod in its place may be there at the next look"),
    ("budget", "the end", "PodDisruptionBudget", "managedFields", All, "a condition's time has another owner only if it is another second"),
    ("life-*", "*", "Event", "Pulling", All, HAS_IMAGE),
    ("life-*", "*", "Event", "Pulled", All, HAS_IMAGE),
    ("life-*", "the end", "Pod", "managedFields", All, "kwok and its launcher play the kubelet under names of their own"),
];

/// How much of a field is free at a place.
pub(super) fn of(at: Place<'_>, path: &str) -> Option<Free> {
    let fits = |rule: &str, is: &str| match rule.strip_suffix('*') {
        Some(start) => is.starts_with(start),
        None => rule == is,
    };
    RULES
        .iter()
        .filter(|(scenario, step, kind, field, ..)| {
            fits(scenario, at.scenario)
                && fits(step, at.step)
                && fits(kind, at.kind)
                && path.starts_with(field)
        })
        .map(|(.., free, _)| *free)
        .max()
}

impl Free {
    /// A state as it is told.
    pub(super) fn told(self, state: &str) -> String {
        match self {
            Either(words) if words.iter().any(|word| state.contains(word)) => words.join(" or "),
            _ => state.to_owned(),
        }
    }
}
