//! What an operation is about, as a person types it.

use crate::object::{ObjectId, Ref};
use crate::types::Invalid;
use std::fmt;
use std::str::FromStr;

/// What an operation is about: `deployment/app`, `po/app-0`, `Issuer.cert-manager.io/main`, or `app`
/// alone where one workload has that name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its kind; nothing where only a name was given.
    pub kind: Option<KindName>,
    /// Its name.
    pub name: String,
    /// Its namespace, where it was said.
    pub namespace: Option<String>,
}

/// A kind as it was named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KindName {
    /// By a word: a kind, plural or short name of Kubernetes (`Deployment`, `deployments`,
    /// `deploy`), a builder's (`config_map`), with its group where that is needed
    /// (`certificates.cert-manager.io`).
    Word(String),
    /// By group and kind.
    Exact {
        /// The group, empty for the core group.
        group: String,
        /// The kind.
        kind: String,
    },
}

const EXPECTED: &str = "`kind/name` such as `deployment/app`, or the name of a workload";

impl Target {
    /// The same, in a namespace; one that it was given by itself stays.
    #[must_use]
    pub fn within(mut self, namespace: Option<&str>) -> Self {
        self.namespace = self.namespace.or_else(|| namespace.map(str::to_owned));
        self
    }
}

impl FromStr for Target {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid::new("a target", text, EXPECTED);
        let (kind, name) = match text.split_once('/') {
            Some((kind, name)) => (Some(kind), name),
            None => (None, text),
        };
        if !is_name(name) || kind.is_some_and(|kind| !is_name(kind)) {
            return Err(invalid());
        }
        Ok(Self {
            kind: kind.map(KindName::from),
            name: name.to_owned(),
            namespace: None,
        })
    }
}

/// Whether it can be a segment of the path of a request: names of roles hold colons too.
fn is_name(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.:".contains(c);
    !text.is_empty() && text.len() <= 253 && !text.starts_with('.') && text.chars().all(fits)
}

impl From<&str> for KindName {
    fn from(word: &str) -> Self {
        Self::Word(word.to_owned())
    }
}

impl From<&Ref> for Target {
    fn from(reference: &Ref) -> Self {
        Self {
            kind: Some(KindName::Exact {
                group: reference.group.clone(),
                kind: reference.kind.clone(),
            }),
            name: reference.name.clone(),
            namespace: reference.namespace.clone(),
        }
    }
}

impl From<&ObjectId> for Target {
    fn from(id: &ObjectId) -> Self {
        Self {
            kind: Some(KindName::Exact {
                group: id.group.clone(),
                kind: id.kind.clone(),
            }),
            name: id.name.clone(),
            namespace: id.namespace.clone(),
        }
    }
}

impl fmt::Display for KindName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(word),
            Self::Exact { kind, .. } => f.write_str(&kind.to_lowercase()),
        }
    }
}

/// As it is typed.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(kind) = &self.kind {
            write!(f, "{kind}/")?;
        }
        f.write_str(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_as_they_are_typed() {
        for (text, kind) in [
            ("deployment/app", Some("deployment")),
            ("app", None),
            (
                "certificates.cert-manager.io/main",
                Some("certificates.cert-manager.io"),
            ),
            ("clusterrole/system:node", Some("clusterrole")),
        ] {
            let target: Target = text.parse().expect(text);
            assert_eq!(target.kind, kind.map(KindName::from), "{text}");
            assert_eq!(target.to_string(), text);
        }
        for text in [
            "", "/", "a/", "/b", "a/b/c", "a b", "pod/../x", "pod/x?y", "pod/%2e",
        ] {
            let error = text.parse::<Target>().expect_err(text).to_string();
            assert!(error.contains("`kind/name`"), "{error}");
        }
    }

    #[test]
    fn a_namespace_of_its_own_stays() {
        let mut target: Target = "app".parse().expect("fits");
        assert_eq!(target.clone().within(None).namespace, None);
        target.namespace = Some("a".to_owned());
        assert_eq!(target.within(Some("b")).namespace.as_deref(), Some("a"));
    }
}
