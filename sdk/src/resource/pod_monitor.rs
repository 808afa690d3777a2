//! A pod monitor: Prometheus reads the metrics of a workload's pods.

use super::scrape::{ScrapeSettings, Scraped};
use super::{Custom, CustomKind, Link, RelationKind};
use crate::environment::{Graph, Problem};
use crate::types::Name;
use serde_json::{Value, json};

/// Prometheus reads the metrics of a workload's pods, which need no service (`PodMonitor` of the
/// Prometheus operator, `monitoring.coreos.com/v1`).
///
/// Selector, port and namespace come from the workload.
///
/// ```
/// use infra_sdk::resource::prelude::*;
/// use infra_sdk::resource::{Deployment, PodMonitor};
///
/// let worker = Deployment::new("worker".parse()?).port(("metrics".parse()?, "9090".parse()?));
/// let monitor = PodMonitor::new(&worker).interval("60s".parse()?);
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct PodMonitor {
    custom: Custom,
    target: Link,
    scrape: ScrapeSettings,
}

impl PodMonitor {
    /// A monitor of a workload's pods, with the workload's name.
    #[track_caller]
    pub fn new(workload: impl Into<Link>) -> Self {
        let target = workload.into();
        let mut custom = Custom::like(&target, "monitoring.coreos.com/v1", "PodMonitor");
        custom.relate(target.clone(), RelationKind::Selects, "selector");
        Self {
            custom,
            target,
            scrape: ScrapeSettings::default(),
        }
    }

    /// Its own name (`metadata.name`). Default: the workload's.
    pub fn name(mut self, name: Name) -> Self {
        self.custom.meta.name = name;
        self
    }
}

impl Scraped for PodMonitor {
    fn scrape_mut(&mut self) -> &mut ScrapeSettings {
        &mut self.scrape
    }
}

impl CustomKind for PodMonitor {
    custom!();

    fn found(&self, graph: &Graph) -> Value {
        let pods = graph.pods(self.target.reference());
        let chosen = pods.and_then(|pods| self.scrape.choose(&pods.ports));
        let port = match chosen {
            Some(port) => match &port.name {
                Some(name) => json!({ "port": name }),
                None => json!({ "portNumber": port.port }),
            },
            None => json!({}),
        };
        let labels = pods.map(|pods| &pods.selector);
        let mut spec = json!({
            "selector": { "matchLabels": labels },
            "podMetricsEndpoints": [self.scrape.endpoint(&port)],
        });
        let home = graph.namespace_of(self.target.reference());
        if self.custom.namespace().unwrap_or(graph.namespace()) != home {
            spec["namespaceSelector"] = json!({ "matchNames": [home] });
        }
        json!({ "spec": spec })
    }

    fn problems(&self, graph: &Graph) -> Vec<Problem> {
        let mut problems = self.scrape.problems(self);
        let target = self.target.reference();
        let Some(pods) = graph.pods(target) else {
            // What is not there at all is said of all relations alike.
            if graph.facts(target).is_some() {
                let message = format!("is made for {}, which has no pods", self.target.in_words());
                let help = "expected a deployment, a stateful set, or another workload";
                problems.push(self.custom.problem("selector", message, help));
            }
            return problems;
        };
        if self.scrape.choose(&pods.ports).is_none() {
            let message = self.scrape.trouble(&self.target.in_words(), &pods.ports);
            let help = "name it: `.port(\"metrics\")`, on the workload `.port(\"metrics\", 9090)`";
            problems.push(self.custom.problem("port", message, help));
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::pod::HasContainer;
    use crate::resource::testing::{lower, p, problems};
    use crate::resource::{ConfigMap, Deployment, Described};

    #[test]
    fn selector_port_and_namespace_come_from_the_workload() {
        let worker = Deployment::new(p("worker"))
            .image(p("worker:1"))
            .namespace(p("workers"))
            .port((p("metrics"), p("9090")));
        let monitor = PodMonitor::new(&worker)
            .interval(p("60s"))
            .spec(json!({ "podMetricsEndpoints": [{ "port": "metrics", "honorLabels": true }] }));
        let object = &lower(&[&monitor, &worker])[0];
        assert_eq!(object["kind"], "PodMonitor");
        assert_eq!(object["metadata"]["namespace"], "workers");
        assert_eq!(
            object["spec"],
            json!({
                "selector": { "matchLabels": { "app.kubernetes.io/name": "worker" } },
                "podMetricsEndpoints": [{ "port": "metrics", "interval": "60s", "honorLabels": true }],
            })
        );
        let plain = Deployment::new(p("plain"))
            .image(p("a:1"))
            .port(p::<crate::types::Port>("8080"));
        let monitor = PodMonitor::new(&plain).namespace(p("monitoring"));
        let spec = &lower(&[&monitor, &plain])[0]["spec"];
        assert_eq!(spec["podMetricsEndpoints"], json!([{ "portNumber": 8080 }]));
        assert_eq!(spec["namespaceSelector"], json!({ "matchNames": ["shop"] }));
    }

    #[test]
    fn what_is_wrong() {
        let worker = Deployment::new(p("worker")).image(p("worker:1"));
        let settings = ConfigMap::new(p("settings"));
        assert_eq!(
            problems(&[&PodMonitor::new(&worker), &worker]),
            [
                "pod monitor `worker` does not say which port of deployment `worker` has the metrics: it has none"
            ]
        );
        assert_eq!(
            problems(&[&PodMonitor::new(&settings), &settings]),
            ["pod monitor `settings` is made for config map `settings`, which has no pods"]
        );
    }
}
