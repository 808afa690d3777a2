//! What an autoscaler goes by, and how quickly.

use super::Link;
use super::meta::some;
use super::pod::match_labels;
use crate::types::{Quantity, Seconds, Share};
use k8s_openapi::api::autoscaling::v2 as autoscaling;
use std::collections::BTreeMap;

/// What a metric is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MetricTarget {
    /// In percent of what pods request (`averageUtilization`).
    Utilization(u16),
    /// Divided by the number of pods (`averageValue`).
    Average(Quantity),
    /// As it is (`value`).
    Value(Quantity),
}

impl MetricTarget {
    fn lower(&self) -> autoscaling::MetricTarget {
        let mut target = autoscaling::MetricTarget::default();
        match self {
            Self::Utilization(percent) => {
                "Utilization".clone_into(&mut target.type_);
                target.average_utilization = Some((*percent).into());
            }
            Self::Average(quantity) => {
                "AverageValue".clone_into(&mut target.type_);
                target.average_value = Some(quantity.wire());
            }
            Self::Value(quantity) => {
                "Value".clone_into(&mut target.type_);
                target.value = Some(quantity.wire());
            }
        }
        target
    }
}

/// What an autoscaler goes by.
#[derive(Clone, Debug)]
pub(super) enum Metric {
    Resource {
        resource: String,
        target: MetricTarget,
    },
    Container {
        container: String,
        resource: String,
        target: MetricTarget,
    },
    Pods {
        metric: String,
        average: Quantity,
    },
    Object {
        object: Link,
        metric: String,
        target: MetricTarget,
    },
    External {
        metric: String,
        labels: BTreeMap<String, String>,
        target: MetricTarget,
    },
}

impl Metric {
    /// What pods of another size are to use; a share of what they request says it already, and what
    /// is no resource of theirs has a measure of its own.
    pub(super) fn scale(&mut self, share: Share) {
        if let Self::Resource { resource, target }
        | Self::Container {
            resource, target, ..
        } = self
            && let MetricTarget::Average(quantity) | MetricTarget::Value(quantity) = target
        {
            *quantity = share.of_quantity(resource, *quantity);
        }
    }

    /// Whether it can be measured while there are no pods.
    pub(super) fn is_outside(&self) -> bool {
        matches!(self, Self::Object { .. } | Self::External { .. })
    }

    pub(super) fn lower(&self) -> autoscaling::MetricSpec {
        let identifier = |name: &String| autoscaling::MetricIdentifier {
            name: name.clone(),
            selector: None,
        };
        let mut spec = autoscaling::MetricSpec::default();
        let kind = match self {
            Self::Resource { resource, target } => {
                spec.resource = Some(autoscaling::ResourceMetricSource {
                    name: resource.clone(),
                    target: target.lower(),
                });
                "Resource"
            }
            Self::Container {
                container,
                resource,
                target,
            } => {
                spec.container_resource = Some(autoscaling::ContainerResourceMetricSource {
                    container: container.clone(),
                    name: resource.clone(),
                    target: target.lower(),
                });
                "ContainerResource"
            }
            Self::Pods { metric, average } => {
                spec.pods = Some(autoscaling::PodsMetricSource {
                    metric: identifier(metric),
                    target: MetricTarget::Average(*average).lower(),
                });
                "Pods"
            }
            Self::Object {
                object,
                metric,
                target,
            } => {
                spec.object = Some(autoscaling::ObjectMetricSource {
                    described_object: object_reference(object),
                    metric: identifier(metric),
                    target: target.lower(),
                });
                "Object"
            }
            Self::External {
                metric,
                labels,
                target,
            } => {
                let selector = (!labels.is_empty()).then(|| match_labels(labels));
                spec.external = Some(autoscaling::ExternalMetricSource {
                    metric: autoscaling::MetricIdentifier {
                        name: metric.clone(),
                        selector,
                    },
                    target: target.lower(),
                });
                "External"
            }
        };
        kind.clone_into(&mut spec.type_);
        spec
    }
}

/// How quickly an autoscaler changes the number of pods.
///
/// ```
/// use infra_sdk::resource::ScalingRules;
///
/// let slowly = ScalingRules::new().pods(1, "60s".parse()?).stabilization("5m".parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use]
pub struct ScalingRules {
    policies: Vec<(&'static str, u16, Seconds)>,
    stabilization: Option<Seconds>,
    select_policy: Option<SelectPolicy>,
    tolerance: Option<Quantity>,
}

word_type! {
    /// Which of several limits counts (`selectPolicy`).
    SelectPolicy, "a select policy" {
        /// The one that allows the most change.
        Max = "Max",
        /// The one that allows the least.
        Min = "Min",
        /// None: nothing is changed in this direction.
        Disabled = "Disabled",
    }
}

impl ScalingRules {
    /// Kubernetes' own rules.
    pub fn new() -> Self {
        Self::default()
    }

    /// At most so many percent of the pods in a period (`policies[]`, `type: Percent`).
    pub fn percent(mut self, percent: u16, period: Seconds) -> Self {
        self.policies.push(("Percent", percent, period));
        self
    }

    /// At most so many pods in a period (`policies[]`, `type: Pods`).
    pub fn pods(mut self, pods: u16, period: Seconds) -> Self {
        self.policies.push(("Pods", pods, period));
        self
    }

    /// For how long the load must ask for it (`stabilizationWindowSeconds`).
    pub fn stabilization(mut self, time: Seconds) -> Self {
        self.stabilization = Some(time);
        self
    }

    /// Which of several limits counts (`selectPolicy`). Default: the one that allows the most.
    pub fn select_policy(mut self, policy: SelectPolicy) -> Self {
        self.select_policy = Some(policy);
        self
    }

    /// By how much a metric may miss its target without change (`tolerance`), such as `0.05`.
    /// Default: the control plane's, 10 percent.
    pub fn tolerance(mut self, share: Quantity) -> Self {
        self.tolerance = Some(share);
        self
    }

    pub(super) fn lower(&self) -> autoscaling::HPAScalingRules {
        let policies = self.policies.iter();
        let policies: Vec<_> = policies
            .map(|(kind, value, period)| autoscaling::HPAScalingPolicy {
                period_seconds: period.get(),
                type_: (*kind).to_owned(),
                value: (*value).into(),
            })
            .collect();
        autoscaling::HPAScalingRules {
            policies: some(policies),
            select_policy: self.select_policy.map(|policy| policy.to_string()),
            stabilization_window_seconds: self.stabilization.map(Seconds::get),
            tolerance: self.tolerance.as_ref().map(Quantity::wire),
        }
    }
}

/// An object as an autoscaler refers to it.
pub(super) fn object_reference(link: &Link) -> autoscaling::CrossVersionObjectReference {
    let reference = link.reference();
    autoscaling::CrossVersionObjectReference {
        api_version: Some(super::api_version_of(reference)),
        kind: reference.kind.clone(),
        name: reference.name.clone(),
    }
}
