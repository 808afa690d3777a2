//! What the environment itself is checked for whenever it is rendered, as findings.

use super::{Rule, Severity, accept};

/// A rule of what cannot be rendered.
macro_rules! refusals {
    ($($name:ident = $id:literal, $title:literal, $cure:literal;)+) => {
        $(static $name: Rule = Rule {
            id: $id,
            severity: Severity::Error,
            title: $title,
            why: "the environment is refused as it is: it is neither planned nor applied",
            cure: $cure,
        };)+

        /// All of them, and what else cannot be accepted.
        pub(super) static ALL: &[&Rule] = &[$(&$name,)+ &accept::UNUSED_ACCEPTANCE];
    };
}

refusals! {
    INVALID_ENVIRONMENT = "invalid-environment",
        "the environment's own name, namespace or labels cannot be",
        "use names as Kubernetes has them: small letters, digits and `-`";
    CLASHING_ENVIRONMENTS = "clashing-environments",
        "two environments of the script make the same",
        "leave it to one of them";
    DUPLICATE_OBJECT = "duplicate-object",
        "an object stands twice, or has a name that cannot be",
        "take one of them out";
    WRONG_NAMESPACE = "wrong-namespace",
        "an object is in a namespace that is not there",
        "add the namespace, or say that it exists";
    MISSING_REFERENCE = "missing-reference",
        "something is named that is not there",
        "add it to the environment, or name it with `existing(KIND, NAME)`";
    SELECTS_NOTHING = "selects-nothing",
        "a selector matches no pod",
        "give it the labels that the pods have";
    MISSING_PORT = "missing-port",
        "a port that nothing listens on",
        "name a port that the containers have";
    TWO_AUTOSCALERS = "two-autoscalers",
        "two autoscalers set the replicas of one workload",
        "put all metrics into one";
    UNKNOWN_RIGHT = "unknown-right",
        "a right to a kind that is defined under another name",
        "use the plural of the definition";
    MISSING_VOLUME = "missing-volume",
        "a mount of a volume that is not there",
        "add the volume, or take the mount out";
    SHARED_DISK = "shared-disk",
        "a disk for one node that several pods are to mount",
        "use `ReadWriteMany` and a class for many writers, or run one pod";
    IMPOSSIBLE_CERTIFICATE = "impossible-certificate",
        "a certificate that its issuer never gets",
        "use an issuer that solves by DNS";
    UNKNOWN_SUBSET = "unknown-subset",
        "a virtual service sends to a subset that no destination rule describes",
        "describe the subset";
    REFUSED_PODS = "refused-pods",
        "pods that the Pod Security Standard of their namespace refuses",
        "change what the message names, or the namespace's standard";
    OVER_QUOTA = "over-quota",
        "pods that a quota of their namespace refuses",
        "say what the quota asks for";
    UNKEPT_SECRET = "unkept-secret",
        "a generated value that is kept nowhere",
        "let it stand alone under a key of a secret";
    WRONG_SECRET = "wrong-secret",
        "a secret is used for what it cannot do",
        "use a secret of the type that is needed";
    CUSTOM_SCHEMA = "custom-schema",
        "an object is not as the definition of its kind has it",
        "give the field what the definition asks for";
    REFUSED_ROUTE = "refused-route",
        "a gateway that does not take a route",
        "let the listener take it";
    WRONG_SETTING = "wrong-setting",
        "settings of a resource that contradict each other",
        "change one of them";
    IMPOSSIBLE_POLICY = "impossible-policy",
        "a relation that no network policy can express",
        "name a port, or an address";
    CIRCLE = "circular-order",
        "resources that wait for each other",
        "take one of the relations away";
}

/// The rule of a subject of the environment's checks.
pub(super) fn of(id: &str) -> &'static Rule {
    let found = ALL.iter().find(|rule| rule.id == id);
    found.copied().unwrap_or(&INVALID_ENVIRONMENT)
}
