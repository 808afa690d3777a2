//! A definition and its versions.

use std::borrow::Cow;

use serde_json::Value;

use super::schema;
use crate::kind::{Kind, Subresource, Word};
use crate::ty::Type;

const VERBS: &[Word] = &[
    Cow::Borrowed("create"),
    Cow::Borrowed("delete"),
    Cow::Borrowed("deletecollection"),
    Cow::Borrowed("get"),
    Cow::Borrowed("list"),
    Cow::Borrowed("patch"),
    Cow::Borrowed("update"),
    Cow::Borrowed("watch"),
];

const SUBRESOURCE_VERBS: &[Word] = &[
    Cow::Borrowed("get"),
    Cow::Borrowed("patch"),
    Cow::Borrowed("update"),
];

/// A custom resource definition, read.
#[derive(Debug, Clone)]
pub struct Definition {
    /// Name of the definition: `plural.group`.
    pub name: String,
    /// Name of lists of its objects.
    pub list_kind: String,
    /// Its versions, as they are listed.
    pub versions: Vec<Version>,
}

/// One version of a custom resource.
#[derive(Debug, Clone)]
pub struct Version {
    /// The kind in this version, with its type.
    pub kind: Kind,
    /// Whether it can be asked for.
    pub served: bool,
    /// Whether objects are kept in it.
    pub storage: bool,
    /// What a server warns of when it is used.
    pub warning: Option<String>,
    /// What a table of its objects shows.
    pub columns: Vec<Column>,
    /// How it is scaled, if it can be.
    pub scale: Option<Scale>,
    /// Paths by which lists may be filtered, such as `.spec.color`.
    pub selectable_fields: Vec<String>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Heading.
    pub name: String,
    /// `string`, `integer`, `number`, `boolean` or `date`.
    pub kind: String,
    /// Where the value stands, a JSON path.
    pub path: String,
    /// Above zero only in wide tables.
    pub priority: i64,
}

/// Where the scale of an object stands, as paths such as `.spec.replicas`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scale {
    /// Wanted number.
    pub spec_replicas: String,
    /// Present number.
    pub status_replicas: String,
    /// Selector of the pods, as text.
    pub label_selector: Option<String>,
}

/// A definition that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CrdError {
    /// A field that every definition has.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A schema of a type that does not exist.
    #[error("`{path}`: there is no type `{found}`")]
    UnknownType {
        /// Where in the schema.
        path: String,
        /// What stands there.
        found: String,
    },
    /// A list without the type of its items.
    #[error("`{0}.items` is missing")]
    NoItems(String),
}

fn text(value: &Value, pointer: &str) -> Option<String> {
    Some(value.pointer(pointer)?.as_str()?.to_owned()).filter(|text| !text.is_empty())
}

fn words(value: &Value, pointer: &str) -> Vec<Word> {
    let list = value.pointer(pointer).and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(|w| w.to_owned().into())
        .collect()
}

fn flag(value: &Value, name: &str) -> bool {
    value.get(name) == Some(&Value::Bool(true))
}

impl Definition {
    /// Reads a `CustomResourceDefinition`.
    pub fn parse(object: &Value) -> Result<Self, CrdError> {
        let need = |pointer: &str, name: &'static str| {
            text(object, pointer).ok_or(CrdError::Missing(name))
        };
        let group = need("/spec/group", "spec.group")?;
        let plural = need("/spec/names/plural", "spec.names.plural")?;
        let kind = need("/spec/names/kind", "spec.names.kind")?;
        let singular = text(object, "/spec/names/singular").unwrap_or_else(|| kind.to_lowercase());
        let base = Kind {
            version: Cow::Borrowed(""),
            namespaced: need("/spec/scope", "spec.scope")? == "Namespaced",
            short_names: words(object, "/spec/names/shortNames").into(),
            categories: words(object, "/spec/names/categories").into(),
            verbs: Cow::Borrowed(VERBS),
            subresources: Cow::Borrowed(&[]),
            ty: Type::untyped(),
            group: group.clone().into(),
            plural: plural.clone().into(),
            singular: singular.into(),
            kind: kind.clone().into(),
        };
        let versions = object.pointer("/spec/versions").and_then(Value::as_array);
        let versions: Vec<Version> = versions
            .into_iter()
            .flatten()
            .map(|version| Version::parse(&base, version))
            .collect::<Result<_, _>>()?;
        if versions.is_empty() {
            return Err(CrdError::Missing("spec.versions"));
        }
        Ok(Self {
            name: format!("{plural}.{group}"),
            list_kind: text(object, "/spec/names/listKind").unwrap_or(format!("{kind}List")),
            versions,
        })
    }

    /// The version with a name, when it is served.
    pub fn version(&self, name: &str) -> Option<&Version> {
        self.versions
            .iter()
            .find(|v| v.served && v.kind.version == name)
    }

    /// The version in which objects are kept.
    pub fn storage(&self) -> Option<&Version> {
        self.versions.iter().find(|v| v.storage)
    }
}

impl Version {
    fn parse(base: &Kind, version: &Value) -> Result<Self, CrdError> {
        let name = text(version, "/name").ok_or(CrdError::Missing("spec.versions[].name"))?;
        let mut kind = base.clone();
        let scale =
            text(version, "/subresources/scale/specReplicasPath").map(|spec_replicas| Scale {
                spec_replicas,
                status_replicas: text(version, "/subresources/scale/statusReplicasPath")
                    .unwrap_or_default(),
                label_selector: text(version, "/subresources/scale/labelSelectorPath"),
            });
        let mut subresources = Vec::new();
        if scale.is_some() {
            subresources.push(subresource("scale", "autoscaling", "v1", "Scale"));
        }
        if version.pointer("/subresources/status").is_some() {
            subresources.push(subresource("status", &kind.group, &name, &kind.kind));
        }
        kind.subresources = subresources.into();
        kind.ty = match version.pointer("/schema/openAPIV3Schema") {
            Some(schema) => schema::root(schema)?,
            None => Type::untyped(),
        };
        let warning = flag(version, "deprecated").then(|| {
            text(version, "/deprecationWarning")
                .unwrap_or_else(|| format!("{}/{name} {} is deprecated", kind.group, kind.kind))
        });
        kind.version = name.into();
        Ok(Self {
            kind,
            served: flag(version, "served"),
            storage: flag(version, "storage"),
            warning,
            columns: columns(version),
            scale,
            selectable_fields: version
                .pointer("/selectableFields")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(|field| text(field, "/jsonPath"))
                .collect(),
        })
    }

    /// Whether `status` is written through a subresource of its own.
    pub fn has_status(&self) -> bool {
        self.kind.subresource("status").is_some()
    }
}

fn subresource(name: &str, group: &str, version: &str, kind: &str) -> Subresource {
    Subresource {
        name: name.to_owned().into(),
        group: group.to_owned().into(),
        version: version.to_owned().into(),
        kind: kind.to_owned().into(),
        verbs: Cow::Borrowed(SUBRESOURCE_VERBS),
    }
}

fn columns(version: &Value) -> Vec<Column> {
    let columns = version
        .pointer("/additionalPrinterColumns")
        .and_then(Value::as_array);
    columns
        .into_iter()
        .flatten()
        .map(|column| Column {
            name: text(column, "/name").unwrap_or_default(),
            kind: text(column, "/type").unwrap_or_default(),
            path: text(column, "/jsonPath").unwrap_or_default(),
            priority: column
                .get("priority")
                .and_then(Value::as_i64)
                .unwrap_or_default(),
        })
        .collect()
}
