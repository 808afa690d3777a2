//! A definition of a custom kind, from its YAML.

use super::object::RawObject;
use super::{CustomResource, ManifestError, Meta, Relation, Resource};
use crate::environment::Graph;
use crate::object::{Object, Origin, Ref};
use crate::types::{Invalid, Name};
use infra_schema::crd::Definition;
use serde_json::Value;
use std::sync::Arc;

/// A definition of a custom kind (`CustomResourceDefinition`), as its authors publish it.
///
/// In an environment it is made before the objects of its kind; they are checked against it whether
/// it is in the environment or not.
///
/// ```
/// use infra_sdk::resource::{Crd, CustomKind};
/// use serde_json::json;
///
/// let crontab = Crd::new(json!({
///     "apiVersion": "apiextensions.k8s.io/v1",
///     "kind": "CustomResourceDefinition",
///     "metadata": { "name": "crontabs.stable.example.com" },
///     "spec": {
///         "group": "stable.example.com",
///         "scope": "Namespaced",
///         "names": { "kind": "CronTab", "plural": "crontabs" },
///         "versions": [{ "name": "v1", "served": true, "storage": true, "schema": {
///             "openAPIV3Schema": { "type": "object", "properties": { "spec": {
///                 "type": "object", "properties": { "schedule": { "type": "string" } },
///             } } },
///         } }],
///     },
/// }))?;
/// let nightly = crontab.resource("nightly".parse()?).spec(json!({ "schedule": "0 2 * * *" }));
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Crd {
    object: RawObject,
    definition: Arc<Value>,
    group: String,
    kind: String,
    /// The versions that are served, the one that objects are kept in first.
    versions: Vec<String>,
}

/// Why a text is no definition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CrdFileError {
    /// It is no objects at all.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// It is another object, or a definition that cannot be read.
    #[error(transparent)]
    Definition(#[from] Invalid),
    /// It has no definition, or none of the kind that was asked for.
    #[error("it defines {}", found(.0))]
    Missing(Vec<String>),
    /// It has several, and none was asked for.
    #[error("it defines several kinds: {}", found(.0))]
    Several(Vec<String>),
}

fn found(kinds: &[String]) -> String {
    let quoted: Vec<String> = kinds.iter().map(|kind| format!("`{kind}`")).collect();
    if quoted.is_empty() {
        "no kind".to_owned()
    } else {
        quoted.join(", ")
    }
}

impl Crd {
    /// A definition as JSON.
    #[track_caller]
    pub fn new(value: Value) -> Result<Self, Invalid> {
        const WHAT: &str = "a definition of a custom kind";
        let name = value["metadata"]["name"]
            .as_str()
            .unwrap_or("a map")
            .to_owned();
        if value["kind"] != "CustomResourceDefinition" {
            let kind = value["kind"].as_str().unwrap_or("a map");
            return Err(Invalid::new(WHAT, kind, "a CustomResourceDefinition"));
        }
        let definition = Definition::parse(&value)
            .map_err(|error| Invalid::new(WHAT, &name, format!("one that can be read; {error}")))?;
        let mut versions: Vec<_> = definition
            .versions
            .iter()
            .filter(|one| one.served)
            .collect();
        versions.sort_by_key(|version| !version.storage);
        let Some(first) = versions.first() else {
            return Err(Invalid::new(
                WHAT,
                name,
                "at least one version that is served",
            ));
        };
        Ok(Self {
            group: first.kind.group.to_string(),
            kind: first.kind.kind.to_string(),
            versions: versions
                .iter()
                .map(|one| one.kind.version.to_string())
                .collect(),
            object: RawObject::new(value.clone())?,
            definition: Arc::new(value),
        })
    }

    /// The definition of a YAML text; its only one, or that of a kind.
    #[track_caller]
    pub fn from_yaml(text: &str, kind: Option<&str>) -> Result<Self, CrdFileError> {
        let documents = crate::types::yaml::documents(text).map_err(ManifestError::from)?;
        let mut definitions: Vec<Value> = documents
            .into_iter()
            .filter(|one| one["kind"] == "CustomResourceDefinition")
            .collect();
        let kind_of = |one: &Value| one["spec"]["names"]["kind"].as_str().map(str::to_owned);
        let kinds: Vec<String> = definitions.iter().filter_map(kind_of).collect();
        if let Some(kind) = kind {
            definitions.retain(|one| kind_of(one).as_deref() == Some(kind));
        }
        match (definitions.len(), definitions.pop()) {
            (1, Some(definition)) => Ok(Self::new(definition)?),
            (0, _) => Err(CrdFileError::Missing(kinds)),
            _ => Err(CrdFileError::Several(kinds)),
        }
    }

    /// An object of its kind, in the version that objects are kept in.
    #[track_caller]
    pub fn resource(&self, name: Name) -> CustomResource {
        let api_version = format!("{}/{}", self.group, self.versions[0]);
        CustomResource::of(&api_version, &self.kind, name).crd(self)
    }

    pub(super) fn defines(&self, group: &str, kind: &str) -> bool {
        self.group == group && self.kind == kind
    }

    pub(super) fn definition(&self) -> &Arc<Value> {
        &self.definition
    }
}

impl super::Described for Crd {
    fn meta_mut(&mut self) -> &mut Meta {
        self.object.meta_mut()
    }
}

impl Resource for Crd {
    fn reference(&self) -> Ref {
        self.object.reference()
    }

    fn origin(&self) -> &Origin {
        self.object.origin()
    }

    fn origin_mut(&mut self) -> &mut Origin {
        self.object.origin_mut()
    }

    fn relations(&self) -> Vec<Relation> {
        self.object.relations()
    }

    fn lower(&self, graph: &Graph) -> Vec<Object> {
        self.object.lower(graph)
    }
}
