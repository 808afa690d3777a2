//! `disruption_budget(workload)`.

use super::{Subject, labels_alone};
use crate::import::code::{Code, call, text};
use crate::import::setters::set;

pub(super) fn propose(subject: &Subject<'_>) -> Option<Code> {
    let index = subject.workload(labels_alone(&subject.spec()["selector"])?)?;
    let workload = &subject.context.objects[index];
    let mut code = call("disruption_budget", [subject.context.constant(index)]);
    if workload.id.name != subject.name() {
        code = code.then("name", [text(subject.name())]);
    }
    code = set(code, "disruption_budget", subject.value, "", |name| {
        matches!(name, "min_available" | "max_unavailable")
    });
    let spare = subject.spec()["unhealthyPodEvictionPolicy"] == "IfHealthyBudget";
    Some(if spare {
        code.then("spare_unready", [])
    } else {
        code
    })
}
