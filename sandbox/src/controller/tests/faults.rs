//! What goes wrong shows its reason, as a client looks for it.

use serde_json::{Value, json};

use super::super::json::{count, set, text};
use super::super::meta::uid;
use super::super::seam::Cluster;
use super::super::testing::Lab;
use super::deployment::deployment;

fn planted(annotations: Value) -> Value {
    let mut app = deployment("app");
    set(&mut app, "spec.replicas", 1);
    set(&mut app, "spec.template.metadata.annotations", annotations);
    app
}

fn status(lab: &Lab) -> Value {
    lab.all("Pod")[0]["status"]["containerStatuses"][0].clone()
}

#[test]
fn an_image_that_is_not_there() {
    let mut lab = Lab::full();
    lab.create(planted(json!({"sandbox.infra.dev/image-not-found": "app"})));
    lab.pass(1);
    let pulling = status(&lab);
    assert_eq!(
        text(&pulling, "state.waiting.reason"),
        "ErrImagePull",
        "{pulling:#}"
    );
    assert!(text(&pulling, "state.waiting.message").contains("manifest unknown"));
    lab.pass(2);
    assert_eq!(
        text(&status(&lab), "state.waiting.reason"),
        "ImagePullBackOff"
    );
    assert!(
        lab.events("Failed")
            .contains(&"Error: ImagePullBackOff".to_owned())
    );
    assert_eq!(lab.events("BackOff"), ["Back-off pulling image \"app:1\""]);
}

#[test]
fn a_container_that_crashes() {
    let mut lab = Lab::full();
    lab.create(planted(json!({
        "sandbox.infra.dev/crash": "app",
        "sandbox.infra.dev/crash-exit-code": "3",
        "sandbox.infra.dev/crash-log": "cannot reach the database",
    })));
    lab.pass(8);
    let looping = status(&lab);
    assert_eq!(
        text(&looping, "state.waiting.reason"),
        "CrashLoopBackOff",
        "{looping:#}"
    );
    assert!(text(&looping, "state.waiting.message").starts_with("back-off 10s restarting failed"));
    assert_eq!(count(&looping, "lastState.terminated.exitCode"), 3);
    assert_eq!(count(&looping, "restartCount"), 1);
    let pod = uid(&lab.all("Pod")[0]).to_owned();
    let logs = lab.cluster.logs();
    assert_eq!(
        logs.read(&pod, "app", true).unwrap()[0].text,
        "cannot reach the database"
    );
    assert_eq!(
        logs.read(&pod, "app", false).unwrap()[0].text,
        "cannot reach the database"
    );
    lab.pass(600);
    assert_eq!(count(&status(&lab), "restartCount"), 6);
}

#[test]
fn a_slow_start_is_late_and_becomes_ready() {
    let mut lab = Lab::full();
    lab.create(planted(json!({"sandbox.infra.dev/slow-start": "60s"})));
    lab.pass(50);
    assert_eq!(
        count(
            &lab.find("Deployment", "app").unwrap(),
            "status.readyReplicas"
        ),
        0
    );
    lab.pass(30);
    assert_eq!(
        count(
            &lab.find("Deployment", "app").unwrap(),
            "status.readyReplicas"
        ),
        1
    );
    assert_eq!(
        lab.events("Unhealthy"),
        ["Readiness probe failed: HTTP probe failed with statuscode: 503"]
    );
}

#[test]
fn references_that_lead_nowhere() {
    let key = |kind: &str, name: &str| json!([{"name": "X", "valueFrom": {kind: {"name": name, "key": "k"}}}]);
    for (env, message) in [
        (key("secretKeyRef", "gone"), "secret \"gone\" not found"),
        (
            key("configMapKeyRef", "gone"),
            "configmap \"gone\" not found",
        ),
        (
            key("secretKeyRef", "empty"),
            "couldn't find key k in Secret shop/empty",
        ),
    ] {
        let mut lab = Lab::full();
        lab.create(json!({
            "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "empty", "namespace": "shop"},
        }));
        let mut app = planted(json!({}));
        app["spec"]["template"]["spec"]["containers"][0]["env"] = env;
        lab.create(app);
        lab.pass(5);
        let waiting = status(&lab);
        assert_eq!(
            text(&waiting, "state.waiting.reason"),
            "CreateContainerConfigError"
        );
        assert_eq!(text(&waiting, "state.waiting.message"), message);
        assert!(lab.events("Failed").contains(&format!("Error: {message}")));
    }
    let mut lab = Lab::full();
    let mut app = planted(json!({}));
    app["spec"]["template"]["spec"]["volumes"] =
        json!([{"name": "tls", "secret": {"secretName": "gone"}}]);
    lab.create(app);
    lab.pass(5);
    assert_eq!(
        lab.events("FailedMount"),
        ["MountVolume.SetUp failed for volume \"tls\" : secret \"gone\" not found"]
    );
    lab.create(json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "gone", "namespace": "shop"},
    }));
    lab.pass(60);
    assert_eq!(
        count(
            &lab.find("Deployment", "app").unwrap(),
            "status.readyReplicas"
        ),
        1
    );
}

#[test]
fn init_containers_run_in_order_and_side_containers_stay() {
    let mut lab = Lab::full();
    let mut app = planted(json!({}));
    app["spec"]["template"]["spec"]["initContainers"] = json!([
        {"name": "migrate", "image": "app:1"},
        {"name": "proxy", "image": "proxy:1", "restartPolicy": "Always"},
    ]);
    lab.create(app);
    let mut seen = Vec::new();
    lab.pass_watched(30, |lab| {
        for pod in lab.all("Pod") {
            let started = ["initContainerStatuses", "containerStatuses"]
                .iter()
                .flat_map(|list| super::super::json::items(&pod["status"], list))
                .filter(|one| one["state"].get("running").is_some())
                .map(|one| text(one, "name").to_owned())
                .collect::<Vec<_>>();
            for name in started {
                if !seen.contains(&name) {
                    seen.push(name);
                }
            }
        }
    });
    assert_eq!(seen, ["migrate", "proxy", "app"]);
    let pod = &lab.all("Pod")[0];
    assert_eq!(
        pod["status"]["initContainerStatuses"][0]["state"]["terminated"]["reason"],
        "Completed"
    );
    assert!(
        pod["status"]["initContainerStatuses"][1]["state"]
            .get("running")
            .is_some()
    );
    assert!(super::super::pod::is_ready(pod));
}

#[test]
fn a_volume_of_one_node_is_not_at_two() {
    let mut lab = Lab::full();
    lab.create(json!({
        "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "fast"},
        "provisioner": "sandbox.infra.dev/block", "volumeBindingMode": "Immediate",
    }));
    lab.create(json!({
        "apiVersion": "v1", "kind": "PersistentVolumeClaim",
        "metadata": {"name": "files", "namespace": "shop"},
        "spec": {
            "accessModes": ["ReadWriteOnce"], "storageClassName": "fast",
            "resources": {"requests": {"storage": "1Gi"}},
        },
    }));
    let mut app = deployment("app");
    set(&mut app, "spec.replicas", 2);
    let claim = json!([{"name": "files", "persistentVolumeClaim": {"claimName": "files"}}]);
    app["spec"]["template"]["spec"]["volumes"] = claim;
    lab.create(app);
    lab.pass(30);
    let app = lab.find("Deployment", "app").unwrap();
    assert_eq!(count(&app, "status.readyReplicas"), 1);
    let told = &lab.events("FailedAttachVolume")[0];
    assert!(
        told.starts_with("Multi-Attach error for volume \"pvc-"),
        "{told}"
    );
}
