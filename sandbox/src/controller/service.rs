//! Services of type `LoadBalancer`: an address from outside, after a while.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::effect::{Action, Decision, Event, status_action};
use super::json::{annotation, has, items, later, set, text, time};
use super::meta::{is_terminating, own_key, uid};
use super::seam::{Change, Cluster, Controller, GroupKind, Key, Writer};
use super::template::fnv64;

const SERVICE: GroupKind<'static> = GroupKind::new("", "Service");
const COMPONENT: &str = "service-controller";
/// Seconds that a load balancer takes to get its address.
const DELAY: i64 = 5;
/// On a service: its load balancer never gets an address.
const PENDING: &str = "sandbox.infra.dev/load-balancer-pending";

/// The controller of services.
pub(crate) struct Services;

impl Controller for Services {
    fn name(&self) -> &'static str {
        COMPONENT
    }

    fn keys(&mut self, change: &Change, _: &dyn Cluster) -> Vec<Key> {
        own_key(change, SERVICE).into_iter().collect()
    }

    fn sync(&mut self, key: &Key, cluster: &mut dyn Cluster) -> Option<Timestamp> {
        let service = cluster.get(SERVICE, &key.namespace, &key.name)?;
        let decision = decide(&service, cluster.now());
        decision.perform(cluster, Writer::LoadBalancer, COMPONENT)
    }
}

fn decide(service: &Value, now: Timestamp) -> Decision {
    let mut decision = Decision::default();
    let has_address = !items(service, "status.loadBalancer.ingress").is_empty();
    if text(service, "spec.type") != "LoadBalancer" {
        if has_address {
            let mut status = service["status"].clone();
            set(&mut status, "loadBalancer", json!({}));
            decision.actions.extend(status_action(service, status));
        }
        return decision;
    }
    let is_pending = annotation(service, PENDING) == Some("true");
    // A class of its own means that somebody else balances.
    let elsewhere = has(service, "spec.loadBalancerClass");
    if has_address || is_pending || elsewhere || is_terminating(service) {
        return decision;
    }
    let ready = later(
        time(service, "metadata.creationTimestamp").unwrap_or(now),
        DELAY,
    );
    if ready > now {
        decision.event(Event::normal(
            service,
            "EnsuringLoadBalancer",
            "Ensuring load balancer",
        ));
        decision.look_again(ready);
        return decision;
    }
    let wanted = text(service, "spec.loadBalancerIP");
    let address = if wanted.is_empty() {
        let number = fnv64(&[uid(service)]);
        format!("203.0.113.{}", number % 254 + 1)
    } else {
        wanted.to_owned()
    };
    let mut status = service["status"].clone();
    set(
        &mut status,
        "loadBalancer",
        json!({"ingress": [{"ip": address, "ipMode": "VIP"}]}),
    );
    decision.actions.extend(status_action(service, status));
    decision.push(Action::Event(Event::normal(
        service,
        "EnsuredLoadBalancer",
        "Ensured load balancer",
    )));
    decision
}

#[cfg(test)]
mod tests {
    use super::super::testing::outline;
    use super::*;

    #[test]
    fn an_address_comes_after_a_while() {
        let service = json!({
            "kind": "Service",
            "metadata": {"name": "s", "uid": "u", "creationTimestamp": "2026-01-01T00:00:00Z"},
            "spec": {"type": "LoadBalancer"},
        });
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let early = decide(&service, start);
        assert_eq!(early.again, Some(later(start, DELAY)));
        let done = decide(&service, later(start, DELAY));
        assert_eq!(
            outline(&done),
            [
                "status Service s",
                "event EnsuredLoadBalancer: Ensured load balancer"
            ]
        );
        let mut pending = service;
        set(
            &mut pending,
            "metadata.annotations",
            json!({PENDING: "true"}),
        );
        assert_eq!(decide(&pending, later(start, DELAY)), Decision::default());
    }
}
