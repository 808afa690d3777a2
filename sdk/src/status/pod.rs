//! Pods that stand alone.

use super::printed::printed;
use super::read::{Condition, condition, int, list, sentence, text};
use super::{State, Status};
use serde_json::Value;

/// A finished pod is ready, a failed one has failed, a running one must be ready.
pub(super) fn status(object: &Value) -> Status {
    let containers = list(object, "/spec/containers").len() as i64;
    let ready = list(object, "/status/containerStatuses")
        .iter()
        .filter(|one| one["ready"].as_bool() == Some(true))
        .count() as i64;
    match text(object, "/status/phase").unwrap_or("Pending") {
        "Succeeded" => Status::ready("has finished"),
        "Failed" => Status::failed(failure(object)).count(ready, containers),
        "Running" if condition(object, "Ready").is_some_and(Condition::is_true) => Status::new(
            State::Ready,
            format!("{ready} of {containers} containers are ready"),
        )
        .count(ready, containers),
        _ => {
            let reason = format!("{ready} of {containers} containers are ready");
            let reason = format!("{reason}: {}", printed(object));
            Status::progressing(reason).count(ready, containers)
        }
    }
}

fn failure(object: &Value) -> String {
    if let Some(message) = text(object, "/status/message") {
        return format!("has failed: {}", sentence(message));
    }
    let exit = ["/status/initContainerStatuses", "/status/containerStatuses"]
        .into_iter()
        .flat_map(|pointer| list(object, pointer))
        .find_map(|one| {
            let code = int(one, "/state/terminated/exitCode").filter(|code| *code != 0)?;
            let name = text(one, "/name").unwrap_or_default();
            Some(match text(one, "/state/terminated/reason") {
                Some("OOMKilled") => format!("container `{name}` ran out of memory"),
                _ => format!("container `{name}` exited with code {code}"),
            })
        });
    match exit {
        Some(exit) => format!("has failed: {exit}"),
        None => format!("has failed: {}", printed(object)),
    }
}

#[cfg(test)]
mod tests {
    use crate::status::State::{Failed, Progressing, Ready};
    use crate::status::cases::table;

    #[test]
    fn a_pod_is_ready_finished_or_failed() {
        let base = "
apiVersion: v1
kind: Pod
metadata: {name: one}
spec: {containers: [{name: app}]}
status: {phase: Running, conditions: [{type: Ready, status: 'True'}], containerStatuses: [{name: app, ready: true, state: {running: {}}}]}
";
        table(
            base,
            &[
                ("{}", Ready, "1 of 1 containers are ready"),
                ("{status: {phase: Succeeded}}", Ready, "has finished"),
                // T5: a failed pod has failed.
                (
                    "{status: {phase: Failed, containerStatuses: [{name: app, state: {terminated: {exitCode: 3}}}]}}",
                    Failed,
                    "has failed: container `app` exited with code 3",
                ),
                (
                    "{status: {phase: Failed, reason: Evicted, message: 'The node was low on resource: memory. '}}",
                    Failed,
                    "has failed: The node was low on resource: memory",
                ),
                (
                    "{status: {phase: Pending, conditions: [], containerStatuses: [{name: app, ready: false, state: {waiting: {reason: ContainerCreating}}}]}}",
                    Progressing,
                    "0 of 1 containers are ready: ContainerCreating",
                ),
            ],
        );
    }
}
