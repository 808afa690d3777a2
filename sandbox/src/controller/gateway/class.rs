//! Classes of gateways: every one has its controller here.

use jiff::Timestamp;
use serde_json::Value;

use super::{CLASS, COMPONENT, Condition, judge};
use crate::controller::effect::{Decision, status_action};
use crate::controller::meta::own_key;
use crate::controller::seam::{Change, Cluster, Controller, Key, Writer};

/// The controller of classes.
pub(crate) struct Classes;

impl Controller for Classes {
    fn name(&self) -> &'static str {
        "gateway-class-controller"
    }

    fn keys(&mut self, change: &Change, _cluster: &dyn Cluster) -> Vec<Key> {
        own_key(change, CLASS).into_iter().collect()
    }

    fn sync(&mut self, key: &Key, cluster: &mut dyn Cluster) -> Option<Timestamp> {
        let class = cluster.get(CLASS, "", &key.name)?;
        let decision = decide(&class, cluster.now());
        decision.perform(cluster, Writer::LoadBalancer, COMPONENT)
    }
}

fn decide(class: &Value, now: Timestamp) -> Decision {
    let mut decision = Decision::default();
    let mut status = class["status"].clone();
    let accepted = Condition::new(
        "Accepted",
        "True",
        "Accepted",
        "the sandbox serves every class",
    );
    judge(&mut status, &accepted, class, now);
    decision.actions.extend(status_action(class, status));
    decision
}
