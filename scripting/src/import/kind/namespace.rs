//! `namespace(name)`.

use super::Subject;
use crate::import::code::{Code, call, json, text};

pub(super) fn propose(subject: &Subject<'_>) -> Option<Code> {
    let code = call("namespace", [text(subject.name())]);
    let labels = &subject.value["metadata"]["labels"];
    let mode = |mode: &str| &labels[format!("pod-security.kubernetes.io/{mode}")];
    let enforced = mode("enforce");
    let alike = enforced.is_string() && enforced == mode("audit") && enforced == mode("warn");
    Some(if alike {
        code.then("pod_security", [json(enforced)])
    } else {
        code
    })
}

/// Labels that the builder has a setter for.
pub(in crate::import) fn is_pod_security(key: &str) -> bool {
    matches!(
        key,
        "pod-security.kubernetes.io/enforce"
            | "pod-security.kubernetes.io/audit"
            | "pod-security.kubernetes.io/warn"
    )
}
