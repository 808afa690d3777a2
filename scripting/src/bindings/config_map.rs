//! `config_map(name)`.

use super::described::described_rows;
use super::params::{FileContent, Keyed, texts};
use crate::table::{Fault, Inputs, Row, Scalar, row};
use infra_sdk::resource::ConfigMap;
use infra_sdk::types::{DataKey, Name};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("config_map", &["name"], |name: Name| ConfigMap::new(name))
            .doc("A config map without keys.")
            .example(r#"config_map("settings").values(#{ MODE: "production", PORT: 3000 })"#),
        row(
            "value",
            &["self", "key", "text"],
            |this: ConfigMap, key: DataKey, text: Scalar| this.value(key, text.0),
        )
        .doc("A key and its text (`data`).")
        .maps("data")
        .example(r#"config_map("settings").value("MODE", "production")"#),
        row(
            "values",
            &["self", "values"],
            |this: ConfigMap, values: Keyed<DataKey, Scalar>| this.values(texts(values.0)),
        )
        .doc("Several keys and their texts (`data`).")
        .maps("data")
        .property()
        .example(r#"config_map("settings").values(#{ MODE: "production", PORT: 3000 })"#),
        row(
            "file",
            &["self", "key", "path"],
            |this: ConfigMap, key: DataKey, path: FileContent| this.file(key, path.0),
        )
        .doc("A file's content under a key: `data` where it is text, else `binaryData`.")
        .example(r#"config_map("settings").file("app.conf", "app.conf")"#),
        row(
            "env_file",
            &["self", "path"],
            |this: ConfigMap, path: String, inputs: Inputs| -> Result<ConfigMap, Fault> {
                Ok(this.env_file(&inputs.0.read_text(&path)?)?)
            },
        )
        .doc("The lines `KEY=value` of an env file's content, each a key (`data`).")
        .maps("data")
        .property()
        .example(r#"config_map("settings").env_file("app.env")"#),
        row("immutable", &["self"], |this: ConfigMap| this.immutable())
            .doc("It is never changed again (`immutable`): another content needs another name.")
            .maps("immutable")
            .example(r#"config_map("settings-v2").value("MODE", "production").immutable()"#),
        row("key", &["self", "key"], |this: ConfigMap, key: DataKey| {
            this.key(key)
        })
        .doc("One of its keys, as the value of an environment variable.")
        .example(
            r#"deployment("app").image("a:1")
    .env("MODE", config_map("settings").value("MODE", "x").key("MODE"))"#,
        ),
        row("variables", &["self"], |this: ConfigMap| this.variables())
            .doc(
                "All of its keys as environment variables, to be taken in a special way: with a \
                 prefix, or where it may be missing.",
            )
            .example(
                r#"deployment("app").image("a:1")
    .env_from(config_map("settings").value("LEVEL", "info").variables().prefix("APP_").optional())"#,
            ),
        row(
            "prefixed",
            &["self", "prefix"],
            |this: ConfigMap, prefix: String| this.prefixed(prefix),
        )
        .doc("All of its keys as environment variables, each with a prefix.")
        .example(
            r#"deployment("app").image("a:1")
    .env_from(config_map("settings").value("MODE", "x").prefixed("APP_"))"#,
        ),
        row("files", &["self"], |this: ConfigMap| this.files())
            .doc("Its keys as files, to be mounted in a special way.")
            .example(
                r#"deployment("app").image("a:1")
    .volume("/etc/app", config_map("settings").files().mode("0400"))"#,
            ),
    ];
    rows.extend(described_rows::<ConfigMap>());
    rows
}

crate::table::resources!(ConfigMap = "config_map");
