//! `external_secret(name)`.

use super::custom::custom_rows;
use super::params::AnyStore;
use crate::table::{OneOrMany, Row, row};
use infra_sdk::resource::ExternalSecret;
use infra_sdk::types::{DataKey, Duration, Name};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("external_secret", &["name"], |name: Name| {
            ExternalSecret::new(name)
        })
        .doc(
            "A Secret whose values a store outside the cluster keeps (`ExternalSecret` of External \
             Secrets). It is used as a secret is: `env_from`, a key, a volume; what uses it waits \
             until it is ready.",
        )
        .example(
            r#"let keys = external_secret("app-keys").secret_store("aws")
    .data("DATABASE_URL", "production/app", "url").refresh_interval("1h");
let app = deployment("app").image("a:1").env_from(keys)"#,
        ),
        row(
            "secret_store",
            &["self", "store"],
            |this: ExternalSecret, store: AnyStore| this.secret_store(store.0),
        )
        .doc(
            "The store (`spec.secretStoreRef`): one of the environment, \
             `existing(\"ClusterSecretStore.external-secrets.io\", …)`, or one of the namespace by \
             its name.",
        )
        .maps("spec.secretStoreRef")
        .property()
        .example(
            r#"external_secret("keys").data_from("production/app")
    .secret_store(cluster_secret_store("vault").provider("vault", #{ server: "https://vault.example" }))"#,
        ),
        row(
            "data",
            &["self", "key", "entry"],
            |this: ExternalSecret, key: DataKey, entry: String| this.data(key, entry, None),
        )
        .doc("A key of the Secret, and the entry of the store that has its value (`spec.data[]`).")
        .maps("spec.data")
        .example(r#"external_secret("keys").secret_store("aws").data("TOKEN", "production/token")"#),
        row(
            "data",
            &["self", "key", "entry", "property"],
            |this: ExternalSecret, key: DataKey, entry: String, property: String| {
                this.data(key, entry, Some(&property))
            },
        )
        .doc(
            "A key of the Secret, and the entry of the store with the property of it that has its \
             value (`spec.data[]`).",
        )
        .maps("spec.data")
        .example(r#"external_secret("keys").secret_store("aws").data("URL", "production/app", "url")"#),
        row(
            "data_from",
            &["self", "entry"],
            |this: ExternalSecret, entry: OneOrMany<String>| {
                entry.set(this, ExternalSecret::data_from)
            },
        )
        .doc(
            "Every property of an entry of the store becomes a key (`spec.dataFrom[].extract`). \
             One, or an array of them.",
        )
        .maps("spec.dataFrom")
        .example(r#"external_secret("keys").secret_store("aws").data_from("production/app")"#),
        row(
            "refresh_interval",
            &["self", "time"],
            |this: ExternalSecret, time: Duration| this.refresh_interval(time),
        )
        .doc("How often the store is asked again (`spec.refreshInterval`). Default: 1h.")
        .maps("spec.refreshInterval")
        .property()
        .example(
            r#"external_secret("keys").secret_store("aws").data_from("app").refresh_interval("15m")"#,
        ),
        row(
            "target",
            &["self", "name"],
            |this: ExternalSecret, name: Name| this.target(name),
        )
        .doc("The name of the Secret (`spec.target.name`). Default: its own.")
        .maps("spec.target.name")
        .property()
        .example(r#"external_secret("keys").secret_store("aws").data_from("app").target("app-keys")"#),
        row(
            "key",
            &["self", "key"],
            |this: ExternalSecret, key: DataKey| this.key(key),
        )
        .doc("One key of the Secret, as the value of an environment variable.")
        .example(
            r#"let keys = external_secret("keys").secret_store("aws").data("TOKEN", "token");
let app = deployment("app").image("a:1").env("API_TOKEN", keys.key("TOKEN"))"#,
        ),
    ];
    rows.extend(custom_rows::<ExternalSecret>(
        r#"external_secret("keys").secret_store("aws").data_from("app")
    .spec(#{ target: #{ deletionPolicy: "Retain" } })"#,
    ));
    rows
}

crate::table::resources!(ExternalSecret = "external_secret");
