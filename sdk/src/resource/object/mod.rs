//! Any object, as it is.

mod raw;
mod scale;

pub(super) use self::raw::take_secrets;
use self::raw::{facts_of, relations_of};
use super::{Facts, Meta, Relation, Resource};
use crate::environment::Graph;
use crate::object::{Object, Ref, SecretText};
use crate::types::yaml::{YamlError, documents};
use crate::types::{Invalid, Name, Share};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Any object, as it is: of a kind that has no builder, of a custom resource, or from a file.
///
/// Nothing is added but what its setters add, and the environment's namespace and labels.
///
/// ```
/// use infra_sdk::resource::RawObject;
/// use serde_json::json;
///
/// let class = RawObject::new(json!({
///     "apiVersion": "scheduling.k8s.io/v1",
///     "kind": "PriorityClass",
///     "metadata": { "name": "important" },
///     "value": 1000,
/// }))?;
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct RawObject {
    meta: Meta,
    group: String,
    kind: String,
    /// The object, without the content of a secret.
    value: Value,
    secrets: BTreeMap<String, SecretText>,
}

/// Why a text is not objects.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// It is not YAML.
    #[error(transparent)]
    Yaml(#[from] YamlError),
    /// One of its documents is not an object.
    #[error("document {number}: {reason}")]
    Object {
        /// Which document, from one.
        number: usize,
        /// What is wrong with it.
        reason: Invalid,
    },
}

impl RawObject {
    /// An object as JSON. It must have `apiVersion`, `kind` and `metadata.name`.
    #[track_caller]
    pub fn new(mut value: Value) -> Result<Self, Invalid> {
        let text = |path: &str| {
            let found = value.pointer(path).and_then(Value::as_str);
            found.filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let missing = |field: &str| {
            let found = text("/kind").unwrap_or_else(|| "a map".to_owned());
            let expected =
                format!("`apiVersion`, `kind` and `metadata.name`; `{field}` is missing");
            Invalid::new("an object of Kubernetes", found, expected)
        };
        let api_version = text("/apiVersion").ok_or_else(|| missing("apiVersion"))?;
        let kind = text("/kind").ok_or_else(|| missing("kind"))?;
        let name = text("/metadata/name").ok_or_else(|| missing("metadata.name"))?;
        let name = Name::of_object(&name).ok_or_else(|| {
            Invalid::new(
                "a name",
                name,
                "one that can stand in a URL, without `/` and `%`",
            )
        })?;
        let group = api_version.split_once('/').map_or("", |(group, _)| group);
        let secrets = take_secrets(&mut value);
        Ok(Self {
            meta: Meta::new(name),
            group: group.to_owned(),
            kind,
            value,
            secrets,
        })
    }

    /// The objects of a YAML text, which may have several documents and lists.
    #[track_caller]
    pub fn from_yaml(text: &str) -> Result<Vec<Self>, ManifestError> {
        let origin = crate::object::Origin::caller();
        let documents = documents(text)?.into_iter().enumerate();
        let objects = documents.map(|(index, document)| {
            let mut object = Self::new(document).map_err(|reason| ManifestError::Object {
                number: index + 1,
                reason,
            })?;
            object.meta.origin = origin.clone();
            Ok(object)
        });
        objects.collect()
    }
}

described!(RawObject);

impl Resource for RawObject {
    origin!();

    fn reference(&self) -> Ref {
        let reference = self.meta.reference(&self.group, &self.kind);
        match self.value["metadata"]["namespace"].as_str() {
            Some(namespace) if reference.namespace.is_none() => reference.namespace(namespace),
            _ => reference,
        }
    }

    fn scaled(&self, share: Share) -> Option<Arc<dyn Resource>> {
        let mut scaled = self.clone();
        let (group, kind) = (&self.group, &self.kind);
        scale::scale(group, kind, &mut scaled.value, share).then(|| Arc::new(scaled) as _)
    }

    fn facts(&self) -> Facts {
        facts_of(&self.value)
    }

    fn relations(&self) -> Vec<Relation> {
        let mut relations = self.meta.relations(self.reference());
        relations_of(&self.value, &mut relations, self.meta.origin.made.as_ref());
        relations.done()
    }

    fn lower(&self, _graph: &Graph) -> Vec<Object> {
        let mut set = json!({});
        if let Some(namespace) = &self.meta.namespace {
            set["namespace"] = namespace.as_str().into();
        }
        if !self.meta.labels.is_empty() {
            set["labels"] = json!(self.meta.labels);
        }
        if !self.meta.annotations.is_empty() {
            set["annotations"] = json!(self.meta.annotations);
        }
        let mut value = self.value.clone();
        super::patch::merge(&mut value["metadata"], &set);
        let mut object = self.meta.object(&value);
        object.secrets.clone_from(&self.secrets);
        // A patch may bring more.
        object.secrets.extend(take_secrets(&mut object.value));
        vec![object]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::testing::{lower, p};
    use crate::resource::{Described, RelationKind};

    #[test]
    fn it_stays_as_it_is() {
        let value = json!({
            "apiVersion": "example.com/v1",
            "kind": "Widget",
            "metadata": { "name": "w", "labels": { "a": "1" } },
            "spec": { "empty": {}, "none": [] },
        });
        let object = RawObject::new(value.clone()).expect("an object");
        assert_eq!(lower(&[&object]), [value]);
        let object = object
            .label(p("b"), p("2"))
            .namespace(p("other"))
            .patch(json!({ "spec": { "empty": null } }));
        assert_eq!(
            lower(&[&object]),
            [json!({
                "apiVersion": "example.com/v1",
                "kind": "Widget",
                "metadata": { "name": "w", "namespace": "other", "labels": { "a": "1", "b": "2" } },
                "spec": { "none": [] },
            })]
        );
    }

    #[test]
    fn what_is_no_object() {
        for (value, expected) in [
            (
                json!({}),
                "`a map` is not an object of Kubernetes: expected `apiVersion`, `kind` and `metadata.name`; `apiVersion` is missing",
            ),
            (
                json!({ "apiVersion": "v1", "kind": "Pod" }),
                "`Pod` is not an object of Kubernetes: expected `apiVersion`, `kind` and `metadata.name`; `metadata.name` is missing",
            ),
            (
                json!([1]),
                "`a map` is not an object of Kubernetes: expected `apiVersion`, `kind` and `metadata.name`; `apiVersion` is missing",
            ),
        ] {
            let error = RawObject::new(value).expect_err(expected);
            assert_eq!(error.to_string(), expected);
        }
    }

    #[test]
    fn several_from_yaml_and_no_content_of_a_secret_shows() {
        let text = "\
apiVersion: v1
kind: Secret
metadata: {name: s}
stringData: {a: hunter2}
data: {b: aHVudGVyMw==, c: '/w=='}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: h}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: app}
  maxReplicas: 4
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: other}
spec: {selector: {app: web}, clusterIP: None, ports: [{port: 80, name: http}]}
";
        let objects = RawObject::from_yaml(text).expect("objects");
        let secret = &objects[0].lower(&Graph::default())[0];
        assert_eq!(
            secret.value["data"],
            json!({ "a": "(secret)", "b": "(secret)", "c": "/w==" })
        );
        assert!(secret.value.get("stringData").is_none());
        assert_eq!(secret.secrets["b"], SecretText::text("hunter3"));
        assert!(!format!("{objects:?}").contains("hunter"));
        assert_eq!(
            objects[1].relations()[0].kind,
            RelationKind::Scales { min: 1, max: 4 }
        );
        let facts = objects[2].facts().service.expect("a service");
        assert!(facts.headless);
        assert_eq!(facts.ports[0].protocol, "TCP");
        assert_eq!(objects[2].reference().namespace.as_deref(), Some("other"));
        let error = RawObject::from_yaml("a: 1\n---\nb: 2\n").expect_err("no objects");
        assert!(error.to_string().starts_with("document 1: "), "{error}");
    }
}
