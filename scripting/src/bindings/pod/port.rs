//! Ports of containers.

use crate::table::{Row, row};
use infra_sdk::resource::pod::ContainerPort;
use infra_sdk::types::{Port, PortName, Protocol};

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row("container_port", &["port"], |port: Port| {
            ContainerPort::new(port)
        })
        .doc("A TCP port without a name.")
        .example(
            r#"deployment("dns").image("a:1")
    .port(container_port(53).protocol("UDP"))"#,
        ),
        row(
            "container_port",
            &["name", "port"],
            |name: PortName, port: Port| ContainerPort::named(name, port),
        )
        .doc("A TCP port with a name, by which probes and services may refer to it.")
        .example(
            r#"deployment("app").image("a:1")
    .port(container_port("dns", 53).protocol("UDP"))"#,
        ),
        row(
            "protocol",
            &["self", "protocol"],
            |this: ContainerPort, protocol: Protocol| this.protocol(protocol),
        )
        .doc("The protocol (`protocol`). Default: TCP.")
        .maps("protocol")
        .property()
        .example(
            r#"deployment("dns").image("a:1")
    .port(container_port(53).protocol("UDP"))"#,
        ),
        row(
            "host_port",
            &["self", "port"],
            |this: ContainerPort, port: Port| this.host_port(port),
        )
        .doc("The same port on the node's own addresses (`hostPort`).")
        .maps("hostPort")
        .property()
        .example(r#"deployment("dns").image("a:1").port(container_port(53).host_port(53))"#),
    ]
}
