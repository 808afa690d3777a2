//! A config map: settings that are no secret.

use super::pod::{EnvFrom, Files, KeyRef};
use super::{Facts, Meta, Relation, Resource};
use crate::environment::{Graph, Problem};
use crate::object::{Object, Ref};
use crate::types::{DataKey, Invalid, Name, env_lines};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1 as core;
use std::collections::BTreeMap;

/// Settings that are no secret (`ConfigMap`).
///
/// ```
/// use infra_sdk::resource::ConfigMap;
///
/// let settings = ConfigMap::new("app-config".parse()?)
///     .value("NODE_ENV".parse()?, "production")
///     .value("POSTGRES_PORT".parse()?, "5432");
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct ConfigMap {
    meta: Meta,
    data: BTreeMap<String, String>,
    binary: BTreeMap<String, Vec<u8>>,
    immutable: bool,
}

impl ConfigMap {
    /// A config map without keys.
    #[track_caller]
    pub fn new(name: Name) -> Self {
        Self {
            meta: Meta::new(name),
            data: BTreeMap::new(),
            binary: BTreeMap::new(),
            immutable: false,
        }
    }

    /// A key and its text (`data`).
    pub fn value(mut self, key: DataKey, text: impl Into<String>) -> Self {
        self.binary.remove(key.as_str());
        self.data.insert(key.into(), text.into());
        self
    }

    /// Several keys and their texts (`data`).
    pub fn values<V: Into<String>>(self, values: impl IntoIterator<Item = (DataKey, V)>) -> Self {
        values
            .into_iter()
            .fold(self, |this, (key, text)| this.value(key, text))
    }

    /// A file's content under a key: `data` where it is text, else `binaryData`.
    pub fn file(mut self, key: DataKey, content: Vec<u8>) -> Self {
        match String::from_utf8(content) {
            Ok(text) => self.value(key, text),
            Err(error) => {
                self.data.remove(key.as_str());
                self.binary.insert(key.into(), error.into_bytes());
                self
            }
        }
    }

    /// The lines `KEY=value` of an env file's content, each a key (`data`).
    pub fn env_file(self, content: &str) -> Result<Self, Invalid> {
        Ok(self.values(env_lines(content)?))
    }

    /// It is never changed again (`immutable`): another content needs another name.
    pub fn immutable(mut self) -> Self {
        self.immutable = true;
        self
    }

    /// One of its keys, as the value of an environment variable.
    pub fn key(&self, key: DataKey) -> KeyRef {
        KeyRef::config_map(self, key)
    }

    /// All of its keys as environment variables, to be taken in a special way: with a prefix, or where
    /// it may be missing.
    pub fn variables(&self) -> EnvFrom {
        EnvFrom::config_map(self)
    }

    /// All of its keys as environment variables, each with a prefix.
    pub fn prefixed(&self, prefix: impl Into<String>) -> EnvFrom {
        EnvFrom::config_map(self).prefix(prefix)
    }

    /// Its keys as files, to be mounted in a special way.
    pub fn files(&self) -> Files {
        Files::config_map(self)
    }
}

described!(ConfigMap);

impl Resource for ConfigMap {
    origin!();

    fn reference(&self) -> Ref {
        self.meta.reference("", "ConfigMap")
    }

    fn facts(&self) -> Facts {
        let keys = self.data.keys().chain(self.binary.keys());
        Facts {
            keys: Some(keys.cloned().collect()),
            ..Facts::default()
        }
    }

    fn relations(&self) -> Vec<Relation> {
        self.meta.relations(self.reference()).done()
    }

    fn check(&self, _graph: &Graph) -> Vec<Problem> {
        let size = self.data.values().map(String::len).sum::<usize>()
            + self.binary.values().map(Vec::len).sum::<usize>();
        size_problem("config map", &self.meta, size)
            .into_iter()
            .collect()
    }

    fn lower(&self, graph: &Graph) -> Vec<Object> {
        let binary = self.binary.iter();
        let binary: BTreeMap<_, _> = binary
            .map(|(key, bytes)| (key.clone(), ByteString(bytes.clone())))
            .collect();
        let config_map = core::ConfigMap {
            metadata: self.meta.object_meta(graph),
            data: super::meta::some(self.data.clone()),
            binary_data: super::meta::some(binary),
            immutable: self.immutable.then_some(true),
        };
        vec![self.meta.object(&config_map)]
    }
}

/// The API server takes one mebibyte of data in a config map or secret.
pub(super) fn size_problem(what: &str, meta: &Meta, size: usize) -> Option<Problem> {
    const MAX: usize = 1 << 20;
    (size > MAX).then(|| Problem {
        message: format!(
            "{what} `{}` holds {size} bytes, more than the {MAX} that Kubernetes takes",
            meta.name
        ),
        at: meta.origin.made.clone(),
        help: Some("split it, or put the large files into an image or a volume".to_owned()),
    })
}
