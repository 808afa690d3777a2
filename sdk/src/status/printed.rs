//! The STATUS column of `kubectl get pods`.

use super::read::{Condition, condition, flag, int, list, text};
use serde_json::Value;

/// The STATUS that `kubectl get pods` prints: `Running`, `CrashLoopBackOff`, `Init:0/1`, …
pub fn printed(pod: &Value) -> String {
    let phase = text(pod, "/status/phase").unwrap_or("Pending");
    let pod_reason = text(pod, "/status/reason");
    let mut words = pod_reason.unwrap_or(phase).to_owned();
    if condition(pod, "PodScheduled").is_some_and(|one| one.reason == "SchedulingGated") {
        "SchedulingGated".clone_into(&mut words);
    }
    match initializing(pod) {
        Some(init) if !initialized(pod) => words = init,
        _ => {
            if let Some(containers) = running(pod) {
                words = containers;
            }
        }
    }
    if text(pod, "/metadata/deletionTimestamp").is_some() {
        return if pod_reason == Some("NodeLost") {
            "Unknown".to_owned()
        } else if matches!(phase, "Succeeded" | "Failed") {
            words
        } else {
            "Terminating".to_owned()
        };
    }
    words
}

fn initialized(pod: &Value) -> bool {
    condition(pod, "Initialized").is_some_and(Condition::is_true)
}

/// Whether a container of this name is an init container that stays (a sidecar).
pub(super) fn is_sidecar(pod: &Value, name: &str) -> bool {
    list(pod, "/spec/initContainers").iter().any(|one| {
        text(one, "/name") == Some(name) && text(one, "/restartPolicy") == Some("Always")
    })
}

fn initializing(pod: &Value) -> Option<String> {
    let total = list(pod, "/spec/initContainers").len();
    for (index, one) in list(pod, "/status/initContainerStatuses")
        .iter()
        .enumerate()
    {
        let sidecar = is_sidecar(pod, text(one, "/name").unwrap_or_default());
        if sidecar && flag(one, "/started") {
            continue;
        }
        if let Some(terminated) = one.pointer("/state/terminated") {
            let code = int(terminated, "/exitCode").unwrap_or(0);
            if code == 0 {
                continue;
            }
            return Some(format!("Init:{}", ended(terminated)));
        }
        return Some(match text(one, "/state/waiting/reason") {
            Some(reason) if reason != "PodInitializing" => format!("Init:{reason}"),
            _ => format!("Init:{index}/{total}"),
        });
    }
    None
}

fn running(pod: &Value) -> Option<String> {
    let mut words: Option<String> = None;
    let mut failed: Option<String> = None;
    let mut has_running = false;
    for one in list(pod, "/status/containerStatuses").iter().rev() {
        if let Some(reason) = text(one, "/state/waiting/reason") {
            words = Some(reason.to_owned());
        } else if let Some(terminated) = one.pointer("/state/terminated") {
            let this = ended(terminated);
            if int(terminated, "/exitCode").unwrap_or(0) != 0 {
                failed = Some(this.clone());
            }
            words = Some(this);
        } else if flag(one, "/ready") && one.pointer("/state/running").is_some() {
            has_running = true;
        }
    }
    if words.as_deref() == Some("Completed") {
        if let Some(failed) = failed {
            return Some(failed);
        }
        if has_running {
            let ready = condition(pod, "Ready").is_some_and(Condition::is_true);
            return Some(if ready { "Running" } else { "NotReady" }.to_owned());
        }
    }
    words
}

fn ended(terminated: &Value) -> String {
    if let Some(reason) = text(terminated, "/reason") {
        return reason.to_owned();
    }
    match int(terminated, "/signal").unwrap_or(0) {
        0 => format!("ExitCode:{}", int(terminated, "/exitCode").unwrap_or(0)),
        signal => format!("Signal:{signal}"),
    }
}

#[cfg(test)]
mod tests {
    use crate::status::cases::yaml;

    #[test]
    fn the_printed_status_is_kubectls() {
        for (pod, expected) in [
            (
                "{status: {phase: Running, containerStatuses: [{ready: true, state: {running: {}}}]}}",
                "Running",
            ),
            ("{status: {phase: Pending}}", "Pending"),
            ("{status: {phase: Failed, reason: Evicted}}", "Evicted"),
            (
                "{status: {phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: SchedulingGated}]}}",
                "SchedulingGated",
            ),
            (
                "{spec: {initContainers: [{name: a}, {name: b}]}, status: {phase: Pending, initContainerStatuses: [{name: a, state: {terminated: {exitCode: 0}}}, {name: b, state: {running: {}}}]}}",
                "Init:1/2",
            ),
            (
                "{spec: {initContainers: [{name: a}]}, status: {phase: Pending, initContainerStatuses: [{name: a, state: {terminated: {exitCode: 2}}}]}}",
                "Init:ExitCode:2",
            ),
            (
                "{spec: {initContainers: [{name: a}]}, status: {phase: Pending, initContainerStatuses: [{name: a, state: {waiting: {reason: CrashLoopBackOff}}}]}}",
                "Init:CrashLoopBackOff",
            ),
            (
                "{spec: {initContainers: [{name: s, restartPolicy: Always}]}, status: {phase: Running, initContainerStatuses: [{name: s, started: true, state: {running: {}}}], containerStatuses: [{name: a, ready: true, state: {running: {}}}]}}",
                "Running",
            ),
            (
                "{status: {phase: Running, containerStatuses: [{state: {waiting: {reason: CrashLoopBackOff}}}]}}",
                "CrashLoopBackOff",
            ),
            (
                "{status: {phase: Failed, containerStatuses: [{state: {terminated: {exitCode: 137, signal: 9}}}]}}",
                "Signal:9",
            ),
            (
                "{status: {phase: Running, conditions: [{type: Ready, status: 'True'}], containerStatuses: [{ready: true, state: {running: {}}}, {state: {terminated: {exitCode: 0, reason: Completed}}}]}}",
                "Running",
            ),
            (
                "{status: {phase: Running, containerStatuses: [{ready: true, state: {running: {}}}, {state: {terminated: {exitCode: 0, reason: Completed}}}]}}",
                "NotReady",
            ),
            (
                "{metadata: {deletionTimestamp: x}, status: {phase: Running}}",
                "Terminating",
            ),
        ] {
            assert_eq!(super::printed(&yaml(pod)), expected, "{pod}");
        }
    }
}
