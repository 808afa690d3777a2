//! `secret(name)`.

use super::described::described_rows;
use super::params::Keyed;
use crate::table::{Fault, Inputs, Row, Secret as SecretArgument, row};
use infra_sdk::resource::Secret;
use infra_sdk::types::{DataKey, Name};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("secret", &["name"], |name: Name| Secret::new(name))
            .doc("A secret without keys.")
            .example(
                r#"secret("keys")
    .values(#{ API: secret_env("API_KEY"), SALT: generated("salt", 32) })"#,
            ),
        row(
            "value",
            &["self", "key", "text"],
            |this: Secret, key: DataKey, text: SecretArgument| this.value(key, text.0),
        )
        .doc("A key and its secret text (`data`).")
        .maps("data")
        .example(r#"secret("keys").value("TOKEN", secret_env("TOKEN"))"#),
        row(
            "values",
            &["self", "values"],
            |this: Secret, values: Keyed<DataKey, SecretArgument>| {
                this.values(values.0.into_iter().map(|(key, text)| (key, text.0)))
            },
        )
        .doc("Several keys and their secret texts (`data`).")
        .maps("data")
        .property()
        .example(
            r#"secret("keys")
    .values(#{ TOKEN: secret_env("TOKEN"), KEY: generated("key", 32) })"#,
        ),
        row(
            "file",
            &["self", "key", "path"],
            |this: Secret, key: DataKey, path: String, inputs: Inputs| {
                inputs.0.check_file(&path)?;
                Ok::<_, Fault>(this.file(key, path))
            },
        )
        .doc(
            "A file's content under a key (`data`). The file is read when the environment \
             is applied.",
        )
        .maps("data")
        .example(r#"secret("keys").file("tls.key", "example.key")"#),
        row(
            "env_file",
            &["self", "path"],
            |this: Secret, path: String, inputs: Inputs| -> Result<Secret, Fault> {
                Ok(this.env_file(&inputs.0.read_text(&path)?)?)
            },
        )
        .doc("The lines `KEY=value` of an env file's content, each a key (`data`).")
        .maps("data")
        .property()
        .example(r#"secret("keys").env_file("app.env")"#),
        row("type", &["self", "kind"], |this: Secret, kind: String| {
            this.kind(kind)
        })
        .doc(
            "The type (`type`), such as `kubernetes.io/tls`, which cannot change later. \
             Default: `Opaque`.",
        )
        .maps("type")
        .property()
        .example(
            r#"secret("keys").type("example.com/token")
    .value("token", secret_env("TOKEN"))"#,
        ),
        row("immutable", &["self"], |this: Secret| this.immutable())
            .doc("It is never changed again (`immutable`): another content needs another name.")
            .maps("immutable")
            .example(r#"secret("keys-v2").value("TOKEN", secret_env("TOKEN")).immutable()"#),
        row("key", &["self", "key"], |this: Secret, key: DataKey| {
            this.key(key)
        })
        .doc("One of its keys, as the value of an environment variable.")
        .example(
            r#"let keys = secret("keys").value("TOKEN", secret_env("TOKEN"));
deployment("app").image("a:1").env("TOKEN", keys.key("TOKEN"))"#,
        ),
        row("variables", &["self"], |this: Secret| this.variables())
            .doc(
                "All of its keys as environment variables, to be taken in a special way: with a \
                 prefix, or where it may be missing.",
            )
            .example(
                r#"deployment("app").image("a:1")
    .env_from(secret("keys").value("TOKEN", "t").variables().prefix("APP_").optional())"#,
            ),
        row(
            "prefixed",
            &["self", "prefix"],
            |this: Secret, prefix: String| this.prefixed(prefix),
        )
        .doc("All of its keys as environment variables, each with a prefix.")
        .example(
            r#"let keys = secret("keys").value("TOKEN", secret_env("TOKEN"));
deployment("app").image("a:1").env_from(keys.prefixed("APP_"))"#,
        ),
        row("files", &["self"], |this: Secret| this.files())
            .doc("Its keys as files, to be mounted in a special way.")
            .example(
                r#"let keys = secret("keys").value("TOKEN", secret_env("TOKEN"));
deployment("app").image("a:1")
    .volume("/keys", keys.files().mode("0400"))"#,
            ),
    ];
    rows.extend(described_rows::<Secret>());
    rows
}

crate::table::resources!(Secret = "secret");
