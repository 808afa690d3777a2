//! `listener(name, port, protocol)`: doors of a gateway.

use super::params::{AnySecret, Keyed};
use crate::table::{Row, row};
use infra_sdk::resource::{Listener, ListenerProtocol};
use infra_sdk::types::{HostName, LabelKey, LabelValue, Name, Port};

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row(
            "listener",
            &["name", "port", "protocol"],
            |name: Name, port: Port, protocol: ListenerProtocol| Listener::new(name, port, protocol),
        )
        .doc(
            "One door of a gateway (`spec.listeners[]`): a port, what is spoken there (`HTTP`, \
             `HTTPS`, `TLS`, `TCP` or `UDP`), for which host.",
        )
        .example(r#"listener("admin", 8443, "HTTPS").hostname("admin.shop.example").tls("admin-tls")"#),
        row("hostname", &["self", "host"], |this: Listener, host: HostName| {
            this.hostname(host)
        })
        .doc("The host that it is for, `*.` before it for its children (`hostname`). Default: all.")
        .property()
        .example(r#"listener("web", 80, "HTTP").hostname("*.shop.example")"#),
        row("tls", &["self", "secret"], |this: Listener, secret: AnySecret| {
            this.tls(secret.0)
        })
        .doc(
            "The certificate that it shows (`tls.certificateRefs`): a certificate, or a secret, which \
             cert-manager makes where the gateway names an issuer.",
        )
        .example(r#"listener("web", 443, "HTTPS").tls("shop-tls")"#),
        row("passthrough", &["self"], |this: Listener| this.passthrough())
            .doc("What is encrypted is passed on as it is (`tls.mode: Passthrough`). Default: it ends here.")
            .example(r#"listener("raw", 8443, "TLS").hostname("db.shop.example").passthrough()"#),
        row("any_namespace", &["self"], |this: Listener| this.any_namespace())
            .doc(
                "Routes of any namespace may attach (`allowedRoutes.namespaces.from: All`). \
                 Default: of the gateway's own.",
            )
            .example(r#"listener("web", 80, "HTTP").any_namespace()"#),
        row(
            "namespaces",
            &["self", "labels"],
            |this: Listener, labels: Keyed<LabelKey, LabelValue>| this.namespaces(labels.0),
        )
        .doc("Routes of namespaces with these labels may attach (`allowedRoutes.namespaces.selector`).")
        .example(r#"listener("web", 80, "HTTP").namespaces(#{ team: "shop" })"#),
    ]
}

crate::table::values!(Listener = "listener");
