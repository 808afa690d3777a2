//! Deployments with replica sets, scheduler and kubelet.

use serde_json::{Value, json};

use super::super::condition;
use super::super::json::{count, set, text};
use super::super::pod::is_active;
use super::super::testing::Lab;

/// A deployment of three pods.
pub(super) fn deployment(name: &str) -> Value {
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {
            "replicas": 3,
            "progressDeadlineSeconds": 600,
            "revisionHistoryLimit": 10,
            "selector": {"matchLabels": {"app": name}},
            "strategy": {
                "type": "RollingUpdate",
                "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"},
            },
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {
                    "restartPolicy": "Always",
                    "containers": [{
                        "name": "app", "image": "app:1",
                        "readinessProbe": {"initialDelaySeconds": 5, "periodSeconds": 5, "httpGet": {"path": "/", "port": 80}},
                    }],
                },
            },
        },
    })
}

fn reason<'a>(object: &'a Value, kind: &str) -> &'a str {
    condition::find(&object["status"], kind).map_or("", |condition| text(condition, "reason"))
}

#[test]
fn becomes_ready() {
    let mut lab = Lab::full();
    lab.create(deployment("app"));
    let early = lab.find("Deployment", "app").unwrap();
    assert_eq!(reason(&early, "Available"), "MinimumReplicasUnavailable");
    lab.pass(30);
    let app = lab.find("Deployment", "app").unwrap();
    assert_eq!(count(&app, "status.availableReplicas"), 3, "{app:#}");
    assert_eq!(count(&app, "status.observedGeneration"), 1);
    assert_eq!(reason(&app, "Available"), "MinimumReplicasAvailable");
    assert_eq!(reason(&app, "Progressing"), "NewReplicaSetAvailable");
    assert_eq!(
        app["metadata"]["annotations"]["deployment.kubernetes.io/revision"],
        "1"
    );
    let pods = lab.all("Pod");
    let nodes: std::collections::BTreeSet<&str> =
        pods.iter().map(|pod| text(pod, "spec.nodeName")).collect();
    assert_eq!(nodes.len(), 3, "siblings are spread");
    assert_eq!(text(&pods[0], "status.phase"), "Running");
    assert_eq!(lab.events("ScalingReplicaSet").len(), 1);
}

#[test]
fn rolls_over_without_falling_short() {
    let mut lab = Lab::full();
    lab.create(deployment("app"));
    lab.pass(30);
    lab.change("Deployment", "app", |app| {
        set(app, "spec.template.metadata.labels.version", "2");
    });
    lab.pass_watched(120, |lab| {
        let app = lab.find("Deployment", "app").unwrap();
        assert!(count(&app, "status.availableReplicas") >= 3, "{app:#}");
        let active = lab.all("Pod").iter().filter(|pod| is_active(pod)).count();
        assert!(active <= 4, "{active} pods");
    });
    let app = lab.find("Deployment", "app").unwrap();
    assert_eq!(count(&app, "status.updatedReplicas"), 3, "{app:#}");
    assert_eq!(count(&app, "status.replicas"), 3);
    assert_eq!(reason(&app, "Progressing"), "NewReplicaSetAvailable");
    assert_eq!(
        app["metadata"]["annotations"]["deployment.kubernetes.io/revision"],
        "2"
    );
    assert_eq!(lab.all("ReplicaSet").len(), 2);
    assert_eq!(lab.all("Pod").len(), 3);
}

#[test]
fn goes_back_to_a_replica_set_it_still_has() {
    let mut lab = Lab::full();
    lab.create(deployment("app"));
    lab.pass(30);
    for version in ["2", "3"] {
        lab.change("Deployment", "app", |app| {
            set(app, "spec.revisionHistoryLimit", 1);
            set(app, "spec.template.metadata.labels.version", version);
        });
        lab.pass(120);
    }
    assert_eq!(lab.all("ReplicaSet").len(), 2, "history is cleaned up");
    lab.change("Deployment", "app", |app| {
        set(app, "spec.template.metadata.labels.version", "2");
    });
    lab.pass(120);
    let app = lab.find("Deployment", "app").unwrap();
    assert_eq!(
        app["metadata"]["annotations"]["deployment.kubernetes.io/revision"],
        "4"
    );
    let sets = lab.all("ReplicaSet");
    let back = sets
        .iter()
        .find(|set| count(set, "spec.replicas") == 3)
        .unwrap();
    assert_eq!(
        back["metadata"]["annotations"]["deployment.kubernetes.io/revision-history"],
        "2"
    );
}

#[test]
fn recreate_stops_the_old_pods_first() {
    let mut lab = Lab::full();
    let mut app = deployment("app");
    set(&mut app, "spec.strategy", json!({"type": "Recreate"}));
    lab.create(app);
    lab.pass(30);
    lab.change("Deployment", "app", |app| {
        set(app, "spec.template.metadata.labels.version", "2");
    });
    lab.pass_watched(60, |lab| {
        let versions: std::collections::BTreeSet<String> = lab
            .all("Pod")
            .iter()
            .map(|pod| text(pod, "metadata.labels.version").to_owned())
            .collect();
        assert!(versions.len() <= 1, "{versions:?}");
    });
    assert_eq!(
        count(
            &lab.find("Deployment", "app").unwrap(),
            "status.availableReplicas"
        ),
        3
    );
}

#[test]
fn a_deadline_that_passes_is_told() {
    let mut lab = Lab::full();
    let mut app = deployment("app");
    set(&mut app, "spec.progressDeadlineSeconds", 60);
    set(
        &mut app,
        "spec.template.metadata.annotations",
        json!({"sandbox.infra.dev/never-ready": "app"}),
    );
    lab.create(app);
    lab.pass(120);
    let app = lab.find("Deployment", "app").unwrap();
    assert_eq!(
        reason(&app, "Progressing"),
        "ProgressDeadlineExceeded",
        "{app:#}"
    );
    assert!(lab.events("Unhealthy")[0].starts_with("Readiness probe failed: "));
}

#[test]
fn a_refused_pod_is_told() {
    let mut lab = Lab::full();
    lab.cluster.refuse = Some((
        "Pod",
        "pods \"x\" is forbidden: exceeded quota: q".to_owned(),
    ));
    lab.create(deployment("app"));
    lab.pass(5);
    let app = lab.find("Deployment", "app").unwrap();
    assert_eq!(reason(&app, "ReplicaFailure"), "FailedCreate");
    assert_eq!(
        lab.events("FailedCreate")[0],
        "Error creating: pods \"x\" is forbidden: exceeded quota: q"
    );
    lab.cluster.refuse = None;
    lab.pass(60);
    let app = lab.find("Deployment", "app").unwrap();
    assert_eq!(count(&app, "status.availableReplicas"), 3);
    assert_eq!(reason(&app, "ReplicaFailure"), "");
}

#[test]
fn a_pause_holds_the_template_and_not_the_number() {
    let mut lab = Lab::full();
    lab.create(deployment("app"));
    lab.pass(30);
    lab.change("Deployment", "app", |app| {
        set(app, "spec.paused", true);
        set(app, "spec.replicas", 5);
        set(app, "spec.template.metadata.labels.version", "2");
    });
    lab.pass(30);
    let app = lab.find("Deployment", "app").unwrap();
    assert_eq!(reason(&app, "Progressing"), "DeploymentPaused");
    assert_eq!(count(&app, "status.readyReplicas"), 5);
    assert_eq!(lab.all("ReplicaSet").len(), 1);
    lab.change("Deployment", "app", |app| set(app, "spec.paused", false));
    lab.pass(120);
    let app = lab.find("Deployment", "app").unwrap();
    assert_eq!(count(&app, "status.updatedReplicas"), 5);
    assert_eq!(reason(&app, "Progressing"), "NewReplicaSetAvailable");
}

#[test]
fn too_much_for_the_nodes_is_told_in_the_schedulers_words() {
    let mut lab = Lab::full();
    let mut app = deployment("app");
    app["spec"]["template"]["spec"]["containers"][0]["resources"] =
        json!({"requests": {"cpu": "5"}});
    lab.create(app);
    lab.pass(5);
    let message = &lab.events("FailedScheduling")[0];
    assert!(
        message.starts_with("0/3 nodes are available: 3 Insufficient cpu. "),
        "{message}"
    );
    let pod = &lab.all("Pod")[0];
    assert_eq!(reason(pod, "PodScheduled"), "Unschedulable");
}
