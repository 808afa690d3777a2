//! Where external secrets come from.

use super::{Custom, CustomKind};
use crate::environment::{Graph, Problem};
use crate::types::Name;
use serde_json::Value;

/// Where the external secrets of a namespace come from (`SecretStore` of External Secrets,
/// `external-secrets.io/v1`).
///
/// ```
/// use infra_sdk::resource::{SecretStore, SecretStores};
/// use serde_json::json;
///
/// let settings = json!({ "service": "SecretsManager", "region": "eu-central-1" });
/// let store = SecretStore::new("aws".parse()?).provider("aws", settings);
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct SecretStore {
    custom: Custom,
}

/// Where the external secrets of all namespaces come from (`ClusterSecretStore` of External Secrets,
/// `external-secrets.io/v1`).
///
/// ```
/// use infra_sdk::resource::{ClusterSecretStore, SecretStores};
/// use serde_json::json;
///
/// let settings = json!({ "server": "https://vault.example", "path": "production" });
/// let store = ClusterSecretStore::new("vault".parse()?).provider("vault", settings);
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct ClusterSecretStore {
    custom: Custom,
}

impl SecretStore {
    /// Without a provider.
    #[track_caller]
    pub fn new(name: Name) -> Self {
        Self {
            custom: Custom::new("external-secrets.io/v1", "SecretStore", name),
        }
    }
}

impl ClusterSecretStore {
    /// Without a provider.
    #[track_caller]
    pub fn new(name: Name) -> Self {
        Self {
            custom: Custom::new("external-secrets.io/v1", "ClusterSecretStore", name),
        }
    }
}

/// The setters of stores, of a namespace and of the cluster.
pub trait SecretStores: CustomKind {
    /// Who keeps the secrets, and how it is reached (`spec.provider`): `aws`, `vault`, `gcpsm` and
    /// the like, with the provider's own settings.
    #[must_use]
    fn provider(mut self, name: &str, settings: Value) -> Self {
        self.custom_mut()
            .set(&format!("spec.provider.{name}"), settings);
        self
    }
}

impl SecretStores for SecretStore {}
impl SecretStores for ClusterSecretStore {}

impl CustomKind for SecretStore {
    custom!();

    fn problems(&self, graph: &Graph) -> Vec<Problem> {
        problems(&self.custom, graph)
    }
}

impl CustomKind for ClusterSecretStore {
    custom!();

    fn problems(&self, graph: &Graph) -> Vec<Problem> {
        problems(&self.custom, graph)
    }
}

fn problems(store: &Custom, graph: &Graph) -> Vec<Problem> {
    let lowered = store.lowered(graph, &Value::Null);
    let providers = lowered["spec"]["provider"].as_object();
    let message = match providers.map(serde_json::Map::len) {
        Some(1) => return Vec::new(),
        None | Some(0) => "has no provider".to_owned(),
        Some(several) => format!("has {several} providers, and can have one"),
    };
    let help =
        "name it: `.provider(\"aws\", #{ service: \"SecretsManager\", region: \"eu-central-1\" })`";
    vec![store.problem("provider", message, help)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::testing::{lower, p, problems};
    use serde_json::json;

    #[test]
    fn a_store_has_one_provider() {
        let vault = json!({ "server": "https://vault.example" });
        let store = ClusterSecretStore::new(p("s")).provider("vault", vault.clone());
        let object = &lower(&[&store])[0];
        assert_eq!(object["kind"], "ClusterSecretStore");
        assert_eq!(object["spec"], json!({ "provider": { "vault": vault } }));
        assert_eq!(problems(&[&store]), [""; 0]);
        let store = SecretStore::new(p("s"));
        assert_eq!(problems(&[&store]), ["secret store `s` has no provider"]);
        let store = store.provider("aws", json!({})).provider("vault", vault);
        assert_eq!(
            problems(&[&store]),
            ["secret store `s` has 2 providers, and can have one"]
        );
    }
}
