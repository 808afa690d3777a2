//! Pods made and deleted, and told of.

use std::sync::Arc;

use serde_json::Value;

use super::super::effect::{Action, Event, perform};
use super::super::meta::{name, namespace};
use super::super::recorder::record;
use super::super::seam::{Cluster, Writer};
use super::super::{namespace as home, template};
use super::COMPONENT;

/// Creates pods in batches of 1, 2, 4, …: the first refusal ends it.
pub(super) fn create(set: &Value, number: usize, cluster: &mut dyn Cluster) -> Result<(), String> {
    let mut pod = template::pod(&set["spec"]["template"], set);
    pod["metadata"]["generateName"] = template::generate_name(set).into();
    let mut left = number;
    let mut batch = 1;
    while left > 0 {
        let mut failure = None;
        for _ in 0..batch.min(left) {
            let event = match cluster.create(Writer::ControllerManager, pod.clone()) {
                Ok(made) => {
                    let message = format!("Created pod: {}", name(&made));
                    Event::normal(set, "SuccessfulCreate", message)
                }
                Err(refusal) => {
                    let message = format!("Error creating: {}", refusal.message);
                    // A namespace that ends refuses everything: nothing is told there.
                    if home::is_open(cluster, namespace(set)) {
                        failure = Some(refusal.message);
                        Event::warning(set, "FailedCreate", message)
                    } else {
                        return Ok(());
                    }
                }
            };
            record(cluster, Writer::ControllerManager, COMPONENT, &event);
        }
        if let Some(failure) = failure {
            return Err(failure);
        }
        left -= batch.min(left);
        batch *= 2;
    }
    Ok(())
}

/// Deletes pods.
pub(super) fn delete(set: &Value, pods: &[Arc<Value>], cluster: &mut dyn Cluster) {
    for pod in pods {
        let gone = perform(
            cluster,
            Writer::ControllerManager,
            COMPONENT,
            Action::Delete(pod.clone()),
        );
        let event = match gone {
            Ok(()) => Event::normal(
                set,
                "SuccessfulDelete",
                format!("Deleted pod: {}", name(pod)),
            ),
            Err(refusal) => Event::warning(
                set,
                "FailedDelete",
                format!("Error deleting: {}", refusal.message),
            ),
        };
        record(cluster, Writer::ControllerManager, COMPONENT, &event);
    }
}
