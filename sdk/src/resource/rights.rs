//! What roles allow.

use super::{Described, Link, Meta, link::Relations};
use crate::environment::{Graph, Problem};
use crate::object::Ref;
use crate::types::{ApiResource, RoleName, UrlPath, UrlVerb, Verb};
use infra_schema::kind::Kind;
use k8s_openapi::api::rbac::v1 as rbac;
use std::fmt::Display;

pub(super) const GROUP: &str = "rbac.authorization.k8s.io";

/// What a right is a right to: all objects of a kind, or one object alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RightTo {
    /// All of a kind (`resources[]`).
    Resource(ApiResource),
    /// This one alone (`resources[]`, `resourceNames[]`).
    Object(Link),
}

impl From<ApiResource> for RightTo {
    fn from(resource: ApiResource) -> Self {
        Self::Resource(resource)
    }
}

impl From<Link> for RightTo {
    fn from(link: Link) -> Self {
        Self::Object(link)
    }
}

/// What a role allows, in the order in which it was said.
#[derive(Clone, Debug, Default)]
pub struct Rights {
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
enum Rule {
    To(Vec<Verb>, Vec<RightTo>),
    Named(Vec<Verb>, Vec<ApiResource>, Vec<RoleName>),
    Urls(Vec<UrlVerb>, Vec<UrlPath>),
}

/// The setters of what gives rights: roles and cluster roles.
pub trait GivesRights: Described {
    /// The rights that they change.
    #[doc(hidden)]
    fn rights_mut(&mut self) -> &mut Rights;

    /// Allows to do something with all objects of some kinds, or with one object of the environment
    /// alone (`rules[]`).
    #[must_use]
    fn allow<T: Into<RightTo>>(
        mut self,
        verbs: impl IntoIterator<Item = Verb>,
        to: impl IntoIterator<Item = T>,
    ) -> Self {
        let verbs = verbs.into_iter().collect();
        let to = to.into_iter().map(Into::into).collect();
        self.rights_mut().rules.push(Rule::To(verbs, to));
        self
    }

    /// Allows to do something with the objects of these names alone (`rules[].resourceNames[]`).
    #[must_use]
    fn allow_named(
        mut self,
        verbs: impl IntoIterator<Item = Verb>,
        resources: impl IntoIterator<Item = ApiResource>,
        names: impl IntoIterator<Item = RoleName>,
    ) -> Self {
        let verbs = verbs.into_iter().collect();
        let resources = resources.into_iter().collect();
        let names = names.into_iter().collect();
        let rules = &mut self.rights_mut().rules;
        rules.push(Rule::Named(verbs, resources, names));
        self
    }
}

impl Rights {
    pub(super) fn allow_urls(&mut self, verbs: Vec<UrlVerb>, urls: Vec<UrlPath>) {
        self.rules.push(Rule::Urls(verbs, urls));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The objects that rights are given to must be there; nothing waits for them.
    pub(super) fn relations(&self, meta: &Meta, relations: &mut Relations) {
        for rule in &self.rules {
            let Rule::To(_, to) = rule else { continue };
            for right in to {
                if let RightTo::Object(link) = right {
                    relations.uses(link, meta.origin.of_field("rules"));
                }
            }
        }
    }

    /// `rules`: a rule for each group, so that nothing is allowed that was not said.
    pub(super) fn lower(&self) -> Vec<rbac::PolicyRule> {
        let mut rules = Vec::new();
        for rule in &self.rules {
            match rule {
                Rule::Urls(verbs, urls) => rules.push(rbac::PolicyRule {
                    non_resource_urls: Some(texts(urls)),
                    verbs: texts(verbs),
                    ..rbac::PolicyRule::default()
                }),
                Rule::Named(verbs, resources, names) => {
                    let names = texts(names);
                    let resources = resources.iter().map(|resource| (resource, &names[..]));
                    rules.extend(by_group(verbs, resources));
                }
                Rule::To(verbs, to) => {
                    let all: Vec<(ApiResource, Vec<String>)> = to.iter().map(meant).collect();
                    let all = all.iter().map(|(resource, names)| (resource, &names[..]));
                    rules.extend(by_group(verbs, all));
                }
            }
        }
        rules
    }

    /// What is wrong with the rights of a role. `what` names it; `namespace` where it is in one.
    pub(super) fn check(
        &self,
        meta: &Meta,
        graph: &Graph,
        what: &str,
        namespace: Option<&str>,
    ) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut problem = |message: String, help: String| {
            problems.push(Problem {
                message,
                at: meta.origin.of_field("rules").cloned(),
                help: Some(help),
            });
        };
        for rule in &self.rules {
            let (verbs, named, resources) = match rule {
                Rule::Urls(..) => continue,
                Rule::Named(verbs, resources, _) => (verbs, true, resources.iter().collect()),
                Rule::To(verbs, to) => {
                    let mut resources = Vec::new();
                    for right in to {
                        match right {
                            RightTo::Resource(resource) => resources.push(resource),
                            RightTo::Object(link) => {
                                if let Some((message, help)) = stray(link, graph, what, namespace) {
                                    problem(message, help);
                                }
                            }
                        }
                    }
                    let one = to.iter().any(|right| matches!(right, RightTo::Object(_)));
                    (verbs, one, resources)
                }
            };
            let nameless = [Verb::Create, Verb::DeleteCollection];
            if let Some(verb) = verbs.iter().find(|verb| nameless.contains(verb))
                && named
            {
                problem(
                    format!("{what} allows `{verb}` by name, which Kubernetes cannot tell apart"),
                    format!("allow `{verb}` in a rule of its own, for all objects of the kind"),
                );
            }
            for resource in resources {
                if namespace.is_some() && resource.is_cluster_wide() {
                    problem(
                        format!("{what} allows `{resource}`, which are in no namespace"),
                        "a role gives rights in its namespace; use a `cluster_role` and a \
                         `cluster_role_binding`"
                            .to_owned(),
                    );
                }
            }
        }
        problems
    }
}

/// What is wrong with a right to one object.
fn stray(
    link: &Link,
    graph: &Graph,
    what: &str,
    namespace: Option<&str>,
) -> Option<(String, String)> {
    let Ref { group, kind, .. } = link.reference();
    let id = link.reference();
    let Some(known) = Kind::find_latest(group, kind) else {
        return Some((
            format!("{what} allows something with `{id}`, whose plural is not known"),
            format!(
                "say it: `.allow_named(\"get\", \"PLURAL.{group}\", \"{}\")`",
                id.name
            ),
        ));
    };
    let namespace = namespace?;
    if !known.namespaced {
        return Some((
            format!("{what} allows something with `{id}`, which is in no namespace"),
            "use a `cluster_role` and a `cluster_role_binding`".to_owned(),
        ));
    }
    let home = graph.namespace_of(id);
    (home != namespace).then(|| {
        (
            format!(
                "{what} is in namespace `{namespace}`, and allows something with `{id}` in `{home}`"
            ),
            format!("give the role the `.namespace(\"{home}\")`"),
        )
    })
}

/// A kind of resource, and the names in it that are meant; none for all.
fn meant(right: &RightTo) -> (ApiResource, Vec<String>) {
    match right {
        RightTo::Resource(resource) => (resource.clone(), Vec::new()),
        RightTo::Object(link) => (resource_of(link.reference()), vec![link.name().to_owned()]),
    }
}

fn resource_of(reference: &Ref) -> ApiResource {
    match Kind::find_latest(&reference.group, &reference.kind) {
        Some(kind) => ApiResource::of_kind(kind),
        // What is not known is a problem, and is not applied.
        None => ApiResource::custom(&reference.group, &reference.kind.to_lowercase()),
    }
}

/// A rule for each group and set of names, in the order of their first.
fn by_group<'a>(
    verbs: &[Verb],
    resources: impl Iterator<Item = (&'a ApiResource, &'a [String])>,
) -> Vec<rbac::PolicyRule> {
    let mut rules: Vec<rbac::PolicyRule> = Vec::new();
    for (resource, names) in resources {
        let (group, name) = (resource.group(), resource.name());
        let named = !names.is_empty();
        let fits = |rule: &&mut rbac::PolicyRule| {
            let list = |list: &Option<Vec<String>>| list.clone().unwrap_or_default();
            let same_names = list(&rule.resource_names) == names;
            let one = list(&rule.resources) == [name];
            // Names of one kind may stand together; those of two would each be allowed for both.
            list(&rule.api_groups) == [group]
                && (same_names || (one && named && rule.resource_names.is_some()))
        };
        let add = |list: &mut Option<Vec<String>>, text: &str| {
            let list = list.get_or_insert_default();
            if !list.iter().any(|known| known == text) {
                list.push(text.to_owned());
            }
        };
        if let Some(rule) = rules.iter_mut().find(fits) {
            add(&mut rule.resources, name);
            for one in names {
                add(&mut rule.resource_names, one);
            }
        } else {
            rules.push(rbac::PolicyRule {
                api_groups: Some(vec![group.to_owned()]),
                resources: Some(vec![name.to_owned()]),
                resource_names: named.then(|| names.to_vec()),
                verbs: texts(verbs),
                ..rbac::PolicyRule::default()
            });
        }
    }
    rules
}

fn texts<T: Display>(words: &[T]) -> Vec<String> {
    let mut texts: Vec<String> = Vec::with_capacity(words.len());
    for word in words {
        let text = word.to_string();
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts
}
