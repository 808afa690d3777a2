//! What quotas and limits are on.

use super::Invalid;
use infra_schema::{kind::Kind, names};
use std::{fmt, str::FromStr};

/// What pods and claims ask for.
const RESOURCES: [&str; 4] = ["cpu", "memory", "ephemeral-storage", "storage"];

/// What a quota can be on without saying whose it is.
const STANDARD: [&str; 19] = [
    "pods",
    "cpu",
    "memory",
    "ephemeral-storage",
    "requests.cpu",
    "requests.memory",
    "requests.storage",
    "requests.ephemeral-storage",
    "limits.cpu",
    "limits.memory",
    "limits.ephemeral-storage",
    "persistentvolumeclaims",
    "services",
    "services.loadbalancers",
    "services.nodeports",
    "configmaps",
    "secrets",
    "replicationcontrollers",
    "resourcequotas",
];

/// What the part of a name after the class's may be.
const OF_CLASS: [&str; 2] = ["requests.storage", "persistentvolumeclaims"];

const STORAGE_CLASS: &str = ".storageclass.storage.k8s.io";
const ATTRIBUTES_CLASS: &str = ".volumeattributesclass.storage.k8s.io";

/// What a quota is on: `requests.cpu`, `pods`, `count/deployments.apps`,
/// `requests.nvidia.com/gpu`, `fast.storageclass.storage.k8s.io/requests.storage`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QuotaName(String);

/// What containers and claims ask for: `cpu`, `memory`, `storage`, `nvidia.com/gpu`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceName(String);

impl QuotaName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ResourceName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for QuotaName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if is_quota_name(text) {
            return Ok(Self(text.to_owned()));
        }
        Err(invalid(
            "something that a quota can be on",
            text,
            "`pods`, `requests.cpu`, `limits.memory`, `requests.storage`, a count such as `count/deployments.apps`, or a device such as `requests.nvidia.com/gpu`",
            quota_name_near(text),
        ))
    }
}

impl FromStr for ResourceName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let known = RESOURCES.contains(&text) || text.starts_with("hugepages-");
        if known || text.contains('/') && names::label_key(text).is_empty() {
            return Ok(Self(text.to_owned()));
        }
        Err(invalid(
            "the name of a resource",
            text,
            "`cpu`, `memory`, `ephemeral-storage`, `storage`, or a device such as `nvidia.com/gpu`",
            near(text, RESOURCES),
        ))
    }
}

from_text!(QuotaName);
from_text!(ResourceName);

impl fmt::Display for QuotaName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for ResourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn invalid(what: &'static str, text: &str, expected: &str, hint: Option<String>) -> Invalid {
    let hint = hint.map_or_else(String::new, |word| format!("; did you mean `{word}`?"));
    Invalid::new(what, text, format!("{expected}{hint}"))
}

fn is_quota_name(text: &str) -> bool {
    let huge = |text: &str| text.starts_with("hugepages-");
    if let Some(counted) = text.strip_prefix("count/") {
        return is_counted(counted);
    }
    match text.split_once('/') {
        Some((owner, resource)) if is_of_class(owner) => OF_CLASS.contains(&resource),
        Some(_) => names::label_key(text).is_empty(),
        None => {
            STANDARD.contains(&text)
                || huge(text)
                || text.strip_prefix("requests.").is_some_and(huge)
        }
    }
}

fn is_of_class(owner: &str) -> bool {
    owner.ends_with(STORAGE_CLASS) || owner.ends_with(ATTRIBUTES_CLASS)
}

/// Whether `plural.group` is known. Of the groups of custom kinds, which have a dot, nothing is.
fn is_counted(counted: &str) -> bool {
    let (plural, group) = counted.split_once('.').unwrap_or((counted, ""));
    let kinds = || Kind::all().iter().filter(|kind| kind.group == group);
    if kinds().next().is_none() && group.contains('.') {
        return names::label_key(&format!("count/{counted}")).is_empty();
    }
    kinds().any(|kind| kind.plural == plural)
}

/// What a misspelt name of a quota was most probably to be.
fn quota_name_near(text: &str) -> Option<String> {
    if let Some(counted) = text.strip_prefix("count/") {
        let (plural, _) = counted.split_once('.').unwrap_or((counted, ""));
        return kind_named(plural);
    }
    match text.split_once('/') {
        Some((owner, resource)) if is_of_class(owner) => {
            near(resource, OF_CLASS).map(|word| format!("{owner}/{word}"))
        }
        Some(_) => None,
        None => near(text, STANDARD).or_else(|| kind_named(text)),
    }
}

/// How the objects of a kind are counted, by its plural or a word near to it.
fn kind_named(plural: &str) -> Option<String> {
    let kinds = Kind::all().iter().filter(|kind| kind.namespaced);
    let (distance, group, known) = kinds
        .map(|kind| {
            let distance = strsim::damerau_levenshtein(plural, &kind.plural);
            (distance, kind.group.as_ref(), kind.plural.as_ref())
        })
        .min()?;
    let counted = if group.is_empty() {
        format!("count/{known}")
    } else {
        format!("count/{known}.{group}")
    };
    (distance * 3 <= plural.len()).then_some(counted)
}

fn near<const N: usize>(text: &str, words: [&str; N]) -> Option<String> {
    words
        .into_iter()
        .map(|word| (strsim::damerau_levenshtein(text, word), word))
        .min()
        .filter(|(distance, word)| *distance * 3 <= word.len())
        .map(|(_, word)| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_quota_can_be_on() {
        for (text, hint) in [
            ("requests.cpu", None),
            ("pods", None),
            ("hugepages-2Mi", None),
            ("requests.hugepages-1Gi", None),
            ("requests.nvidia.com/gpu", None),
            ("count/deployments.apps", None),
            ("count/configmaps", None),
            ("count/certificates.cert-manager.io", None),
            ("fast.storageclass.storage.k8s.io/requests.storage", None),
            ("request.cpu", Some("`requests.cpu`")),
            ("loadbalancers", Some("")),
            ("deployments", Some("`count/deployments.apps`")),
            ("count/deployments", Some("`count/deployments.apps`")),
            ("count/deployment.apps", Some("`count/deployments.apps`")),
            ("count/pod", Some("`count/pods`")),
            (
                "count/ingress.networking.k8s.io",
                Some("`count/ingresses.networking.k8s.io`"),
            ),
            (
                "fast.storageclass.storage.k8s.io/request.storage",
                Some("`fast.storageclass.storage.k8s.io/requests.storage`"),
            ),
            ("gold/", Some("")),
            ("", Some("")),
        ] {
            let said = QuotaName::try_from(text).err().map(|invalid| {
                let expected = invalid.expected;
                let hint = expected.split_once("; did you mean ");
                hint.map_or(String::new(), |(_, hint)| {
                    hint.trim_end_matches('?').to_owned()
                })
            });
            assert_eq!(said.as_deref(), hint, "{text}");
        }
    }

    #[test]
    fn resources_by_name() {
        for (text, right) in [
            ("cpu", true),
            ("storage", true),
            ("nvidia.com/gpu", true),
            ("hugepages-2Mi", true),
            ("requests.cpu", false),
            ("memroy", false),
            ("", false),
        ] {
            assert_eq!(ResourceName::try_from(text).is_ok(), right, "{text}");
        }
        let error = ResourceName::try_from("memroy").expect_err("misspelt");
        assert!(
            error.to_string().ends_with("did you mean `memory`?"),
            "{error}"
        );
    }
}
