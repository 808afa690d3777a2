//! Who reaches whom, as data says it.

use infra_sdk::analysis::{Endpoint, Traffic, Verdict, reachable};
use infra_sdk::object::{Object, Origin, Ref};
use serde_json::Value;

/// A connection.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reach {
    /// A workload (`Deployment/app`, or `namespace/Deployment/app`), others' pods (`ingress-nginx
    /// app.kubernetes.io/name=ingress-nginx`), or an address.
    from: String,
    /// The same.
    to: String,
    /// A port of the pods; over UDP where it is written `53/udp`.
    port: Value,
}

impl Reach {
    pub(super) fn verdict(&self, objects: &[Value]) -> Verdict {
        let objects: Vec<Object> = objects
            .iter()
            .map(|value| Object::new(value.clone(), Origin::default()))
            .collect();
        let port = self
            .port
            .as_str()
            .map_or_else(|| self.port.to_string(), str::to_owned);
        let traffic = match port.strip_suffix("/udp") {
            Some(port) => Traffic::udp(port.parse().unwrap()),
            None => Traffic::from(port.parse::<u16>().unwrap()),
        };
        reachable(
            &objects,
            &endpoint(&self.from),
            &endpoint(&self.to),
            traffic,
        )
    }
}

fn endpoint(words: &str) -> Endpoint {
    if let Ok(address) = words.parse() {
        return Endpoint::Address(address);
    }
    if let Some((namespace, labels)) = words.split_once(' ') {
        let labels = labels
            .split(',')
            .map(|label| label.split_once('=').unwrap());
        return Endpoint::pods(namespace, labels);
    }
    let (namespace, kind, name) = match words.split('/').collect::<Vec<_>>()[..] {
        [kind, name] => (None, kind, name),
        [namespace, kind, name] => (Some(namespace), kind, name),
        _ => panic!("`{words}` is neither a workload, nor pods, nor an address"),
    };
    let group = match kind {
        "Job" | "CronJob" => "batch",
        "Deployment" | "StatefulSet" | "DaemonSet" => "apps",
        _ => panic!("`{kind}` is no workload"),
    };
    let workload = Ref::new(group, kind, name);
    Endpoint::Workload(match namespace {
        Some(namespace) => workload.namespace(namespace),
        None => workload,
    })
}
