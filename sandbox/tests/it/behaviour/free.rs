//! What is free beyond the laws, as data: each with its reason.

/// How much of a field is free.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Free {
    /// Its way through a step: only where it comes to is told.
    Way,
    /// All of it: nothing is told.
    All,
}

/// Where something was seen. In a rule, `*` is any.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) scenario: &'a str,
    pub(super) step: &'a str,
    pub(super) kind: &'a str,
}

struct Rule {
    place: Place<'static>,
    /// The field, with all below it.
    field: &'static str,
    free: Free,
    /// Read by whoever reads the rules.
    #[expect(dead_code, reason = "each rule says why it is there")]
    why: &'static str,
}

const fn way(kind: &'static str, field: &'static str, why: &'static str) -> Rule {
    Rule {
        place: Place {
            scenario: "*",
            step: "*",
            kind,
        },
        field,
        free: Free::Way,
        why,
    }
}

const fn all(
    scenario: &'static str,
    step: &'static str,
    kind: &'static str,
    field: &'static str,
    why: &'static str,
) -> Rule {
    Rule {
        place: Place {
            scenario,
            step,
            kind,
        },
        field,
        free: Free::All,
        why,
    }
}

const LAST_WORD: &str =
    "the garbage collector lets it go while its controller still counts what it has lost";

#[rustfmt::skip]
const RULES: &[Rule] = &[
    way("*", "status.observedGeneration", "a generation may be passed over"),
    way("Deployment", "status.replicas", "sets grow and shrink at the same time"),
    way("Deployment", "status.updatedReplicas", "sets grow and shrink at the same time"),
    way("Deployment", "status.unavailableReplicas", "sets grow and shrink at the same time"),
    way("Deployment", "status.terminatingReplicas", "pods without a node go at once"),
    way("ReplicaSet", "status.terminatingReplicas", "pods without a node go at once"),
    way("StatefulSet", "status.replicas", "a pod may be gone and back between two looks"),
    way("Job", "status.terminating", "pods without a node go at once"),
    way("Job", "status.uncountedTerminatedPods", "pods are counted in one look or in several"),
    way("PersistentVolume", "status.lastPhaseTransitionTime", "only a time"),
    all("deletion-foreground", "the pods are let go", "Deployment", "status", LAST_WORD),
    all("deletion-foreground", "the pods are let go", "ReplicaSet", "status", LAST_WORD),
    all("deletion-orphan", "it is deleted", "Deployment", "status", LAST_WORD),
];

/// How much of a field is free at a place.
pub(super) fn of(at: Place<'_>, path: &str) -> Option<Free> {
    let fits = |rule: &str, is: &str| rule == "*" || rule == is;
    RULES
        .iter()
        .filter(|rule| {
            fits(rule.place.scenario, at.scenario)
                && fits(rule.place.step, at.step)
                && fits(rule.place.kind, at.kind)
                && path.starts_with(rule.field)
        })
        .map(|rule| rule.free)
        .max()
}
