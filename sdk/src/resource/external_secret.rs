//! An external secret: a Secret whose values a store outside the cluster keeps.

use super::pod::KeyRef;
use super::{Custom, CustomKind, Facts, Link};
use crate::environment::{Graph, Problem};
use crate::types::{DataKey, Duration, Name};
use serde_json::{Value, json};

/// A Secret whose values a store outside the cluster keeps (`ExternalSecret` of External Secrets,
/// `external-secrets.io/v1`).
///
/// It is used as a secret is: `env_from`, a key, a volume. What uses it waits until it is ready.
///
/// ```
/// use infra_sdk::resource::prelude::*;
/// use infra_sdk::resource::{Deployment, ExternalSecret, SecretStore};
///
/// let store = SecretStore::new("aws".parse()?);
/// let keys = ExternalSecret::new("app-keys".parse()?)
///     .secret_store(&store)
///     .data("DATABASE_URL".parse()?, "production/app", Some("url"));
/// let app = Deployment::new("app".parse()?)
///     .env("DATABASE_URL".parse()?, keys.key("DATABASE_URL".parse()?));
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct ExternalSecret {
    custom: Custom,
    store: Option<Link>,
    target: Option<Name>,
}

impl ExternalSecret {
    /// Without values.
    #[track_caller]
    pub fn new(name: Name) -> Self {
        Self {
            custom: Custom::new("external-secrets.io/v1", "ExternalSecret", name),
            store: None,
            target: None,
        }
    }

    /// The store, of its namespace or of the cluster (`spec.secretStoreRef`).
    pub fn secret_store(mut self, store: impl Into<Link>) -> Self {
        let store = store.into();
        let (kind, name) = (store.reference().kind.as_str(), store.name());
        let reference = json!({ "kind": kind, "name": name });
        self.custom.set("spec.secretStoreRef", reference);
        self.store = Some(store);
        self
    }

    /// A key of the Secret, and the entry of the store, with the property of the entry where it has
    /// several, that has its value (`spec.data[]`).
    pub fn data(mut self, key: DataKey, entry: impl Into<String>, property: Option<&str>) -> Self {
        let mut remote = json!({ "key": entry.into() });
        if let Some(property) = property {
            remote["property"] = json!(property);
        }
        let item = json!({ "secretKey": key.as_str(), "remoteRef": remote });
        self.custom.push("spec.data", item);
        self
    }

    /// Every property of an entry of the store becomes a key (`spec.dataFrom[].extract`).
    pub fn data_from(mut self, entry: impl Into<String>) -> Self {
        let item = json!({ "extract": { "key": entry.into() } });
        self.custom.push("spec.dataFrom", item);
        self
    }

    /// How often the store is asked again (`spec.refreshInterval`). Default: 1h.
    pub fn refresh_interval(mut self, time: Duration) -> Self {
        self.custom.set("spec.refreshInterval", time);
        self
    }

    /// The name of the Secret (`spec.target.name`). Default: its own.
    pub fn target(mut self, name: Name) -> Self {
        self.custom.set("spec.target.name", name.as_str());
        self.target = Some(name);
        self
    }

    /// One key of the Secret, as the value of an environment variable.
    pub fn key(&self, key: DataKey) -> KeyRef {
        KeyRef::secret(secret_of(self), key)
    }
}

/// The Secret that is made because of a resource.
pub(super) fn secret_of<K: CustomKind>(resource: &K) -> Link {
    let link = Link::from(resource);
    link.secret().unwrap_or(link)
}

impl CustomKind for ExternalSecret {
    custom!();

    fn known(&self) -> Facts {
        let name = self.target.as_ref().unwrap_or(&self.custom.meta.name);
        Facts {
            secret: Some(name.to_string()),
            ..Facts::default()
        }
    }

    fn problems(&self, graph: &Graph) -> Vec<Problem> {
        let mut problems = Vec::new();
        let kind = self
            .store
            .as_ref()
            .map(|store| store.reference().kind.as_str());
        let spec = &self.custom.lowered(graph, &Value::Null)["spec"];
        if let (Some(store), Some(kind)) = (&self.store, kind)
            && !matches!(kind, "SecretStore" | "ClusterSecretStore")
        {
            let message = format!("names {} as its store", store.in_words());
            let help = "expected a secret store or a cluster secret store";
            problems.push(self.custom.problem("secretStoreRef", message, help));
        }
        let per_entry = |field: &str| {
            let items = spec[field].as_array().into_iter().flatten();
            items.clone().count() > 0 && items.clone().all(|item| item["sourceRef"].is_object())
        };
        if spec["secretStoreRef"].is_null() && !per_entry("data") && !per_entry("dataFrom") {
            let help = "name it: `.secret_store(\"aws\")`";
            let message = "does not say which store keeps its values";
            problems.push(self.custom.problem("secretStoreRef", message, help));
        }
        if spec["data"].is_null() && spec["dataFrom"].is_null() {
            let help = "add a key: `.data(\"DATABASE_URL\", \"production/app\", \"url\")`, or all of an entry: `.data_from(\"production/app\")`";
            problems.push(
                self.custom
                    .problem("data", "takes no value from its store", help),
            );
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::pod::{EnvFrom, HasContainer};
    use crate::resource::testing::{lower, p, problems};
    use crate::resource::{ClusterSecretStore, ConfigMap, Deployment, SecretStore};

    #[test]
    fn values_of_a_store_become_a_secret_that_workloads_use() {
        let store = ClusterSecretStore::new(p("aws"));
        let keys = ExternalSecret::new(p("app-keys"))
            .secret_store(&store)
            .data(p("DATABASE_URL"), "production/app", Some("url"))
            .data(p("TOKEN"), "production/token", None)
            .data_from("production/smtp")
            .refresh_interval(p("30d"))
            .spec(json!({ "target": { "deletionPolicy": "Retain" } }));
        let object = &lower(&[&keys, &store])[0];
        assert_eq!(
            object["spec"],
            json!({
                "secretStoreRef": { "kind": "ClusterSecretStore", "name": "aws" },
                "refreshInterval": "720h",
                "target": { "deletionPolicy": "Retain" },
                "data": [
                    { "secretKey": "DATABASE_URL", "remoteRef": { "key": "production/app", "property": "url" } },
                    { "secretKey": "TOKEN", "remoteRef": { "key": "production/token" } },
                ],
                "dataFrom": [{ "extract": { "key": "production/smtp" } }],
            })
        );
        let named = keys.clone().target(p("keys"));
        let app = Deployment::new(p("app"))
            .image(p("app:1"))
            .env_from(EnvFrom::try_from(Link::from(&keys)).expect("a secret"))
            .env(p("URL"), named.key(p("DATABASE_URL")))
            .volume(
                p("/keys"),
                crate::resource::pod::Volume::try_from(Link::from(&named)).expect("a secret"),
            );
        let pod = &lower(&[&app, &keys, &store])[0]["spec"]["template"]["spec"];
        let container = &pod["containers"][0];
        assert_eq!(
            container["envFrom"],
            json!([{ "secretRef": { "name": "app-keys" } }])
        );
        assert_eq!(
            container["env"][0]["valueFrom"],
            json!({ "secretKeyRef": { "name": "keys", "key": "DATABASE_URL" } })
        );
        assert_eq!(pod["volumes"][0]["secret"]["secretName"], "keys");
        assert_eq!(problems(&[&keys, &store]), [""; 0]);
    }

    #[test]
    fn what_is_wrong() {
        let store = SecretStore::new(p("aws"));
        let settings = ConfigMap::new(p("settings"));
        let secret = || ExternalSecret::new(p("keys"));
        for (secret, expected) in [
            (
                secret().secret_store(&store),
                vec!["external secret `keys` takes no value from its store"],
            ),
            (
                secret().data_from("x"),
                vec!["external secret `keys` does not say which store keeps its values"],
            ),
            (
                secret().data_from("x").secret_store(&settings),
                vec!["external secret `keys` names config map `settings` as its store"],
            ),
            (
                secret().spec(
                    json!({ "dataFrom": [{ "sourceRef": { "generatorRef": { "name": "g" } } }] }),
                ),
                vec![],
            ),
        ] {
            assert_eq!(problems(&[&secret, &store, &settings]), expected);
        }
    }
}
