//! Policies for what runs beside an environment for a while: a procedure's job.

use super::{Maker, Peer, Port, objects::policy};
use crate::environment::{Definitions, Environment, Graph, Platform, lower};
use crate::object::{Object, ObjectId, Ref};
use crate::resource::{RelationKind, Resource};
use serde_json::json;
use std::{collections::BTreeSet, sync::Arc};

/// The policies that let `resource` talk to whom it connects to, where those of the environment
/// would not: its own, if everything is denied by default, and for each of its targets one that lets
/// it in. The environment's own policies stay as they are.
pub(crate) fn beside(environment: &Environment, resource: Arc<dyn Resource>) -> Vec<Object> {
    let isolated = isolated(environment);
    let own = resource.reference();
    let with = environment.clone().add_beside(resource);
    let graph = Graph::of(&with);
    let own = graph.normal(&own);
    let platform = Platform::default();
    let definitions = Definitions::new(&with, &platform);
    let lowered = lower::lower(&with, &graph, &definitions);
    let mut maker = Maker::new(&with, &graph, &lowered);
    maker.start();
    for relation in graph.relations_from(&own) {
        if relation.kind == RelationKind::Connects {
            maker.connect(relation);
        }
    }
    let mut made = Vec::new();
    for (workload, rules) in &maker.rules {
        let object = &maker.objects[*workload];
        let is_own = maker.owners[*workload].as_ref() == Some(&own);
        let spec = if is_own && environment.deny_by_default {
            let mut egress = rules.egress.clone();
            egress.allow(vec![Peer::dns()], vec![Port::new(53, "UDP"), Port::tcp(53)]);
            json!({
                "podSelector": maker.selector(*workload),
                "policyTypes": ["Ingress", "Egress"],
                "egress": egress.render("to"),
            })
        } else if !is_own && isolated.contains(&object.id) && !rules.ingress.is_empty() {
            json!({
                "podSelector": maker.selector(*workload),
                "policyTypes": ["Ingress"],
                "ingress": rules.ingress.render("from"),
            })
        } else {
            continue;
        };
        made.push(policy(&name(&own, &object.id, is_own), object, spec));
    }
    made
}

fn name(own: &Ref, workload: &ObjectId, is_own: bool) -> String {
    if is_own {
        own.name.clone()
    } else {
        format!("{}-to-{}", own.name, workload.name)
    }
}

/// The workloads that a policy of the environment selects.
fn isolated(environment: &Environment) -> BTreeSet<ObjectId> {
    let graph = Graph::of(environment);
    let platform = Platform::default();
    let definitions = Definitions::new(environment, &platform);
    let lowered = lower::lower(environment, &graph, &definitions);
    let mut maker = Maker::new(environment, &graph, &lowered);
    maker.start();
    let workloads = maker.rules.keys();
    workloads
        .map(|workload| maker.objects[*workload].id.clone())
        .collect()
}
