//! A kind, and how a built-in one is found.

use std::borrow::Cow;
use std::fmt;

use crate::table;
use crate::ty::Type;

/// A word that is static for built-in kinds and owned for kinds from a CRD.
pub type Word = Cow<'static, str>;

/// A list of words.
pub type Words = Cow<'static, [Word]>;

/// A path below an object, such as `status` or `scale`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subresource {
    /// Name in the path.
    pub name: Word,
    /// Group of the body that it takes and answers.
    pub group: Word,
    /// Version of that body.
    pub version: Word,
    /// Kind of that body.
    pub kind: Word,
    /// What may be done with it.
    pub verbs: Words,
}

/// A kind of object in one version of its group.
#[derive(Clone)]
pub struct Kind {
    /// API group; empty for the core group.
    pub group: Word,
    /// Version, such as `v1`.
    pub version: Word,
    /// Name of the kind, such as `Deployment`.
    pub kind: Word,
    /// Name in paths, such as `deployments`.
    pub plural: Word,
    /// Lower-case singular, such as `deployment`.
    pub singular: Word,
    /// Abbreviations, such as `deploy`.
    pub short_names: Words,
    /// Groups of kinds that a user can ask for at once, such as `all`.
    pub categories: Words,
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
    /// What may be done with it.
    pub verbs: Words,
    /// Paths below its objects.
    pub subresources: Cow<'static, [Subresource]>,
    pub(crate) ty: Type,
}

impl Kind {
    /// Every built-in kind, sorted by group and kind, the newest version first.
    pub fn all() -> &'static [Kind] {
        &table::KINDS
    }

    /// The built-in kind with exactly this group, version and name.
    pub fn find(group: &str, version: &str, kind: &str) -> Option<&'static Kind> {
        Self::of(group, kind).find(|k| k.version == version)
    }

    /// The built-in kind of an `apiVersion` and `kind`, as an object bears them.
    pub fn find_api(api_version: &str, kind: &str) -> Option<&'static Kind> {
        let (group, version) = split_api_version(api_version);
        Self::find(group, version, kind)
    }

    /// The newest version of a built-in kind.
    pub fn find_latest(group: &str, kind: &str) -> Option<&'static Kind> {
        Self::of(group, kind).next()
    }

    /// The built-in kind that a path names.
    pub fn find_plural(group: &str, version: &str, plural: &str) -> Option<&'static Kind> {
        Self::all()
            .iter()
            .find(|k| k.plural == plural && k.group == group && k.version == version)
    }

    fn of(group: &str, kind: &str) -> impl Iterator<Item = &'static Kind> {
        let kinds = Self::all();
        let at = kinds.partition_point(|k| (k.group.as_ref(), k.kind.as_ref()) < (group, kind));
        let (group, kind) = (group.to_owned(), kind.to_owned());
        kinds[at..]
            .iter()
            .take_while(move |k| k.group == group && k.kind == kind)
    }

    /// The schema of its objects.
    pub fn ty(&self) -> Type {
        self.ty.clone()
    }

    /// `apiVersion` of its objects: `v1`, `apps/v1`.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.to_string()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }

    /// `Kind.group`, as error messages of the server name it; `Pod` in the core group.
    pub fn qualified(&self) -> String {
        join(&self.kind, &self.group)
    }

    /// `plural.group`, as error messages and inventories name it; `pods` in the core group.
    pub fn qualified_plural(&self) -> String {
        join(&self.plural, &self.group)
    }

    /// Whether a verb (`get`, `list`, `create` …) is served.
    pub fn has_verb(&self, verb: &str) -> bool {
        self.verbs.iter().any(|v| v == verb)
    }

    /// The subresource with this name.
    pub fn subresource(&self, name: &str) -> Option<&Subresource> {
        self.subresources.iter().find(|s| s.name == name)
    }
}

fn join(name: &str, group: &str) -> String {
    if group.is_empty() {
        name.to_owned()
    } else {
        format!("{name}.{group}")
    }
}

/// Splits `apps/v1` into group and version; the group of `v1` is empty.
pub fn split_api_version(api_version: &str) -> (&str, &str) {
    api_version.split_once('/').unwrap_or(("", api_version))
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        (&self.group, &self.version, &self.kind) == (&other.group, &other.version, &other.kind)
    }
}

impl Eq for Kind {}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kind({}, {})", self.api_version(), self.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_so_that_lookups_may_search() {
        assert!(Kind::all().is_sorted_by(|a, b| (&a.group, &a.kind) <= (&b.group, &b.kind)));
        assert!(table::NAMES.is_sorted());
        assert!(table::BODIES.is_sorted());
    }

    #[test]
    fn finds_kinds_by_every_name() {
        let deployment = Kind::find("apps", "v1", "Deployment").expect("known");
        assert!(deployment.namespaced);
        assert_eq!(deployment.api_version(), "apps/v1");
        assert_eq!(deployment.qualified_plural(), "deployments.apps");
        assert_eq!(
            Kind::find_plural("apps", "v1", "deployments"),
            Some(deployment)
        );
        assert_eq!(Kind::find_api("apps/v1", "Deployment"), Some(deployment));
        let latest = Kind::find_latest("autoscaling", "HorizontalPodAutoscaler").expect("known");
        assert_eq!(latest.version, "v2");
        assert_eq!(
            Kind::find("autoscaling", "v1", "HorizontalPodAutoscaler").map(|k| k.version.as_ref()),
            Some("v1")
        );
        assert!(Kind::find("apps", "v1beta1", "Deployment").is_none());
        for kind in Kind::all() {
            assert_eq!(
                Kind::find(&kind.group, &kind.version, &kind.kind),
                Some(kind)
            );
        }
    }
}
