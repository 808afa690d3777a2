//! `gateway(name, class)`.

use super::custom::custom_rows;
use super::params::AnySecret;
use crate::table::{Row, row};
use infra_sdk::resource::{Gateway, Listener};
use infra_sdk::types::{HostName, Name};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("gateway", &["name", "class"], |name: Name, class: Name| {
            Gateway::new(name, class)
        })
        .doc(
            "Where requests from outside come in (`Gateway` of the Gateway API, \
             `gateway.networking.k8s.io/v1`): ports, hosts and certificates. Its class \
             (`spec.gatewayClassName`) names the controller that makes it come true. Routes \
             say where requests go: `http_route(…)`.",
        )
        .example(r#"gateway("door", "envoy").http().https("shop-tls")"#),
        row("listener", &["self", "listener"], |this: Gateway, listener: Listener| {
            this.listener(listener)
        })
        .doc("A door (`spec.listeners[]`), made with `listener(…)`.")
        .maps("spec.listeners")
        .example(
            r#"gateway("door", "envoy")
    .listener(listener("admin", 8443, "HTTPS").tls("admin-tls"))"#,
        ),
        row("http", &["self"], |this: Gateway| this.http())
            .doc(
            "HTTP without encryption, at port 80, for all hosts: the listener `http`.",
        )
            .maps("spec.listeners")
            .example(r#"gateway("door", "envoy").http()"#),
        row("https", &["self", "secret"], |this: Gateway, secret: AnySecret| {
            this.https(secret.0)
        })
        .doc(
            "HTTPS at port 443, for all hosts, with the certificate of a secret: the listener \
             `https`.",
        )
        .maps("spec.listeners")
        .example(r#"gateway("door", "envoy").https(existing("secret", "shop-tls"))"#),
        row(
            "https_for",
            &["self", "host", "secret"],
            |this: Gateway, host: HostName, secret: AnySecret| this.https_for(host, secret.0),
        )
        .doc(
            "HTTPS at port 443 for a host, with the certificate of a secret: the listener \
             `https-` and the host, with `-` for dots and `any` for the star.",
        )
        .maps("spec.listeners")
        .example(
            r#"gateway("door", "envoy")
    .https_for("shop.example", certificate("shop-tls").dns_name("shop.example").cluster_issuer("letsencrypt"))"#,
        ),
        row("any_namespace", &["self"], |this: Gateway| this.any_namespace())
            .doc(
            "Routes of any namespace may attach, at every listener that does not say whose \
             (`allowedRoutes.namespaces.from: All`). Default: of the gateway's own.",
        )
            .maps("spec.listeners.allowedRoutes")
            .example(r#"gateway("door", "envoy").http().any_namespace()"#),
        row("cluster_issuer", &["self", "name"], |this: Gateway, name: Name| {
            this.cluster_issuer(name)
        })
        .doc(
            "The issuer of its certificates, for all namespaces \
             (`cert-manager.io/cluster-issuer`).",
        )
        .maps("metadata.annotations")
        .property()
        .example(
            r#"gateway("door", "envoy").https_for("shop.example", "shop-tls")
    .cluster_issuer("letsencrypt")"#,
        ),
        row("issuer", &["self", "name"], |this: Gateway, name: Name| {
            this.issuer(name)
        })
        .doc(
            "The issuer of its certificates, of its own namespace (`cert-manager.io/issuer`).",
        )
        .maps("metadata.annotations")
        .property()
        .example(
            r#"gateway("door", "envoy").https_for("shop.example", "shop-tls")
    .issuer("letsencrypt")"#,
        ),
    ];
    rows.extend(custom_rows::<Gateway>(
        r#"gateway("door", "envoy").http().spec(#{ addresses: [#{ type: "IPAddress", value: "203.0.113.7" }] })"#,
    ));
    rows
}

crate::table::resources!(Gateway = "gateway");
