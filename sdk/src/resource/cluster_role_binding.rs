//! A cluster role binding: who may do what a cluster role allows, in every namespace.

use super::rights::GROUP;
use super::{Bound, Link, Meta, Relation, Resource};
use crate::environment::{Graph, Problem};
use crate::object::{Object, Ref};
use crate::types::RoleName;
use k8s_openapi::api::rbac::v1 as rbac;

/// Gives a [`ClusterRole`](super::ClusterRole) to somebody, in every namespace and outside of them
/// (`ClusterRoleBinding`). The role cannot change later: another one makes it anew.
///
/// ```
/// use infra_sdk::resource::prelude::*;
/// use infra_sdk::resource::{ClusterRoleBinding, Existing};
///
/// let view = Existing::new("cluster_role", "view".parse()?)?;
/// let binding = ClusterRoleBinding::new("auditors".parse()?, &view).group("auditors".parse()?);
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct ClusterRoleBinding {
    meta: Meta,
    bound: Bound,
}

impl ClusterRoleBinding {
    /// A binding of a role, to nobody yet.
    #[track_caller]
    pub fn new(name: RoleName, role: impl Into<Link>) -> Self {
        Self {
            meta: Meta::new(name.into()),
            bound: Bound::new(role.into()),
        }
    }
}

binds_role!(ClusterRoleBinding);

impl Resource for ClusterRoleBinding {
    origin!();

    fn reference(&self) -> Ref {
        Ref::new(GROUP, "ClusterRoleBinding", self.meta.name.as_str())
    }

    fn relations(&self) -> Vec<Relation> {
        self.bound.relations(&self.meta, self.reference())
    }

    fn check(&self, graph: &Graph) -> Vec<Problem> {
        let what = format!("cluster role binding `{}`", self.meta.name);
        self.bound.check(&self.meta, graph, &what, &["ClusterRole"])
    }

    fn lower(&self, graph: &Graph) -> Vec<Object> {
        let binding = rbac::ClusterRoleBinding {
            metadata: self.meta.cluster_meta(graph),
            role_ref: self.bound.role_ref(),
            subjects: self.bound.subjects(graph),
        };
        vec![self.meta.object(&binding)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::testing::{lower, p, problems};
    use crate::resource::{BindsRole, Existing, Role, ServiceAccount};
    use serde_json::json;

    #[test]
    fn who_has_a_role_everywhere() {
        let view = Existing::new("cluster_role", p("view")).expect("a kind");
        let account = ServiceAccount::new(p("robot"));
        let binding = ClusterRoleBinding::new(p("auditors"), &view)
            .group(p("auditors"))
            .subject(&account);
        let object = &lower(&[&binding, &account])[0];
        assert!(object["metadata"].get("namespace").is_none());
        assert_eq!(
            object["subjects"],
            json!([
                { "apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "auditors" },
                { "kind": "ServiceAccount", "name": "robot", "namespace": "shop" },
            ])
        );
        let role = Role::new(p("r"));
        let wrong = ClusterRoleBinding::new(p("b"), &role).user(p("jane"));
        assert_eq!(
            problems(&[&wrong, &role]),
            ["cluster role binding `b` gives `role/r`, which is no role that it can give"]
        );
    }
}
