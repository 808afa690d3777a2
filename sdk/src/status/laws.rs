//! What holds for every object, however odd.

use super::cause::{Verdict, find};
use super::{Evidence, State, status};
use proptest::prelude::*;
use serde_json::{Value, json};

const KINDS: [(&str, &str); 15] = [
    ("apps/v1", "Deployment"),
    ("apps/v1", "StatefulSet"),
    ("apps/v1", "DaemonSet"),
    ("apps/v1", "ReplicaSet"),
    ("batch/v1", "Job"),
    ("batch/v1", "CronJob"),
    ("v1", "Pod"),
    ("v1", "PersistentVolumeClaim"),
    ("v1", "Service"),
    ("v1", "Namespace"),
    ("networking.k8s.io/v1", "Ingress"),
    ("autoscaling/v2", "HorizontalPodAutoscaler"),
    ("policy/v1", "PodDisruptionBudget"),
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
    ("example.com/v1", "Thing"),
];

const WORDS: [&str; 40] = [
    "phase",
    "conditions",
    "type",
    "status",
    "reason",
    "message",
    "replicas",
    "readyReplicas",
    "updatedReplicas",
    "availableReplicas",
    "containerStatuses",
    "initContainerStatuses",
    "state",
    "waiting",
    "terminated",
    "running",
    "lastState",
    "exitCode",
    "restartCount",
    "name",
    "image",
    "ready",
    "started",
    "loadBalancer",
    "ingress",
    "ip",
    "containers",
    "initContainers",
    "volumes",
    "persistentVolumeClaim",
    "claimName",
    "observedGeneration",
    "generation",
    "ownerReferences",
    "uid",
    "controller",
    "deletionTimestamp",
    "finalizers",
    "clusterIP",
    "capacity",
];

const TEXTS: [&str; 16] = [
    "",
    "True",
    "False",
    "Ready",
    "Failed",
    "Pending",
    "Running",
    "Complete",
    "CrashLoopBackOff",
    "ErrImagePull",
    "CreateContainerConfigError",
    "secret \"",
    "find key in",
    "ReplicaFailure",
    "exceeded quota: ",
    "PodScheduled",
];

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-2_i64..5).prop_map(Value::from),
        proptest::sample::select(&TEXTS[..]).prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 48, 5, |inner| {
        let key = proptest::sample::select(&WORDS[..]).prop_map(str::to_owned);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(key, inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn nothing_that_a_server_could_send_makes_it_panic(
        (api_version, kind) in proptest::sample::select(&KINDS[..]),
        metadata in anything(),
        spec in anything(),
        live in anything(),
        around in prop::collection::vec(anything(), 0..4),
    ) {
        let object = json!({"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec, "status": live});
        let mut evidence = Evidence::of(&object);
        evidence.pods = around.iter().chain([&object]).collect();
        evidence.events = around.iter().collect();
        evidence.claims = around.iter().chain([&object]).collect();
        evidence.replica_sets = around.iter().collect();
        let told = status(&evidence);
        let cause = find(&evidence, &told);
        // Only what is settled has no cause; what has failed is final.
        prop_assert_eq!(told.state.is_settled(), cause.is_none());
        if let Some(cause) = cause {
            prop_assert!(!cause.summary.contains('\n'));
            prop_assert!(told.state != State::Failed || cause.verdict == Verdict::Fatal);
        }
    }

    #[test]
    fn a_deployment_is_ready_only_when_every_pod_is_new_and_available(
        wanted in 0_i64..4, all in 0_i64..4, updated in 0_i64..4, ready in 0_i64..4,
        available in 0_i64..4, observed in 1_i64..3,
    ) {
        let object = json!({"apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"generation": 2}, "spec": {"replicas": wanted},
            "status": {"observedGeneration": observed, "replicas": all, "updatedReplicas": updated,
                "readyReplicas": ready, "availableReplicas": available}});
        let done = observed == 2 && all == wanted && updated == wanted && available == wanted && ready >= wanted;
        prop_assert_eq!(status(&Evidence::of(&object)).state == State::Ready, done);
    }

    #[test]
    fn a_generation_that_was_not_seen_is_never_ready(
        kind in proptest::sample::select(vec!["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"]),
        observed in 0_i64..5, applied in 0_i64..5, live in anything(),
    ) {
        let mut object = json!({"apiVersion": "apps/v1", "kind": kind, "metadata": {"generation": applied}, "status": {}});
        if live.is_object() {
            object["status"] = live;
        }
        object["status"]["observedGeneration"] = observed.into();
        let told = status(&Evidence::of(&object).generation(Some(applied)));
        prop_assert!(observed >= applied || !told.state.is_settled());
    }
}
