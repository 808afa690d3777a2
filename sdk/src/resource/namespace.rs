//! A namespace.

use super::{Meta, Relation, Resource};
use crate::environment::Graph;
use crate::object::{Object, Ref};
use crate::types::DnsLabel;
use k8s_openapi::api::core::v1 as core;

/// A namespace (`Namespace`). One that bears the name of the environment's default namespace
/// configures it.
///
/// ```
/// use infra_sdk::resource::Namespace;
///
/// let shop = Namespace::new("shop".parse()?).pod_security("restricted".parse()?);
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Namespace {
    meta: Meta,
    pod_security: Option<PodSecurity>,
}

word_type! {
    /// What the pods of a namespace may do: the Pod Security Standards.
    PodSecurity, "a pod security standard" {
        /// Anything.
        Privileged = "privileged",
        /// Nothing that is known to give them rights on the node.
        Baseline = "baseline",
        /// Only what is good practice: what this product's defaults keep to.
        Restricted = "restricted",
    }
}

impl Namespace {
    /// A namespace.
    #[track_caller]
    pub fn new(name: DnsLabel) -> Self {
        Self {
            meta: Meta::new(name.into()),
            pod_security: None,
        }
    }

    /// What its pods may do: pods that do more are refused
    /// (`pod-security.kubernetes.io/enforce`, `audit` and `warn`). Default: the cluster's own.
    pub fn pod_security(mut self, standard: PodSecurity) -> Self {
        self.pod_security = Some(standard);
        self
    }
}

described!(Namespace);

impl Resource for Namespace {
    origin!();

    fn reference(&self) -> Ref {
        Ref::new("", "Namespace", self.meta.name.as_str())
    }

    fn relations(&self) -> Vec<Relation> {
        self.meta.relations(self.reference()).done()
    }

    fn lower(&self, graph: &Graph) -> Vec<Object> {
        let mut namespace = core::Namespace {
            metadata: self.meta.cluster_meta(graph),
            ..core::Namespace::default()
        };
        if let Some(standard) = self.pod_security {
            let labels = namespace.metadata.labels.get_or_insert_default();
            for mode in ["enforce", "audit", "warn"] {
                labels
                    .entry(format!("pod-security.kubernetes.io/{mode}"))
                    .or_insert_with(|| standard.to_string());
            }
        }
        vec![self.meta.object(&namespace)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::testing::{lower, p};
    use crate::resource::{Convention, Described};
    use serde_json::json;

    #[test]
    fn a_namespace_with_a_standard() {
        let namespace = Namespace::new(p("shop"))
            .pod_security(PodSecurity::Restricted)
            .label(p("pod-security.kubernetes.io/warn"), p("baseline"))
            .without(Convention::StandardLabels);
        assert_eq!(
            lower(&[&namespace]),
            [json!({
                "apiVersion": "v1",
                "kind": "Namespace",
                "metadata": { "name": "shop", "labels": {
                    "pod-security.kubernetes.io/enforce": "restricted",
                    "pod-security.kubernetes.io/audit": "restricted",
                    "pod-security.kubernetes.io/warn": "baseline",
                } },
            })]
        );
    }
}
