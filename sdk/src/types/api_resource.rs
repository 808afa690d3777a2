//! What a right is given to, and to do what.

use super::{Invalid, kind_word};
use infra_schema::kind::Kind;
use std::{fmt, str::FromStr};

word_type! {
    /// What may be done (`rules[].verbs[]`).
    Verb, "a verb" {
        /// Read one.
        Get = "get",
        /// Read all.
        List = "list",
        /// Follow changes.
        Watch = "watch",
        /// Make one.
        Create = "create",
        /// Write one.
        Update = "update",
        /// Change fields of one.
        Patch = "patch",
        /// Delete one.
        Delete = "delete",
        /// Delete several at once.
        DeleteCollection = "deletecollection",
        /// Use it, where something asks for that.
        Use = "use",
        /// Bind a role without having its rights.
        Bind = "bind",
        /// Give rights that one does not have.
        Escalate = "escalate",
        /// Act as another.
        Impersonate = "impersonate",
        /// Approve a certificate request.
        Approve = "approve",
        /// Sign a certificate request.
        Sign = "sign",
        /// Vouch for a bundle of trust.
        Attest = "attest",
        /// Everything.
        All = "*",
    }
}

word_type! {
    /// What may be done with a path that is no resource (`rules[].verbs[]`).
    UrlVerb, "a verb" {
        /// Read it.
        Get = "get",
        /// Ask about it.
        Head = "head",
        /// Send to it.
        Post = "post",
        /// Write it.
        Put = "put",
        /// Change it.
        Patch = "patch",
        /// Delete it.
        Delete = "delete",
        /// Ask what can be done with it.
        Options = "options",
        /// Everything.
        All = "*",
    }
}

text_type! {
    /// A path that is no resource (`rules[].nonResourceURLs[]`).
    UrlPath, "a path of the API server", is_url_path,
    "what begins with `/`, with `*` at its end at most, such as `/metrics` or `/healthz/*`"
}

text_type! {
    /// The name of a role, of a binding, or of who is given one.
    RoleName, "a name", is_role_name,
    "anything but `.`, `..`, `/` and `%`, such as `app:reader`"
}

fn is_url_path(text: &str) -> bool {
    let stem = text.strip_suffix('*').unwrap_or(text);
    (text == "*" || text.starts_with('/')) && !stem.contains(['*', ' '])
}

fn is_role_name(text: &str) -> bool {
    !text.is_empty() && infra_schema::names::path_segment(text).is_empty()
}

impl From<RoleName> for super::Name {
    fn from(name: RoleName) -> Self {
        Self::referred(&name.0)
    }
}

impl From<super::Name> for RoleName {
    fn from(name: super::Name) -> Self {
        Self(name.into())
    }
}

/// A kind of resource, or a part of it, as rights name it: `pods`, `pods/log`, `deployments.apps`,
/// `certificates.cert-manager.io`, `*.apps`, `*`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApiResource {
    group: String,
    /// With what comes after `/`.
    name: String,
    namespaced: Option<bool>,
}

/// Resources that rights are given to and that no kind stands for.
const VIRTUAL: [(&str, &str); 5] = [
    ("", "groups"),
    ("", "users"),
    ("authentication.k8s.io", "uids"),
    ("authentication.k8s.io", "userextras"),
    ("certificates.k8s.io", "signers"),
];

/// Parts that rights are given to and that are not served as such.
const PARTS: [(&str, &str); 10] = [
    ("nodes", "checkpoint"),
    ("nodes", "configz"),
    ("nodes", "healthz"),
    ("nodes", "log"),
    ("nodes", "metrics"),
    ("nodes", "pods"),
    ("nodes", "spec"),
    ("nodes", "stats"),
    ("*", "finalizers"),
    ("userextras", "scopes"),
];

const EXPECTED: &str = "a resource such as `pods`, `pods/log`, `deployments.apps` or `*`";

impl ApiResource {
    /// The objects of a built-in kind.
    pub(crate) fn of_kind(kind: &Kind) -> Self {
        Self {
            group: kind.group.to_string(),
            name: kind.plural.to_string(),
            namespaced: Some(kind.namespaced),
        }
    }

    /// A kind that only the cluster knows, by its plural.
    pub(crate) fn custom(group: &str, plural: &str) -> Self {
        Self::new(group, plural)
    }

    /// Its group; `*` for all.
    pub fn group(&self) -> &str {
        &self.group
    }

    /// Its plural, with the part of it that is meant: `pods/log`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is in no namespace, as far as that is known.
    pub(crate) fn is_cluster_wide(&self) -> bool {
        self.namespaced == Some(false)
    }

    fn new(group: &str, name: &str) -> Self {
        Self {
            group: group.to_owned(),
            name: name.to_owned(),
            namespaced: None,
        }
    }

    fn found(text: &str, what: &str) -> Result<Self, Invalid> {
        if what == "*" {
            return Ok(Self::new("*", "*"));
        }
        let Some((plural, group)) = what.split_once('.') else {
            if VIRTUAL.contains(&("", what)) {
                return Ok(Self::new("", what));
            }
            let kind = kind_word::kind_of(what);
            return kind
                .map(Self::of_kind)
                .ok_or_else(|| unknown(text, what, Kind::all().iter()));
        };
        if plural == "*" || VIRTUAL.contains(&(group, plural)) {
            return Ok(Self::new(group, plural));
        }
        let mut of_group = Kind::all().iter().filter(|kind| kind.group == group);
        if of_group.clone().next().is_some() {
            let kind = of_group.clone().find(|kind| kind.is_called(plural));
            return kind
                .map(Self::of_kind)
                .ok_or_else(|| unknown(text, plural, of_group.by_ref()));
        }
        let custom = infra_schema::names::dns1123_label(plural).is_empty()
            && infra_schema::names::dns1123_subdomain(group).is_empty()
            && group.contains('.');
        if custom {
            Ok(Self::new(group, plural))
        } else {
            Err(Invalid::new("a resource", text, EXPECTED))
        }
    }

    fn with_part(self, text: &str, part: &str) -> Result<Self, Invalid> {
        let plural = self.name.as_str();
        let kind = Kind::all()
            .iter()
            .find(|kind| kind.group == self.group && kind.plural == plural);
        let mut known: Vec<&str> = PARTS
            .iter()
            .filter(|(of, _)| *of == "*" || *of == plural)
            .map(|(_, part)| *part)
            .collect();
        let served = kind.map_or(&[][..], |kind| kind.subresources.as_ref());
        known.extend(served.iter().map(|part| part.name.as_ref()));
        // Custom kinds have parts that only their own API server knows.
        let open = kind.is_none() && !VIRTUAL.contains(&(&self.group, plural));
        if part.is_empty() || !(open || part == "*" || known.contains(&part)) {
            let expected = super::one_of(part, &known);
            let expected = expected.replacen("one of", "after the `/`", 1);
            return Err(Invalid::new("a resource", text, expected));
        }
        Ok(Self {
            name: format!("{plural}/{part}"),
            ..self
        })
    }
}

fn unknown<'a>(text: &str, word: &str, kinds: impl Iterator<Item = &'a Kind>) -> Invalid {
    let word = word.replace('_', "");
    let near = kinds
        .map(|kind| (kind_word::far(&kind.plural, &word), kind.plural.as_ref()))
        .min()
        .filter(|(distance, _)| distance * 3 <= word.len());
    let hint = match near {
        Some((_, plural)) => format!("; did you mean `{plural}`?"),
        None => "; a custom one bears its group, such as `certificates.cert-manager.io`".to_owned(),
    };
    Invalid::new("a resource", text, format!("{EXPECTED}{hint}"))
}

impl FromStr for ApiResource {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text.split_once('/') {
            None => Self::found(text, text),
            Some((what, part)) => Self::found(text, what)?.with_part(text, part),
        }
    }
}

from_text!(ApiResource);

/// As `kubectl` writes it: `deployments.apps/scale`.
impl fmt::Display for ApiResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (plural, part) = match self.name.split_once('/') {
            Some((plural, part)) => (plural, Some(part)),
            None => (self.name.as_str(), None),
        };
        f.write_str(plural)?;
        if !self.group.is_empty() && self.group != "*" {
            write!(f, ".{}", self.group)?;
        }
        part.map_or(Ok(()), |part| write!(f, "/{part}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_by_every_word() {
        for (text, expected) in [
            ("pods", "/pods"),
            ("pod", "/pods"),
            ("config_maps", "/configmaps"),
            ("volume_claims", "/persistentvolumeclaims"),
            ("Deployment", "apps/deployments"),
            ("deployments.apps", "apps/deployments"),
            ("deployments.apps/scale", "apps/deployments/scale"),
            ("pods/log", "/pods/log"),
            ("nodes/metrics", "/nodes/metrics"),
            ("pods/finalizers", "/pods/finalizers"),
            ("events", "/events"),
            ("events.events.k8s.io", "events.k8s.io/events"),
            ("*", "*/*"),
            ("*/scale", "*/*/scale"),
            ("*.apps", "apps/*"),
            ("users", "/users"),
            ("signers.certificates.k8s.io", "certificates.k8s.io/signers"),
            (
                "certificates.cert-manager.io/status",
                "cert-manager.io/certificates/status",
            ),
        ] {
            let found: ApiResource = text.parse().expect(text);
            assert_eq!(format!("{}/{}", found.group(), found.name()), expected);
        }
        let shown: ApiResource = "deployments.apps/scale".parse().expect("right");
        assert_eq!(shown.to_string(), "deployments.apps/scale");
    }

    #[test]
    fn what_is_no_resource_is_met_with_the_nearest() {
        for (text, expected) in [
            (
                "deploymets",
                "`deploymets` is not a resource: expected a resource such as `pods`, `pods/log`, `deployments.apps` or `*`; did you mean `deployments`?",
            ),
            (
                "deployment.app",
                "`deployment.app` is not a resource: expected a resource such as `pods`, `pods/log`, `deployments.apps` or `*`",
            ),
            (
                "pod.apps",
                "`pod.apps` is not a resource: expected a resource such as `pods`, `pods/log`, `deployments.apps` or `*`; a custom one bears its group, such as `certificates.cert-manager.io`",
            ),
            (
                "widgets",
                "`widgets` is not a resource: expected a resource such as `pods`, `pods/log`, `deployments.apps` or `*`; a custom one bears its group, such as `certificates.cert-manager.io`",
            ),
            (
                "pods/logs",
                "`pods/logs` is not a resource: expected after the `/` `finalizers`, `attach`, `binding`, `ephemeralcontainers`, `eviction`, `exec`, `log`, `portforward`, `proxy`, `resize`, `status`; did you mean `log`?",
            ),
        ] {
            let error = ApiResource::from_str(text).expect_err(text);
            assert_eq!(error.to_string(), expected);
        }
    }

    #[test]
    fn verbs_paths_and_names() {
        assert!(Verb::from_str("get").is_ok());
        let error = Verb::from_str("lists").expect_err("no verb").to_string();
        assert!(error.ends_with("did you mean `list`?"), "{error}");
        for (path, right) in [
            ("/metrics", true),
            ("/healthz/*", true),
            ("*", true),
            ("metrics", false),
            ("/*/metrics", false),
        ] {
            assert_eq!(UrlPath::from_str(path).is_ok(), right, "{path}");
        }
        for (name, right) in [("app:reader", true), ("", false), ("a/b", false)] {
            assert_eq!(RoleName::from_str(name).is_ok(), right, "{name}");
        }
    }
}
