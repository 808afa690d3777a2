//! A disruption budget: how many pods must stay when nodes are emptied.

use super::{Link, Meta, Relation, RelationKind, Resource};
use crate::environment::{Graph, Problem};
use crate::object::{Object, Ref};
use crate::types::{Amount, Name, Share};
use k8s_openapi::api::policy::v1 as policy;

/// How many pods must stay when nodes are emptied (`PodDisruptionBudget`).
///
/// A workload of several replicas has one by default; this one takes its place.
///
/// ```
/// use infra_sdk::resource::prelude::*;
/// use infra_sdk::resource::{Deployment, DisruptionBudget};
///
/// let app = Deployment::new("app".parse()?).replicas(5);
/// let budget = DisruptionBudget::new(&app).min_available("60%".parse()?);
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct DisruptionBudget {
    meta: Meta,
    workload: Link,
    min_available: Option<Amount>,
    max_unavailable: Option<Amount>,
    only_healthy: bool,
}

impl DisruptionBudget {
    /// A budget of a workload, with the workload's name.
    #[track_caller]
    pub fn new(workload: impl Into<Link>) -> Self {
        let workload = workload.into();
        Self {
            meta: Meta::like(&workload),
            workload,
            min_available: None,
            max_unavailable: None,
            only_healthy: false,
        }
    }

    /// Its own name (`metadata.name`). Default: the workload's.
    pub fn name(mut self, name: Name) -> Self {
        self.meta.name = name;
        self
    }

    /// How many pods must stay (`spec.minAvailable`), in place of how many may go.
    pub fn min_available(mut self, amount: Amount) -> Self {
        self.min_available = Some(amount);
        self.max_unavailable = None;
        self
    }

    /// How many pods may go at a time (`spec.maxUnavailable`). Default: 1.
    pub fn max_unavailable(mut self, amount: Amount) -> Self {
        self.max_unavailable = Some(amount);
        self.min_available = None;
        self
    }

    /// A pod that runs but is not ready is spared too while too few are ready
    /// (`spec.unhealthyPodEvictionPolicy: IfHealthyBudget`). Default: it may always go
    /// (`AlwaysAllow`), so that a broken workload does not hold a node up.
    pub fn spare_unready(mut self) -> Self {
        self.only_healthy = true;
        self
    }
}

described!(DisruptionBudget);

impl DisruptionBudget {
    fn scale(&mut self, share: Share) {
        (self.min_available, self.max_unavailable) =
            share.of_budget(self.min_available, self.max_unavailable);
    }
}

impl Resource for DisruptionBudget {
    origin!();
    scaled!();

    fn reference(&self) -> Ref {
        self.meta.reference("policy", "PodDisruptionBudget")
    }

    fn relations(&self) -> Vec<Relation> {
        let mut relations = self.meta.relations(self.reference());
        let at = self.meta.origin.of_field("selector");
        relations.add(self.workload.target(), RelationKind::Selects, at);
        relations.done()
    }

    fn check(&self, graph: &Graph) -> Vec<Problem> {
        let replicas = graph
            .scaled(self.workload.reference())
            .map(|scale| scale.min)
            .or_else(|| graph.pods(self.workload.reference())?.replicas)
            .unwrap_or(1);
        let stuck = match (self.min_available, self.max_unavailable) {
            (Some(Amount::Count(count)), _) => i32::from(count) >= replicas,
            (Some(Amount::Percent(100)), _) | (_, Some(Amount::Count(0) | Amount::Percent(0))) => {
                true
            }
            _ => false,
        };
        let problem = || Problem {
            message: format!(
                "disruption budget `{}` lets no pod go: of {replicas} all must stay, and no node can be emptied",
                self.meta.name
            ),
            at: self.meta.origin.made.clone(),
            help: Some("let one go with `.max_unavailable(1)`, or run more replicas".to_owned()),
        };
        let what = format!("disruption budget `{}`", self.meta.name);
        let at = self.meta.origin.of_field("selector");
        let podless = self.workload.must_have_pods(graph, &what, at);
        podless
            .or_else(|| stuck.then(problem))
            .into_iter()
            .collect()
    }

    fn lower(&self, graph: &Graph) -> Vec<Object> {
        let pods = graph.pods(self.workload.reference());
        let selector = pods.map(|pods| pods.selector.clone()).unwrap_or_default();
        let max_unavailable = match self.min_available {
            Some(_) => None,
            None => Some(self.max_unavailable.unwrap_or(Amount::Count(1))),
        };
        let policy_word = if self.only_healthy {
            "IfHealthyBudget"
        } else {
            "AlwaysAllow"
        };
        let budget = policy::PodDisruptionBudget {
            metadata: self.meta.object_meta(graph),
            spec: Some(policy::PodDisruptionBudgetSpec {
                max_unavailable: max_unavailable.map(Amount::int_or_string),
                min_available: self.min_available.map(Amount::int_or_string),
                selector: Some(super::pod::match_labels(&selector)),
                unhealthy_pod_eviction_policy: Some(policy_word.to_owned()),
            }),
            status: None,
        };
        vec![self.meta.object(&budget)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::pod::HasContainer;
    use crate::resource::testing::{lower, p, problems};
    use crate::resource::{Deployment, Replicated};
    use serde_json::json;

    #[test]
    fn it_takes_the_place_of_the_default() {
        let app = Deployment::new(p("app")).image(p("app:1")).replicas(5);
        let budget = DisruptionBudget::new(&app).min_available(p("60%"));
        assert_eq!(
            lower(&[&budget, &app])[0]["spec"],
            json!({
                "minAvailable": "60%",
                "selector": { "matchLabels": { "app.kubernetes.io/name": "app" } },
                "unhealthyPodEvictionPolicy": "AlwaysAllow",
            })
        );
        let objects = lower(&[&app, &budget]);
        let budgets = objects
            .iter()
            .filter(|object| object["kind"] == "PodDisruptionBudget");
        assert_eq!(budgets.count(), 0);
        assert!(problems(&[&budget, &app]).is_empty());
        let stuck = DisruptionBudget::new(&app).min_available(p("5"));
        assert_eq!(
            problems(&[&stuck, &app]),
            [
                "disruption budget `app` lets no pod go: of 5 all must stay, and no node can be emptied"
            ]
        );
    }
}
