//! A priority class: which pods go first.

use super::{Meta, Relation, Resource};
use crate::environment::{Graph, Problem};
use crate::object::{Object, Ref};
use crate::types::{Name, Priority};
use k8s_openapi::api::scheduling::v1 as scheduling;

/// Which pods go first when there is not enough room (`PriorityClass`). It belongs to the whole
/// cluster.
///
/// ```
/// use infra_sdk::resource::prelude::*;
/// use infra_sdk::resource::{Deployment, PriorityClass};
///
/// let critical = PriorityClass::new("critical".parse()?, 1_000_000.try_into()?);
/// let app = Deployment::new("app".parse()?).priority_class((&critical).into());
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct PriorityClass {
    meta: Meta,
    value: Priority,
    global_default: bool,
    preemption: Option<PreemptionPolicy>,
    description: Option<String>,
}

word_type! {
    /// Whether pods may take the place of others (`preemptionPolicy`).
    PreemptionPolicy, "what becomes of other pods" {
        /// Pods of a lower priority are stopped for them.
        PreemptLowerPriority = "PreemptLowerPriority",
        /// They wait until there is room, before those of a lower priority.
        Never = "Never",
    }
}

named_link! {
    /// A priority class by value or by name.
    PriorityClassLink, "scheduling.k8s.io", "PriorityClass", PriorityClass, "the name of a priority class"
}

impl PriorityClass {
    /// A class of a priority (`value`), which cannot change later: the class is made anew, and pods
    /// that are there keep theirs.
    #[track_caller]
    pub fn new(name: Name, value: Priority) -> Self {
        Self {
            meta: Meta::new(name),
            value,
            global_default: false,
            preemption: None,
            description: None,
        }
    }

    /// The class of pods that name none (`globalDefault`). A cluster has one at most.
    pub fn global_default(mut self) -> Self {
        self.global_default = true;
        self
    }

    /// Whether its pods may take the place of others (`preemptionPolicy`), which cannot change
    /// later. Default: `PreemptLowerPriority`.
    pub fn preemption_policy(mut self, policy: PreemptionPolicy) -> Self {
        self.preemption = Some(policy);
        self
    }

    /// When it is to be used, for people (`description`).
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = Some(text.into());
        self
    }
}

described!(PriorityClass);

impl Resource for PriorityClass {
    origin!();

    fn reference(&self) -> Ref {
        let name = self.meta.name.as_str();
        Ref::new("scheduling.k8s.io", "PriorityClass", name)
    }

    fn relations(&self) -> Vec<Relation> {
        self.meta.relations(self.reference()).done()
    }

    fn check(&self, _graph: &Graph) -> Vec<Problem> {
        let name = self.meta.name.as_str();
        let reserved = name.starts_with("system-").then(|| Problem {
            message: format!("the name `{name}` is kept for Kubernetes' own priority classes"),
            at: self.meta.origin.made.clone(),
            help: Some("a name of one's own does not start with `system-`".to_owned()),
        });
        reserved.into_iter().collect()
    }

    fn lower(&self, graph: &Graph) -> Vec<Object> {
        let class = scheduling::PriorityClass {
            metadata: self.meta.cluster_meta(graph),
            description: self.description.clone(),
            global_default: self.global_default.then_some(true),
            preemption_policy: self.preemption.map(|policy| policy.to_string()),
            value: Some(self.value.get()),
        };
        vec![self.meta.object(&class)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::pod::{HasContainer, Workload};
    use crate::resource::testing::{lower, p, problems};
    use crate::resource::{Convention, Deployment, Described};
    use serde_json::json;

    #[test]
    fn a_class_and_pods_of_it() {
        let critical = PriorityClass::new(p("critical"), p("1000000"))
            .preemption_policy(PreemptionPolicy::Never)
            .description("what earns money")
            .without(Convention::StandardLabels);
        assert_eq!(
            lower(&[&critical]),
            [json!({
                "apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass",
                "metadata": { "name": "critical" },
                "value": 1_000_000, "preemptionPolicy": "Never", "description": "what earns money",
            })]
        );
        let app = Deployment::new(p("app"))
            .image(p("app:1"))
            .priority_class((&critical).into());
        let pod = &lower(&[&app, &critical])[0]["spec"]["template"]["spec"];
        assert_eq!(pod["priorityClassName"], "critical");
        let system = PriorityClass::new(p("system-mine"), p("1")).global_default();
        assert_eq!(
            problems(&[&system]),
            ["the name `system-mine` is kept for Kubernetes' own priority classes"]
        );
    }
}
