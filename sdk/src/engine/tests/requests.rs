//! How many requests a whole road takes: the first run of an environment, and looking again.

use super::bench::{Bench, after, config, deployment, namespace, object, service, shop, store};
use crate::environment::Rendered;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// How long the API server keeps a watch open.
const WATCH: u64 = 300;

/// A store, an application that needs it ready and starts slowly, its claim, a job that needs the
/// application; in two namespaces.
fn environment() -> Rendered {
    let claim = object(json!({
        "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "uploads"},
        "spec": {"storageClassName": "standard", "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}}},
    }));
    let mut web = deployment("web", "nginx:1.27");
    let template = &mut web.value["spec"]["template"];
    template["metadata"]["annotations"] = json!({"sandbox.infra.dev/slow-start": "500s"});
    template["spec"]["volumes"] =
        json!([{"name": "uploads", "persistentVolumeClaim": {"claimName": "uploads"}}]);
    let container = &mut template["spec"]["containers"][0];
    container["volumeMounts"] = json!([{"name": "uploads", "mountPath": "/uploads"}]);
    container["readinessProbe"] = json!({"tcpSocket": {"port": 80}, "periodSeconds": 5});
    let job = object(json!({
        "apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "seed"},
        "spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [
            {"name": "app", "image": "app:2", "command": ["sh", "-c", "sleep 400"]}]}}},
    }));
    let mut other = deployment("agent", "agent:1");
    other.value["metadata"]["namespace"] = "tools".into();
    let tools =
        object(json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "tools"}}));
    let objects = [
        namespace(),
        tools,
        config("settings", "a"),
        service("redis"),
        store("redis"),
        claim,
        web,
        job,
        object(other.value),
    ];
    after(after(shop(objects), 4, 6), 6, 7)
}

#[tokio::test]
async fn a_first_run_lists_and_watches_once_by_kind_and_namespace_and_a_second_plan_costs_eleven() {
    let bench = Bench::new().await;
    let plan = bench.plan(&environment()).await.expect("a plan");
    assert_eq!(bench.sandbox.requests().discovery(), 0);
    bench.sandbox.forget_requests();
    let (outcome, told) = bench.apply(&plan).await;
    assert!(outcome.is_success(), "{outcome:#?} {told:#?}");
    let lasted = outcome.duration.as_secs();
    assert!(lasted >= 900, "{lasted}");

    let requests = bench.sandbox.requests();
    assert_eq!(requests.discovery(), 0);
    let mut counts: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for request in requests
        .iter()
        .filter(|request| ["list", "watch"].contains(&request.verb))
    {
        let namespace = request.namespace.as_deref().unwrap_or("*");
        let place = format!("{namespace}/{}", request.resource);
        *counts.entry((request.verb, place)).or_default() += 1;
    }
    for ((verb, place), count) in &counts {
        // The API server ends a watch after some minutes; it is opened again where it was.
        let most = match *verb {
            "list" => 1,
            _ => 1 + usize::try_from(lasted / WATCH).expect("a small number"),
        };
        assert!(*count <= most, "{count} × {verb} {place}: {counts:#?}");
    }
    let watched: BTreeSet<&str> = counts.keys().map(|(_, place)| place.as_str()).collect();
    for place in [
        "shop/deployments",
        "shop/statefulsets",
        "shop/jobs",
        "shop/pods",
        "shop/replicasets",
        "shop/persistentvolumeclaims",
        "shop/events",
        "tools/deployments",
    ] {
        assert!(watched.contains(place), "{place}: {counts:#?}");
    }
    assert!(!watched.iter().any(|place| place.ends_with("configmaps")));

    bench.sandbox.forget_requests();
    let again = bench.plan(&environment()).await.expect("a plan");
    assert!(again.is_empty(), "{:#?}", again.steps);
    let requests = bench.sandbox.requests();
    // The inventory, eight lists by kind and namespace, mutating webhooks and policies.
    assert_eq!(requests.len(), 11, "{requests:#?}");
}
