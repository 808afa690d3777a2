//! A role binding: who may do what a role allows, in a namespace.

use super::rights::GROUP;
use super::{Bound, Link, Meta, Relation, Resource};
use crate::environment::{Graph, Problem};
use crate::object::{Object, Ref};
use crate::types::RoleName;
use k8s_openapi::api::rbac::v1 as rbac;

/// Gives a [`Role`](super::Role) to somebody, or a [`ClusterRole`](super::ClusterRole) in its namespace
/// alone (`RoleBinding`). The role cannot change later: another one makes it anew.
///
/// ```
/// use infra_sdk::resource::prelude::*;
/// use infra_sdk::resource::{Deployment, Existing, RoleBinding};
///
/// let app = Deployment::new("app".parse()?).image("app:1".parse()?);
/// let view = Existing::new("cluster_role", "view".parse()?)?;
/// let binding = RoleBinding::new("app-views".parse()?, &view).subject(&app);
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct RoleBinding {
    meta: Meta,
    bound: Bound,
}

impl RoleBinding {
    /// A binding of a role, to nobody yet.
    #[track_caller]
    pub fn new(name: RoleName, role: impl Into<Link>) -> Self {
        Self {
            meta: Meta::new(name.into()),
            bound: Bound::new(role.into()),
        }
    }
}

binds_role!(RoleBinding);

impl Resource for RoleBinding {
    origin!();

    fn reference(&self) -> Ref {
        self.meta.reference(GROUP, "RoleBinding")
    }

    fn relations(&self) -> Vec<Relation> {
        self.bound.relations(&self.meta, self.reference())
    }

    fn check(&self, graph: &Graph) -> Vec<Problem> {
        let what = format!("role binding `{}`", self.meta.name);
        self.bound
            .check(&self.meta, graph, &what, &["Role", "ClusterRole"])
    }

    fn lower(&self, graph: &Graph) -> Vec<Object> {
        let binding = rbac::RoleBinding {
            metadata: self.meta.object_meta(graph),
            role_ref: self.bound.role_ref(),
            subjects: self.bound.subjects(graph),
        };
        vec![self.meta.object(&binding)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Environment;
    use crate::resource::pod::{HasContainer, Workload};
    use crate::resource::testing::{lower, p, problems};
    use crate::resource::{BindsRole, GivesRights};
    use crate::resource::{
        ConfigMap, Convention, Deployment, Described, Job, Role, Service, ServiceAccount,
    };
    use crate::types::{ApiResource, Verb};
    use serde_json::{Value, json};

    fn role() -> Role {
        let pods: ApiResource = p("pods");
        Role::new(p("reader")).allow([Verb::Get], [pods])
    }

    fn app() -> Deployment {
        Deployment::new(p("app")).image(p("app:1"))
    }

    #[test]
    fn who_has_a_role() {
        let (role, app) = (role(), app());
        let account = ServiceAccount::new(p("robot")).namespace(p("ops"));
        let binding = RoleBinding::new(p("readers"), &role)
            .subject(&app)
            .subject(&account)
            .user(p("jane@example.com"))
            .group(p("system:authenticated"));
        let object = &lower(&[&binding, &role, &app, &account])[0];
        assert_eq!(
            object["roleRef"],
            json!({ "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader" })
        );
        assert_eq!(
            object["subjects"],
            json!([
                { "kind": "ServiceAccount", "name": "app", "namespace": "shop" },
                { "kind": "ServiceAccount", "name": "robot", "namespace": "ops" },
                { "apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "jane@example.com" },
                { "apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "system:authenticated" },
            ])
        );
        assert!(problems(&[&binding, &role, &app, &account]).is_empty());
    }

    #[test]
    fn who_has_rights_has_the_token_too() {
        let role = role();
        let account = ServiceAccount::new(p("app"));
        let other = Deployment::new(p("other")).image(p("app:1"));
        let binding = |app: &Deployment| RoleBinding::new(p("b"), &role).subject(app);
        let token = |objects: Vec<Value>| {
            objects[0]["spec"]["template"]["spec"]["automountServiceAccountToken"].clone()
        };
        let plain = app();
        let kept = app().automount_service_account_token(false);
        let named = app().service_account(&account);
        assert_eq!(
            token(lower(&[&plain, &role, &binding(&other), &other])),
            false
        );
        assert_eq!(token(lower(&[&plain, &role, &binding(&plain)])), true);
        assert_eq!(token(lower(&[&kept, &role, &binding(&kept)])), false);
        assert_eq!(
            token(lower(&[&named, &role, &account, &binding(&named)])),
            true
        );
        let of_account = RoleBinding::new(p("b"), &role).subject(&account);
        assert_eq!(token(lower(&[&plain, &role, &account, &of_account])), true);
        let like = Job::like(&plain, p("migrate"), p("app:2"));
        assert_eq!(
            token(lower(&[&like, &plain, &role, &binding(&plain)])),
            true
        );
        // Who only shares the name has the rights, and not the token.
        let job = Job::new(p("app")).image(p("app:1"));
        assert_eq!(
            token(lower(&[&job, &plain, &role, &binding(&plain)])),
            false
        );
    }

    #[test]
    fn rights_come_before_the_pods_that_need_them() {
        let (role, app) = (role(), app());
        let binding = RoleBinding::new(p("b"), &role).subject(&app);
        let environment = Environment::new("shop").add(app).add(binding).add(role);
        let rendered = environment.render().expect("right");
        let kinds: Vec<&str> = rendered
            .objects
            .iter()
            .map(|one| one.id.kind.as_str())
            .collect();
        assert_eq!(
            kinds,
            [
                "Namespace",
                "ServiceAccount",
                "Role",
                "RoleBinding",
                "Deployment"
            ]
        );
        let place = |kind| kinds.iter().position(|one| *one == kind).expect("there");
        assert!(rendered.edges.iter().any(|edge| {
            (edge.before, edge.after) == (place("RoleBinding"), place("Deployment"))
        }));
    }

    #[test]
    fn what_is_wrong() {
        let (role, app) = (role(), app());
        let map = ConfigMap::new(p("settings"));
        let without = app.clone().without(Convention::ServiceAccount);
        let service = Service::new(p("web"), &app);
        for (binding, expected) in [
            (
                RoleBinding::new(p("b"), &role),
                "role binding `b` gives its role to nobody",
            ),
            (
                RoleBinding::new(p("b"), &map)
                    .subject(&service.clone())
                    .user(p("jane")),
                "role binding `b` gives `configmap/settings`, which is no role that it can give",
            ),
            (
                RoleBinding::new(p("b"), &role).subject(&map),
                "role binding `b` gives its role to `configmap/settings`, which runs under no service account",
            ),
            (
                RoleBinding::new(p("b"), &role).subject(&without),
                "role binding `b` gives its role to `deployment/app`, which has no service account of its own: every pod under `default` would have it",
            ),
        ] {
            let found = problems(&[&binding, &role, &without, &map]);
            assert_eq!(found, [expected]);
        }
    }
}
