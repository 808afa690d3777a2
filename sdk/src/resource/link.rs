//! What a setter keeps of the resource that it was given.

use super::{Facts, Relation, RelationKind, Resource, Target};
use crate::object::{Location, Ref};

/// Another resource as a setter keeps it: its reference, and whether it is made by others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    to: Ref,
    existing: bool,
}

impl Link {
    /// A resource of the environment, by reference.
    pub fn to(reference: Ref) -> Self {
        Self {
            to: reference,
            existing: false,
        }
    }

    /// Something that is there already.
    pub fn existing(reference: Ref) -> Self {
        Self {
            to: reference,
            existing: true,
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

    pub(crate) fn is(&self, group: &str, kind: &str) -> bool {
        self.to.group == group && self.to.kind == kind
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
        let Facts { existing, .. } = resource.facts();
        Self {
            to: resource.reference(),
            existing,
        }
    }
}

impl From<Link> for Target {
    fn from(link: Link) -> Self {
        link.target()
    }
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
        let relation = Relation {
            from: self.from.clone(),
            to,
            kind,
            at: at.cloned(),
        };
        if !self.all.contains(&relation) {
            self.all.push(relation);
        }
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

    pub(crate) fn done(self) -> Vec<Relation> {
        self.all
    }
}
