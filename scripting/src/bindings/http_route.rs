//! `http_route(name, gateway)`.

use super::backend::AnyBackend;
use super::custom::custom_rows;
use crate::table::{OneOrMany, Row, row};
use infra_sdk::resource::{GatewayLink, HttpRoute, RouteRule};
use infra_sdk::types::{HostName, Name};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row(
            "http_route",
            &["name", "gateway"],
            |name: Name, gateway: GatewayLink| HttpRoute::new(name, gateway),
        )
        .doc(
            "Which requests that come in at a gateway go where (`HTTPRoute` of the Gateway \
             API, `gateway.networking.k8s.io/v1`), at every listener of it. What it sends to \
             in another namespace of the environment is allowed there (`ReferenceGrant`); of \
             what others own, they must allow it.",
        )
        .example(
            r#"let app = deployment("app").image("a:1").port("http", 3000);
let route = http_route("shop", gateway("door", "envoy").http())
    .hostnames("shop.example").path("/", service("app", app))"#,
        ),
        row(
            "http_route",
            &["name", "gateway", "listener"],
            |name: Name, gateway: GatewayLink, listener: Name| {
                HttpRoute::at(name, gateway, listener)
            },
        )
        .doc("The same at one listener of a gateway (`spec.parentRefs[].sectionName`).")
        .example(r#"http_route("to-https", "door", "http").redirect_https()"#),
        row(
            "gateway",
            &["self", "gateway"],
            |this: HttpRoute, gateway: GatewayLink| this.gateway(gateway),
        )
        .doc("Every listener of another gateway as well (`spec.parentRefs`).")
        .maps("spec.parentRefs")
        .example(
            r#"http_route("shop", "door").gateway("back-door")
    .path("/", backend(existing("service", "web"), 80))"#,
        ),
        row(
            "gateway_listener",
            &["self", "gateway", "listener"],
            |this: HttpRoute, gateway: GatewayLink, listener: Name| {
                this.gateway_listener(gateway, listener)
            },
        )
        .doc("One listener of another gateway as well (`spec.parentRefs[].sectionName`).")
        .maps("spec.parentRefs")
        .example(
            r#"http_route("shop", "door").gateway_listener("back-door", "https")
    .redirect_https()"#,
        ),
        row(
            "hostnames",
            &["self", "hosts"],
            |this: HttpRoute, hosts: OneOrMany<HostName>| this.hostnames(hosts.0),
        )
        .doc(
            "The hosts whose requests it is for (`spec.hostnames`). Default: those of the \
             listeners.",
        )
        .maps("spec.hostnames")
        .example(
            r#"http_route("shop", "door")
    .hostnames(["shop.example", "www.shop.example"]).redirect_https()"#,
        ),
        row(
            "rule",
            &["self", "rule"],
            |this: HttpRoute, rule: RouteRule| this.rule(rule),
        )
        .doc(
            "A rule (`spec.rules[]`), made with `route_rule()`. The one that says most of a \
             request counts, whatever their order.",
        )
        .maps("spec.rules")
        .example(
            r#"http_route("shop", "door")
    .rule(route_rule().path("/api").header("x-version", "2")
    .backend(backend("api", 80)).request_timeout("10s"))"#,
        ),
        row(
            "path",
            &["self", "path", "backend"],
            |this: HttpRoute, path: String, backend: AnyBackend| this.path(path, backend.0),
        )
        .doc(
            "Requests whose path starts with this one go to a service, or to a workload that \
             has one.",
        )
        .maps("spec.rules")
        .example(r#"http_route("shop", "door").path("/", backend("web", 80))"#),
        row(
            "exact_path",
            &["self", "path", "backend"],
            |this: HttpRoute, path: String, backend: AnyBackend| this.exact_path(path, backend.0),
        )
        .doc("Requests for exactly this path go to a service, or to a workload that has one.")
        .maps("spec.rules")
        .example(r#"http_route("shop", "door").exact_path("/health", backend("web", 80))"#),
        row("redirect_https", &["self"], |this: HttpRoute| {
            this.redirect_https()
        })
        .doc("All requests are answered with a lasting redirect to HTTPS.")
        .maps("spec.rules")
        .example(r#"http_route("to-https", "door", "http").redirect_https()"#),
    ];
    rows.extend(custom_rows::<HttpRoute>(
        r#"http_route("shop", "door").redirect_https().spec(#{ hostnames: ["shop.example"] })"#,
    ));
    rows
}

crate::table::resources!(HttpRoute = "http_route");
