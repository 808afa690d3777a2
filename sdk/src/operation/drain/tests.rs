//! Drains of a sandbox's nodes.

use super::*;
use crate::cluster::sandboxed;
use infra_sandbox::Sandbox;
use serde_json::{Value, json};
use std::sync::Mutex;
use std::time::Duration;

fn objects(minimum: u32) -> Vec<Value> {
    let pod = json!({
        "metadata": { "labels": { "app": "web" } },
        "spec": { "containers": [{ "name": "web", "image": "web:1" }] },
    });
    vec![
        json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": "shop" } }),
        json!({
            "apiVersion": "v1", "kind": "ServiceAccount",
            "metadata": { "name": "default", "namespace": "shop" },
        }),
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": { "name": "web", "namespace": "shop" },
            "spec": {
                "replicas": 2, "selector": { "matchLabels": { "app": "web" } }, "template": pod,
            },
        }),
        json!({
            "apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
            "metadata": { "name": "web", "namespace": "shop" },
            "spec": {
                "minAvailable": minimum, "selector": { "matchLabels": { "app": "web" } },
            },
        }),
    ]
}

/// Drains the node of the first pod: what came of it, what was told, and the sandbox.
fn drained(minimum: u32, dry_run: bool) -> (Result<Drained, DrainError>, Vec<String>, Sandbox) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let sandbox = Sandbox::with_platform();
    sandbox.load(objects(minimum)).unwrap();
    sandbox.clock().advance(Duration::from_mins(2));
    let pods = sandbox.objects("", "Pod");
    let node = pods[0]["spec"]["nodeName"].as_str().unwrap().to_owned();
    let told: Mutex<Vec<String>> = Mutex::default();
    let result = runtime.block_on(async {
        let cluster = sandboxed(&sandbox);
        let options = DrainOptions {
            timeout: Duration::from_mins(1),
            ..DrainOptions::default()
        };
        let tell = |event| {
            told.lock().unwrap().push(match event {
                DrainEvent::Cordoned => "cordoned".to_owned(),
                DrainEvent::Evicted(_) => "evicted".to_owned(),
                DrainEvent::Blocked(_, reason) => reason,
            });
        };
        drain(&cluster, &node, &options, dry_run, &tell).await
    });
    (result, told.into_inner().unwrap(), sandbox)
}

fn is_cordoned(sandbox: &Sandbox) -> bool {
    let nodes = sandbox.objects("", "Node");
    nodes
        .iter()
        .any(|node| node["spec"]["unschedulable"] == true)
}

#[test]
fn a_node_is_emptied_and_gets_no_new_pods() {
    let (result, told, sandbox) = drained(1, false);
    let drained = result.unwrap_or_else(|error| panic!("{error}"));
    assert!(!drained.evicted.is_empty());
    assert_eq!(told[0], "cordoned");
    assert_eq!(
        told.iter().filter(|line| *line == "evicted").count(),
        drained.evicted.len()
    );
    assert!(is_cordoned(&sandbox));
}

#[test]
fn a_budget_that_allows_nothing_is_named() {
    let (result, told, sandbox) = drained(2, false);
    let error = result.expect_err("nothing may go").to_string();
    let reason = "the disruption budget web needs 2 healthy pods and has 2 currently";
    assert!(
        error.contains("is not drained in time: pod/web-"),
        "{error}"
    );
    assert!(error.contains(reason), "{error}");
    assert_eq!(
        told.iter().filter(|line| *line == reason).count(),
        told.len() - 1
    );
    assert_eq!(sandbox.objects("", "Pod").len(), 2);
}

#[test]
fn a_dry_run_says_who_would_go_and_changes_nothing() {
    let (result, told, sandbox) = drained(1, true);
    assert!(
        !result
            .unwrap_or_else(|error| panic!("{error}"))
            .evicted
            .is_empty()
    );
    assert!(told.is_empty() && !is_cordoned(&sandbox));
}
