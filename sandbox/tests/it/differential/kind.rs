//! The kinds that are compared, and what is known to be valid of them.

use infra_schema::crd::Definition;
use infra_schema::kind::{Kind, split_api_version};
use serde::Deserialize;
use serde_json::Value;
use std::sync::LazyLock;

/// What stands for a sequence's own namespace in its operations and answers. What is sent instead is
/// as long, so that nothing else depends on it.
pub(crate) const NAMESPACE: &str = "diff-00000000";

/// A kind with valid bodies and changes. See `kinds.yaml`.
#[derive(Debug, Deserialize)]
pub(crate) struct Sample {
    pub(crate) kind: String,
    pub(crate) api: String,
    #[serde(default = "one")]
    pub(crate) at: usize,
    #[serde(default)]
    pub(crate) pods: Option<String>,
    /// The names its objects have; a short list of any where the kind does not care.
    #[serde(default)]
    pub(crate) names: Vec<String>,
    pub(crate) bodies: Vec<Value>,
    pub(crate) changes: Vec<Value>,
    #[serde(default)]
    pub(crate) status: Vec<Value>,
    #[serde(default)]
    pub(crate) immutable: Vec<Value>,
}

fn one() -> usize {
    1
}

/// Valid changes to what every pod has. See `pods.yaml`.
#[derive(Debug, Deserialize)]
pub(crate) struct Pods {
    pub(crate) pods: Vec<Value>,
    pub(crate) containers: Vec<Value>,
}

fn parse<T: serde::de::DeserializeOwned>(name: &str, text: &str) -> T {
    serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The kinds.
pub(crate) static SAMPLES: LazyLock<Vec<Sample>> =
    LazyLock::new(|| parse("kinds.yaml", include_str!("../../differential/kinds.yaml")));

/// What can change in a pod.
pub(crate) static PODS: LazyLock<Pods> =
    LazyLock::new(|| parse("pods.yaml", include_str!("../../differential/pods.yaml")));

/// The definition of the custom kind.
pub(crate) static WIDGET: LazyLock<Value> = LazyLock::new(|| {
    parse(
        "widget.yaml",
        include_str!("../../differential/widget.yaml"),
    )
});

static WIDGET_KIND: LazyLock<Kind> = LazyLock::new(|| {
    let definition = Definition::parse(&WIDGET).expect("a definition");
    definition.versions[0].kind.clone()
});

/// The kind with this name.
pub(crate) fn sample(kind: &str) -> &'static Sample {
    let found = SAMPLES.iter().find(|sample| sample.kind == kind);
    found.unwrap_or_else(|| panic!("`{kind}` is not among the kinds that are compared"))
}

impl Sample {
    /// What the schema says of it.
    pub(crate) fn schema(&self) -> &'static Kind {
        let (group, version) = split_api_version(&self.api);
        Kind::find(group, version, &self.kind).unwrap_or(&WIDGET_KIND)
    }

    /// Whether a definition brings it.
    pub(crate) fn is_custom(&self) -> bool {
        self.schema() == &*WIDGET_KIND
    }

    /// The names that its objects have in a sequence.
    pub(crate) fn names(&self) -> Vec<String> {
        if !self.names.is_empty() {
            return self.names.clone();
        }
        let prefix = if self.schema().namespaced {
            String::new()
        } else {
            format!("{NAMESPACE}-")
        };
        ["one", "two"]
            .iter()
            .map(|name| format!("{prefix}{name}"))
            .collect()
    }
}
