//! A secret.

use super::config_map::size_problem;
use super::object::take_secrets;
use super::pod::{EnvFrom, Files, KeyRef};
use super::typed_secret::problem as form_problem;
use super::{Facts, Meta, Relation, Resource};
use crate::environment::{Graph, Problem};
use crate::object::{Object, Ref, SecretPart, SecretText};
use crate::types::{DataKey, Invalid, Name, env_lines};
use k8s_openapi::api::core::v1 as core;
use std::collections::BTreeMap;

/// Secret values (`Secret`). What they are is not known here, only where each comes from.
///
/// ```
/// use infra_sdk::object::SecretText;
/// use infra_sdk::resource::Secret;
///
/// let key = SecretText::env("API_KEY");
/// let secrets = Secret::new("app-secrets".parse()?)
///     .value("API_KEY".parse()?, key)
///     .value("EMAIL_FROM".parse()?, "noreply@example.com");
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Secret {
    meta: Meta,
    data: BTreeMap<String, SecretText>,
    kind: Option<String>,
    immutable: bool,
}

impl Secret {
    /// A secret without keys.
    #[track_caller]
    pub fn new(name: Name) -> Self {
        Self {
            meta: Meta::new(name),
            data: BTreeMap::new(),
            kind: None,
            immutable: false,
        }
    }

    /// A key and its secret text (`data`).
    pub fn value(mut self, key: DataKey, text: impl Into<SecretText>) -> Self {
        self.data.insert(key.into(), text.into());
        self
    }

    /// Several keys and their secret texts (`data`).
    pub fn values<V: Into<SecretText>>(
        self,
        values: impl IntoIterator<Item = (DataKey, V)>,
    ) -> Self {
        values
            .into_iter()
            .fold(self, |this, (key, text)| this.value(key, text))
    }

    /// A file's content under a key (`data`). The file is read when the environment is applied.
    pub fn file(self, key: DataKey, path: impl Into<String>) -> Self {
        self.value(key, SecretText::file(path))
    }

    /// The lines `KEY=value` of an env file's content, each a key (`data`).
    pub fn env_file(self, content: &str) -> Result<Self, Invalid> {
        Ok(self.values(env_lines(content)?))
    }

    /// The type (`type`), such as `kubernetes.io/tls`, which cannot change later. Default: `Opaque`.
    pub fn kind(mut self, kind: impl Into<String>) -> Self {
        self.kind = Some(kind.into());
        self
    }

    /// It is never changed again (`immutable`): another content needs another name.
    pub fn immutable(mut self) -> Self {
        self.immutable = true;
        self
    }

    /// One of its keys, as the value of an environment variable.
    pub fn key(&self, key: DataKey) -> KeyRef {
        KeyRef::secret(self, key)
    }

    /// All of its keys as environment variables, to be taken in a special way: with a prefix, or where
    /// it may be missing.
    pub fn variables(&self) -> EnvFrom {
        EnvFrom::secret(self)
    }

    /// All of its keys as environment variables, each with a prefix.
    pub fn prefixed(&self, prefix: impl Into<String>) -> EnvFrom {
        EnvFrom::secret(self).prefix(prefix)
    }

    /// Its keys as files, to be mounted in a special way.
    pub fn files(&self) -> Files {
        Files::secret(self)
    }
}

described!(Secret);

impl Resource for Secret {
    origin!();

    fn reference(&self) -> Ref {
        self.meta.reference("", "Secret")
    }

    fn facts(&self) -> Facts {
        Facts {
            keys: Some(self.data.keys().cloned().collect()),
            ..Facts::default()
        }
    }

    fn relations(&self) -> Vec<Relation> {
        self.meta.relations(self.reference()).done()
    }

    fn check(&self, _graph: &Graph) -> Vec<Problem> {
        let parts = self.data.values().flat_map(SecretText::sources);
        let size = parts
            .map(|part| match part {
                SecretPart::Text(text) | SecretPart::Read(text) => text.len(),
                SecretPart::Generated(generated) => generated.length,
                SecretPart::From(_) | SecretPart::Existing(_) | SecretPart::Encoded { .. } => 0,
            })
            .sum();
        let kind = self.kind.as_deref().unwrap_or_default();
        let forms = self.data.iter();
        let forms = forms.filter_map(|(key, text)| form_problem(&self.meta, kind, key, text));
        let size = size_problem("secret", &self.meta, size);
        size.into_iter().chain(forms).collect()
    }

    fn lower(&self, graph: &Graph) -> Vec<Object> {
        let secret = core::Secret {
            metadata: self.meta.object_meta(graph),
            type_: Some(self.kind.clone().unwrap_or_else(|| "Opaque".to_owned())),
            immutable: self.immutable.then_some(true),
            ..core::Secret::default()
        };
        let mut object = self.meta.object(&secret);
        // A patch may bring keys of its own, whose content must not show either.
        object.secrets = take_secrets(&mut object.value);
        object.secrets.extend(self.data.clone());
        for (key, text) in &object.secrets {
            object.value["data"][key] = text.token().into();
        }
        vec![object]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::Described;
    use crate::resource::testing::p;
    use serde_json::json;

    #[test]
    fn a_patch_brings_no_content_either() {
        let patch = json!({ "stringData": { "C": "hunter3" }, "data": { "D": "aHVudGVyNA==" } });
        let secret = Secret::new(p("s")).value(p("A"), "hunter2").patch(patch);
        let object = &secret.lower(&Graph::default())[0];
        let token = "(secret)";
        assert_eq!(
            object.value["data"],
            json!({ "A": token, "C": token, "D": token })
        );
        assert!(object.value.get("stringData").is_none());
        assert_eq!(object.secrets["D"], SecretText::text("hunter4"));
        assert!(!format!("{secret:?}{object:?}").contains("hunter"));
    }

    #[test]
    fn no_content_of_a_secret_shows() {
        let secret = Secret::new("s".parse().expect("a name"))
            .value("A".parse().expect("a key"), "hunter2")
            .value(
                "B".parse().expect("a key"),
                SecretText::text("x:").join(SecretText::env("B")),
            );
        let objects = secret.lower(&Graph::default());
        let value = &objects[0].value;
        assert_eq!(value["data"]["A"], "(secret)");
        assert_eq!(value["data"]["B"], "(secret: env B)");
        assert_eq!(objects[0].secrets.len(), 2);
        assert!(!format!("{secret:?}{objects:?}").contains("hunter2"));
    }
}
