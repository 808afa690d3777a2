//! Controllers that start again over a state that was kept.

use std::collections::BTreeMap;

use serde_json::json;

use super::super::json::{set, text};
use super::super::seam::Propagation;
use super::super::testing::Lab;
use super::deployment::deployment;

fn versions(lab: &Lab) -> BTreeMap<String, String> {
    let kinds = [
        "Deployment",
        "ReplicaSet",
        "Pod",
        "Service",
        "EndpointSlice",
        "Namespace",
        "Node",
    ];
    let objects = kinds.iter().flat_map(|kind| lab.all(kind));
    objects
        .map(|object| {
            let id = format!(
                "{} {}",
                text(&object, "kind"),
                text(&object, "metadata.name")
            );
            (id, text(&object, "metadata.resourceVersion").to_owned())
        })
        .collect()
}

#[test]
fn changes_nothing_and_goes_on() {
    let mut lab = Lab::full();
    lab.create(deployment("app"));
    let mut looping = deployment("loop");
    let crash = json!({"sandbox.infra.dev/crash": "app"});
    set(&mut looping, "spec.template.metadata.annotations", crash);
    lab.create(looping);
    lab.create(json!({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "app", "namespace": "shop"},
        "spec": {"selector": {"app": "app"}, "ports": [{"port": 80}]},
    }));
    lab.pass(10);
    let before = versions(&lab);
    lab.restart();
    assert_eq!(versions(&lab), before);
    let restarts = |lab: &Lab| -> i64 {
        lab.all("Pod")
            .iter()
            .map(|pod| super::super::pod::restarts(pod))
            .sum()
    };
    let count = restarts(&lab);
    lab.pass(60);
    assert!(restarts(&lab) > count, "crashing goes on");
}

#[test]
fn what_was_left_behind_is_taken_on_again() {
    let mut lab = Lab::full();
    lab.create(deployment("app"));
    lab.pass(30);
    lab.delete("Deployment", "app", Propagation::Orphan);
    lab.pass(5);
    let pods = lab.all("Pod").len();
    lab.create(deployment("app"));
    lab.pass(30);
    assert_eq!(lab.all("ReplicaSet").len(), 1);
    assert_eq!((pods, lab.all("Pod").len()), (3, 3));
    let set = &lab.all("ReplicaSet")[0];
    let app = lab.find("Deployment", "app").unwrap();
    assert!(super::super::meta::is_controlled_by(set, &app));
    lab.delete(
        "ReplicaSet",
        text(set, "metadata.name"),
        Propagation::Orphan,
    );
    lab.pass(30);
    assert_eq!(lab.all("Pod").len(), 3, "pods are adopted by the next set");
}
