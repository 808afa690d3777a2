//! A cluster role binding: who may do what a cluster role allows, in every namespace.

use super::rights::{Binding, BindsRole, GROUP, Subjects};
use super::{Link, Meta, Relation, Resource};
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
    role: Link,
    subjects: Subjects,
}

impl ClusterRoleBinding {
    /// A binding of a role, to nobody yet.
    #[track_caller]
    pub fn new(name: RoleName, role: impl Into<Link>) -> Self {
        Self {
            meta: Meta::new(name.into()),
            role: role.into(),
            subjects: Subjects::default(),
        }
    }

    fn binding(&self) -> Binding<'_> {
        Binding {
            meta: &self.meta,
            role: &self.role,
            subjects: &self.subjects,
            what: format!("cluster role binding `{}`", self.meta.name),
        }
    }
}

described!(ClusterRoleBinding);

impl BindsRole for ClusterRoleBinding {
    fn subjects_mut(&mut self) -> &mut Subjects {
        &mut self.subjects
    }
}

impl Resource for ClusterRoleBinding {
    origin!();

    fn reference(&self) -> Ref {
        Ref::new(GROUP, "ClusterRoleBinding", self.meta.name.as_str())
    }

    fn relations(&self) -> Vec<Relation> {
        self.binding().relations(self.reference())
    }

    fn check(&self, graph: &Graph) -> Vec<Problem> {
        self.binding().check(graph, &["ClusterRole"])
    }

    fn lower(&self, graph: &Graph) -> Vec<Object> {
        let binding = rbac::ClusterRoleBinding {
            metadata: self.meta.cluster_meta(graph),
            role_ref: self.binding().role_ref(),
            subjects: self.binding().subjects(graph),
        };
        vec![self.meta.object(&binding)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::testing::{lower, p, problems};
    use crate::resource::{Existing, Role, ServiceAccount};
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
