//! An alert: one rule of a Prometheus rule.

use crate::types::{AlertLabel, Duration, Promql};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// One alert of a [`PrometheusRule`](super::PrometheusRule): it fires where an expression gives a
/// result.
///
/// ```
/// use infra_sdk::resource::{Alert, PrometheusRule};
///
/// let errors = Alert::new("HighErrorRate", "rate(errors_total[5m]) > 0.05".parse()?)
///     .for_duration("5m".parse()?)
///     .severity("critical")
///     .summary("High error rate");
/// let rule = PrometheusRule::new("api".parse()?).alert(errors);
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Alert {
    pub(super) name: String,
    expr: Promql,
    lasts: Option<Duration>,
    keep_firing: Option<Duration>,
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
}

impl Alert {
    /// An alert with its name (`alert`), which fires for each result of an expression (`expr`).
    pub fn new(name: impl Into<String>, expr: Promql) -> Self {
        Self {
            name: name.into(),
            expr,
            lasts: None,
            keep_firing: None,
            labels: BTreeMap::new(),
            annotations: BTreeMap::new(),
        }
    }

    /// How long the expression must have given the result before the alert fires (`for`). Default:
    /// it fires at once.
    pub fn for_duration(mut self, time: Duration) -> Self {
        self.lasts = Some(time);
        self
    }

    /// How long it goes on after the expression gives no result any more (`keep_firing_for`).
    pub fn keep_firing_for(mut self, time: Duration) -> Self {
        self.keep_firing = Some(time);
        self
    }

    /// How bad it is (`labels.severity`), by which Alertmanager mostly sends it: `critical`,
    /// `warning`, `info`.
    pub fn severity(mut self, severity: impl Into<String>) -> Self {
        self.labels.insert("severity".to_owned(), severity.into());
        self
    }

    /// Adds a label (`labels`), or replaces the one under its name.
    pub fn label(mut self, name: AlertLabel, value: impl Into<String>) -> Self {
        self.labels.insert(name.into(), value.into());
        self
    }

    /// Adds labels (`labels`).
    pub fn labels<V: Into<String>>(
        self,
        labels: impl IntoIterator<Item = (AlertLabel, V)>,
    ) -> Self {
        labels
            .into_iter()
            .fold(self, |this, (name, value)| this.label(name, value))
    }

    /// What it is about, in a line (`annotations.summary`); `{{ $value }}` and `{{ $labels.x }}`
    /// stand for what was found.
    pub fn summary(mut self, text: impl Into<String>) -> Self {
        self.annotate("summary", text);
        self
    }

    /// What it is about, in a few sentences (`annotations.description`).
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.annotate("description", text);
        self
    }

    /// Where it is written what to do (`annotations.runbook_url`).
    pub fn runbook_url(mut self, url: impl Into<String>) -> Self {
        self.annotate("runbook_url", url);
        self
    }

    /// Adds an annotation (`annotations`), or replaces the one under its name.
    pub fn annotation(mut self, name: AlertLabel, value: impl Into<String>) -> Self {
        self.annotate(name, value);
        self
    }

    /// Adds annotations (`annotations`).
    pub fn annotations<V: Into<String>>(
        self,
        annotations: impl IntoIterator<Item = (AlertLabel, V)>,
    ) -> Self {
        annotations
            .into_iter()
            .fold(self, |this, (name, value)| this.annotation(name, value))
    }

    fn annotate(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.annotations.insert(name.into(), value.into());
    }

    /// As an item of `rules`.
    pub(super) fn lower(&self) -> Value {
        let mut rule = json!({ "alert": self.name, "expr": self.expr.as_str() });
        if let Some(time) = &self.lasts {
            rule["for"] = time.into();
        }
        if let Some(time) = &self.keep_firing {
            rule["keep_firing_for"] = time.into();
        }
        for (field, texts) in [("labels", &self.labels), ("annotations", &self.annotations)] {
            if !texts.is_empty() {
                rule[field] = json!(texts);
            }
        }
        rule
    }
}
