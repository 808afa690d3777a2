//! `service(name, workload)`.

use super::described::described_rows;
use super::params::{AnyLink, AnyServicePort, Keyed};
use crate::table::{Fault, Mismatch, OneOrMany, Row, row};
use infra_sdk::resource::{Service, ServicePort, ServiceType};
use infra_sdk::types::{
    Cidr, DnsLabel, HostName, LabelKey, LabelValue, Port, PortName, PortRef, Protocol, Seconds,
};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row(
            "service",
            &["name", "workload"],
            |name: DnsLabel, workload: AnyLink| Service::new(name, workload.0),
        )
        .doc("A service for the pods of a workload, in its namespace.")
        .example(
            r#"service("db", stateful_set("db").image("postgres:17").port("sql", 5432))
    .headless()"#,
        ),
        row("service", &["name"], |name: DnsLabel| Service::named(name))
            .doc(
                "A service that selects by labels (`selector`), stands for another host \
             (`external_name`), or whose endpoints others keep.",
            )
            .example(r#"service("search").selector(#{ app: "search" }).port(9200)"#),
        row(
            "selector",
            &["self", "labels"],
            |this: Service, labels: Keyed<LabelKey, LabelValue>| this.selector(labels.0),
        )
        .doc(
            "The labels of the pods that it serves (`spec.selector`). Default: the \
             workload's selector.",
        )
        .maps("spec.selector")
        .property()
        .example(r#"service("search").selector(#{ app: "search" }).port(9200)"#),
        row(
            "port",
            &["self", "port", "target"],
            |this: Service, port: PortRef, target: PortRef| -> Result<Service, Fault> {
                let served = match (port, target) {
                    (PortRef::Number(port), target) => ServicePort::new(port).target(target),
                    (PortRef::Name(name), PortRef::Number(port)) => {
                        ServicePort::new(port).name(name)
                    }
                    (PortRef::Name(_), PortRef::Name(_)) => {
                        let problem = "must be the number of a port after the name of one";
                        return Err(Fault::Argument(1, Mismatch::new(problem)));
                    }
                };
                Ok(this.port(served))
            },
        )
        .doc(
            "A port and the pods' port, by number or name, that it leads to; or a port's name and \
             its number (`spec.ports[]`).",
        )
        .maps("spec.ports")
        .example(
            r#"service("web", deployment("app").image("a:1").port("http", 3000))
    .port(80, "http")"#,
        ),
        row(
            "port",
            &["self", "port"],
            |this: Service, port: OneOrMany<AnyServicePort>| {
                port.set(this, |this, one| this.port(one.0))
            },
        )
        .doc("A port (`spec.ports[]`). Default, where none is set: the workload's.")
        .maps("spec.ports")
        .example(
            r#"service("app", deployment("app").image("a:1").port("http", 3000))
    .port(80, "http")"#,
        ),
        row(
            "type",
            &["self", "kind"],
            |this: Service, kind: ServiceType| this.kind(kind),
        )
        .doc("Who can reach it (`spec.type`). Default: the cluster.")
        .maps("spec.type")
        .property()
        .example(
            r#"service("app", deployment("app").image("a:1").port("http", 3000))
    .type("LoadBalancer")"#,
        ),
        row("headless", &["self"], |this: Service| this.headless())
            .doc(
                "No address of its own (`spec.clusterIP: None`): its name stands for the pods' \
             addresses. The service of a stateful set is one.",
            )
            .maps("spec.clusterIP")
            .example(r#"service("db", stateful_set("db").image("db:1").port(5432)).headless()"#),
        row(
            "external_name",
            &["self", "host"],
            |this: Service, host: HostName| this.external_name(host),
        )
        .doc(
            "Its name stands for another host's (`spec.externalName`, `type: \
             ExternalName`).",
        )
        .maps("spec.externalName")
        .property()
        .example(r#"service("search").external_name("search.example")"#),
        row("publish_not_ready_addresses", &["self"], |this: Service| {
            this.publish_not_ready_addresses()
        })
        .doc(
            "Pods that are not ready are served too (`spec.publishNotReadyAddresses`): for \
             members of a cluster that find each other before they are ready. Default: they \
             are not.",
        )
        .maps("spec.publishNotReadyAddresses")
        .example(
            r#"service("db", stateful_set("db").image("db:1").port(5432)).headless()
    .publish_not_ready_addresses()"#,
        ),
        row(
            "session_affinity",
            &["self", "timeout"],
            |this: Service, timeout: Option<Seconds>| this.session_affinity(timeout),
        )
        .doc(
            "Requests of one client go to one pod (`spec.sessionAffinity: ClientIP`), until \
             it was silent for a time (default 3h). Default: to any.",
        )
        .maps("spec.sessionAffinity")
        .property()
        .example(
            r#"service("app", deployment("app").image("a:1").port("http", 3000))
    .session_affinity("3h")"#,
        ),
        row("external_traffic_local", &["self"], |this: Service| {
            this.external_traffic_local()
        })
        .doc(
            "Requests from outside stay on their node, and keep the client's address \
             (`spec.externalTrafficPolicy: Local`). Default: they go to any node.",
        )
        .maps("spec.externalTrafficPolicy")
        .example(
            r#"service("app", deployment("app").image("a:1").port("http", 3000))
    .type("LoadBalancer").external_traffic_local()"#,
        ),
        row("internal_traffic_local", &["self"], |this: Service| {
            this.internal_traffic_local()
        })
        .doc(
            "Requests from the cluster stay on their node (`spec.internalTrafficPolicy: \
             Local`).",
        )
        .maps("spec.internalTrafficPolicy")
        .example(
            r#"service("agent", deployment("agent").image("a:1").port("http", 3000))
    .internal_traffic_local()"#,
        ),
        row(
            "load_balancer_class",
            &["self", "name"],
            |this: Service, name: String| this.load_balancer_class(name),
        )
        .doc(
            "Which load balancer serves it (`spec.loadBalancerClass`). Default: the \
             platform's.",
        )
        .maps("spec.loadBalancerClass")
        .property()
        .example(
            r#"service("app", deployment("app").image("a:1").port("http", 3000))
    .type("LoadBalancer")
    .load_balancer_class("example.com/internal")"#,
        ),
        row(
            "load_balancer_source_range",
            &["self", "range"],
            |this: Service, range: OneOrMany<Cidr>| {
                range.set(this, Service::load_balancer_source_range)
            },
        )
        .doc(
            "Addresses from which the load balancer takes requests \
             (`spec.loadBalancerSourceRanges[]`). Default: all. One, or an array of them.",
        )
        .maps("spec.loadBalancerSourceRanges")
        .example(
            r#"service("app", deployment("app").image("a:1").port("http", 3000))
    .type("LoadBalancer")
    .load_balancer_source_range("192.0.2.0/24")"#,
        ),
        row(
            "traffic_distribution",
            &["self", "preference"],
            |this: Service, preference: String| this.traffic_distribution(preference),
        )
        .doc(
            "Requests rather go to pods near the client (`spec.trafficDistribution`), such \
             as `PreferSameZone`. Default: to any.",
        )
        .maps("spec.trafficDistribution")
        .property()
        .example(
            r#"service("app", deployment("app").image("a:1").port("http", 3000))
    .traffic_distribution("PreferClose")"#,
        ),
        row("service_port", &["port"], |port: Port| {
            ServicePort::new(port)
        })
        .doc("A TCP port; requests go to the same port of the pods.")
        .example(
            r#"service("dns").selector(#{ app: "dns" })
    .port(service_port(53).protocol("UDP"))"#,
        ),
        row(
            "name",
            &["self", "name"],
            |this: ServicePort, name: PortName| this.name(name),
        )
        .doc("Its name (`name`): needed where there are several.")
        .maps("name")
        .property()
        .example(
            r#"service("app").selector(#{ app: "app" })
    .port(service_port(80).name("http"))"#,
        ),
        row(
            "target",
            &["self", "port"],
            |this: ServicePort, port: PortRef| this.target(port),
        )
        .doc("The pods' port, by number or name (`targetPort`). Default: the same number.")
        .maps("targetPort")
        .property()
        .example(
            r#"service("app").selector(#{ app: "app" })
    .port(service_port(80).target("http"))"#,
        ),
        row(
            "protocol",
            &["self", "protocol"],
            |this: ServicePort, protocol: Protocol| this.protocol(protocol),
        )
        .doc("The protocol (`protocol`). Default: TCP.")
        .maps("protocol")
        .property()
        .example(
            r#"service("dns").selector(#{ app: "dns" })
    .port(service_port(53).protocol("UDP"))"#,
        ),
        row(
            "node_port",
            &["self", "port"],
            |this: ServicePort, port: Port| this.node_port(port),
        )
        .doc(
            "The port on every node (`nodePort`). Default: the API server picks one, for \
             the types that have one.",
        )
        .maps("nodePort")
        .property()
        .example(
            r#"service("app").selector(#{ app: "app" }).type("NodePort")
    .port(service_port(80).node_port(30080))"#,
        ),
        row(
            "app_protocol",
            &["self", "name"],
            |this: ServicePort, name: String| this.app_protocol(name),
        )
        .doc("What is spoken on it (`appProtocol`), such as `kubernetes.io/h2c`.")
        .maps("appProtocol")
        .property()
        .example(
            r#"service("rpc").selector(#{ app: "rpc" })
    .port(service_port(80).app_protocol("kubernetes.io/h2c"))"#,
        ),
    ];
    rows.extend(described_rows::<Service>());
    rows
}

crate::table::resources!(Service = "service");
