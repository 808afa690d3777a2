//! Rules of a network policy: with whom, and on which ports.

use super::params::{AnyLink, Keyed};
use crate::table::{Fields, OneOrMany, Row, row};
use infra_sdk::resource::{Peer, PolicyRule, Target};
use infra_sdk::types::{Cidr, LabelKey, LabelValue, Port, PortRef};

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row("internet", &["ports"], |ports: OneOrMany<Port>| {
            Target::Internet(ports.0.into_iter().map(Port::number).collect())
        })
        .doc(
            "Addresses outside the cluster (private ranges left out), on these TCP ports: \
             something that a workload connects to.",
        )
        .example(r#"deployment("app").image("a:1").connects_to(internet(443))"#),
        row(
            "pods_in",
            &["namespace", "pods"],
            |namespace: Fields<String>, pods: Fields<String>| Target::Pods {
                namespace: namespace.0.into_iter().collect(),
                pods: pods.0.into_iter().collect(),
            },
        )
        .doc(
            "Pods of another namespace, by labels of the namespace and of the pods: \
             something that a workload connects to.",
        )
        .example(
            r#"deployment("app").image("a:1")
    .connects_to(pods_in(#{ team: "search" }, #{ app: "search" }))"#,
        ),
        row("allow", &[], PolicyRule::new)
            .doc("Everyone, on every port.")
            .example(r#"network_policy("open").ingress(allow())"#),
        row(
            "peer",
            &["self", "peer"],
            |this: PolicyRule, peer: OneOrMany<Peer>| peer.set(this, PolicyRule::peer),
        )
        .doc("With a peer (`from[]`, `to[]`). One, or an array of them.")
        .maps("from")
        .example(
            r#"let inside = [pods_with(#{ app: "gateway" }), addresses("10.0.0.0/8")];
network_policy("web").ingress(allow().peer(inside))"#,
        ),
        row(
            "port",
            &["self", "port"],
            |this: PolicyRule, port: PortRef| this.port(port),
        )
        .doc("On a TCP port of the pods, by number or name (`ports[]`).")
        .maps("ports")
        .example(r#"network_policy("web").ingress(allow().port("http"))"#),
        row(
            "udp_port",
            &["self", "port"],
            |this: PolicyRule, port: PortRef| this.udp_port(port),
        )
        .doc("On a UDP port of the pods (`ports[]`).")
        .maps("ports")
        .example(r#"network_policy("dns").egress(allow().port(53).udp_port(53))"#),
        row(
            "ports",
            &["self", "first", "last"],
            |this: PolicyRule, first: Port, last: Port| this.ports(first, last),
        )
        .doc("On TCP ports from one number to another (`ports[].endPort`).")
        .maps("ports.endPort")
        .example(r#"network_policy("web").egress(allow().ports(30000, 32767))"#),
        row(
            "pods_with",
            &["labels"],
            |labels: Keyed<LabelKey, LabelValue>| Peer::pods(labels.0),
        )
        .doc(
            "Pods of the policy's namespace with these labels (`podSelector`); without \
             labels, all.",
        )
        .example(
            r#"network_policy("web")
    .ingress(allow().peer(pods_with(#{ app: "gateway" })))"#,
        ),
        row(
            "namespaces_with",
            &["labels"],
            |labels: Keyed<LabelKey, LabelValue>| Peer::namespace(labels.0),
        )
        .doc(
            "All pods of namespaces with these labels (`namespaceSelector`); without \
             labels, of every namespace.",
        )
        .example(
            r#"network_policy("web")
    .ingress(allow().peer(namespaces_with(#{ team: "checkout" })))"#,
        ),
        row("pods_of", &["workload"], |workload: AnyLink| {
            Peer::workload(workload.0)
        })
        .doc("The pods of a workload.")
        .example(
            r#"network_policy("db")
    .ingress(allow().peer(pods_of(deployment("app").image("a:1"))))"#,
        ),
        row("addresses", &["range"], |range: Cidr| {
            Peer::addresses(range)
        })
        .doc(
            "Addresses (`ipBlock`), which are those outside the cluster: pods are better \
             named by labels.",
        )
        .example(r#"network_policy("web").egress(allow().peer(addresses("10.0.20.0/24")))"#),
        row(
            "in_namespace",
            &["self", "labels"],
            |this: Peer, labels: Keyed<LabelKey, LabelValue>| this.in_namespace(labels.0),
        )
        .doc(
            "Of the pods only those in namespaces with these labels (`namespaceSelector`). \
             Nothing on addresses and workloads.",
        )
        .maps("namespaceSelector")
        .property()
        .example(
            r#"let prometheus = pods_with(#{ app: "prometheus" })
    .in_namespace(#{ team: "platform" });
network_policy("web").ingress(allow().peer(prometheus))"#,
        ),
        row(
            "except",
            &["self", "range"],
            |this: Peer, range: OneOrMany<Cidr>| range.set(this, Peer::except),
        )
        .doc(
            "Of the addresses not these (`ipBlock.except[]`). Nothing on pods. One, or an \
             array of them.",
        )
        .maps("ipBlock.except")
        .example(
            r#"network_policy("web")
    .egress(allow().peer(addresses("10.0.0.0/8").except("10.0.20.0/24")))"#,
        ),
    ]
}

crate::table::values! {
    PolicyRule = "policy_rule",
    Peer = "peer",
}
