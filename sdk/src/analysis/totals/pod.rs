//! What one pod asks for.

use super::amounts::{Amounts, quantities, quantity};
use serde_json::Value;

/// What a pod with this `spec` asks for, its ephemeral claims too.
pub(super) fn of(spec: &Value) -> Amounts {
    let items = |field: &str| spec[field].as_array().into_iter().flatten();
    let mut running = Amounts::default();
    for container in items("containers") {
        running.add(&of_container(container));
    }
    // A sidecar runs on while the init containers after it start, one after another.
    let mut sidecars = Amounts::default();
    let mut starting = Amounts::default();
    for init in items("initContainers") {
        let one = of_container(init);
        if init["restartPolicy"] == "Always" {
            sidecars.add(&one);
            starting.most(&sidecars);
        } else {
            let mut together = sidecars.clone();
            together.add(&one);
            starting.most(&together);
        }
    }
    let mut pod = running;
    pod.add(&sidecars);
    pod.most(&starting);
    as_a_whole(&mut pod, &spec["resources"]);
    let overhead = quantities(&spec["overhead"]);
    for (name, more) in overhead {
        if let Some(limit) = pod.limits.get_mut(&name) {
            *limit = *limit + more;
        }
        let request = pod.requests.entry(name).or_default();
        *request = *request + more;
    }
    pod.pods = 1;
    for volume in items("volumes") {
        let claim = &volume["ephemeral"]["volumeClaimTemplate"];
        pod.storage = pod.storage + storage(claim);
    }
    pod
}

/// What a claim, or the template of one, asks for.
pub(super) fn storage(claim: &Value) -> infra_schema::quantity::Quantity {
    quantity(&claim["spec"]["resources"]["requests"]["storage"]).unwrap_or_default()
}

fn of_container(container: &Value) -> Amounts {
    let resources = &container["resources"];
    let limits = quantities(&resources["limits"]);
    let mut requests = quantities(&resources["requests"]);
    for (name, limit) in &limits {
        requests.entry(name.clone()).or_insert(*limit);
    }
    let unlimited = ["cpu", "memory"]
        .into_iter()
        .filter(|name| !limits.contains_key(*name))
        .map(str::to_owned)
        .collect();
    Amounts {
        requests,
        limits,
        unlimited,
        ..Amounts::default()
    }
}

/// What is set for the pod as a whole stands in the place of the sums.
fn as_a_whole(pod: &mut Amounts, resources: &Value) {
    for (name, limit) in quantities(&resources["limits"]) {
        pod.unlimited.remove(&name);
        pod.requests.entry(name.clone()).or_insert(limit);
        pod.limits.insert(name, limit);
    }
    pod.requests.extend(quantities(&resources["requests"]));
}
