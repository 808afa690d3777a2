//! Who is given a role.

use super::rights::GROUP;
use super::{Described, Link, Meta, Relation, RelationKind};
use crate::environment::{Graph, Problem};
use crate::object::Ref;
use crate::types::RoleName;
use k8s_openapi::api::rbac::v1 as rbac;

/// Who is given a role.
#[derive(Clone, Debug)]
enum Subject {
    /// A service account, or a workload, whose account is meant.
    Of(Link),
    User(RoleName),
    Group(RoleName),
}

/// A role, and who is given it, in the order in which it was said: what bindings are made of.
#[derive(Clone, Debug)]
pub struct Bound {
    role: Link,
    subjects: Vec<Subject>,
}

/// The setters of what gives a role to somebody: role bindings and cluster role bindings.
pub trait BindsRole: Described {
    /// What they change.
    #[doc(hidden)]
    fn bound_mut(&mut self) -> &mut Bound;

    /// Who is given the role (`subjects[]`): a service account, or a workload, whose own account is
    /// meant. Its pods get the account's token then, since rights without one are of no use, unless
    /// [`automount_service_account_token`](super::pod::Workload::automount_service_account_token)
    /// says no.
    #[must_use]
    fn subject(mut self, subject: impl Into<Link>) -> Self {
        let subject = Subject::Of(subject.into());
        self.bound_mut().subjects.push(subject);
        self
    }

    /// A user, as the cluster's authentication names them (`subjects[]`, kind `User`).
    #[must_use]
    fn user(mut self, name: RoleName) -> Self {
        self.bound_mut().subjects.push(Subject::User(name));
        self
    }

    /// A group of users, such as `system:authenticated` (`subjects[]`, kind `Group`).
    #[must_use]
    fn group(mut self, name: RoleName) -> Self {
        self.bound_mut().subjects.push(Subject::Group(name));
        self
    }
}

/// The traits of a binding, for a builder with a `meta` and a `bound`.
macro_rules! binds_role {
    ($name:ident) => {
        described!($name);

        impl $crate::resource::BindsRole for $name {
            fn bound_mut(&mut self) -> &mut $crate::resource::Bound {
                &mut self.bound
            }
        }
    };
}

impl Bound {
    /// A role, given to nobody yet.
    pub(super) fn new(role: Link) -> Self {
        Self {
            role,
            subjects: Vec::new(),
        }
    }

    pub(super) fn relations(&self, meta: &Meta, from: Ref) -> Vec<Relation> {
        let mut relations = meta.relations(from);
        relations.uses(&self.role, meta.origin.of_field("roleRef"));
        let at = meta.origin.of_field("subjects");
        for subject in &self.subjects {
            if let Subject::Of(link) = subject {
                relations.add(link.target(), RelationKind::Grants, at);
            }
        }
        relations.done()
    }

    pub(super) fn role_ref(&self) -> rbac::RoleRef {
        rbac::RoleRef {
            api_group: Some(GROUP.to_owned()),
            kind: self.role.reference().kind.clone(),
            name: self.role.name().to_owned(),
        }
    }

    pub(super) fn subjects(&self, graph: &Graph) -> Option<Vec<rbac::Subject>> {
        let of = |kind: &str, name: &RoleName| rbac::Subject {
            api_group: Some(GROUP.to_owned()),
            kind: kind.to_owned(),
            name: name.to_string(),
            namespace: None,
        };
        let subjects = self.subjects.iter();
        let subjects: Vec<_> = subjects
            .filter_map(|subject| match subject {
                Subject::User(name) => Some(of("User", name)),
                Subject::Group(name) => Some(of("Group", name)),
                Subject::Of(link) => {
                    let account = account_of(link, graph)?;
                    Some(rbac::Subject {
                        api_group: None,
                        kind: "ServiceAccount".to_owned(),
                        name: account.name.clone(),
                        namespace: Some(graph.namespace_of(&account).to_owned()),
                    })
                }
            })
            .collect();
        super::meta::some(subjects)
    }

    /// What is wrong with a binding, which `what` names, and which can give these kinds of roles.
    pub(super) fn check(
        &self,
        meta: &Meta,
        graph: &Graph,
        what: &str,
        roles: &[&str],
    ) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut problem = |field: &str, message: String, help: &str| {
            problems.push(Problem {
                message,
                at: meta.origin.of_field(field).cloned(),
                help: Some(help.to_owned()),
            });
        };
        let role = self.role.reference();
        if !(role.group == GROUP && roles.contains(&role.kind.as_str())) {
            let expected = roles.iter().map(|kind| super::words_of(kind));
            let expected: Vec<String> = expected.map(|kind| format!("a {kind}")).collect();
            problem(
                "roleRef",
                format!("{what} gives `{role}`, which is no role that it can give"),
                &format!("expected {}", expected.join(" or ")),
            );
        }
        if self.subjects.is_empty() {
            problem(
                "subjects",
                format!("{what} gives its role to nobody"),
                "say who gets it: `.subject(APP)`, `.user(\"jane\")` or `.group(\"developers\")`",
            );
        }
        for subject in &self.subjects {
            let Subject::Of(link) = subject else { continue };
            let to = link.reference();
            let known = graph.facts(to);
            // What is not in the environment is told as such.
            let Some(facts) = known.filter(|_| account_of(link, graph).is_none()) else {
                continue;
            };
            if facts.pods.is_some() {
                problem(
                    "subjects",
                    format!(
                        "{what} gives its role to `{to}`, which has no service account of its own: \
                         every pod under `default` would have it"
                    ),
                    "name one with `.service_account(…)`",
                );
            } else {
                problem(
                    "subjects",
                    format!("{what} gives its role to `{to}`, which runs under no service account"),
                    "expected a workload, or a service account such as \
                     `existing(\"service_account\", \"deployer\")`",
                );
            }
        }
        problems
    }
}

/// The service account that a subject means.
fn account_of(link: &Link, graph: &Graph) -> Option<Ref> {
    if link.is("", "ServiceAccount") {
        return Some(link.reference().clone());
    }
    let account = graph
        .facts(link.reference())?
        .pods
        .as_ref()?
        .account
        .clone()?;
    // A workload names an account of its own namespace.
    Some(Ref {
        namespace: link.reference().namespace.clone(),
        ..account
    })
}
