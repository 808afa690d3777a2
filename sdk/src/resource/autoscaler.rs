//! An autoscaler: how many pods a workload has, by load.

use super::scaling::{Metric, MetricTarget, ScalingRules};
use super::{Link, Meta, Relation, RelationKind, Resource};
use crate::environment::{Graph, Problem};
use crate::object::{Object, Ref};
use crate::types::{DnsLabel, LabelKey, LabelValue, Name, Quantity, Share, label_map};
use k8s_openapi::api::autoscaling::v2 as autoscaling;

/// How many pods a workload has, by load (`HorizontalPodAutoscaler`, `autoscaling/v2`).
///
/// The workload's own `replicas` is then left to it.
///
/// ```
/// use infra_sdk::resource::{Autoscaler, Deployment};
///
/// let app = Deployment::new("app".parse()?);
/// let autoscaler = Autoscaler::new(&app).replicas(3, 10).cpu(70);
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Autoscaler {
    meta: Meta,
    target: Link,
    min: Option<u16>,
    max: Option<u16>,
    metrics: Vec<Metric>,
    scale_up: Option<ScalingRules>,
    scale_down: Option<ScalingRules>,
}

impl Autoscaler {
    /// An autoscaler of a workload, with the workload's name; it needs bounds
    /// ([`replicas`](Self::replicas)) and something to go by ([`cpu`](Self::cpu)).
    #[track_caller]
    pub fn new(workload: impl Into<Link>) -> Self {
        let target = workload.into();
        Self {
            meta: Meta::like(&target),
            target,
            min: None,
            max: None,
            metrics: Vec::new(),
            scale_up: None,
            scale_down: None,
        }
    }

    /// Its own name (`metadata.name`). Default: the workload's.
    pub fn name(mut self, name: Name) -> Self {
        self.meta.name = name;
        self
    }

    /// The least and the most pods (`spec.minReplicas`, `spec.maxReplicas`).
    pub fn replicas(mut self, min: u16, max: u16) -> Self {
        (self.min, self.max) = (Some(min), Some(max));
        self
    }

    /// How much of the CPU that they request pods are to use on average, in percent
    /// (`metrics[]`, `type: Resource`).
    pub fn cpu(self, percent: u16) -> Self {
        self.resource("cpu", MetricTarget::Utilization(percent))
    }

    /// How much of the memory that they request pods are to use on average, in percent
    /// (`metrics[]`, `type: Resource`).
    pub fn memory(self, percent: u16) -> Self {
        self.resource("memory", MetricTarget::Utilization(percent))
    }

    /// How much of a resource pods are to use (`metrics[]`, `type: Resource`).
    pub fn resource(mut self, resource: impl Into<String>, target: MetricTarget) -> Self {
        let resource = resource.into();
        self.metrics.push(Metric::Resource { resource, target });
        self
    }

    /// How much of a resource one container of the pods is to use (`metrics[]`,
    /// `type: ContainerResource`).
    pub fn container_resource(
        mut self,
        container: DnsLabel,
        resource: impl Into<String>,
        target: MetricTarget,
    ) -> Self {
        self.metrics.push(Metric::Container {
            container: container.into(),
            resource: resource.into(),
            target,
        });
        self
    }

    /// What a metric of the pods is to be on average (`metrics[]`, `type: Pods`), such as requests
    /// in a second.
    pub fn pods(mut self, metric: impl Into<String>, average: Quantity) -> Self {
        self.metrics.push(Metric::Pods {
            metric: metric.into(),
            average,
        });
        self
    }

    /// What a metric of another object is to be (`metrics[]`, `type: Object`).
    pub fn object(
        mut self,
        object: impl Into<Link>,
        metric: impl Into<String>,
        target: MetricTarget,
    ) -> Self {
        self.metrics.push(Metric::Object {
            object: object.into(),
            metric: metric.into(),
            target,
        });
        self
    }

    /// What a metric of something outside the cluster is to be (`metrics[]`, `type: External`),
    /// such as the length of a queue, found by labels.
    pub fn external(
        mut self,
        metric: impl Into<String>,
        labels: impl IntoIterator<Item = (LabelKey, LabelValue)>,
        target: MetricTarget,
    ) -> Self {
        self.metrics.push(Metric::External {
            metric: metric.into(),
            labels: label_map(labels),
            target,
        });
        self
    }

    /// How quickly pods become more (`spec.behavior.scaleUp`). Default: doubled, or four more, every
    /// 15s, at once.
    pub fn scale_up(mut self, rules: ScalingRules) -> Self {
        self.scale_up = Some(rules);
        self
    }

    /// How quickly pods become fewer (`spec.behavior.scaleDown`). Default: all that are too many,
    /// after 5m of less load.
    pub fn scale_down(mut self, rules: ScalingRules) -> Self {
        self.scale_down = Some(rules);
        self
    }

    fn problem(&self, field: &str, message: &str, help: &str) -> Problem {
        Problem {
            message: format!("autoscaler `{}` {message}", self.meta.name),
            at: self.meta.origin.of_field(field).cloned(),
            help: Some(help.to_owned()),
        }
    }

    fn bounds(&self) -> (i32, i32) {
        let max = self.max.unwrap_or(1);
        (self.min.unwrap_or(1).into(), max.into())
    }
}

described!(Autoscaler);

impl Autoscaler {
    fn scale(&mut self, share: Share) {
        self.min = self.min.map(|count| share.of_count(count));
        self.max = self.max.map(|count| share.of_count(count));
        self.metrics
            .iter_mut()
            .for_each(|metric| metric.scale(share));
    }
}

impl Resource for Autoscaler {
    origin!();
    scaled!();

    fn reference(&self) -> Ref {
        self.meta
            .reference("autoscaling", "HorizontalPodAutoscaler")
    }

    fn relations(&self) -> Vec<Relation> {
        let mut relations = self.meta.relations(self.reference());
        let (min, max) = self.bounds();
        let at = self.meta.origin.of_field("scaleTargetRef");
        relations.add(self.target.target(), RelationKind::Scales { min, max }, at);
        for metric in &self.metrics {
            if let Metric::Object { object, .. } = metric {
                relations.uses(object, self.meta.origin.of_field("metrics"));
            }
        }
        relations.done()
    }

    fn check(&self, _graph: &Graph) -> Vec<Problem> {
        let mut problems = Vec::new();
        let kind = self.target.reference().kind.as_str();
        if matches!(kind, "Job" | "CronJob" | "DaemonSet" | "Service") {
            let message = format!("cannot scale a {}", super::words_of(kind));
            let help = "expected a deployment or a stateful set";
            problems.push(self.problem("scaleTargetRef", &message, help));
        }
        match (self.min, self.max) {
            (_, None) => {
                let message = "does not say how many replicas there may be";
                problems.push(self.problem("maxReplicas", message, "set `.replicas(2, 10)`"));
            }
            (Some(min), Some(max)) if min > max => {
                let message = format!("keeps at least {min} replicas, more than its most of {max}");
                let help = "give the smaller number first";
                problems.push(self.problem("minReplicas", &message, help));
            }
            (Some(0), _) if !self.metrics.iter().any(Metric::is_outside) => {
                let message = "goes down to 0 replicas, from which no CPU or memory brings it back";
                let help = "keep at least 1, or add an `external` or `object` metric";
                problems.push(self.problem("minReplicas", message, help));
            }
            _ => {}
        }
        if self.metrics.is_empty() {
            let message = "has nothing to go by";
            problems.push(self.problem("metrics", message, "set `.cpu(70)`"));
        }
        problems
    }

    fn lower(&self, graph: &Graph) -> Vec<Object> {
        let (min, max) = self.bounds();
        let behavior = autoscaling::HorizontalPodAutoscalerBehavior {
            scale_down: self.scale_down.as_ref().map(ScalingRules::lower),
            scale_up: self.scale_up.as_ref().map(ScalingRules::lower),
        };
        let autoscaler = autoscaling::HorizontalPodAutoscaler {
            metadata: self.meta.object_meta(graph),
            spec: autoscaling::HorizontalPodAutoscalerSpec {
                behavior: super::meta::some(behavior),
                max_replicas: max,
                metrics: super::meta::some(self.metrics.iter().map(Metric::lower).collect()),
                min_replicas: Some(min),
                scale_target_ref: super::scaling::object_reference(&self.target),
            },
            status: None,
        };
        vec![self.meta.object(&autoscaler)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::pod::HasContainer;
    use crate::resource::testing::{lower, p, problems};
    use crate::resource::{Deployment, Described, Job, Replicated};
    use serde_json::json;

    #[test]
    fn an_autoscaler_and_what_it_means_for_its_workload() {
        let app = Deployment::new(p("app")).image(p("app:1")).replicas(3);
        let autoscaler = Autoscaler::new(&app)
            .name(p("app-hpa"))
            .replicas(3, 10)
            .cpu(70)
            .memory(80)
            .scale_up(
                ScalingRules::new()
                    .percent(100, p("30s"))
                    .stabilization(p("60s")),
            )
            .scale_down(
                ScalingRules::new()
                    .percent(50, p("60s"))
                    .stabilization(p("5m")),
            );
        let cpu = |name: &str, percent: u16| {
            json!({ "type": "Resource", "resource": {
                "name": name,
                "target": { "type": "Utilization", "averageUtilization": percent },
            } })
        };
        let rules = |percent: u16, period: u16, stabilization: u16| {
            json!({
                "policies": [{ "type": "Percent", "value": percent, "periodSeconds": period }],
                "stabilizationWindowSeconds": stabilization,
            })
        };
        let object = &lower(&[&autoscaler, &app])[0];
        assert_eq!(object["metadata"]["name"], "app-hpa");
        assert_eq!(
            object["spec"],
            json!({
                "scaleTargetRef": { "apiVersion": "apps/v1", "kind": "Deployment", "name": "app" },
                "minReplicas": 3,
                "maxReplicas": 10,
                "metrics": [cpu("cpu", 70), cpu("memory", 80)],
                "behavior": { "scaleUp": rules(100, 30, 60), "scaleDown": rules(50, 60, 300) },
            })
        );
        let objects = lower(&[&app, &autoscaler]);
        assert!(objects[0]["spec"].get("replicas").is_none());
        assert_eq!(objects[1]["kind"], "PodDisruptionBudget");
    }

    #[test]
    fn every_other_metric() {
        let app = Deployment::new(p("app")).image(p("app:1"));
        let autoscaler = Autoscaler::new(&app)
            .namespace(p("shop"))
            .replicas(1, 2)
            .resource("cpu", MetricTarget::Average(p("500m")))
            .container_resource(p("app"), "memory", MetricTarget::Utilization(50))
            .pods("requests", p("100"))
            .object(&app, "hits", MetricTarget::Value(p("1k")))
            .external(
                "queue",
                [(p("name"), p("mail"))],
                MetricTarget::Average(p("30")),
            );
        assert_eq!(
            lower(&[&autoscaler, &app])[0]["spec"]["metrics"],
            json!([
                { "type": "Resource", "resource": {
                    "name": "cpu", "target": { "type": "AverageValue", "averageValue": "500m" } } },
                { "type": "ContainerResource", "containerResource": {
                    "container": "app", "name": "memory",
                    "target": { "type": "Utilization", "averageUtilization": 50 } } },
                { "type": "Pods", "pods": {
                    "metric": { "name": "requests" },
                    "target": { "type": "AverageValue", "averageValue": "100" } } },
                { "type": "Object", "object": {
                    "describedObject": { "apiVersion": "apps/v1", "kind": "Deployment", "name": "app" },
                    "metric": { "name": "hits" },
                    "target": { "type": "Value", "value": "1k" } } },
                { "type": "External", "external": {
                    "metric": { "name": "queue", "selector": { "matchLabels": { "name": "mail" } } },
                    "target": { "type": "AverageValue", "averageValue": "30" } } },
            ])
        );
    }

    #[test]
    fn what_is_wrong() {
        let app = Deployment::new(p("app")).image(p("app:1"));
        let job = Job::new(p("job")).image(p("app:1"));
        for (autoscaler, expected) in [
            (
                Autoscaler::new(&app).cpu(70),
                "autoscaler `app` does not say how many replicas there may be",
            ),
            (
                Autoscaler::new(&app).replicas(5, 3).cpu(70),
                "autoscaler `app` keeps at least 5 replicas, more than its most of 3",
            ),
            (
                Autoscaler::new(&app).replicas(1, 3),
                "autoscaler `app` has nothing to go by",
            ),
            (
                Autoscaler::new(&job).replicas(1, 3).cpu(70),
                "autoscaler `job` cannot scale a job",
            ),
        ] {
            assert_eq!(problems(&[&autoscaler, &app, &job]), [expected]);
        }
    }
}
