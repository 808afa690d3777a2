//! The kubelet, played by hand: what it would report of a pod.

use jiff::Timestamp;
use serde_json::{Value, json};

/// The scheduler that no pod of a scenario meets.
pub(super) const NOBODY: &str = "nobody";

/// A pod template that no scheduler takes.
pub(super) fn template(app: &str, image: &str) -> Value {
    json!({
        "metadata": {"labels": {"app": app}},
        "spec": {
            "schedulerName": NOBODY, "automountServiceAccountToken": false,
            "terminationGracePeriodSeconds": 0,
            "containers": [{"name": "main", "image": image}],
        },
    })
}

fn conditions(ready: bool, now: Timestamp) -> Value {
    let word = if ready { "True" } else { "False" };
    let time = now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let one = |of: &str| json!({"type": of, "status": word, "lastTransitionTime": time});
    json!([one("Ready"), one("ContainersReady")])
}

/// It runs and is ready.
pub(super) fn ready(now: Timestamp) -> Value {
    json!({"phase": "Running", "conditions": conditions(true, now)})
}

/// It runs and is not ready.
pub(super) fn unready(now: Timestamp) -> Value {
    json!({"phase": "Running", "conditions": conditions(false, now)})
}

/// Its container has ended, and with it the pod.
pub(super) fn ended(now: Timestamp, exit_code: i64) -> Value {
    let time = now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let (phase, reason) = if exit_code == 0 {
        ("Succeeded", "Completed")
    } else {
        ("Failed", "Error")
    };
    json!({
        "phase": phase,
        "conditions": conditions(false, now),
        "containerStatuses": [{
            "name": "main", "image": "job:1", "imageID": "", "ready": false, "restartCount": 0,
            "state": {"terminated": {
                "exitCode": exit_code, "reason": reason, "startedAt": time, "finishedAt": time,
            }},
        }],
    })
}
