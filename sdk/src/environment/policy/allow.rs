//! What the environment allows beside what relations need: `allow(from, to)`.

use super::{Maker, Peer, Port};
use crate::environment::{Problem, allowed::Allowed, index::namespace, pods::Pods};
use crate::resource::{self, PeerKind, lower_peer};
use crate::types::PortRef;
use serde_json::json;

/// Adds the rules of the environment, each on the sides that are workloads of it.
pub(super) fn allow(maker: &mut Maker<'_>) {
    let environment = maker.environment;
    for rule in &environment.allowed {
        if let Err(message) = add(maker, rule) {
            maker.problems.push(Problem {
                message,
                at: rule.at.clone(),
                help: Some("one side at least is a workload of the environment".to_owned()),
            });
        }
    }
}

fn add(maker: &mut Maker<'_>, rule: &Allowed) -> Result<(), String> {
    let (from, to) = (ends(maker, &rule.from)?, ends(maker, &rule.to)?);
    if from.is_none() && to.is_none() {
        return Err("traffic is allowed between two that are not of the environment".to_owned());
    }
    let Some(to) = to else {
        let ports = numbers(&rule.ports)?;
        for source in from.into_iter().flatten() {
            let peers = maker.others(&rule.to, source);
            maker.egress(source, peers, ports.clone());
        }
        return Ok(());
    };
    for target in to {
        let ports = maker.allowed_ports(target, rule)?;
        let Some(from) = &from else {
            let peers = maker.others(&rule.from, target);
            maker.ingress(target, peers, ports);
            continue;
        };
        for source in from {
            maker.both(*source, target, &ports);
        }
    }
    Ok(())
}

/// The workloads that a peer is; `None` where it is none of the environment's.
fn ends(maker: &Maker<'_>, peer: &resource::Peer) -> Result<Option<Vec<usize>>, String> {
    let PeerKind::Workload(link) = &peer.kind else {
        return Ok(None);
    };
    let to = link.reference();
    let workloads = maker.workloads(to);
    if !workloads.is_empty() {
        return Ok(Some(workloads));
    }
    if maker.elsewhere(to, "").is_some() {
        return Ok(None);
    }
    Err(match maker.graph.facts(to) {
        Some(_) => format!("traffic with `{to}` is allowed, of which no pods are known here"),
        None => format!("traffic with `{to}` is allowed, which is not in the environment"),
    })
}

fn numbers(ports: &[PortRef]) -> Result<Vec<Port>, String> {
    let ports = ports.iter().map(|port| match port {
        PortRef::Number(port) => Ok(Port::tcp(port.number())),
        PortRef::Name(name) => Err(format!(
            "the port `{name}` is allowed by its name, which only a workload of the environment has"
        )),
    });
    ports.collect()
}

impl Maker<'_> {
    /// A peer that is no workload of the environment, as a policy beside `workload` names it.
    fn others(&self, peer: &resource::Peer, workload: usize) -> Vec<Peer> {
        match &peer.kind {
            PeerKind::Workload(link) => {
                let there = self.elsewhere(link.reference(), namespace(&self.objects[workload]));
                there.map(|(peers, _)| peers).unwrap_or_default()
            }
            _ => vec![Peer::written(json!(lower_peer(self.graph, peer)))],
        }
    }

    /// The ports of a workload that a rule means: all of its own, or those that it names.
    fn allowed_ports(&self, target: usize, rule: &Allowed) -> Result<Vec<Port>, String> {
        let object = &self.objects[target];
        let pods = Pods::of(object);
        let declared: Vec<_> = pods.iter().flat_map(Pods::ports).collect();
        if rule.ports.is_empty() {
            let mut ports: Vec<Port> = declared.iter().map(Port::of).collect();
            ports.sort();
            ports.dedup();
            return Ok(ports);
        }
        let ports = rule.ports.iter().map(|port| match port {
            PortRef::Number(port) => {
                let known = declared.iter().find(|one| one.number == port.number());
                Ok(known.map_or_else(|| Port::tcp(port.number()), Port::of))
            }
            PortRef::Name(name) => declared
                .iter()
                .find(|one| one.name == Some(name.as_str()))
                .map(Port::of)
                .ok_or_else(|| {
                    let id = object.id.short();
                    format!("the port `{name}` of `{id}` is allowed, which has no such port")
                }),
        });
        ports.collect()
    }
}
