//! Daemon sets with scheduler and kubelet.

use std::collections::BTreeSet;

use serde_json::json;

use super::super::json::{count, set, text};
use super::super::meta::is_terminating;
use super::super::pod::is_ready;
use super::super::testing::Lab;

#[test]
fn one_pod_per_node_replaced_one_by_one() {
    let mut lab = Lab::full();
    lab.change("Node", "node-3", |node| {
        let taint = json!([{"key": "dedicated", "value": "db", "effect": "NoSchedule"}]);
        set(node, "spec.taints", taint);
    });
    lab.create(json!({
        "apiVersion": "apps/v1", "kind": "DaemonSet",
        "metadata": {"name": "agent", "namespace": "shop"},
        "spec": {
            "selector": {"matchLabels": {"app": "agent"}},
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1}},
            "template": {
                "metadata": {"labels": {"app": "agent"}},
                "spec": {"restartPolicy": "Always", "containers": [{"name": "agent", "image": "agent:1"}]},
            },
        },
    }));
    lab.pass(10);
    let nodes = |lab: &Lab| -> BTreeSet<String> {
        lab.all("Pod")
            .iter()
            .map(|pod| text(pod, "spec.nodeName").to_owned())
            .collect()
    };
    assert_eq!(
        nodes(&lab),
        BTreeSet::from(["node-1".to_owned(), "node-2".to_owned()])
    );
    let agent = lab.find("DaemonSet", "agent").unwrap();
    assert_eq!(count(&agent, "status.numberAvailable"), 2, "{agent:#}");
    lab.change("Node", "node-3", |node| set(node, "spec.taints", json!([])));
    lab.pass(10);
    assert_eq!(nodes(&lab).len(), 3);
    lab.change("DaemonSet", "agent", |agent| {
        set(agent, "spec.template.metadata.labels.version", "2");
    });
    lab.pass_watched(60, |lab| {
        let well = lab
            .all("Pod")
            .iter()
            .filter(|pod| is_ready(pod) && !is_terminating(pod))
            .count();
        assert!(well >= 2, "{well}");
    });
    let agent = lab.find("DaemonSet", "agent").unwrap();
    assert_eq!(
        count(&agent, "status.updatedNumberScheduled"),
        3,
        "{agent:#}"
    );
    assert_eq!(count(&agent, "status.numberReady"), 3);
}

#[test]
fn a_surge_leaves_no_node_without_a_pod() {
    let mut lab = Lab::full();
    lab.create(json!({
        "apiVersion": "apps/v1", "kind": "DaemonSet",
        "metadata": {"name": "agent", "namespace": "shop"},
        "spec": {
            "selector": {"matchLabels": {"app": "agent"}},
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
            "template": {
                "metadata": {"labels": {"app": "agent"}},
                "spec": {"restartPolicy": "Always", "containers": [{"name": "agent", "image": "agent:1"}]},
            },
        },
    }));
    lab.pass(20);
    let status = |lab: &Lab, field: &str| {
        let agent = lab.find("DaemonSet", "agent").unwrap();
        count(&agent, &format!("status.{field}"))
    };
    assert_eq!(status(&lab, "numberAvailable"), 3);
    lab.change("DaemonSet", "agent", |agent| {
        set(agent, "spec.template.metadata.labels.version", "2");
    });
    let mut most = 0;
    lab.pass_watched(90, |lab| {
        let all = lab.all("Pod");
        let alive = all.iter().filter(|pod| !is_terminating(pod)).count();
        let well = all
            .iter()
            .filter(|pod| is_ready(pod) && !is_terminating(pod))
            .count();
        most = most.max(alive);
        assert!(well >= 3 && alive <= 4, "{well} of {alive}");
    });
    assert_eq!(most, 4);
    assert_eq!(lab.all("Pod").len(), 3);
    assert_eq!(status(&lab, "updatedNumberScheduled"), 3);
    assert_eq!(status(&lab, "numberReady"), 3);
}
