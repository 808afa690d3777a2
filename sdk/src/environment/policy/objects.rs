//! The policies as objects.

use super::{Maker, outside, rules::Rules};
use crate::environment::{index::namespace, lower::own_labels, refs::GATEWAY};
use crate::object::{Object, ObjectId, Origin, Ref};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The name of the policy that selects every pod and allows nothing.
const DENY: &str = "deny-by-default";
/// The name of the policy that lets cert-manager prove that a host is ours.
const SOLVER: &str = "acme-http01-solver";

impl Maker<'_> {
    /// The policies, each with the resource that it belongs to.
    pub(super) fn policies(&self) -> Vec<(Object, Option<Ref>)> {
        let mut made = Vec::new();
        if self.environment.deny_by_default {
            made.extend(self.common().into_iter().map(|policy| (policy, None)));
        }
        let mut workloads: Vec<(usize, &Rules)> = self
            .rules
            .iter()
            .map(|(workload, rules)| (*workload, rules))
            .collect();
        workloads.sort_by_key(|(workload, _)| precedence(&self.objects[*workload]));
        let mut taken = BTreeSet::new();
        for (workload, rules) in workloads {
            let object = &self.objects[workload];
            let home = namespace(object);
            let mut name = object.id.name.clone();
            if !taken.insert((home, name.clone())) {
                name = format!("{name}-{}", object.id.kind.to_lowercase());
            }
            let mut spec = json!({
                "podSelector": self.selector(workload),
                "policyTypes": ["Ingress", "Egress"],
            });
            // Without rules nothing is allowed, and the API server keeps no empty list of them.
            for (field, direction, side) in [
                ("ingress", &rules.ingress, "from"),
                ("egress", &rules.egress, "to"),
            ] {
                if !direction.is_empty() {
                    spec[field] = direction.render(side);
                }
            }
            made.push((policy(&name, object, spec), self.owners[workload].clone()));
        }
        made
    }

    /// What `deny_by_default` adds once in a namespace: nothing is allowed, except that cert-manager may
    /// prove that a host is ours where an ingress or a gateway asks it for a certificate, and that the
    /// pods of gateways are reached and reach what they send to.
    fn common(&self) -> Vec<Object> {
        let origin = self
            .environment
            .made
            .clone()
            .map(Origin::at)
            .unwrap_or_default();
        let policy = |home: &str, name: &str, spec: Value| {
            let value = json!({
                "apiVersion": "networking.k8s.io/v1",
                "kind": "NetworkPolicy",
                "metadata": { "name": name, "namespace": home, "labels": own_labels(self.environment, name) },
                "spec": spec,
            });
            Object::new(value, origin.clone())
        };
        let mut made = Vec::new();
        for home in self.closed() {
            let nothing = json!({ "podSelector": {}, "policyTypes": ["Ingress", "Egress"] });
            made.push(policy(home, DENY, nothing));
            self.doors(home, |name, spec| made.push(policy(home, name, spec)));
            let provers = outside::provers(self, home);
            if provers.is_empty() {
                continue;
            }
            let solver = json!({
                "podSelector": { "matchLabels": { "acme.cert-manager.io/http01-solver": "true" } },
                "policyTypes": ["Ingress"],
                "ingress": [{ "from": provers, "ports": [{ "protocol": "TCP", "port": 8089 }] }],
            });
            made.push(policy(home, SOLVER, solver));
        }
        made
    }

    /// A gateway's own pods stand between everyone and the workloads, at ports of their choice.
    fn doors(&self, home: &str, mut add: impl FnMut(&str, Value)) {
        let gateways = self.objects.iter().filter(|object| {
            object.id.group == GATEWAY && object.id.kind == "Gateway" && namespace(object) == home
        });
        for gateway in gateways {
            let name = &gateway.id.name;
            add(
                &format!("gateway-{name}"),
                json!({
                    "podSelector": outside::gateway_pods(name),
                    "policyTypes": ["Ingress", "Egress"],
                    "ingress": [{}],
                    "egress": [{}],
                }),
            );
        }
    }
}

/// A policy beside a workload: in its namespace, with its labels.
pub(super) fn policy(name: &str, workload: &Object, spec: Value) -> Object {
    let mut metadata = json!({ "name": name, "namespace": namespace(workload) });
    if let Some(labels) = workload.value["metadata"]["labels"].as_object() {
        metadata["labels"] = json!(labels);
    }
    let value = json!({
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": metadata,
        "spec": spec,
    });
    Object::new(value, workload.origin.clone())
}

/// Which of several workloads of one name has its policy named after it alone.
fn precedence(object: &Object) -> (u8, &ObjectId) {
    let kind = match object.id.kind.as_str() {
        "Deployment" => 0,
        "StatefulSet" => 1,
        "DaemonSet" => 2,
        "Job" => 4,
        "CronJob" => 5,
        _ => 3,
    };
    (kind, &object.id)
}
