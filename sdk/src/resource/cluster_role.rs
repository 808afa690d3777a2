//! A cluster role: what may be done in every namespace, and outside of them.

use super::rights::{GROUP, GivesRights, Rights};
use super::{Meta, Relation, Resource};
use crate::environment::{Graph, Problem};
use crate::object::{Object, Ref};
use crate::types::{LabelKey, LabelValue, RoleName, UrlPath, UrlVerb, label_map};
use k8s_openapi::api::rbac::v1 as rbac;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use std::collections::BTreeMap;

/// What may be done in every namespace and outside of them (`ClusterRole`), by those whom a
/// [`ClusterRoleBinding`](super::ClusterRoleBinding) names; or in one namespace, by those whom a
/// [`RoleBinding`](super::RoleBinding) names.
///
/// ```
/// use infra_sdk::resource::prelude::*;
/// use infra_sdk::resource::ClusterRole;
/// use infra_sdk::types::{ApiResource, UrlVerb, Verb};
///
/// let nodes: ApiResource = "nodes".parse()?;
/// let role = ClusterRole::new("scraper".parse()?)
///     .allow([Verb::Get, Verb::List], [nodes])
///     .allow_urls([UrlVerb::Get], ["/metrics".parse()?]);
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct ClusterRole {
    meta: Meta,
    rights: Rights,
    aggregates: Vec<BTreeMap<String, String>>,
}

impl ClusterRole {
    /// A cluster role that allows nothing yet.
    #[track_caller]
    pub fn new(name: RoleName) -> Self {
        Self {
            meta: Meta::new(name.into()),
            rights: Rights::default(),
            aggregates: Vec::new(),
        }
    }

    /// Allows to ask the API server for paths that are no resources
    /// (`rules[].nonResourceURLs[]`).
    pub fn allow_urls(
        mut self,
        verbs: impl IntoIterator<Item = UrlVerb>,
        urls: impl IntoIterator<Item = UrlPath>,
    ) -> Self {
        let verbs = verbs.into_iter().collect();
        let urls = urls.into_iter().collect();
        self.rights.allow_urls(verbs, urls);
        self
    }

    /// It allows what the cluster roles with these labels allow
    /// (`aggregationRule.clusterRoleSelectors[]`), and the cluster keeps its rules up to date.
    pub fn aggregate(mut self, labels: impl IntoIterator<Item = (LabelKey, LabelValue)>) -> Self {
        self.aggregates.push(label_map(labels));
        self
    }

    /// What it allows is allowed by `admin`, `edit` or `view` too, the cluster's own roles for users
    /// (the label `rbac.authorization.k8s.io/aggregate-to-…`).
    pub fn aggregate_to(mut self, role: UserRole) -> Self {
        let label = format!("{GROUP}/aggregate-to-{role}");
        self.meta.labels.insert(label, "true".to_owned());
        self
    }
}

word_type! {
    /// A cluster role that every cluster has for users, and that grows with others.
    UserRole, "a role for users" {
        /// Everything in a namespace, its roles too.
        Admin = "admin",
        /// Everything in a namespace but its roles.
        Edit = "edit",
        /// Reading in a namespace, without its secrets.
        View = "view",
    }
}

described!(ClusterRole);

impl GivesRights for ClusterRole {
    fn rights_mut(&mut self) -> &mut Rights {
        &mut self.rights
    }
}

impl Resource for ClusterRole {
    origin!();

    fn reference(&self) -> Ref {
        Ref::new(GROUP, "ClusterRole", self.meta.name.as_str())
    }

    fn relations(&self) -> Vec<Relation> {
        let mut relations = self.meta.relations(self.reference());
        self.rights.relations(&self.meta, &mut relations);
        relations.done()
    }

    fn check(&self, graph: &Graph) -> Vec<Problem> {
        let what = format!("cluster role `{}`", self.meta.name);
        let problem = |message: String, at, help: &str| Problem {
            message,
            at,
            help: Some(help.to_owned()),
        };
        let origin = &self.meta.origin;
        match (self.rights.is_empty(), self.aggregates.is_empty()) {
            (true, true) => vec![problem(
                format!("{what} allows nothing"),
                origin.made.clone(),
                "say what: `.allow([\"get\", \"list\"], \"nodes\")`",
            )],
            (false, false) => vec![problem(
                format!("{what} is made of others, and its own rules would be taken away"),
                origin.of_field("rules").cloned(),
                "allow it in a cluster role of its own, with the labels that this one looks for",
            )],
            _ => self.rights.check(&self.meta, graph, &what, None),
        }
    }

    fn lower(&self, graph: &Graph) -> Vec<Object> {
        let selectors = self.aggregates.iter();
        let selectors: Vec<_> = selectors
            .map(|labels| LabelSelector {
                match_labels: Some(labels.clone()),
                ..LabelSelector::default()
            })
            .collect();
        let role = rbac::ClusterRole {
            aggregation_rule: (!selectors.is_empty()).then_some(rbac::AggregationRule {
                cluster_role_selectors: Some(selectors),
            }),
            metadata: self.meta.cluster_meta(graph),
            rules: super::meta::some(self.rights.lower()),
        };
        vec![self.meta.object(&role)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::testing::{lower, p, problems};
    use crate::resource::{Convention, Described};
    use crate::types::{ApiResource, Verb};
    use serde_json::json;

    #[test]
    fn paths_and_aggregation() {
        let nodes: ApiResource = p("nodes/metrics");
        let scraper = ClusterRole::new(p("scraper"))
            .allow([Verb::Get], [nodes])
            .allow_urls([UrlVerb::Get], [p("/metrics"), p("/metrics/*")])
            .aggregate_to(UserRole::View)
            .without(Convention::StandardLabels);
        assert_eq!(
            lower(&[&scraper]),
            [json!({
                "apiVersion": "rbac.authorization.k8s.io/v1",
                "kind": "ClusterRole",
                "metadata": { "name": "scraper", "labels": {
                    "rbac.authorization.k8s.io/aggregate-to-view": "true",
                } },
                "rules": [
                    { "apiGroups": [""], "resources": ["nodes/metrics"], "verbs": ["get"] },
                    { "nonResourceURLs": ["/metrics", "/metrics/*"], "verbs": ["get"] },
                ],
            })]
        );
        let sum = ClusterRole::new(p("sum")).aggregate([(p("example.com/in-sum"), p("true"))]);
        let object = &lower(&[&sum])[0];
        assert!(object.get("rules").is_none());
        assert_eq!(
            object["aggregationRule"],
            json!({ "clusterRoleSelectors": [{ "matchLabels": { "example.com/in-sum": "true" } }] })
        );
        assert!(problems(&[&sum]).is_empty() && problems(&[&scraper]).is_empty());
        let pods: ApiResource = p("pods");
        assert_eq!(
            problems(&[&sum.allow([Verb::Get], [pods])]),
            ["cluster role `sum` is made of others, and its own rules would be taken away"]
        );
    }
}
