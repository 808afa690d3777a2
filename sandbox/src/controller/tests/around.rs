//! What stands around workloads: services, autoscalers, budgets, ingresses.

use serde_json::json;

use super::super::json::{count, items, text};
use super::super::seam::Propagation;
use super::super::testing::Lab;
use super::deployment::deployment;

#[test]
fn slices_follow_the_pods() {
    let mut lab = Lab::full();
    lab.create(deployment("app"));
    lab.create(json!({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "app", "namespace": "shop"},
        "spec": {"type": "ClusterIP", "selector": {"app": "app"}, "ports": [{"port": 80, "targetPort": 80}]},
    }));
    lab.pass(3);
    let ready = |lab: &Lab| {
        let slices = lab.all("EndpointSlice");
        assert_eq!(slices.len(), 1);
        let endpoints = items(&slices[0], "endpoints").to_vec();
        endpoints
            .iter()
            .filter(|one| one["conditions"]["ready"] == true)
            .count()
    };
    assert_eq!(ready(&lab), 0);
    lab.pass(30);
    assert_eq!(ready(&lab), 3);
    lab.delete("Service", "app", Propagation::Background);
    lab.pass(1);
    assert!(lab.all("EndpointSlice").is_empty());
}

#[test]
fn an_autoscaler_lifts_its_target_to_the_least() {
    let mut lab = Lab::full();
    lab.create(json!({
        "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "app", "namespace": "shop"},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "app"},
            "minReplicas": 4, "maxReplicas": 8,
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": {}}}],
        },
    }));
    lab.create(deployment("app"));
    lab.pass(60);
    assert_eq!(
        count(
            &lab.find("Deployment", "app").unwrap(),
            "status.availableReplicas"
        ),
        4
    );
    let autoscaler = lab.find("HorizontalPodAutoscaler", "app").unwrap();
    assert_eq!(
        count(&autoscaler, "status.currentReplicas"),
        4,
        "{autoscaler:#}"
    );
    let active = super::super::condition::find(&autoscaler["status"], "ScalingActive").unwrap();
    assert_eq!(text(active, "reason"), "FailedGetResourceMetric");
}

#[test]
fn a_budget_counts_along() {
    let mut lab = Lab::full();
    lab.create(deployment("app"));
    lab.create(json!({
        "apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
        "metadata": {"name": "app", "namespace": "shop"},
        "spec": {"maxUnavailable": 1, "selector": {"matchLabels": {"app": "app"}}},
    }));
    lab.pass(30);
    let budget = lab.find("PodDisruptionBudget", "app").unwrap();
    assert_eq!(count(&budget, "status.expectedPods"), 3);
    assert_eq!(count(&budget, "status.disruptionsAllowed"), 1, "{budget:#}");
}

#[test]
fn an_ingress_has_an_address_once_its_class_exists() {
    let mut lab = Lab::full();
    lab.create(json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
        "metadata": {"name": "web", "namespace": "shop"}, "spec": {"ingressClassName": "nginx"},
    }));
    lab.pass(60);
    let addresses = |lab: &Lab| {
        items(
            &lab.find("Ingress", "web").unwrap(),
            "status.loadBalancer.ingress",
        )
        .len()
    };
    assert_eq!(addresses(&lab), 0);
    lab.create(json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "metadata": {"name": "nginx"},
    }));
    assert_eq!(addresses(&lab), 1);
}

#[test]
fn events_are_forgotten_after_an_hour() {
    let mut lab = Lab::full();
    lab.create(deployment("app"));
    lab.pass(60);
    assert!(!lab.all("Event").is_empty());
    lab.pass(3600);
    assert!(lab.all("Event").is_empty());
}
