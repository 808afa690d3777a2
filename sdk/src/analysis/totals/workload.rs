//! What one workload asks for, with all of its pods.

use super::amounts::Amounts;
use super::pod;
use crate::object::ObjectId;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// What one workload, or one claim, asks for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WorkloadTotal {
    /// Who it is.
    pub id: ObjectId,
    /// When its pods are there.
    pub counted: Counted,
    /// One of its pods.
    pub pod: Amounts,
    /// All of its pods, at their least.
    pub min: Amounts,
    /// All of its pods, at their most.
    pub max: Amounts,
}

/// When the pods of a workload are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// All the time.
    Always,
    /// On each node, and how many there are is not known.
    PerNode,
    /// While a job runs.
    WhileRunning,
}

/// Kind, namespace and name of what an autoscaler scales.
type Scaled<'a> = (&'a str, &'a str, &'a str);

/// The least and the most pods that autoscalers let workloads have.
pub(super) fn bounds<'a>(objects: &[&'a Value]) -> BTreeMap<Scaled<'a>, (i64, i64)> {
    objects
        .iter()
        .filter(|object| object["kind"] == "HorizontalPodAutoscaler")
        .map(|object| {
            let (spec, text) = (&object["spec"], |value: &'a Value| {
                value.as_str().unwrap_or_default()
            });
            let target = &spec["scaleTargetRef"];
            let key = (
                text(&target["kind"]),
                text(&object["metadata"]["namespace"]),
                text(&target["name"]),
            );
            let min = spec["minReplicas"].as_i64().unwrap_or(1);
            (key, (min, spec["maxReplicas"].as_i64().unwrap_or(min)))
        })
        .collect()
}

/// What an object asks for, if it is one that does.
pub(super) fn of(
    object: &Value,
    bounds: &BTreeMap<Scaled<'_>, (i64, i64)>,
) -> Option<WorkloadTotal> {
    let id = ObjectId::of(object);
    let spec = &object["spec"];
    let scaled = || {
        let key = (
            id.kind.as_str(),
            id.namespace.as_deref().unwrap_or_default(),
            id.name.as_str(),
        );
        let replicas = spec["replicas"].as_i64().unwrap_or(1);
        bounds.get(&key).copied().unwrap_or((replicas, replicas))
    };
    let template = |spec: &Value| pod::of(&spec["template"]["spec"]);
    let (counted, pod, (min, max)) = match (id.group.as_str(), id.kind.as_str()) {
        ("apps", "Deployment" | "ReplicaSet") | ("", "ReplicationController") => {
            (Counted::Always, template(spec), scaled())
        }
        ("apps", "StatefulSet") => {
            let mut pod = template(spec);
            let claims = spec["volumeClaimTemplates"].as_array();
            for claim in claims.into_iter().flatten() {
                pod.storage = pod.storage + pod::storage(claim);
            }
            (Counted::Always, pod, scaled())
        }
        ("apps", "DaemonSet") => match object["status"]["desiredNumberScheduled"].as_i64() {
            Some(nodes) => (Counted::Always, template(spec), (nodes, nodes)),
            None => (Counted::PerNode, template(spec), (1, 1)),
        },
        ("batch", "Job") => (Counted::WhileRunning, template(spec), at_a_time(spec)),
        ("batch", "CronJob") => {
            let job = &spec["jobTemplate"]["spec"];
            (Counted::WhileRunning, template(job), at_a_time(job))
        }
        ("", "Pod") => (Counted::Always, pod::of(spec), (1, 1)),
        ("", "PersistentVolumeClaim") => {
            let claim = Amounts {
                storage: pod::storage(object),
                ..Amounts::default()
            };
            (Counted::Always, claim, (1, 1))
        }
        _ => return None,
    };
    Some(WorkloadTotal {
        id,
        counted,
        min: pod.times(min),
        max: pod.times(max),
        pod,
    })
}

/// How many pods of a job run at a time.
fn at_a_time(job: &Value) -> (i64, i64) {
    let parallel = job["parallelism"].as_i64().unwrap_or(1);
    let all = job["completions"].as_i64().unwrap_or(i64::MAX);
    let pods = parallel.min(all);
    (pods, pods)
}
