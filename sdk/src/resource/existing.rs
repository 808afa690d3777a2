//! Something that is there already and that others own.

use super::{Facts, Meta, PodFacts, PortFact, Resource, ServiceFacts, pod::KeyRef};
use crate::environment::Graph;
use crate::object::{Object, Ref};
use crate::types::{DataKey, Invalid, LabelKey, LabelValue, Name, Port, PortName, label_map};
use infra_schema::kind::Kind;
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

/// The words of builders that are not Kubernetes' own.
const WORDS: [(&str, &str); 4] = [
    ("volume_claim", "PersistentVolumeClaim"),
    ("autoscaler", "HorizontalPodAutoscaler"),
    ("disruption_budget", "PodDisruptionBudget"),
    ("claim", "PersistentVolumeClaim"),
];

impl Existing {
    /// An object by its kind and name. The kind is a builder's word (`config_map`), a kind, plural or
    /// short name of Kubernetes (`ConfigMap`, `configmaps`, `cm`), or `Kind.group` for any other.
    #[track_caller]
    pub fn new(kind: &str, name: Name) -> Result<Self, Invalid> {
        let meta = Meta::new(name);
        let (group, kind) = find(kind)?;
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
            (_, kind) => Err(Invalid::new(
                "something with keys",
                kind,
                "a config map or a secret",
            )),
        }
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

fn find(word: &str) -> Result<(String, String), Invalid> {
    let known = WORDS.iter().find(|(known, _)| *known == word);
    let plain = known.map_or_else(|| word.replace('_', ""), |(_, kind)| (*kind).to_owned());
    if let Some(kind) = Kind::lookup(&plain).first() {
        return Ok((kind.group.to_string(), kind.kind.to_string()));
    }
    if let Some((kind, group)) = word.split_once('.')
        && kind.starts_with(|c: char| c.is_ascii_uppercase())
        && !group.is_empty()
    {
        return Ok((group.to_owned(), kind.to_owned()));
    }
    let near = Kind::all()
        .iter()
        .map(|kind| {
            let distance =
                strsim::damerau_levenshtein(&kind.singular.to_lowercase(), &plain.to_lowercase());
            (distance, kind.kind.as_ref())
        })
        .min();
    let hint = match near {
        Some((distance, kind)) if distance * 3 <= plain.len() => {
            format!("; did you mean `{kind}`?")
        }
        _ => String::new(),
    };
    let expected =
        "a kind of Kubernetes such as `config_map` or `ConfigMap`, or `Kind.group` for any other";
    Err(Invalid::new("a kind", word, format!("{expected}{hint}")))
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
    fn kinds_by_every_word() {
        for (word, expected) in [
            ("config_map", "/ConfigMap"),
            ("ConfigMap", "/ConfigMap"),
            ("cm", "/ConfigMap"),
            ("volume_claim", "/PersistentVolumeClaim"),
            ("stateful_set", "apps/StatefulSet"),
            ("storage_class", "storage.k8s.io/StorageClass"),
            ("autoscaler", "autoscaling/HorizontalPodAutoscaler"),
            ("Issuer.cert-manager.io", "cert-manager.io/Issuer"),
        ] {
            let (group, kind) = find(word).expect(word);
            assert_eq!(format!("{group}/{kind}"), expected, "{word}");
        }
        let error = Existing::new("deploiment", p("a")).expect_err("no kind");
        assert!(
            error.to_string().ends_with("did you mean `Deployment`?"),
            "{error}"
        );
        assert!(Existing::new("issuer", p("a")).is_err());
    }

    #[test]
    fn a_relation_says_that_it_is_there_already() {
        let secret = Existing::new("secret", p("shared")).expect("a kind");
        let source = EnvFrom::try_from(Link::from(&secret)).expect("a secret");
        let app = Deployment::new(p("app")).env_from(source);
        let relations = app.relations();
        let expected = Target::Existing(Ref::new("", "Secret", "shared"));
        assert_eq!(relations[0].to, expected);
    }
}
