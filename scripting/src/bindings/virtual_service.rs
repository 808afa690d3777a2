//! `virtual_service(service)`.

use super::custom::custom_rows;
use super::described::own_name;
use super::params::AnyLink;
use crate::table::{OneOrMany, Row, row};
use infra_sdk::resource::VirtualService;
use infra_sdk::types::{Duration, HostName};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("virtual_service", &["service"], |service: AnyLink| {
            VirtualService::new(service.0)
        })
        .doc(
            "How the mesh sends the requests for a service (`VirtualService` of Istio), with \
             the service's name: to which subsets and services in which shares, how often \
             they are tried again, and how long they may take.",
        )
        .example(
            r#"let web = service("web", deployment("web").image("a:1").port("http", 80));
let canary = virtual_service(web).route("stable", 90)
    .route("canary", 10).timeout("10s").retries(3)"#,
        ),
        own_name(
            VirtualService::name,
            "Its own name (`metadata.name`). Default: the service's.",
            r#"virtual_service(existing("service", "web")).name("shop")"#,
        ),
        row(
            "host",
            &["self", "host"],
            |this: VirtualService, host: OneOrMany<HostName>| host.set(this, VirtualService::host),
        )
        .doc(
            "A host whose requests it is for (`spec.hosts[]`). Default: the service. One, or \
             an array of them.",
        )
        .maps("spec.hosts")
        .example(
            r#"virtual_service(existing("service", "web")).host("shop.example")
    .gateway("public")"#,
        ),
        row(
            "gateway",
            &["self", "name"],
            |this: VirtualService, name: OneOrMany<String>| name.set(this, VirtualService::gateway),
        )
        .doc(
            "A gateway of Istio whose requests it is for (`spec.gateways[]`); `mesh` for \
             those of the mesh's own pods. Default: `mesh`. One, or an array of them.",
        )
        .maps("spec.gateways")
        .example(
            r#"virtual_service(existing("service", "web"))
    .gateway(["istio-ingress/public", "mesh"])"#,
        ),
        row(
            "route",
            &["self", "subset"],
            |this: VirtualService, subset: String| this.route(subset, None),
        )
        .doc(
            "All requests go to a subset of the service, which a destination rule describes \
             (`spec.http[].route[]`).",
        )
        .maps("spec.http")
        .example(r#"virtual_service(existing("service", "web")).route("stable")"#),
        row(
            "route",
            &["self", "subset", "weight"],
            |this: VirtualService, subset: String, weight: u16| this.route(subset, Some(weight)),
        )
        .doc(
            "A share of the requests, of all weights together, goes to a subset of the \
             service, which a destination rule describes (`spec.http[].route[]`).",
        )
        .maps("spec.http")
        .example(
            r#"virtual_service(existing("service", "web")).route("stable", 90)
    .route("canary", 10)"#,
        ),
        row(
            "route_to",
            &["self", "service"],
            |this: VirtualService, service: AnyLink| this.route_to(service.0, None),
        )
        .doc("All requests go to another service (`spec.http[].route[]`).")
        .maps("spec.http")
        .example(
            r#"virtual_service(existing("service", "web"))
    .route_to(existing("service", "web-v2"))"#,
        ),
        row(
            "route_to",
            &["self", "service", "weight"],
            |this: VirtualService, service: AnyLink, weight: u16| {
                this.route_to(service.0, Some(weight))
            },
        )
        .doc(
            "A share of the requests, of all weights together, goes to a service \
             (`spec.http[].route[]`).",
        )
        .maps("spec.http")
        .example(
            r#"let web = existing("service", "web");
let routes = virtual_service(web).route_to(web, 95)
    .route_to(existing("service", "web-v2"), 5)"#,
        ),
        row(
            "timeout",
            &["self", "time"],
            |this: VirtualService, time: Duration| this.timeout(time),
        )
        .doc(
            "How long an answer may take (`spec.http[].timeout`). Default: as long as it \
             takes.",
        )
        .maps("spec.http.timeout")
        .property()
        .example(r#"virtual_service(existing("service", "web")).timeout("10s")"#),
        row(
            "retries",
            &["self", "attempts"],
            |this: VirtualService, attempts: u16| this.retries(attempts),
        )
        .doc(
            "How often a request that failed is tried again (`spec.http[].retries.attempts`). \
             Default: 2.",
        )
        .maps("spec.http.retries")
        .property()
        .example(r#"virtual_service(existing("service", "web")).retries(3)"#),
        row(
            "per_try_timeout",
            &["self", "time"],
            |this: VirtualService, time: Duration| this.per_try_timeout(time),
        )
        .doc(
            "How long one try may take (`spec.http[].retries.perTryTimeout`). Default: as \
             long as all together.",
        )
        .maps("spec.http.retries.perTryTimeout")
        .property()
        .example(
            r#"virtual_service(existing("service", "web")).retries(3)
    .per_try_timeout("500ms")"#,
        ),
        row(
            "retry_on",
            &["self", "reasons"],
            |this: VirtualService, reasons: String| this.retry_on(reasons),
        )
        .doc(
            "What counts as failed (`spec.http[].retries.retryOn`), such as \
             `5xx,connect-failure`.",
        )
        .maps("spec.http.retries.retryOn")
        .property()
        .example(
            r#"virtual_service(existing("service", "web")).retries(3)
    .retry_on("5xx,connect-failure")"#,
        ),
    ];
    rows.extend(custom_rows::<VirtualService>(
        r#"virtual_service(existing("service", "web")).spec(#{ exportTo: ["."] })"#,
    ));
    rows
}

crate::table::resources!(VirtualService = "virtual_service");
