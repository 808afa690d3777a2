//! The kinds a sandbox serves: the built-in ones, and those that CRDs in it define.

use crate::store::Key;
use infra_schema::crd::{Definition, Version};
use infra_schema::kind::Kind;
use serde_json::Value;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;

/// A kind that is served.
#[derive(Clone, Debug)]
pub(crate) enum Served {
    /// One that every server has.
    BuiltIn(&'static Kind),
    /// One that a CRD defines.
    Custom(Arc<Custom>),
}

/// A kind from a CRD, in one of its versions.
#[derive(Debug)]
pub(crate) struct Custom {
    /// What the CRD says of it.
    pub(crate) version: Version,
    /// The `apiVersion` under which its objects are kept.
    stored: String,
}

impl Deref for Served {
    type Target = Kind;

    fn deref(&self) -> &Kind {
        match self {
            Self::BuiltIn(kind) => kind,
            Self::Custom(custom) => &custom.version.kind,
        }
    }
}

impl Served {
    /// The key of an object of this kind.
    pub(crate) fn key(&self, namespace: &str, name: &str) -> Key {
        let namespace = Some(namespace).filter(|_| self.namespaced);
        Key::new(&self.group, &self.kind, namespace, name)
    }

    /// The `apiVersion` under which objects are kept, whichever they are asked for under.
    pub(crate) fn stored_api_version(&self) -> String {
        match self {
            Self::BuiltIn(kind) => kind.api_version(),
            Self::Custom(custom) => custom.stored.clone(),
        }
    }

    /// Whether a CRD defines it.
    pub(crate) fn is_custom(&self) -> bool {
        matches!(self, Self::Custom(_))
    }

    /// Whether its objects have a status of their own endpoint.
    pub(crate) fn has_status(&self) -> bool {
        self.subresource("status").is_some()
    }
}

/// Built-in kinds that are known and not served: the sandbox has no conversion between versions of
/// built-in kinds, and nobody behind it who could answer reviews.
fn is_served(kind: &Kind) -> bool {
    let stored = kind.has_verb("create") && kind.has_verb("list");
    let twin = matches!(
        (
            kind.group.as_ref(),
            kind.version.as_ref(),
            kind.kind.as_ref()
        ),
        ("autoscaling", "v1", "HorizontalPodAutoscaler") | ("events.k8s.io", _, _)
    );
    stored && !twin
}

/// The kinds of one sandbox.
#[derive(Debug, Default)]
pub(crate) struct Kinds {
    /// By the name of their CRD.
    custom: BTreeMap<String, Vec<Arc<Custom>>>,
}

impl Kinds {
    /// Learns or forgets what a CRD defines. Other objects are of no interest.
    pub(crate) fn notice(&mut self, key: &Key, object: Option<&Value>) {
        if !key.is("apiextensions.k8s.io", "CustomResourceDefinition") {
            return;
        }
        let definition = object.and_then(|object| Definition::parse(object).ok());
        let Some(definition) = definition else {
            self.custom.remove(&key.name);
            return;
        };
        let stored = definition
            .storage()
            .map(|version| version.kind.api_version());
        let stored = stored.unwrap_or_default();
        let served = definition
            .versions
            .into_iter()
            .filter(|version| version.served);
        let kinds = served
            .map(|version| {
                Arc::new(Custom {
                    version,
                    stored: stored.clone(),
                })
            })
            .collect();
        self.custom.insert(key.name.clone(), kinds);
    }

    /// Every kind that is served, the built-in ones first.
    pub(crate) fn all(&self) -> impl Iterator<Item = Served> {
        let built_in = Kind::all()
            .iter()
            .filter(|kind| is_served(kind))
            .map(Served::BuiltIn);
        built_in.chain(self.custom.values().flatten().cloned().map(Served::Custom))
    }

    fn custom(&self, fits: impl Fn(&Kind) -> bool) -> Option<Served> {
        self.custom
            .values()
            .flatten()
            .find(|custom| fits(&custom.version.kind))
            .cloned()
            .map(Served::Custom)
    }

    /// The kind a path names.
    pub(crate) fn by_plural(&self, group: &str, version: &str, plural: &str) -> Option<Served> {
        Kind::find_plural(group, version, plural)
            .filter(|kind| is_served(kind))
            .map(Served::BuiltIn)
            .or_else(|| {
                self.custom(|kind| {
                    kind.plural == plural && kind.group == group && kind.version == version
                })
            })
    }

    /// The kind an object bears.
    pub(crate) fn of(&self, object: &Value) -> Option<Served> {
        let api_version = object["apiVersion"].as_str()?;
        let name = object["kind"].as_str()?;
        let (group, version) = infra_schema::kind::split_api_version(api_version);
        Kind::find(group, version, name)
            .filter(|kind| is_served(kind))
            .map(Served::BuiltIn)
            .or_else(|| {
                self.custom(|kind| {
                    kind.kind == name && kind.group == group && kind.version == version
                })
            })
    }

    /// The kind under which an object with this key is served, whatever the version.
    pub(crate) fn at(&self, key: &Key) -> Option<Served> {
        Kind::find_latest(&key.group, &key.kind)
            .filter(|kind| is_served(kind))
            .map(Served::BuiltIn)
            .or_else(|| self.custom(|kind| kind.kind == key.kind && kind.group == key.group))
    }

    /// Group, kind and whether it has namespaces, of every kind whose objects are kept.
    pub(crate) fn stored(&self) -> Vec<(String, String, bool)> {
        let mut kinds: Vec<_> = self
            .all()
            .map(|kind| {
                (
                    kind.group.to_string(),
                    kind.kind.to_string(),
                    kind.namespaced,
                )
            })
            .collect();
        kinds.dedup();
        kinds
    }
}
