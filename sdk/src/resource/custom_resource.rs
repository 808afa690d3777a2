//! An object of a kind that has no builder and that others define.

use super::{Crd, Custom, CustomKind, Resource};
use crate::environment::{Graph, Problem};
use crate::types::{Invalid, Name};
use serde_json::{Value, json};
use std::sync::Arc;

/// An object of a kind that has no builder and that others define (a custom resource).
///
/// Its fields are checked against the definition of its kind, where that is known: given with
/// [`crd`](Self::crd), in the environment, or among what the platform provides.
///
/// ```
/// use infra_sdk::resource::{CustomKind, CustomResource};
/// use serde_json::json;
///
/// let nightly = CustomResource::new("stable.example.com/v1", "CronTab", "nightly".parse()?)?
///     .spec(json!({ "schedule": "0 2 * * *", "replicas": 2 }));
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct CustomResource {
    custom: Custom,
    group: String,
    kind: String,
    definition: Option<Arc<Value>>,
    /// The name of a definition that is of another kind than this.
    strange: Option<String>,
    /// A field that every object has, set as if it were the kind's own.
    common: Option<&'static str>,
}

/// Fields that every object has, and that have setters of their own.
const COMMON: [&str; 3] = ["apiVersion", "kind", "metadata"];

impl CustomResource {
    /// An object by its `apiVersion`, kind and name.
    #[track_caller]
    pub fn new(api_version: &str, kind: &str, name: Name) -> Result<Self, Invalid> {
        let parts = api_version.split_once('/');
        if !parts.is_some_and(|(group, version)| {
            group.contains('.') && !version.is_empty() && !version.contains('/')
        }) {
            let expected = "a group and a version such as `stable.example.com/v1`";
            return Err(Invalid::new(
                "the `apiVersion` of a custom resource",
                api_version,
                expected,
            ));
        }
        if !kind.starts_with(|c: char| c.is_ascii_uppercase())
            || !kind.chars().all(|c| c.is_ascii_alphanumeric())
        {
            return Err(Invalid::new("a kind", kind, "one such as `CronTab`"));
        }
        Ok(Self::of(api_version, kind, name))
    }

    #[track_caller]
    pub(super) fn of(api_version: &str, kind: &str, name: Name) -> Self {
        let group = api_version.split_once('/').map_or("", |(group, _)| group);
        Self {
            custom: Custom::new(api_version.to_owned(), kind.to_owned(), name),
            group: group.to_owned(),
            kind: kind.to_owned(),
            definition: None,
            strange: None,
            common: None,
        }
    }

    /// The definition of its kind, which its fields are checked against. It need not be in the
    /// environment.
    pub fn crd(mut self, definition: &Crd) -> Self {
        if definition.defines(&self.group, &self.kind) {
            self.definition = Some(Arc::clone(definition.definition()));
            self.strange = None;
        } else {
            self.strange = Some(definition.reference().name);
        }
        self
    }

    /// Any other field beside `metadata`, for kinds that have more than a `spec`: merged into what
    /// was set before, map by map.
    pub fn field(mut self, name: impl Into<String>, value: Value) -> Self {
        let name = name.into();
        match COMMON.iter().find(|common| **common == name) {
            Some(common) => self.common = Some(common),
            None => self.custom.merge(&json!({ name: value })),
        }
        self
    }
}

impl CustomKind for CustomResource {
    custom!();

    fn brought(&self) -> Option<&Value> {
        self.definition.as_deref()
    }

    fn problems(&self, _graph: &Graph) -> Vec<Problem> {
        let strange = self.strange.iter().map(|other| {
            let message = format!(
                "is a `{}` of `{}`, and `{other}` defines another kind",
                self.kind, self.group
            );
            let help = "make it from its definition: `CRD.resource(\"name\")`";
            self.custom.problem("crd", message, help)
        });
        let common = self.common.iter().map(|name| {
            let message = format!("sets the field `{name}`, which every object has");
            let help = "labels, annotations and the namespace have setters of their own";
            self.custom.problem("field", message, help)
        });
        strange.chain(common).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::Described;
    use crate::resource::testing::{lower, p, problems};

    fn widget() -> CustomResource {
        CustomResource::new("example.com/v1", "Widget", p("w")).expect("a kind")
    }

    #[test]
    fn fields_are_merged_and_stand_beside_metadata() {
        let resource = widget()
            .spec(json!({ "a": 1, "b": { "c": 2 } }))
            .spec(json!({ "b": { "d": 3 } }))
            .field("data", json!([1]))
            .namespace(p("other"));
        let found = &lower(&[&resource])[0];
        assert_eq!(found["spec"], json!({ "a": 1, "b": { "c": 2, "d": 3 } }));
        assert_eq!(found["data"], json!([1]));
        assert_eq!(found["metadata"]["namespace"], "other");
        assert_eq!(found["metadata"]["labels"]["app.kubernetes.io/name"], "w");
        let wrong = widget().field("metadata", json!({ "name": "x" }));
        assert_eq!(
            problems(&[&wrong]),
            ["widget `w` sets the field `metadata`, which every object has"]
        );
        assert_eq!(lower(&[&wrong])[0]["metadata"]["name"], "w");
    }

    #[test]
    fn what_is_no_kind_of_others() {
        for (api_version, kind, expected) in [
            (
                "v1",
                "Pod",
                "`v1` is not the `apiVersion` of a custom resource",
            ),
            (
                "example.com/",
                "Widget",
                "`example.com/` is not the `apiVersion` of a custom resource",
            ),
            ("example.com/v1", "widget", "`widget` is not a kind"),
        ] {
            let error = CustomResource::new(api_version, kind, p("w")).expect_err(expected);
            assert!(error.to_string().starts_with(expected), "{error}");
        }
    }
}
