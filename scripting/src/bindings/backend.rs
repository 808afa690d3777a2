//! Services behind an ingress.

use super::params::{AnyLink, AnyService};
use crate::table::{Call, Mismatch, Param, Row, Type, Value, row};
use infra_sdk::resource::Backend;
use infra_sdk::types::{DnsLabel, PortRef};
use rhai::Dynamic;
use std::borrow::Cow;

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row(
            "backend",
            &["service", "port"],
            |service: AnyService, port: PortRef| Backend::to(service.0).port(port),
        )
        .doc("A service and one of its ports, by number or name (`backend.service.port`).")
        .example(
            r#"let web = service("web", deployment("web").image("a:1").port("http", 80));
ingress("entry").host("shop.example", backend(web, "http"))"#,
        ),
        row("backend", &["service"], |service: AnyService| {
            Backend::to(service.0)
        })
        .doc("A service; its port is its only one, or the one named `http`.")
        .example(
            r#"let web = service("web", deployment("web").image("a:1").port("http", 80));
ingress("entry").host("shop.example", backend(web))"#,
        ),
        row("port", &["self", "port"], |this: Backend, port: PortRef| {
            this.port(port)
        })
        .doc("The port, by the service's number or name (`backend.service.port`).")
        .maps("backend.service.port")
        .property()
        .example(
            r#"let web = service("web", deployment("web").image("a:1").port("http", 80));
ingress("entry").host("shop.example", backend(web).port("http"))"#,
        ),
    ]
}

crate::table::values!(Backend = "backend");

/// A service, by itself or by its name, or one of its ports.
pub(crate) struct AnyBackend(pub(super) Backend);

impl Param for AnyBackend {
    fn ty() -> Type {
        Type {
            name: Cow::Borrowed("service or string"),
            entry: None,
        }
    }

    fn expected() -> Cow<'static, str> {
        Cow::Borrowed("a service, its name, or `backend(service).port(…)`")
    }

    fn from_value(value: Dynamic, call: &Call<'_, '_>) -> Result<Self, Mismatch> {
        if let Some(backend) = value.read_lock::<Value<Backend>>() {
            return Ok(Self(backend.get().clone()));
        }
        if value.is_string() {
            return DnsLabel::from_value(value, call).map(|name| Self(name.into()));
        }
        AnyLink::from_value(value, call).map(|link| Self(Backend::to(link.0)))
    }
}
