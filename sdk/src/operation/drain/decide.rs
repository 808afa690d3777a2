//! What becomes of each pod of a node that is drained.

use serde_json::Value;
use std::time::Duration;

/// How a node is drained, in `kubectl drain`'s words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrainOptions {
    /// Pods of daemon sets stay: they would come back at once. Otherwise they are refused. On by
    /// default.
    pub ignore_daemonsets: bool,
    /// Pods with an `emptyDir` go too, and what is in it is lost.
    pub delete_emptydir_data: bool,
    /// Pods that nothing makes anew go too.
    pub force: bool,
    /// How long each pod has to end; its own `terminationGracePeriodSeconds` by default.
    pub grace_period: Option<Duration>,
    /// How long all of it may take, on the cluster's clock; 10 minutes by default.
    pub timeout: Duration,
}

impl Default for DrainOptions {
    fn default() -> Self {
        Self {
            ignore_daemonsets: true,
            delete_emptydir_data: false,
            force: false,
            grace_period: None,
            timeout: Duration::from_mins(10),
        }
    }
}

/// What becomes of a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is evicted.
    Evict,
    /// It goes already.
    Await,
    /// It stays, for this reason.
    Stay(&'static str),
    /// The node is not drained because of it: why, and the option that says otherwise.
    Refuse(&'static str, &'static str),
}

/// What becomes of a pod.
pub fn verdict(pod: &Value, options: &DrainOptions) -> Verdict {
    let metadata = &pod["metadata"];
    if metadata["annotations"]["kubernetes.io/config.mirror"].is_string() {
        return Verdict::Stay("the node itself runs it");
    }
    if metadata["deletionTimestamp"].is_string() {
        return Verdict::Await;
    }
    if matches!(
        pod["status"]["phase"].as_str(),
        Some("Succeeded" | "Failed")
    ) {
        return Verdict::Evict;
    }
    let owners = metadata["ownerReferences"].as_array();
    let mut owners = owners.into_iter().flatten();
    let controller = owners.find(|owner| owner["controller"] == true);
    if controller.is_some_and(|owner| owner["kind"] == "DaemonSet") {
        return if options.ignore_daemonsets {
            Verdict::Stay("a daemon set would bring it back")
        } else {
            Verdict::Refuse("a daemon set would bring it back", "ignore_daemonsets")
        };
    }
    if controller.is_none() && !options.force {
        return Verdict::Refuse("nothing makes it anew", "force");
    }
    let volumes = pod["spec"]["volumes"].as_array();
    let mut volumes = volumes.into_iter().flatten();
    if volumes.any(|volume| volume["emptyDir"].is_object()) && !options.delete_emptydir_data {
        return Verdict::Refuse(
            "what is in its `emptyDir` would be lost",
            "delete_emptydir_data",
        );
    }
    Verdict::Evict
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn owned(kind: &str) -> Value {
        json!([{ "kind": kind, "name": "x", "controller": true }])
    }

    #[test]
    fn each_pod_has_its_verdict() {
        let (refuse, stay) = ("refuse", "stay");
        let empty = json!([{ "name": "tmp", "emptyDir": {} }]);
        for (pod, options, expected) in [
            (
                json!({ "metadata": { "ownerReferences": owned("ReplicaSet") } }),
                "",
                "evict",
            ),
            (json!({ "metadata": {} }), "", refuse),
            (json!({ "metadata": {} }), "force", "evict"),
            (
                json!({ "metadata": { "ownerReferences": [{ "kind": "ReplicaSet" }] } }),
                "",
                refuse,
            ),
            (
                json!({ "metadata": { "ownerReferences": owned("DaemonSet") } }),
                "",
                stay,
            ),
            (
                json!({ "metadata": { "ownerReferences": owned("DaemonSet") } }),
                "all",
                refuse,
            ),
            (
                json!({ "metadata": { "ownerReferences": owned("DaemonSet") },
                    "status": { "phase": "Failed" } }),
                "all",
                "evict",
            ),
            (
                json!({ "metadata": { "annotations": { "kubernetes.io/config.mirror": "x" } } }),
                "",
                stay,
            ),
            (
                json!({ "metadata": { "ownerReferences": owned("ReplicaSet") },
                    "spec": { "volumes": empty } }),
                "",
                refuse,
            ),
            (
                json!({ "metadata": { "ownerReferences": owned("ReplicaSet") },
                    "spec": { "volumes": empty } }),
                "emptydir",
                "evict",
            ),
            (
                json!({ "metadata": {}, "spec": { "volumes": empty },
                    "status": { "phase": "Succeeded" } }),
                "",
                "evict",
            ),
            (
                json!({ "metadata": { "deletionTimestamp": "2026-01-01T00:00:00Z" } }),
                "",
                "await",
            ),
        ] {
            let options = DrainOptions {
                ignore_daemonsets: options != "all",
                delete_emptydir_data: options == "emptydir",
                force: options == "force",
                ..DrainOptions::default()
            };
            let found = match verdict(&pod, &options) {
                Verdict::Evict => "evict",
                Verdict::Await => "await",
                Verdict::Stay(_) => stay,
                Verdict::Refuse(..) => refuse,
            };
            assert_eq!(found, expected, "{pod} {options:?}");
        }
    }
}
