//! Network policies from relations: exactly the traffic that the environment says it needs.

mod allow;
mod beside;
mod monitors;
mod objects;
mod outside;
mod rules;

pub(crate) use beside::beside;

use super::{
    Environment, Graph, Problem, Selector,
    edges::behind_of,
    index::{Index, namespace},
    lower::Lowered,
    pods::Pods,
};
use crate::object::{Object, Ref};
use crate::resource::{Relation, RelationKind, Target};
use rules::{Peer, Port, Rules};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Adds the network policies that follow from relations.
pub(crate) fn add(environment: &Environment, graph: &Graph, lowered: &mut Lowered) -> Vec<Problem> {
    let connects = |one: &Relation| one.kind == RelationKind::Connects;
    let wanted = environment.deny_by_default || !environment.allowed.is_empty();
    if !wanted && !graph.relations.iter().any(connects) {
        return Vec::new();
    }
    let mut maker = Maker::new(environment, graph, lowered);
    maker.start();
    if !wanted && maker.rules.is_empty() {
        return maker.problems;
    }
    for relation in &graph.relations {
        if relation.kind == RelationKind::Connects {
            maker.connect(relation);
        }
    }
    allow::allow(&mut maker);
    outside::allow(&mut maker);
    let made = maker.policies();
    let problems = maker.problems;
    for (policy, owner) in made {
        lowered.push(policy, owner);
    }
    problems
}

struct Maker<'a> {
    environment: &'a Environment,
    graph: &'a Graph,
    objects: &'a [Object],
    owners: &'a [Option<Ref>],
    index: Index<'a>,
    /// By the position of the workload.
    rules: BTreeMap<usize, Rules>,
    problems: Vec<Problem>,
}

impl<'a> Maker<'a> {
    fn new(environment: &'a Environment, graph: &'a Graph, lowered: &'a Lowered) -> Self {
        Self {
            environment,
            graph,
            objects: &lowered.objects,
            owners: &lowered.owners,
            index: Index::new(&lowered.objects),
            rules: BTreeMap::new(),
            problems: Vec::new(),
        }
    }

    /// The namespaces in which `deny_by_default` denies everything: those that are made here and have
    /// workloads of ours. In others, what others own would be cut off.
    fn closed(&self) -> impl Iterator<Item = &'a str> + use<'a, '_> {
        let made = self.objects.iter().filter(|object| {
            self.environment.deny_by_default
                && object.id.group.is_empty()
                && object.id.kind == "Namespace"
        });
        let names = made.map(|object| object.id.name.as_str());
        names.filter(|name| !self.index.makers(name).is_empty())
    }

    /// Finds the workloads that get a policy: both ends of every connection, and with
    /// `deny_by_default` all.
    fn start(&mut self) {
        let mut selected = BTreeSet::new();
        for relation in self
            .graph
            .relations
            .iter()
            .filter(|one| one.kind == RelationKind::Connects)
        {
            selected.extend(self.workloads(&relation.from));
            if let Some(to) = relation.to.reference() {
                selected.extend(self.workloads(to));
            }
        }
        if self.environment.deny_by_default {
            let all = self.objects.iter().enumerate();
            let pods = all.filter(|(_, object)| Pods::of(object).is_some());
            selected.extend(pods.map(|(position, _)| position));
        }
        self.rules = selected
            .into_iter()
            .filter(|workload| !self.is_on_node(*workload))
            .map(|workload| (workload, Rules::default()))
            .collect();
    }

    /// The positions of the workloads that a reference means: itself, those behind a service, or
    /// those that a larger resource became.
    fn workloads(&self, reference: &Ref) -> Vec<usize> {
        let home = self.graph.namespace_of(reference);
        let key = (
            reference.group.as_str(),
            reference.kind.as_str(),
            home,
            reference.name.as_str(),
        );
        if let Some(main) = self.index.get(key) {
            if Pods::of(&self.objects[main]).is_some() {
                return vec![main];
            }
            let behind = behind_of(self.objects, &self.index, main);
            if !behind.is_empty() {
                return behind;
            }
        }
        let reference = self.graph.normal(reference);
        let owners = self.owners.iter().enumerate();
        owners
            .filter(|(position, owner)| {
                owner.as_ref() == Some(&*reference) && Pods::of(&self.objects[*position]).is_some()
            })
            .map(|(position, _)| position)
            .collect()
    }

    fn connect(&mut self, relation: &Relation) {
        let from = self.workloads(&relation.from);
        match &relation.to {
            Target::Internet(ports) => {
                let ports: Vec<Port> = ports.iter().map(|port| Port::tcp(*port)).collect();
                for source in from {
                    self.egress(source, Peer::internet(), ports.clone());
                }
            }
            Target::Addresses { ranges, ports } => {
                let ports: Vec<Port> = ports.iter().map(|port| Port::tcp(*port)).collect();
                for source in from {
                    self.egress(source, Peer::outside(ranges), ports.clone());
                }
            }
            Target::Pods { namespace, pods } => {
                for source in from {
                    self.egress(source, vec![Peer::labels(namespace, pods)], Vec::new());
                }
            }
            Target::Resource(to) | Target::Existing(to) => self.connect_to(relation, &from, to),
        }
    }

    fn connect_to(&mut self, relation: &Relation, from: &[usize], to: &Ref) {
        let targets = self.workloads(to);
        if targets.is_empty() {
            self.connect_elsewhere(relation, from, to);
            return;
        }
        for target in targets {
            let ports = self.ports(target, to);
            if ports.is_empty() {
                self.problems.push(Problem {
                    message: format!(
                        "`{}` connects to `{}`, which has no port",
                        relation.from,
                        self.objects[target].id.short()
                    ),
                    at: relation.at.clone(),
                    help: Some(
                        "declare the port that it listens on, such as `.port(\"http\", 8080)`"
                            .to_owned(),
                    ),
                });
                continue;
            }
            for source in from {
                match [*source, target]
                    .into_iter()
                    .find(|one| self.is_on_node(*one))
                {
                    Some(one) => self.nodes_problem(relation, one),
                    None => self.both(*source, target, &ports),
                }
            }
        }
    }

    /// One workload may talk to another, on both sides.
    fn both(&mut self, source: usize, target: usize, ports: &[Port]) {
        let (there, here) = (self.peer(target, source), self.peer(source, target));
        self.egress(source, vec![there], ports.to_vec());
        self.ingress(target, vec![here], ports.to_vec());
    }

    /// Whether a workload's pods use their node's network: policies neither hold for them nor can
    /// name them.
    fn is_on_node(&self, workload: usize) -> bool {
        Pods::of(&self.objects[workload]).is_some_and(|pods| pods.spec["hostNetwork"] == true)
    }

    fn nodes_problem(&mut self, relation: &Relation, on_node: usize) {
        self.problems.push(Problem {
            message: format!(
                "`{}` connects to `{}`, and `{}` has the addresses of its nodes (`hostNetwork`), which no network policy knows as its own",
                relation.from,
                relation.to.reference().map(ToString::to_string).unwrap_or_default(),
                self.objects[on_node].id.short()
            ),
            at: relation.at.clone(),
            help: Some(
                "leave `connects_to` out, and let the environment allow its nodes' addresses, such as `.allow(addresses(\"10.0.0.0/16\"), …)`"
                    .to_owned(),
            ),
        });
    }

    fn connect_elsewhere(&mut self, relation: &Relation, from: &[usize], to: &Ref) {
        for source in from {
            if let Some((peers, ports)) = self.elsewhere(to, namespace(&self.objects[*source])) {
                self.egress(*source, peers, ports);
            } else if matches!(relation.to, Target::Existing(_)) || self.graph.facts(to).is_some() {
                // What is neither here nor said to exist is reported with the other relations.
                self.problems.push(Problem {
                    message: format!(
                        "`{}` connects to `{to}`, whose pods are not known here, so that no network policy can allow it",
                        relation.from
                    ),
                    at: relation.at.clone(),
                    help: Some("connect to its pods by their labels, or to its host".to_owned()),
                });
            }
        }
    }

    /// What is not made here, as a policy in the namespace `seen_from` names it: addresses outside
    /// the cluster, or pods as far as they are known. The ports are empty where they are not known.
    fn elsewhere(&self, to: &Ref, seen_from: &str) -> Option<(Vec<Peer>, Vec<Port>)> {
        let facts = self.graph.facts(to)?;
        if let Some(outside) = &facts.outside {
            let ports = outside.ports.iter().map(|port| Port::tcp(*port));
            return Some((Peer::outside(&outside.ranges), ports.collect()));
        }
        let (pods, service) = (facts.pods.as_ref(), facts.service.as_ref());
        let labels = pods
            .map(|pods| &pods.selector)
            .filter(|labels| !labels.is_empty());
        let labels = labels
            .or_else(|| Some(&service?.selector))
            .filter(|labels| !labels.is_empty())?;
        let ports = pods.map(|pods| pods.ports.as_slice()).unwrap_or_default();
        let home = self.graph.namespace_of(to);
        let away = (home != seen_from).then_some(home);
        let peer = Peer::pods(away, json!({ "matchLabels": labels }));
        Some((vec![peer], ports.iter().map(Port::fact).collect()))
    }

    fn egress(&mut self, workload: usize, peers: Vec<Peer>, ports: Vec<Port>) {
        if let Some(rules) = self.rules.get_mut(&workload) {
            rules.egress.allow(peers, ports);
        }
    }

    fn ingress(&mut self, workload: usize, peers: Vec<Peer>, ports: Vec<Port>) {
        if let Some(rules) = self.rules.get_mut(&workload) {
            rules.ingress.allow(peers, ports);
        }
    }

    /// A workload's pods, as a policy in the namespace of `seen_from` names them.
    fn peer(&self, workload: usize, seen_from: usize) -> Peer {
        let home = namespace(&self.objects[workload]);
        let away = (home != namespace(&self.objects[seen_from])).then_some(home);
        Peer::pods(away, self.selector(workload))
    }

    /// The labels that select exactly a workload's pods.
    fn selector(&self, workload: usize) -> Value {
        let object = &self.objects[workload];
        let main = self.owners[workload]
            .as_ref()
            .filter(|owner| owner.kind == object.id.kind && owner.name == object.id.name);
        if let Some(pods) = main.and_then(|owner| self.graph.pods(owner))
            && !pods.selector.is_empty()
        {
            return json!({ "matchLabels": pods.selector });
        }
        let own = &object.value["spec"]["selector"];
        if object.id.group == "apps" && !Selector::parse(own).is_empty() {
            return own.clone();
        }
        let labels = Pods::of(object)
            .map(|pods| pods.metadata["labels"].clone())
            .unwrap_or_default();
        json!({ "matchLabels": labels })
    }

    /// The ports of a workload that are reached through `to`: all of its own, or those that a
    /// service sends to.
    fn ports(&self, workload: usize, to: &Ref) -> Vec<Port> {
        let Some(pods) = Pods::of(&self.objects[workload]) else {
            return Vec::new();
        };
        let home = self.graph.namespace_of(to);
        let service = self
            .index
            .get(("", "Service", home, &to.name))
            .filter(|_| to.group.is_empty() && to.kind == "Service");
        if let Some(service) = service {
            return outside::service_targets(&self.objects[service], &pods, None);
        }
        let mut ports: Vec<Port> = pods.ports().map(|port| Port::of(&port)).collect();
        ports.sort();
        ports.dedup();
        ports
    }
}
