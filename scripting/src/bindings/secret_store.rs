//! `secret_store(name)` and `cluster_secret_store(name)`.

use super::custom::custom_rows;
use crate::table::{Json, Row, ScriptType, row};
use infra_sdk::resource::{ClusterSecretStore, SecretStore, SecretStores};
use infra_sdk::types::Name;

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("secret_store", &["name"], |name: Name| {
            SecretStore::new(name)
        })
        .doc(
            "Where the external secrets of a namespace come from (`SecretStore` of External \
             Secrets).",
        )
        .example(
            r#"secret_store("aws")
    .provider("aws", #{ service: "SecretsManager", region: "eu-central-1" })"#,
        ),
        row("cluster_secret_store", &["name"], |name: Name| {
            ClusterSecretStore::new(name)
        })
        .doc(
            "Where the external secrets of all namespaces come from (`ClusterSecretStore` of \
             External Secrets).",
        )
        .example(
            r#"cluster_secret_store("vault")
    .provider("vault", #{ server: "https://vault.example", path: "production" })"#,
        ),
    ];
    rows.extend(store_rows::<SecretStore>([
        r#"secret_store("gcp").provider("gcpsm", #{ projectID: "shop" })"#,
        r#"secret_store("gcp").provider("gcpsm", #{ projectID: "shop" }).spec(#{ refreshInterval: 3600 })"#,
    ]));
    rows.extend(store_rows::<ClusterSecretStore>([
        r#"cluster_secret_store("gcp").provider("gcpsm", #{ projectID: "shop" })"#,
        r#"cluster_secret_store("gcp").provider("gcpsm", #{ projectID: "shop" })
    .spec(#{ conditions: [#{ namespaces: ["shop"] }] })"#,
    ]));
    rows
}

fn store_rows<W: SecretStores + ScriptType>([provider, spec]: [&'static str; 2]) -> Vec<Row> {
    let mut rows = vec![
        row(
            "provider",
            &["self", "name", "settings"],
            |this: W, name: String, settings: Json| this.provider(&name, settings.0),
        )
        .doc(
            "Who keeps the secrets, and how it is reached (`spec.provider`): `aws`, `vault`, \
             `gcpsm` and the like, with the provider's own settings.",
        )
        .maps("spec.provider")
        .example(provider),
    ];
    rows.extend(custom_rows::<W>(spec));
    rows
}

crate::table::resources! {
    SecretStore = "secret_store",
    ClusterSecretStore = "cluster_secret_store",
}
