//! `existing(kind, name)`.

use super::described::described_rows;
use super::params::Keyed;
use crate::table::{Fault, Mismatch, Row, row};
use infra_sdk::resource::Existing;
use infra_sdk::resource::pod::{EnvFrom, Files, KeyRef};
use infra_sdk::types::{DataKey, Invalid, LabelKey, LabelValue, Name, Port, PortName};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row(
            "existing",
            &["kind", "name"],
            |kind: String, name: Name| -> Result<Existing, Fault> {
                Existing::new(&kind, name)
                    .map_err(|error| Fault::Argument(0, Mismatch::sentence(error.to_string())))
            },
        )
        .doc(
            "Something that is there already and that others own: it can be related to, and is \
             not made, nor changed, nor deleted. The kind is a builder's word (`config_map`), a \
             kind, plural or short name of Kubernetes (`ConfigMap`, `configmaps`, `cm`), or \
             `Kind.group` for any other.",
        )
        .example(r#"deployment("app").image("a:1").env_from(existing("config_map", "shared"))"#),
        row(
            "key",
            &["self", "key"],
            |this: Existing, key: DataKey| -> Result<KeyRef, Fault> {
                this.key(key).map_err(keyless)
            },
        )
        .doc(
            "One key of it, as the value of an environment variable, where it is a config map \
             or secret.",
        )
        .example(
            r#"deployment("app").image("a:1")
    .env("TOKEN", existing("secret", "keys").key("TOKEN"))"#,
        ),
        row(
            "variables",
            &["self"],
            |this: Existing| -> Result<EnvFrom, Fault> { this.variables().map_err(keyless) },
        )
        .doc(
            "All of its keys as environment variables, to be taken in a special way, where it is \
             a config map or secret.",
        )
        .example(
            r#"deployment("app").image("a:1")
    .env_from(existing("config_map", "shared").variables().optional())"#,
        ),
        row(
            "prefixed",
            &["self", "prefix"],
            |this: Existing, prefix: String| -> Result<EnvFrom, Fault> {
                this.prefixed(prefix).map_err(keyless)
            },
        )
        .doc(
            "All of its keys as environment variables, each with a prefix, where it is a config \
             map or secret.",
        )
        .example(
            r#"deployment("app").image("a:1").env_from(existing("secret", "db").prefixed("DB_"))"#,
        ),
        row(
            "files",
            &["self"],
            |this: Existing| -> Result<Files, Fault> { this.files().map_err(keyless) },
        )
        .doc(
            "Its keys as files, to be mounted in a special way, where it is a config map or \
             secret.",
        )
        .example(
            r#"deployment("app").image("a:1")
    .volume("/etc/tls", existing("secret", "tls").files().mode("0400"))"#,
        ),
        row(
            "pods",
            &["self", "labels"],
            |this: Existing, labels: Keyed<LabelKey, LabelValue>| this.pods(labels.0),
        )
        .doc(
            "The labels of its pods, where it has any: who connects to it is allowed to reach \
             them.",
        )
        .property()
        .example(
            r#"deployment("app").image("a:1")
    .connects_to(existing("service", "find").pods(#{ app: "find" }).port(80))"#,
        ),
        row("port", &["self", "port"], |this: Existing, port: Port| {
            this.port(None, port)
        })
        .doc("A TCP port of it, where it is a service or has pods.")
        .example(
            r#"deployment("app").image("a:1")
    .connects_to(existing("deployment", "find").pods(#{ app: "find" }).port(80))"#,
        ),
        row(
            "port",
            &["self", "name", "port"],
            |this: Existing, name: PortName, port: Port| this.port(Some(name), port),
        )
        .doc("A TCP port of it with its name, where it is a service or has pods.")
        .example(
            r#"let search = existing("deployment", "search")
    .pods(#{ app: "search" });
deployment("app").image("a:1").connects_to(search.port("http", 9200))"#,
        ),
    ];
    rows.extend(described_rows::<Existing>());
    rows
}

fn keyless(error: Invalid) -> Fault {
    Fault::new(error.to_string())
}

crate::table::resources!(Existing = "existing");
