//! `existing(kind, name)`.

use super::described::described_rows;
use super::params::Keyed;
use crate::table::{Fault, Mismatch, Row, row};
use infra_sdk::resource::Existing;
use infra_sdk::resource::pod::KeyRef;
use infra_sdk::types::{DataKey, LabelKey, LabelValue, Name, Port, PortName};

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
                this.key(key)
                    .map_err(|error| Fault::Argument(0, Mismatch::sentence(error.to_string())))
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
            "pods",
            &["self", "labels"],
            |this: Existing, labels: Keyed<LabelKey, LabelValue>| this.pods(labels.0),
        )
        .doc(
            "The labels of its pods, where it has any: who connects to it is allowed to reach \
             them.",
        )
        .property(),
        row("port", &["self", "port"], |this: Existing, port: Port| {
            this.port(None, port)
        })
        .doc("A TCP port of it, where it is a service or has pods."),
        row(
            "port",
            &["self", "name", "port"],
            |this: Existing, name: PortName, port: Port| this.port(Some(name), port),
        )
        .doc("A TCP port of it with its name, where it is a service or has pods."),
    ];
    rows.extend(described_rows::<Existing>());
    rows
}

crate::table::resources!(Existing = "existing");
