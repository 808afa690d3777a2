//! Ingresses: those whose class exists get the address of its controller.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::effect::{Decision, Event, status_action};
use super::json::{annotation, items, later, set, text, time};
use super::meta::{is_terminating, own_key};
use super::seam::{Change, Cluster, Controller, GroupKind, Key, Writer};

const INGRESS: GroupKind<'static> = GroupKind::new("networking.k8s.io", "Ingress");
const CLASS: GroupKind<'static> = GroupKind::new("networking.k8s.io", "IngressClass");
const COMPONENT: &str = "ingress-controller";
/// Seconds until an ingress has its address.
const DELAY: i64 = 5;
const ADDRESS: &str = "203.0.113.10";

/// The controller of ingresses.
pub(crate) struct Ingresses;

impl Controller for Ingresses {
    fn name(&self) -> &'static str {
        COMPONENT
    }

    fn keys(&mut self, change: &Change, cluster: &dyn Cluster) -> Vec<Key> {
        if let Some(key) = own_key(change, INGRESS) {
            return vec![key];
        }
        if GroupKind::of(change.object()) == CLASS {
            return cluster
                .list(INGRESS, "")
                .iter()
                .map(|ingress| Key::of(ingress))
                .collect();
        }
        Vec::new()
    }

    fn sync(&mut self, key: &Key, cluster: &mut dyn Cluster) -> Option<Timestamp> {
        let ingress = cluster.get(INGRESS, &key.namespace, &key.name)?;
        let class = match text(&ingress, "spec.ingressClassName") {
            "" => annotation(&ingress, "kubernetes.io/ingress.class")
                .unwrap_or_default()
                .to_owned(),
            class => class.to_owned(),
        };
        let is_served = !class.is_empty() && cluster.get(CLASS, "", &class).is_some();
        let decision = decide(&ingress, is_served, cluster.now());
        decision.perform(cluster, Writer::LoadBalancer, COMPONENT)
    }
}

fn decide(ingress: &Value, is_served: bool, now: Timestamp) -> Decision {
    let mut decision = Decision::default();
    let has_address = !items(ingress, "status.loadBalancer.ingress").is_empty();
    if !is_served || has_address || is_terminating(ingress) {
        return decision;
    }
    let ready = later(
        time(ingress, "metadata.creationTimestamp").unwrap_or(now),
        DELAY,
    );
    if ready > now {
        decision.look_again(ready);
        return decision;
    }
    let mut status = ingress["status"].clone();
    set(
        &mut status,
        "loadBalancer",
        json!({"ingress": [{"ip": ADDRESS}]}),
    );
    decision.actions.extend(status_action(ingress, status));
    decision.event(Event::normal(ingress, "Sync", "Scheduled for sync"));
    decision
}
