//! What a setter keeps of the resource that it was given.

use super::{Facts, Relation, RelationKind, Resource, Target};
use crate::environment::{Graph, Problem};
use crate::object::{Location, Ref};
use std::collections::HashSet;

/// Another resource as a setter keeps it: its reference, and whether it is made by others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    to: Ref,
    existing: bool,
    /// The name of the Secret that a controller makes because of it.
    secret: Option<String>,
}

impl Link {
    /// A resource of the environment, by reference.
    pub fn to(reference: Ref) -> Self {
        Self {
            to: reference,
            existing: false,
            secret: None,
        }
    }

    /// Something that is there already.
    pub fn existing(reference: Ref) -> Self {
        Self {
            to: reference,
            existing: true,
            secret: None,
        }
    }

    /// Who is meant.
    pub fn reference(&self) -> &Ref {
        &self.to
    }

    /// The name of who is meant.
    pub fn name(&self) -> &str {
        &self.to.name
    }

    /// The Secret that is meant: itself, or the one that a controller makes because of it, as for an
    /// external secret or a certificate.
    pub fn secret(&self) -> Option<Self> {
        if self.is("", "Secret") {
            return Some(self.clone());
        }
        let mut secret = Ref::new("", "Secret", self.secret.as_ref()?);
        secret.namespace.clone_from(&self.to.namespace);
        Some(Self {
            to: secret,
            existing: self.existing,
            secret: None,
        })
    }

    pub(crate) fn is(&self, group: &str, kind: &str) -> bool {
        self.to.group == group && self.to.kind == kind
    }

    /// A problem, where this is not of an expected kind. `what` is the start of a sentence:
    /// "the service account of deployment `web`".
    pub(crate) fn must_be(
        &self,
        (group, kind): (&str, &str),
        what: &str,
        at: Option<&Location>,
    ) -> Option<Problem> {
        (!self.is(group, kind)).then(|| Problem {
            message: format!("{what} is {}", self.in_words()),
            at: at.cloned(),
            help: Some(format!("expected a {}", super::words_of(kind))),
        })
    }

    /// A problem, where this is something that cannot have pods. What is not in the environment, or
    /// is a custom resource, is given the benefit of the doubt.
    pub(crate) fn must_have_pods(
        &self,
        graph: &Graph,
        what: &str,
        at: Option<&Location>,
    ) -> Option<Problem> {
        let podless = |facts: &Facts| !facts.existing && facts.pods.is_none();
        let builtin = infra_schema::kind::Kind::find_latest(&self.to.group, &self.to.kind);
        let wrong = builtin.is_some() && graph.facts(&self.to).is_some_and(podless);
        wrong.then(|| Problem {
            message: format!("{what} is made for {}, which has no pods", self.in_words()),
            at: at.cloned(),
            help: Some("expected a deployment, a stateful set, or another workload".to_owned()),
        })
    }

    /// "config map `settings`".
    pub(crate) fn in_words(&self) -> String {
        format!("{} `{}`", super::words_of(&self.to.kind), self.to.name)
    }

    pub(crate) fn target(&self) -> Target {
        if self.existing {
            Target::Existing(self.to.clone())
        } else {
            Target::Resource(self.to.clone())
        }
    }
}

impl<R: Resource + ?Sized> From<&R> for Link {
    fn from(resource: &R) -> Self {
        let facts = resource.facts();
        Self {
            to: resource.reference(),
            existing: facts.existing,
            secret: facts.secret,
        }
    }
}

impl From<Link> for Target {
    fn from(link: Link) -> Self {
        link.target()
    }
}

/// A type that is another resource of one kind, by value or by name.
macro_rules! named_link {
    ($(#[$doc:meta])* $name:ident, $group:literal, $kind:literal, $builder:ty, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            link: $crate::resource::Link,
            by_name: bool,
        }

        impl $name {
            /// Who is meant.
            pub fn link(&self) -> &$crate::resource::Link {
                &self.link
            }

            /// The name of who is meant.
            pub fn name(&self) -> &str {
                self.link.name()
            }

            /// Whether the name alone was given: others may own who is meant.
            pub fn is_by_name(&self) -> bool {
                self.by_name
            }
        }

        impl From<$crate::types::Name> for $name {
            fn from(name: $crate::types::Name) -> Self {
                let reference = $crate::object::Ref::new($group, $kind, name.as_str());
                Self {
                    link: $crate::resource::Link::to(reference),
                    by_name: true,
                }
            }
        }

        impl From<&$builder> for $name {
            fn from(resource: &$builder) -> Self {
                Self {
                    link: $crate::resource::Link::from(resource),
                    by_name: false,
                }
            }
        }

        /// A resource of this kind, of the environment or there already; any other is given back.
        impl TryFrom<$crate::resource::Link> for $name {
            type Error = $crate::resource::Link;

            fn try_from(link: $crate::resource::Link) -> Result<Self, Self::Error> {
                let by_name = false;
                if link.is($group, $kind) {
                    Ok(Self { link, by_name })
                } else {
                    Err(link)
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::types::Invalid;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse::<$crate::types::Name>()
                    .map(Self::from)
                    .map_err(|invalid| $crate::types::Invalid { what: $what, ..invalid })
            }
        }
    };
}

impl<R: Resource + ?Sized> From<&R> for Target {
    fn from(resource: &R) -> Self {
        Link::from(resource).target()
    }
}

/// The relations of one resource while they are collected.
pub(crate) struct Relations {
    from: Ref,
    all: Vec<Relation>,
}

impl Relations {
    pub(crate) fn of(from: Ref) -> Self {
        Self {
            from,
            all: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, to: Target, kind: RelationKind, at: Option<&Location>) {
        self.all.push(Relation {
            from: self.from.clone(),
            to,
            kind,
            at: at.cloned(),
        });
    }

    pub(crate) fn uses(&mut self, to: &Link, at: Option<&Location>) {
        self.uses_key(to, None, false, at);
    }

    pub(crate) fn uses_key(
        &mut self,
        to: &Link,
        key: Option<String>,
        optional: bool,
        at: Option<&Location>,
    ) {
        self.add(to.target(), RelationKind::Uses { key, optional }, at);
    }

    /// All of them, in order, each once.
    pub(crate) fn done(self) -> Vec<Relation> {
        let mut seen = HashSet::with_capacity(self.all.len());
        let first: Vec<bool> = self
            .all
            .iter()
            .map(|relation| seen.insert(relation))
            .collect();
        let all = self.all.into_iter().zip(first);
        all.filter_map(|(relation, first)| first.then_some(relation))
            .collect()
    }
}
