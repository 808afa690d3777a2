//! Tables of what pods and workloads add up to.

use super::{Amounts, Counted, pod, totals};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// `cpu 500m/1, memory 1Gi/no limit, storage 10Gi`.
fn shown(amounts: &Amounts) -> String {
    let mut text = String::new();
    for (name, request) in &amounts.requests {
        let limit = match amounts.limits.get(name) {
            _ if amounts.unlimited.contains(name) => "no limit".to_owned(),
            Some(limit) => limit.to_string(),
            None => "-".to_owned(),
        };
        let _ = write!(text, "{name} {request}/{limit}, ");
    }
    if !amounts.storage.is_zero() {
        let _ = write!(text, "storage {}, ", amounts.storage);
    }
    text.trim_end_matches(", ").to_owned()
}

/// A container that requests this much CPU, with a limit of twice the CPU and no memory.
fn cpu(milli: u32) -> Value {
    json!({ "resources": {
        "requests": { "cpu": format!("{milli}m") },
        "limits": { "cpu": format!("{}m", 2 * milli) },
    } })
}

fn sidecar(milli: u32) -> Value {
    let mut container = cpu(milli);
    container["restartPolicy"] = "Always".into();
    container
}

#[test]
fn a_pod_is_counted_as_the_scheduler_counts_it() {
    for (spec, expected) in [
        (json!({ "containers": [cpu(100)] }), "cpu 100m/200m"),
        (
            json!({ "containers": [cpu(100), cpu(50)] }),
            "cpu 150m/300m",
        ),
        // An init container runs alone: only what is more than all the others counts.
        (
            json!({ "containers": [cpu(100)], "initContainers": [cpu(80)] }),
            "cpu 100m/200m",
        ),
        (
            json!({ "containers": [cpu(100)], "initContainers": [cpu(300), cpu(200)] }),
            "cpu 300m/600m",
        ),
        // A sidecar runs on: with the containers, and with the init containers after it.
        (
            json!({ "containers": [cpu(100)], "initContainers": [sidecar(50)] }),
            "cpu 150m/300m",
        ),
        (
            json!({ "containers": [cpu(100)], "initContainers": [sidecar(50), cpu(120)] }),
            "cpu 170m/340m",
        ),
        (
            json!({ "containers": [cpu(100)], "initContainers": [cpu(140), sidecar(50)] }),
            "cpu 150m/300m",
        ),
        (
            json!({ "containers": [cpu(10)], "initContainers": [cpu(200), sidecar(50), cpu(100), sidecar(30)] }),
            "cpu 200m/400m",
        ),
        // A limit stands for a request that is not there; a missing limit is none.
        (
            json!({ "containers": [{ "resources": { "limits": { "memory": "1Gi" } } }] }),
            "memory 1Gi/1Gi",
        ),
        (
            json!({ "containers": [{ "resources": { "requests": { "memory": "512Mi", "nvidia.com/gpu": 1 } } }] }),
            "memory 512Mi/no limit, nvidia.com/gpu 1/-",
        ),
        (
            json!({ "containers": [cpu(100), { "resources": { "requests": { "cpu": 1 } } }] }),
            "cpu 1100m/no limit",
        ),
        // What is set for the whole pod counts instead.
        (
            json!({ "containers": [cpu(100), cpu(100)], "resources": { "requests": { "cpu": "150m" }, "limits": { "cpu": "1", "memory": "1Gi" } } }),
            "cpu 150m/1, memory 1Gi/1Gi",
        ),
        (
            json!({ "containers": [cpu(100)], "overhead": { "cpu": "25m", "memory": "64Mi" } }),
            "cpu 125m/225m, memory 64Mi/no limit",
        ),
        (
            json!({ "containers": [cpu(100)], "volumes": [{ "ephemeral": { "volumeClaimTemplate": claim("1Gi") } }] }),
            "cpu 100m/200m, storage 1Gi",
        ),
    ] {
        assert_eq!(shown(&pod::of(&spec)), expected, "{spec}");
    }
}

fn claim(size: &str) -> Value {
    json!({ "spec": { "resources": { "requests": { "storage": size } } } })
}

fn object(api_version: &str, kind: &str, name: &str, spec: Value) -> Value {
    json!({ "apiVersion": api_version, "kind": kind,
        "metadata": { "name": name, "namespace": "shop" }, "spec": spec })
}

fn template(milli: u32) -> Value {
    json!({ "spec": { "containers": [cpu(milli)] } })
}

fn autoscaler(kind: &str, name: &str, min: Option<u32>, max: u32) -> Value {
    let mut spec = json!({ "scaleTargetRef": { "kind": kind, "name": name }, "maxReplicas": max });
    if let Some(min) = min {
        spec["minReplicas"] = min.into();
    }
    object("autoscaling/v2", "HorizontalPodAutoscaler", name, spec)
}

#[test]
fn workloads_are_counted_with_all_of_their_pods() {
    let deployment = |name: &str, more: Value| {
        let mut spec = json!({ "template": template(100) });
        for (key, value) in more.as_object().cloned().unwrap_or_default() {
            spec[key] = value;
        }
        object("apps/v1", "Deployment", name, spec)
    };
    let jobs = |spec: Value| {
        let mut job = json!({ "template": template(100) });
        for (key, value) in spec.as_object().cloned().unwrap_or_default() {
            job[key] = value;
        }
        job
    };
    let daemons = object(
        "apps/v1",
        "DaemonSet",
        "logs",
        json!({ "template": template(100) }),
    );
    let mut placed = daemons.clone();
    placed["status"] = json!({ "desiredNumberScheduled": 4 });
    for (objects, pods, expected) in [
        (vec![deployment("web", json!({}))], (1, 1), "cpu 100m/200m"),
        (
            vec![deployment("web", json!({ "replicas": 3 }))],
            (3, 3),
            "cpu 300m/600m",
        ),
        (
            vec![deployment("web", json!({ "replicas": 0 }))],
            (0, 0),
            "",
        ),
        (
            vec![
                deployment("web", json!({})),
                autoscaler("Deployment", "web", Some(3), 10),
            ],
            (3, 10),
            "cpu 1/2",
        ),
        // What the cluster has at the moment does not count where an autoscaler says the bounds.
        (
            vec![
                autoscaler("Deployment", "web", None, 4),
                deployment("web", json!({ "replicas": 2 })),
            ],
            (1, 4),
            "cpu 400m/800m",
        ),
        (
            vec![
                deployment("web", json!({})),
                autoscaler("StatefulSet", "web", Some(3), 10),
            ],
            (1, 1),
            "cpu 100m/200m",
        ),
        (
            vec![object(
                "apps/v1",
                "StatefulSet",
                "db",
                json!({ "replicas": 3, "template": template(100), "volumeClaimTemplates": [claim("100Gi"), claim("1Gi")] }),
            )],
            (3, 3),
            "cpu 300m/600m, storage 303Gi",
        ),
        (vec![placed], (4, 4), "cpu 400m/800m"),
        (vec![daemons], (1, 1), "cpu 100m/200m"),
        (
            vec![object(
                "batch/v1",
                "Job",
                "migrate",
                jobs(json!({ "parallelism": 5, "completions": 2 })),
            )],
            (2, 2),
            "cpu 200m/400m",
        ),
        (
            vec![object(
                "batch/v1",
                "CronJob",
                "nightly",
                json!({ "jobTemplate": { "spec": jobs(json!({})) } }),
            )],
            (1, 1),
            "cpu 100m/200m",
        ),
        (
            vec![{
                let mut object = object("v1", "PersistentVolumeClaim", "uploads", Value::Null);
                object["spec"] = claim("50Gi")["spec"].clone();
                object
            }],
            (0, 0),
            "storage 50Gi",
        ),
    ] {
        let found = totals(&objects);
        let one = &found.workloads[0];
        assert_eq!((one.min.pods, one.max.pods), pods, "{}", one.id);
        assert_eq!(shown(&one.max), expected, "{}", one.id);
        assert_eq!(found.workloads.len(), 1, "{}", one.id);
    }
}

#[test]
fn the_whole_is_the_sum_of_what_is_there_at_the_same_time() {
    let objects = [
        object(
            "apps/v1",
            "Deployment",
            "web",
            json!({ "template": template(100) }),
        ),
        autoscaler("Deployment", "web", Some(2), 6),
        object(
            "apps/v1",
            "Deployment",
            "worker",
            json!({ "replicas": 2, "template": template(50) }),
        ),
        object(
            "apps/v1",
            "DaemonSet",
            "logs",
            json!({ "template": template(10) }),
        ),
        object(
            "batch/v1",
            "CronJob",
            "nightly",
            json!({ "jobTemplate": { "spec": { "template": template(500) } } }),
        ),
        object(
            "batch/v1",
            "Job",
            "once",
            json!({ "template": template(300) }),
        ),
        object("v1", "ConfigMap", "settings", Value::Null),
    ];
    let found = totals(&objects);
    assert_eq!(
        (found.min.pods, shown(&found.min)),
        (4, "cpu 300m/600m".to_owned())
    );
    assert_eq!(
        (found.max.pods, shown(&found.max)),
        (8, "cpu 700m/1400m".to_owned())
    );
    assert_eq!(shown(&found.per_node), "cpu 10m/20m");
    assert_eq!(shown(&found.while_running), "cpu 800m/1600m");
    let counted: Vec<Counted> = found.workloads.iter().map(|one| one.counted).collect();
    assert_eq!(
        counted,
        [
            Counted::Always,
            Counted::Always,
            Counted::PerNode,
            Counted::WhileRunning,
            Counted::WhileRunning,
        ]
    );
    assert!(totals(&[object("v1", "Service", "web", json!({}))]).is_empty());
}

#[test]
fn programs_read_it_as_texts() {
    let spec =
        json!({ "replicas": 2, "template": template(100), "volumeClaimTemplates": [claim("1Gi")] });
    let found = totals(&[object("apps/v1", "StatefulSet", "db", spec)]);
    let all = json!({
        "pods": 2,
        "requests": { "cpu": "200m" },
        "limits": { "cpu": "400m" },
        "unlimited": ["memory"],
        "storage": "2Gi",
    });
    let json = serde_json::to_value(&found).expect("JSON");
    assert_eq!(json["min"], all);
    assert_eq!(json["workloads"][0]["max"], all);
    assert_eq!(json["workloads"][0]["counted"], "always");
    assert_eq!(
        json["workloads"][0]["id"],
        json!({ "group": "apps", "kind": "StatefulSet", "namespace": "shop", "name": "db" })
    );
}
