//! Values of environment variables that come from elsewhere.

use super::super::params::FieldValue;
use crate::table::{Row, row};
use infra_sdk::resource::pod::{EnvFrom, FieldRef, KeyRef, ResourceRef};
use infra_sdk::types::{DnsLabel, Quantity};

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row("field", &["field"], |field: FieldRef| FieldValue(field))
            .doc(
                "A field of the pod (`valueFrom.fieldRef`), such as `metadata.name` or \
             `status.podIP`.",
            )
            .example(r#"deployment("app").image("a:1").env("POD", field("metadata.name"))"#),
        row("optional", &["self"], |this: KeyRef| this.optional())
            .doc(
                "The container starts without the variable where the object or its key is \
             missing (`optional`). Default: it does not start.",
            )
            .maps("optional")
            .example(
                r#"deployment("app").image("a:1")
    .env("TOKEN", existing("secret", "keys").key("TOKEN").optional())"#,
            ),
        row(
            "prefix",
            &["self", "prefix"],
            |this: EnvFrom, prefix: String| this.prefix(prefix),
        )
        .doc("What stands before every key (`prefix`).")
        .maps("prefix")
        .property()
        .example(
            r#"deployment("app").image("a:1")
    .env_from(existing("secret", "db").variables().prefix("DB_"))"#,
        ),
        row("optional", &["self"], |this: EnvFrom| this.optional())
            .doc(
                "The container starts where the object is missing (`optional`). Default: it \
             does not.",
            )
            .maps("optional")
            .example(
                r#"deployment("app").image("a:1")
    .env_from(config_map("extra").prefixed("EXTRA_").optional())"#,
            ),
        row("limit_of", &["resource"], |resource: String| {
            ResourceRef::limit(resource)
        })
        .doc("A limit (`limits.…`) of the same container.")
        .example(r#"deployment("app").image("a:1").env("MEMORY", limit_of("memory"))"#),
        row("request_of", &["resource"], |resource: String| {
            ResourceRef::request(resource)
        })
        .doc("A request (`requests.…`) of the same container.")
        .example(r#"deployment("app").image("a:1").env("CPUS", request_of("cpu"))"#),
        row(
            "container",
            &["self", "name"],
            |this: ResourceRef, name: DnsLabel| this.container(name),
        )
        .doc(
            "Another container of the pod (`containerName`). Default: the one that has the \
             variable.",
        )
        .maps("containerName")
        .example(
            r#"deployment("app").image("a:1")
    .env("MEMORY", limit_of("memory").container("app"))"#,
        ),
        row(
            "divisor",
            &["self", "divisor"],
            |this: ResourceRef, divisor: Quantity| this.divisor(divisor),
        )
        .doc("The unit in which the value is given (`divisor`), rounded up. Default: `1`.")
        .maps("divisor")
        .property()
        .example(
            r#"deployment("app").image("a:1")
    .env("MEMORY_MIB", limit_of("memory").divisor("1Mi"))"#,
        ),
    ]
}
