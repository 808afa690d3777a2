//! `ingress(name)`.

use super::backend::AnyBackend;
use super::described::described_rows;
use super::params::AnySecretName;
use crate::table::{OneOrMany, Row, row};
use infra_sdk::resource::Ingress;
use infra_sdk::types::{HostName, Name};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("ingress", &["name"], |name: Name| Ingress::new(name))
            .doc("An ingress without routes.")
            .example(r#"ingress("entry").host("shop.example", "web").tls("shop-tls")"#),
        row("class", &["self", "name"], |this: Ingress, name: Name| {
            this.class(name)
        })
        .doc(
            "The class, which names the controller that serves it \
             (`spec.ingressClassName`). Default: the cluster's default class.",
        )
        .maps("spec.ingressClassName")
        .property()
        .example(r#"ingress("entry").class("nginx").host("shop.example", "web")"#),
        row(
            "host",
            &["self", "host", "backend"],
            |this: Ingress, host: HostName, backend: AnyBackend| this.host(host, backend.0),
        )
        .doc(
            "All requests to a host go to a service (`spec.rules[]`, path `/`, `pathType: \
             Prefix`). The port is the service's only one, or the one named `http`, unless \
             the backend names another.",
        )
        .maps("spec.rules")
        .example(
            r#"let web = service("web", deployment("web").image("a:1").port("http", 80));
ingress("entry").host("shop.example", web)"#,
        ),
        row(
            "path",
            &["self", "host", "path", "backend"],
            |this: Ingress, host: HostName, path: String, backend: AnyBackend| {
                this.path(host, path, backend.0)
            },
        )
        .doc("Requests to a host whose path starts with this one (`pathType: Prefix`).")
        .maps("pathType")
        .example(
            r#"ingress("entry").host("shop.example", "web")
    .path("shop.example", "/api", "api")"#,
        ),
        row(
            "exact_path",
            &["self", "host", "path", "backend"],
            |this: Ingress, host: HostName, path: String, backend: AnyBackend| {
                this.exact_path(host, path, backend.0)
            },
        )
        .doc("Requests to a host for exactly this path (`pathType: Exact`).")
        .maps("pathType")
        .example(r#"ingress("entry").exact_path("shop.example", "/robots.txt", "web")"#),
        row(
            "any_host",
            &["self", "path", "backend"],
            |this: Ingress, path: String, backend: AnyBackend| this.any_host(path, backend.0),
        )
        .doc(
            "Requests to any host whose path starts with this one (`spec.rules[]` without \
             `host`).",
        )
        .maps("spec.rules")
        .example(r#"ingress("entry").any_host("/", "web")"#),
        row(
            "default_backend",
            &["self", "backend"],
            |this: Ingress, backend: AnyBackend| this.default_backend(backend.0),
        )
        .doc(
            "Where requests go that no rule is for (`spec.defaultBackend`). Default: the \
             controller's own answer.",
        )
        .maps("spec.defaultBackend")
        .property()
        .example(
            r#"ingress("entry").host("shop.example", "web")
    .default_backend("not-found")"#,
        ),
        row(
            "tls",
            &["self", "secret"],
            |this: Ingress, secret: AnySecretName| this.tls(secret.0),
        )
        .doc(
            "HTTPS for every host of its rules, with the certificate of a secret \
             (`spec.tls[]`), which cert-manager makes where an issuer is named; or a certificate.",
        )
        .maps("spec.tls")
        .example(
            r#"ingress("entry").host("shop.example", "web")
    .tls(certificate("shop-tls").dns_name("shop.example").cluster_issuer("letsencrypt"))"#,
        ),
        row(
            "tls_for",
            &["self", "secret", "hosts"],
            |this: Ingress, secret: AnySecretName, hosts: OneOrMany<HostName>| {
                this.tls_for(secret.0, hosts.0)
            },
        )
        .doc("HTTPS for these hosts, with the certificate of a secret (`spec.tls[]`).")
        .maps("spec.tls")
        .example(
            r#"ingress("entry").host("shop.example", "web")
    .host("api.example", "api")
    .tls_for("api-tls", "api.example")"#,
        ),
    ];
    rows.extend(described_rows::<Ingress>());
    rows
}

crate::table::resources!(Ingress = "ingress");
