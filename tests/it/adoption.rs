//! What others made is taken over: from whom, which fields, and nothing is made anew.

use crate::support::{Infra, needs};
use insta::assert_snapshot;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Makes an object in the test's namespace `shop` as a field manager.
fn made(infra: &Infra, manager: &str, object: &Value) -> Value {
    let mut object = object.clone();
    object["metadata"]["namespace"] = infra.name("shop").into();
    let api = object["apiVersion"].as_str().unwrap().to_owned();
    let plural = format!("{}s", object["kind"].as_str().unwrap().to_lowercase());
    let path = infra.path(&api, "shop", &format!("{plural}?fieldManager={manager}"));
    infra.api().create(&path, &object)
}

/// As `kubectl apply` sends it: with its record.
pub(crate) fn with_record(mut object: Value) -> Value {
    let record = object.to_string();
    let annotations = &mut object["metadata"]["annotations"];
    annotations["kubectl.kubernetes.io/last-applied-configuration"] = record.into();
    object
}

fn deployment() -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "app", "labels": {"app": "app", "team": "web"}},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": {"app": "app"}},
            "template": {
                "metadata": {"labels": {"app": "app"}},
                "spec": {"containers": [{"name": "app", "image": "registry.example/app:1.4.2",
                    "env": [{"name": "MODE", "value": "production"}]}]},
            },
        },
    })
}

/// The same as a script, with every default turned off that would change its pods.
const SCRIPT: &str = r#"
const APP = deployment("app").labels(#{ app: "app" }).image("registry.example/app:1.4.2").replicas(2)
    .env("MODE", "production")
    .without(["standard_labels", "non_root", "no_privilege_escalation", "dropped_capabilities", "seccomp",
        "service_account", "no_token", "requests", "zero_downtime", "disruption_budget", "spread"]);

environment("shop", [
    namespace("shop"),
    config_map("settings").values(#{ MODE: "production" }),
    secret("keys").values(#{ TOKEN: generated("token", 24) }),
    APP,
])
"#;

/// The uids of the pods in some namespaces, once there are as many as their workloads want. A cron
/// job may come due at any moment of a test on a real clock: pods of jobs are not among them.
pub(crate) fn pods(infra: &Infra, namespaces: &[&str], count: usize) -> BTreeSet<String> {
    let end = Instant::now() + Duration::from_mins(1);
    loop {
        let pods = (namespaces.iter()).flat_map(|namespace| infra.objects("v1", namespace, "pods"));
        let uid = |pod: Value| pod["metadata"]["uid"].as_str().unwrap().to_owned();
        let uids: BTreeSet<String> = pods.filter(|pod| !is_of_job(pod)).map(uid).collect();
        if uids.len() == count {
            return uids;
        }
        assert!(Instant::now() < end, "{} pods, and not {count}", uids.len());
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Whether a job made a pod.
pub(crate) fn is_of_job(pod: &Value) -> bool {
    pod["metadata"]["ownerReferences"][0]["kind"] == "Job"
}

/// Who has set fields of an object itself, sorted.
pub(crate) fn managers(object: &Value) -> Vec<&str> {
    let entries = object["metadata"]["managedFields"].as_array();
    let mut names: Vec<&str> = entries
        .into_iter()
        .flatten()
        .filter(|entry| entry.get("subresource").is_none())
        .map(|entry| entry["manager"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    names
}

#[test]
fn what_kubectl_and_helm_made_is_taken_over_and_no_pod_notices() {
    needs!(Nodes);
    let infra = Infra::on_cluster();
    infra.make_namespace("shop");
    infra.write("shop.rhai", SCRIPT);
    let before = made(
        &infra,
        "kubectl-client-side-apply",
        &with_record(deployment()),
    );
    let secret = json!({"apiVersion": "v1", "kind": "Secret",
        "metadata": {"name": "keys", "labels": {"app.kubernetes.io/managed-by": "Helm"},
            "annotations": {"meta.helm.sh/release-name": "web", "meta.helm.sh/release-namespace": "shop"}},
        "type": "Opaque", "data": {"TOKEN": "b2xk"}});
    made(&infra, "helm", &secret);
    let settings = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"},
        "data": {"MODE": "production", "OLD": "1"}});
    made(&infra, "terraform", &settings);
    // A run of nothing else waits for nothing; the pods are there once the sandbox's clock goes on.
    infra.write(
        "wait.rhai",
        r#"environment("wait", [namespace("wait"), deployment("a").image("a:1")])"#,
    );
    infra.run("run wait.rhai --yes").ends_with(0);
    let there = pods(&infra, &["shop"], 2);

    assert_snapshot!("plan", infra.run("plan shop.rhai").ends_with(0));
    let told = infra.run("plan shop.rhai --output json").ends_with(0);
    let told: Value = serde_json::from_str(&told.stdout).unwrap();
    let steps = told["plans"][0]["steps"].as_array().unwrap();
    let adopts = steps
        .iter()
        .map(|step| (&step["id"]["kind"], &step["adopts"]["from"]));
    let adopts: Vec<_> = adopts
        .map(|(kind, from)| format!("{kind} {from}"))
        .collect();
    assert_snapshot!("adopts", adopts.join("\n"));

    assert_snapshot!("run", infra.run("run shop.rhai --yes").ends_with(0));
    assert_eq!(pods(&infra, &["shop"], 2), there);
    let app = infra.object("apps/v1", "shop", "deployments/app").unwrap();
    assert_eq!(app["metadata"]["uid"], before["metadata"]["uid"]);
    assert_eq!(managers(&app), ["infra"]);
    let keys = infra.object("v1", "shop", "secrets/keys").unwrap();
    assert_eq!(keys["data"]["TOKEN"], "b2xk");
    assert_eq!(managers(&keys), ["infra", "infra-generated"]);
    assert!(keys["metadata"].get("annotations").is_none());
    assert_snapshot!("again", infra.run("plan shop.rhai").ends_with(0));

    // What goes from the script goes from the object.
    infra.write(
        "shop.rhai",
        &SCRIPT.replace(r#".env("MODE", "production")"#, ""),
    );
    infra.run("run shop.rhai --yes").ends_with(0);
    let app = infra.object("apps/v1", "shop", "deployments/app").unwrap();
    let container = &app["spec"]["template"]["spec"]["containers"][0];
    assert!(container.get("env").is_none(), "{container}");
}

/// Settings of which another tool keeps one value.
const SETTINGS: &str = r#"
environment("shop", [
    namespace("shop"),
    config_map("settings")
        .values(#{ MODE: "production", LEVEL: "info" })DECISION,
])
"#;

#[test]
fn a_field_that_another_tool_sets_is_taken_left_or_shared() {
    let infra = Infra::on_cluster();
    infra.make_namespace("shop");
    let settings = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"},
        "data": {"MODE": "staging"}});
    made(&infra, "terraform", &settings);
    let with = |decision: &str| {
        infra.write("shop.rhai", &SETTINGS.replace("DECISION", decision));
    };
    let value =
        || infra.object("v1", "shop", "configmaps/settings").unwrap()["data"]["MODE"].clone();

    with("");
    assert_snapshot!("undecided", infra.run("plan shop.rhai").ends_with(1));
    assert_snapshot!(
        "yielded",
        infra
            .run("run shop.rhai --yes --yield configmap/settings:data.MODE")
            .ends_with(0)
    );
    assert_eq!(value(), "staging");

    with(r#".shares("data.MODE")"#);
    assert_snapshot!("shared_differs", infra.run("plan shop.rhai").ends_with(1));

    with(r#".takes("data")"#);
    assert_snapshot!("taken", infra.run("run shop.rhai --yes").ends_with(0));
    assert_eq!(value(), "production");
    infra.run("plan shop.rhai --exit-code").ends_with(0);

    with("");
    for (line, name) in [
        (
            "plan shop.rhai --take configmap/setings:data.MODE",
            "take_nothing",
        ),
        ("plan shop.rhai --take configmap/settings", "take_no_field"),
    ] {
        assert_snapshot!(name, infra.run(line).ends_with(2));
    }
}
