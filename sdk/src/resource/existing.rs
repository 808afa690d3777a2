//! Something that is there already and that others own.

use super::{
    Facts, Link, Meta, PodFacts, PortFact, Resource, ServiceFacts,
    pod::{EnvFrom, Files, KeyRef},
};
use crate::environment::Graph;
use crate::object::{Object, Ref};
use crate::types::{
    DataKey, Invalid, LabelKey, LabelValue, Name, Port, PortName, kind_or_any, label_map,
};
use std::collections::BTreeMap;

/// Something that is there already and that others own: it can be related to, and is not made, nor
/// changed, nor deleted.
///
/// ```
/// use infra_sdk::resource::Existing;
///
/// let account = Existing::new("service_account", "deployer".parse()?)?;
/// let issuer = Existing::new("Issuer.cert-manager.io", "internal".parse()?)?;
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Existing {
    meta: Meta,
    group: String,
    kind: String,
    pods: BTreeMap<String, String>,
    ports: Vec<PortFact>,
}

impl Existing {
    /// An object by its kind and name. The kind is a builder's word (`config_map`), a kind, plural or
    /// short name of Kubernetes (`ConfigMap`, `configmaps`, `cm`), or `Kind.group` for any other.
    #[track_caller]
    pub fn new(kind: &str, name: Name) -> Result<Self, Invalid> {
        let meta = Meta::new(name);
        let (group, kind) = kind_or_any(kind)?;
        Ok(Self {
            meta,
            group,
            kind,
            pods: BTreeMap::new(),
            ports: Vec::new(),
        })
    }

    /// One key of it, as the value of an environment variable, where it is a config map or secret.
    pub fn key(&self, key: DataKey) -> Result<KeyRef, Invalid> {
        match (self.group.as_str(), self.kind.as_str()) {
            ("", "ConfigMap") => Ok(KeyRef::config_map(self, key)),
            ("", "Secret") => Ok(KeyRef::secret(self, key)),
            _ => Err(self.keyless()),
        }
    }

    /// All of its keys as environment variables, to be taken in a special way, where it is a config map
    /// or secret.
    pub fn variables(&self) -> Result<EnvFrom, Invalid> {
        EnvFrom::try_from(Link::from(self)).map_err(|_| self.keyless())
    }

    /// All of its keys as environment variables, each with a prefix, where it is a config map or
    /// secret.
    pub fn prefixed(&self, prefix: impl Into<String>) -> Result<EnvFrom, Invalid> {
        Ok(self.variables()?.prefix(prefix))
    }

    /// Its keys as files, to be mounted in a special way, where it is a config map or secret.
    pub fn files(&self) -> Result<Files, Invalid> {
        match (self.group.as_str(), self.kind.as_str()) {
            ("", "ConfigMap") => Ok(Files::config_map(self)),
            ("", "Secret") => Ok(Files::secret(self)),
            _ => Err(self.keyless()),
        }
    }

    fn keyless(&self) -> Invalid {
        let expected = "a config map or a secret";
        Invalid::new("something with keys", &self.kind, expected)
    }

    /// The labels of its pods, where it has any: who connects to it is allowed to reach them.
    pub fn pods(mut self, labels: impl IntoIterator<Item = (LabelKey, LabelValue)>) -> Self {
        self.pods = label_map(labels);
        self
    }

    /// A TCP port of it, where it is a service or has pods.
    pub fn port(mut self, name: Option<PortName>, port: Port) -> Self {
        self.ports.push(PortFact {
            name: name.map(Into::into),
            port: port.number(),
            protocol: "TCP".to_owned(),
        });
        self
    }
}

described!(Existing);

impl Resource for Existing {
    origin!();

    fn reference(&self) -> Ref {
        self.meta.reference(&self.group, &self.kind)
    }

    fn facts(&self) -> Facts {
        let is_service = self.group.is_empty() && self.kind == "Service";
        let service = is_service.then(|| ServiceFacts {
            workload: None,
            labels: self.meta.labels.clone(),
            selector: self.pods.clone(),
            ports: self.ports.clone(),
            headless: false,
        });
        let pods = (!is_service && !self.pods.is_empty()).then(|| PodFacts {
            selector: self.pods.clone(),
            labels: self.pods.clone(),
            ports: self.ports.clone(),
            ..PodFacts::default()
        });
        Facts {
            pods,
            service,
            existing: true,
            ..Facts::default()
        }
    }

    fn lower(&self, _graph: &Graph) -> Vec<Object> {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::pod::{EnvFrom, HasContainer};
    use crate::resource::testing::p;
    use crate::resource::{Deployment, Link, Target};

    #[test]
    fn a_relation_says_that_it_is_there_already() {
        let secret = Existing::new("secret", p("shared")).expect("a kind");
        let source = EnvFrom::try_from(Link::from(&secret)).expect("a secret");
        let app = Deployment::new(p("app")).env_from(source);
        let relations = app.relations();
        let expected = Target::Existing(Ref::new("", "Secret", "shared"));
        assert_eq!(relations[0].to, expected);
    }

    #[test]
    fn what_may_be_missing_need_not_be_there() {
        let shared = || Existing::new("config_map", p("shared")).expect("a kind");
        let app = || Deployment::new(p("app")).image(p("app:1"));
        let optional = || shared().variables().expect("it has keys").optional();
        let needed = |app: Deployment| {
            let rendered = crate::environment::Environment::new("shop")
                .add(app)
                .render();
            rendered.expect("right").existing.len()
        };
        assert_eq!(needed(app().env_from(optional())), 0);
        let prefixed = shared().prefixed("S_").expect("it has keys");
        assert_eq!(needed(app().env_from(optional()).env_from(prefixed)), 1);
        let node = Existing::new("node", p("a")).expect("a kind");
        let error = node
            .variables()
            .expect_err("a node has no keys")
            .to_string();
        assert!(
            error.ends_with("expected a config map or a secret"),
            "{error}"
        );
    }
}
