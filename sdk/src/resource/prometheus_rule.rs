//! Alerts of Prometheus.

use super::{Alert, Custom, CustomKind};
use crate::environment::{Graph, Problem};
use crate::types::Name;
use serde_json::{Value, json};

/// Alerts of Prometheus, in groups (`PrometheusRule` of the Prometheus operator,
/// `monitoring.coreos.com/v1`).
///
/// Recording rules, and a group's own interval, are for [`spec`](CustomKind::spec), whose groups are
/// merged by name.
///
/// ```
/// use infra_sdk::resource::{Alert, PrometheusRule};
///
/// let down = Alert::new("Down", "up == 0".parse()?).for_duration("5m".parse()?);
/// let rule = PrometheusRule::new("shop".parse()?).group("availability", [down]);
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct PrometheusRule {
    custom: Custom,
    groups: Vec<(String, Vec<Alert>)>,
}

impl PrometheusRule {
    /// Without alerts.
    #[track_caller]
    pub fn new(name: Name) -> Self {
        Self {
            custom: Custom::new("monitoring.coreos.com/v1", "PrometheusRule", name),
            groups: Vec::new(),
        }
    }

    /// An alert of the group that bears this object's own name (`spec.groups[].rules[]`).
    pub fn alert(self, alert: Alert) -> Self {
        let name = self.custom.meta.name.to_string();
        self.group(name, [alert])
    }

    /// Alerts of a group (`spec.groups[]`), which are evaluated one after the other.
    pub fn group(
        mut self,
        name: impl Into<String>,
        alerts: impl IntoIterator<Item = Alert>,
    ) -> Self {
        let name = name.into();
        match self.groups.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => known.extend(alerts),
            None => self.groups.push((name, alerts.into_iter().collect())),
        }
        self
    }
}

impl CustomKind for PrometheusRule {
    custom!();

    fn found(&self, _graph: &Graph) -> Value {
        let groups = self.groups.iter().map(|(name, alerts)| {
            let rules: Vec<Value> = alerts.iter().map(Alert::lower).collect();
            json!({ "name": name, "rules": rules })
        });
        json!({ "spec": { "groups": groups.collect::<Vec<_>>() } })
    }

    fn problems(&self, graph: &Graph) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (group, alerts) in &self.groups {
            for (index, alert) in alerts.iter().enumerate() {
                if alerts[..index].contains(alert) {
                    let message = format!("has `{}` twice in the group `{group}`", alert.name);
                    let help = "take one of them away";
                    problems.push(self.custom.problem("groups", message, help));
                }
            }
        }
        let lowered = self.custom.lowered(graph, &self.found(graph));
        let groups = lowered["spec"]["groups"].as_array();
        if groups.is_none_or(Vec::is_empty) {
            let help = "add one: `.alert(alert(\"Down\", \"up == 0\").severity(\"critical\"))`";
            problems.push(self.custom.problem("groups", "has no alert", help));
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::Described;
    use crate::resource::testing::{lower, p, problems};

    fn errors() -> Alert {
        Alert::new(
            "HighErrorRate",
            p(r#"rate(http_requests_total{status=~"5.."}[5m]) > 0.05"#),
        )
        .for_duration(p("5m"))
        .severity("critical")
        .summary("High error rate detected")
        .description("Error rate is {{ $value }} (>5%)")
    }

    #[test]
    fn alerts_stand_in_groups() {
        let rule = PrometheusRule::new(p("mrm-api"))
            .alert(errors())
            .alert(
                Alert::new("Down", p("up == 0"))
                    .keep_firing_for(p("1m"))
                    .labels([(p("team"), "api")])
                    .annotations([(p("dashboard"), "d1")])
                    .runbook_url("https://wiki.example/down"),
            )
            .group("nodes", [Alert::new("Node", p("node_up == 0"))])
            .label(p("release"), p("prometheus"))
            .spec(json!({ "groups": [{ "name": "nodes", "interval": "1m" }] }));
        assert_eq!(
            lower(&[&rule])[0]["spec"],
            json!({ "groups": [
                { "name": "mrm-api", "rules": [
                    {
                        "alert": "HighErrorRate",
                        "expr": "rate(http_requests_total{status=~\"5..\"}[5m]) > 0.05",
                        "for": "5m",
                        "labels": { "severity": "critical" },
                        "annotations": {
                            "summary": "High error rate detected",
                            "description": "Error rate is {{ $value }} (>5%)",
                        },
                    },
                    {
                        "alert": "Down",
                        "expr": "up == 0",
                        "keep_firing_for": "1m",
                        "labels": { "team": "api" },
                        "annotations": { "dashboard": "d1", "runbook_url": "https://wiki.example/down" },
                    },
                ] },
                { "name": "nodes", "interval": "1m", "rules": [{ "alert": "Node", "expr": "node_up == 0" }] },
            ] })
        );
        assert_eq!(problems(&[&rule]), [""; 0]);
    }

    #[test]
    fn what_is_wrong() {
        assert_eq!(
            problems(&[&PrometheusRule::new(p("a"))]),
            ["prometheus rule `a` has no alert"]
        );
        let twice = PrometheusRule::new(p("a")).group("g", [errors(), errors()]);
        assert_eq!(
            problems(&[&twice]),
            ["prometheus rule `a` has `HighErrorRate` twice in the group `g`"]
        );
        let by_hand = PrometheusRule::new(p("a")).spec(
            json!({ "groups": [{ "name": "g", "rules": [{ "record": "r", "expr": "up" }] }] }),
        );
        assert_eq!(problems(&[&by_hand]), [""; 0]);
    }
}
