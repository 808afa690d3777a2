//! A resource quota: how much a namespace may use.

use super::meta::some;
use super::{Meta, PriorityClassLink, Relation, Resource};
use crate::environment::{Graph, Problem};
use crate::object::{Object, Ref};
use crate::types::{Name, Quantity, QuotaName};
use k8s_openapi::api::core::v1 as core;
use std::collections::BTreeMap;

/// How much a namespace may use (`ResourceQuota`): what would be more is refused when it is created.
///
/// What it counts is applied when it is in force.
///
/// ```
/// use infra_sdk::resource::ResourceQuota;
///
/// let team = ResourceQuota::new("team".parse()?)
///     .hard("requests.cpu".parse()?, "10".parse()?)
///     .hard("pods".parse()?, 50.try_into()?);
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct ResourceQuota {
    meta: Meta,
    hard: BTreeMap<QuotaName, Quantity>,
    scopes: Vec<QuotaScope>,
    priority_classes: Vec<PriorityClassLink>,
}

word_type! {
    /// Which pods a quota counts (`spec.scopes`).
    QuotaScope, "the scope of a quota" {
        /// Those that end by themselves (`activeDeadlineSeconds`).
        Terminating = "Terminating",
        /// Those that do not.
        NotTerminating = "NotTerminating",
        /// Those that ask for nothing.
        BestEffort = "BestEffort",
        /// Those that ask for something.
        NotBestEffort = "NotBestEffort",
        /// Those that name a priority class.
        PriorityClass = "PriorityClass",
        /// Those that are to stand beside, or apart from, pods of other namespaces.
        CrossNamespacePodAffinity = "CrossNamespacePodAffinity",
        /// Claims that name a class of attributes.
        VolumeAttributesClass = "VolumeAttributesClass",
    }
}

impl ResourceQuota {
    /// A quota that bounds nothing yet.
    #[track_caller]
    pub fn new(name: Name) -> Self {
        Self {
            meta: Meta::new(name),
            hard: BTreeMap::new(),
            scopes: Vec::new(),
            priority_classes: Vec::new(),
        }
    }

    /// A bound (`spec.hard`), or the one under its name anew: `requests.cpu`, `limits.memory`,
    /// `requests.storage`, `pods`, `count/deployments.apps`.
    pub fn hard(mut self, name: QuotaName, most: Quantity) -> Self {
        self.hard.insert(name, most);
        self
    }

    /// Counts only pods of this scope (`spec.scopes[]`); of several, those in all of them. Default:
    /// every pod.
    pub fn scope(mut self, scope: QuotaScope) -> Self {
        self.scopes.push(scope);
        self
    }

    /// Counts only pods of this priority class (`spec.scopeSelector`), or of others named the same
    /// way. Default: every pod.
    pub fn priority_class(mut self, class: PriorityClassLink) -> Self {
        self.priority_classes.push(class);
        self
    }

    fn selector(&self) -> Option<core::ScopeSelector> {
        let classes = self.priority_classes.iter();
        let values: Vec<String> = classes.map(|class| class.name().to_owned()).collect();
        some(values).map(|values| core::ScopeSelector {
            match_expressions: Some(vec![core::ScopedResourceSelectorRequirement {
                operator: "In".to_owned(),
                scope_name: QuotaScope::PriorityClass.to_string(),
                values: Some(values),
            }]),
        })
    }
}

described!(ResourceQuota);

impl Resource for ResourceQuota {
    origin!();

    fn reference(&self) -> Ref {
        self.meta.reference("", "ResourceQuota")
    }

    fn relations(&self) -> Vec<Relation> {
        let mut relations = self.meta.relations(self.reference());
        let at = self.meta.origin.of_field("spec.scopeSelector");
        for class in &self.priority_classes {
            relations.uses(class.link(), at);
        }
        relations.done()
    }

    fn check(&self, _graph: &Graph) -> Vec<Problem> {
        let empty = self.hard.is_empty().then(|| Problem {
            message: format!("resource quota `{}` bounds nothing", self.meta.name),
            at: self.meta.origin.made.clone(),
            help: Some("say what: `.hard(#{ \"requests.cpu\": \"10\", pods: 50 })`".to_owned()),
        });
        empty.into_iter().collect()
    }

    fn lower(&self, graph: &Graph) -> Vec<Object> {
        let hard = self.hard.iter();
        let hard = hard.map(|(name, most)| (name.to_string(), most.wire()));
        let scopes: Vec<String> = self.scopes.iter().map(ToString::to_string).collect();
        let quota = core::ResourceQuota {
            metadata: self.meta.object_meta(graph),
            spec: Some(core::ResourceQuotaSpec {
                hard: some(hard.collect()),
                scope_selector: self.selector(),
                scopes: some(scopes),
            }),
            status: None,
        };
        vec![self.meta.object(&quota)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::testing::{lower, p, problems};
    use serde_json::json;

    #[test]
    fn a_quota_of_everything_and_of_some_pods() {
        let team = ResourceQuota::new(p("team"))
            .hard(p("requests.cpu"), p("2000m"))
            .hard(p("pods"), p("50"))
            .hard(p("pods"), p("60"))
            .scope(QuotaScope::NotTerminating)
            .priority_class(p("low"))
            .priority_class(p("lowest"));
        assert_eq!(
            lower(&[&team])[0]["spec"],
            json!({
                "hard": { "requests.cpu": "2", "pods": "60" },
                "scopes": ["NotTerminating"],
                "scopeSelector": { "matchExpressions": [
                    { "scopeName": "PriorityClass", "operator": "In", "values": ["low", "lowest"] },
                ] },
            })
        );
        assert!(problems(&[&team]).is_empty());
        let empty = ResourceQuota::new(p("team"));
        assert_eq!(
            problems(&[&empty]),
            ["resource quota `team` bounds nothing"]
        );
    }
}
