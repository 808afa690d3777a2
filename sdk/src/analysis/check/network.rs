//! What network policies come to: who is cut off, and who is not held at all.

mod named;

use super::look::{Findings, Look, Workload};
use super::{Rule, Severity};
use crate::analysis::network::{Direction, Policy, Side};
use crate::analysis::{Endpoint, Protocol, Traffic, reachable};
use crate::environment::{Port, backends, items, namespace, target_port};
use crate::object::{Object, Ref};
use named::Named;
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

pub(super) static NO_NETWORK_POLICY: Rule = Rule {
    id: "no-network-policy",
    severity: Severity::Warning,
    title: "pods that any other pod of the cluster reaches",
    why: "who breaks into one pod, of whatever team, can talk to all of them",
    cure: "say `.deny_by_default()` of the environment: relations say who talks to whom",
};

pub(super) static OPEN_EGRESS: Rule = Rule {
    id: "open-egress",
    severity: Severity::Info,
    title: "pods that reach every address",
    why: "who breaks in can send data anywhere, and ask the cloud's metadata service for its keys",
    cure: "say `.deny_by_default()` of the environment, and `.connects_to(internet(443))` where it is needed",
};

pub(super) static EGRESS_WITHOUT_DNS: Rule = Rule {
    id: "egress-without-dns",
    severity: Severity::Error,
    title: "a network policy forgets DNS",
    why: "the pods may talk to others, but find no name: every connection by name fails",
    cure: "allow port 53, UDP and TCP, to the pods `k8s-app: kube-dns` of `kube-system`; relations do",
};

pub(super) static INGRESS_CUT_OFF: Rule = Rule {
    id: "ingress-cut-off",
    severity: Severity::Error,
    title: "network policies keep the ingress controller out",
    why: "it runs in a namespace of its own; every request from outside ends in a timeout",
    cure: "allow its namespace: `namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress-nginx}}`; relations do",
};

pub(super) static SERVICE_CUT_OFF: Rule = Rule {
    id: "service-cut-off",
    severity: Severity::Error,
    title: "network policies forbid a connection that a pod is told to make",
    why: "the connection ends in a timeout, mostly long after the rollout",
    cure: "state the relation: `.connects_to(APP)`",
};

pub(super) static WRONG_PORT: Rule = Rule {
    id: "wrong-service-port",
    severity: Severity::Error,
    title: "a pod is told a port that the service does not have",
    why: "the connection is refused, or ends in a timeout",
    cure: "use the port of the service, not that of the pods behind it",
};

pub(super) static NAMESPACES_AS_OUTSIDE: Rule = Rule {
    id: "namespaces-as-outside",
    severity: Severity::Warning,
    title: "a network policy lets pods out to all namespaces, where addresses outside seem to be meant",
    why: "a selector of namespaces selects pods of the cluster, and no address outside: services on the internet stay out of reach",
    cure: "allow addresses: `.connects_to(internet(443))`, or an `ipBlock`",
};

const CONTROLLERS: [&str; 7] = [
    "ingress",
    "traefik",
    "haproxy",
    "kong",
    "envoy",
    "contour",
    "nginx-gateway",
];

pub(super) fn check(look: &Look<'_>, findings: &mut Findings<'_>) {
    let sides: Vec<Option<Side<'_>>> = look.workloads.iter().map(|one| side(look, one)).collect();
    let policies: Vec<(usize, Policy<'_>)> = look
        .of_kind("networking.k8s.io", "NetworkPolicy")
        .filter_map(|(position, object)| Some((position, Policy::of(object)?)))
        .collect();
    let holds = |side: &Side<'_>, direction| {
        let selecting = policies
            .iter()
            .filter(|(_, policy)| policy.isolates(side, direction));
        selecting
            .map(|(position, _)| *position)
            .collect::<Vec<usize>>()
    };
    let mut open: BTreeMap<&str, [Vec<String>; 2]> = BTreeMap::new();
    for (workload, side) in look.workloads.iter().zip(&sides) {
        let Some(side) = side else { continue };
        let home = namespace(workload.object);
        // Pods in the network of their node are beyond policies; those that run once are over soon.
        if workload.pods.spec["hostNetwork"] == true || !look.view.is_ours(home) {
            continue;
        }
        let out = holds(side, Direction::Egress);
        let into = holds(side, Direction::Ingress);
        let lists = open.entry(home).or_default();
        if into.is_empty() && workload.pods.ports().next().is_some() {
            lists[0].push(workload.short());
        }
        if out.is_empty() {
            lists[1].push(workload.short());
        } else {
            without_dns(look, workload, &out, findings);
        }
    }
    for (home, [into, out]) in &open {
        for (rule, list, what) in [
            (
                &NO_NETWORK_POLICY,
                into,
                "no network policy says who may talk to",
            ),
            (
                &OPEN_EGRESS,
                out,
                "no network policy says where to may talk",
            ),
        ] {
            if list.is_empty() {
                continue;
            }
            let message = format!("in the namespace `{home}` {what} {}", listed(list));
            match look.view.index.get(("", "Namespace", "", home)) {
                Some(position) => findings.add(rule, position, "", message),
                None => findings.general(rule, None, message),
            }
        }
    }
    for (position, object) in look.of_kind("networking.k8s.io", "NetworkPolicy") {
        namespaces_as_outside(position, object, findings);
    }
    cut_off(look, &sides, &policies, findings);
    connections(look, findings);
}

fn listed(names: &[String]) -> String {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    crate::environment::listed(names)
}

fn endpoint(workload: &Workload<'_>) -> Endpoint {
    let id = &workload.object.id;
    let reference = Ref::new(&id.group, &id.kind, &id.name);
    Endpoint::Workload(match &id.namespace {
        Some(namespace) => reference.namespace(namespace),
        None => reference,
    })
}

fn side<'a>(look: &Look<'a>, workload: &Workload<'a>) -> Option<Side<'a>> {
    Side::of_object(look.view.objects, workload.object)
}

/// The pods may talk to somebody, but not to DNS.
fn without_dns(
    look: &Look<'_>,
    workload: &Workload<'_>,
    policies: &[usize],
    findings: &mut Findings<'_>,
) {
    let objects = look.view.objects;
    let talks = |position: &&usize| !items(&objects[**position].value["spec"]["egress"]).is_empty();
    let own_dns = matches!(
        workload.pods.spec["dnsPolicy"].as_str(),
        Some("Default" | "None")
    );
    let Some(policy) = policies.iter().find(talks).filter(|_| !own_dns) else {
        return;
    };
    let from = endpoint(workload);
    let servers = [
        Endpoint::pods("kube-system", [("k8s-app", "kube-dns")]),
        // The cache that some clusters have on every node.
        Endpoint::Address(IpAddr::V4(Ipv4Addr::new(169, 254, 20, 10))),
    ];
    let found = servers
        .iter()
        .any(|server| reachable(objects, &from, server, Traffic::udp(53)).reachable);
    if !found {
        let message = format!(
            "`{}` lets `{}` out, but not to DNS",
            objects[*policy].id.short(),
            workload.short()
        );
        findings.add(&EGRESS_WITHOUT_DNS, *policy, "spec.egress", message);
    }
}

fn namespaces_as_outside(position: usize, policy: &Object, findings: &mut Findings<'_>) {
    let rules = items(&policy.value["spec"]["egress"]);
    let blocks = |rule: &Value| {
        items(&rule["to"])
            .iter()
            .any(|peer| !peer["ipBlock"].is_null())
    };
    if rules
        .iter()
        .any(|rule| blocks(rule) || items(&rule["to"]).is_empty())
    {
        return;
    }
    for (index, rule) in rules.iter().enumerate() {
        let ports = items(&rule["ports"]);
        let web = !ports.is_empty()
            && ports
                .iter()
                .all(|port| port["port"] == 443 || port["port"] == 80);
        let every = items(&rule["to"]).iter().any(|peer| {
            peer["podSelector"].is_null()
                && peer["namespaceSelector"]
                    .as_object()
                    .is_some_and(serde_json::Map::is_empty)
        });
        if web && every {
            let message = format!(
                "`{}` lets pods out to every namespace, and to no address outside the cluster",
                policy.id.short()
            );
            let path = format!("spec.egress[{index}]");
            findings.add(&NAMESPACES_AS_OUTSIDE, position, &path, message);
        }
    }
}

/// Workloads behind an ingress that let in nobody of another namespace.
fn cut_off(
    look: &Look<'_>,
    sides: &[Option<Side<'_>>],
    policies: &[(usize, Policy<'_>)],
    findings: &mut Findings<'_>,
) {
    let here = |home: &str| {
        let mut workloads = look
            .workloads
            .iter()
            .filter(|one| namespace(one.object) == home);
        workloads.any(|one| {
            one.containers().iter().any(|container| {
                let image = container.value["image"].as_str().unwrap_or_default();
                CONTROLLERS.iter().any(|name| image.contains(name))
            })
        })
    };
    for (position, ingress) in look.of_kind("networking.k8s.io", "Ingress") {
        let home = namespace(ingress);
        if here(home) {
            continue;
        }
        let mut told = Vec::new();
        for (backend, _) in backends(&ingress.value["spec"]) {
            let service = backend["service"]["name"].as_str().unwrap_or_default();
            let Some(service) = look.view.index.get(("", "Service", home, service)) else {
                continue;
            };
            for workload in look.behind(service) {
                let at = look
                    .workloads
                    .iter()
                    .position(|one| one.position == workload.position);
                let Some(Some(side)) = at.map(|at| &sides[at]) else {
                    continue;
                };
                let holding: Vec<&Object> = policies
                    .iter()
                    .filter(|(_, policy)| policy.isolates(side, Direction::Ingress))
                    .map(|(position, _)| &look.view.objects[*position])
                    .collect();
                let open = |policy: &&Object| {
                    items(&policy.value["spec"]["ingress"])
                        .iter()
                        .any(lets_others_in)
                };
                let Some(first) = holding.first().filter(|_| !holding.iter().any(open)) else {
                    continue;
                };
                if !told.contains(&workload.position) {
                    told.push(workload.position);
                    let message = format!(
                        "`{}` sends to `{}`, but `{}` lets in no pod of another namespace",
                        ingress.id.short(),
                        workload.short(),
                        first.id.short()
                    );
                    findings.add(&INGRESS_CUT_OFF, position, "spec.rules", message);
                }
            }
        }
    }
}

fn lets_others_in(rule: &Value) -> bool {
    let from = items(&rule["from"]);
    let other = |peer: &Value| !peer["namespaceSelector"].is_null() || !peer["ipBlock"].is_null();
    from.is_empty() || from.iter().any(other)
}

/// Connections to services that a workload is told to make: in its variables, its command line, and
/// the keys of config maps that it reads one by one.
fn connections(look: &Look<'_>, findings: &mut Findings<'_>) {
    let services: Vec<(usize, &Object)> = look.of_kind("", "Service").collect();
    if services.is_empty() {
        return;
    }
    for workload in &look.workloads {
        for Named {
            service,
            port,
            path,
        } in named::services(look, workload, &services)
        {
            let object = &look.view.objects[service];
            let headless = object.value["spec"]["clusterIP"] == "None";
            let known = items(&object.value["spec"]["ports"])
                .iter()
                .find(|one| one["port"] == port);
            let behind = look.behind(service);
            if known.is_none() && !headless && object.value["spec"]["type"] != "ExternalName" {
                let message = format!(
                    "`{}` is told the port {port} of `{}`, which has no such port",
                    workload.short(),
                    object.id.short()
                );
                findings.add(&WRONG_PORT, workload.position, &path, message);
                continue;
            }
            for target in &behind {
                if target.position == workload.position {
                    continue;
                }
                let number = known
                    .and_then(|known| pod_port(known, target))
                    .unwrap_or(port);
                let protocol = Protocol::Tcp;
                let to = Traffic {
                    port: number,
                    protocol,
                };
                if !reachable(
                    look.view.objects,
                    &endpoint(workload),
                    &endpoint(target),
                    to,
                )
                .reachable
                {
                    let message = format!(
                        "`{}` is told to talk to `{}` on port {port}, and network policies do not let it",
                        workload.short(),
                        object.id.short()
                    );
                    findings.add(&SERVICE_CUT_OFF, workload.position, &path, message);
                    break;
                }
            }
        }
    }
}

/// The port of the pods behind a service's.
fn pod_port(port: &Value, workload: &Workload<'_>) -> Option<u16> {
    match target_port(port) {
        Value::String(name) => {
            let mut ports = workload.pods.ports();
            ports
                .find(|port: &Port<'_>| port.name == Some(name))
                .map(|port| port.number)
        }
        number => u16::try_from(number.as_u64()?).ok(),
    }
}
