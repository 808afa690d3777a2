//! A role: what may be done in a namespace.

use super::rights::{GROUP, GivesRights, Rights};
use super::{Meta, Relation, Resource};
use crate::environment::{Graph, Problem};
use crate::object::{Object, Ref};
use crate::types::RoleName;
use k8s_openapi::api::rbac::v1 as rbac;

/// What may be done in a namespace (`Role`), by those whom a
/// [`RoleBinding`](super::RoleBinding) names.
///
/// ```
/// use infra_sdk::resource::prelude::*;
/// use infra_sdk::resource::Role;
/// use infra_sdk::types::{ApiResource, Verb};
///
/// let pods: ApiResource = "pods".parse()?;
/// let deployments: ApiResource = "deployments.apps".parse()?;
/// let role = Role::new("deployer".parse()?)
///     .allow([Verb::Get, Verb::List, Verb::Watch], [pods, deployments]);
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Role {
    meta: Meta,
    rights: Rights,
}

impl Role {
    /// A role that allows nothing yet.
    #[track_caller]
    pub fn new(name: RoleName) -> Self {
        Self {
            meta: Meta::new(name.into()),
            rights: Rights::default(),
        }
    }
}

described!(Role);

impl GivesRights for Role {
    fn rights_mut(&mut self) -> &mut Rights {
        &mut self.rights
    }
}

impl Resource for Role {
    origin!();

    fn reference(&self) -> Ref {
        self.meta.reference(GROUP, "Role")
    }

    fn relations(&self) -> Vec<Relation> {
        let mut relations = self.meta.relations(self.reference());
        self.rights.relations(&self.meta, &mut relations);
        relations.done()
    }

    fn check(&self, graph: &Graph) -> Vec<Problem> {
        let what = format!("role `{}`", self.meta.name);
        if self.rights.is_empty() {
            return vec![Problem {
                message: format!("{what} allows nothing"),
                at: self.meta.origin.made.clone(),
                help: Some("say what: `.allow([\"get\", \"list\"], \"pods\")`".to_owned()),
            }];
        }
        let reference = self.reference();
        let namespace = graph.namespace_of(&reference);
        self.rights.check(&self.meta, graph, &what, Some(namespace))
    }

    fn lower(&self, graph: &Graph) -> Vec<Object> {
        let role = rbac::Role {
            metadata: self.meta.object_meta(graph),
            rules: super::meta::some(self.rights.lower()),
        };
        vec![self.meta.object(&role)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::testing::{lower, p, problems};
    use crate::resource::{ConfigMap, Deployment, Described, Link, RightTo, Secret};
    use crate::types::{ApiResource, Verb};
    use serde_json::json;

    fn resources(words: &[&str]) -> Vec<ApiResource> {
        words.iter().map(|word| p(word)).collect()
    }

    #[test]
    fn rights_by_group_and_by_name() {
        let settings = ConfigMap::new(p("settings"));
        let keys = Secret::new(p("keys"));
        let role = Role::new(p("app:deployer"))
            .allow(
                [Verb::Get, Verb::List, Verb::Get],
                resources(&["pods", "deployments", "pods/log", "statefulsets.apps"]),
            )
            .allow(
                [Verb::Get],
                [
                    RightTo::Object(Link::from(&settings)),
                    RightTo::Object(Link::from(&keys)),
                ],
            )
            .allow_named(
                [Verb::Update],
                resources(&["leases"]),
                [p("leader"), p("other")],
            );
        assert_eq!(
            lower(&[&role, &settings, &keys])[0]["rules"],
            json!([
                { "apiGroups": [""], "resources": ["pods", "pods/log"], "verbs": ["get", "list"] },
                { "apiGroups": ["apps"], "resources": ["deployments", "statefulsets"], "verbs": ["get", "list"] },
                { "apiGroups": [""], "resources": ["configmaps"], "resourceNames": ["settings"], "verbs": ["get"] },
                { "apiGroups": [""], "resources": ["secrets"], "resourceNames": ["keys"], "verbs": ["get"] },
                { "apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "resourceNames": ["leader", "other"], "verbs": ["update"] },
            ])
        );
        assert!(problems(&[&role, &settings, &keys]).is_empty());
    }

    #[test]
    fn names_of_one_kind_stand_together_and_never_name_another() {
        let map = |name: &str| RightTo::Object(Link::from(&ConfigMap::new(p(name))));
        let secret = RightTo::Object(Link::from(&Secret::new(p("b"))));
        let all = RightTo::Resource(p("pods"));
        let role = Role::new(p("r")).allow([Verb::Get], [map("a"), all, secret, map("b")]);
        assert_eq!(
            lower(&[&role])[0]["rules"],
            json!([
                { "apiGroups": [""], "resources": ["configmaps"], "resourceNames": ["a", "b"], "verbs": ["get"] },
                { "apiGroups": [""], "resources": ["pods"], "verbs": ["get"] },
                { "apiGroups": [""], "resources": ["secrets"], "resourceNames": ["b"], "verbs": ["get"] },
            ])
        );
    }

    #[test]
    fn what_is_wrong() {
        let role = || Role::new(p("r"));
        let far = Deployment::new(p("app"))
            .image(p("a:1"))
            .namespace(p("far"));
        for (role, expected) in [
            (role(), "role `r` allows nothing"),
            (
                role().allow([Verb::Get], resources(&["nodes"])),
                "role `r` allows `nodes`, which are in no namespace",
            ),
            (
                role().allow_named([Verb::Create], resources(&["leases"]), [p("leader")]),
                "role `r` allows `create` by name, which Kubernetes cannot tell apart",
            ),
            (
                role().allow([Verb::Get], [Link::from(&far)]),
                "role `r` is in namespace `shop`, and allows something with `deployment/app` in `far`",
            ),
        ] {
            assert_eq!(problems(&[&role, &far]), [expected]);
        }
    }

    use crate::resource::pod::HasContainer;
}
