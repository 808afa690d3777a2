//! Who issues certificates.

use super::{Custom, CustomKind, Link};
use crate::environment::{Graph, Problem};
use crate::types::Name;
use serde_json::{Value, json};

/// Who issues the certificates of a namespace (`Issuer` of cert-manager, `cert-manager.io/v1`).
///
/// ```
/// use infra_sdk::resource::{Issuer, Issues};
///
/// let internal = Issuer::new("internal".parse()?).self_signed();
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Issuer {
    custom: Custom,
}

/// Who issues the certificates of all namespaces (`ClusterIssuer` of cert-manager,
/// `cert-manager.io/v1`). The secrets that it names are in cert-manager's own namespace.
///
/// ```
/// use infra_sdk::resource::{ClusterIssuer, Issues};
///
/// let issuer = ClusterIssuer::new("letsencrypt".parse()?)
///     .lets_encrypt("ops@example.com")
///     .http01("nginx".parse()?);
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct ClusterIssuer {
    custom: Custom,
}

const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";
const LETS_ENCRYPT_STAGING: &str = "https://acme-staging-v02.api.letsencrypt.org/directory";

impl Issuer {
    /// An issuer that does not say how it issues.
    #[track_caller]
    pub fn new(name: Name) -> Self {
        Self {
            custom: Custom::new("cert-manager.io/v1", "Issuer", name),
        }
    }
}

impl ClusterIssuer {
    /// An issuer that does not say how it issues.
    #[track_caller]
    pub fn new(name: Name) -> Self {
        Self {
            custom: Custom::new("cert-manager.io/v1", "ClusterIssuer", name),
        }
    }
}

/// The setters of issuers, of a namespace and of the cluster.
pub trait Issues: CustomKind {
    /// Asks an ACME server (`spec.acme`), which wants to be shown that a host is ours
    /// ([`http01`](Self::http01), [`dns01`](Self::dns01)) and writes to an address before a
    /// certificate ends. The account's key is kept in a secret named after the issuer.
    #[must_use]
    fn acme(mut self, server: &str, email: &str) -> Self {
        let key = format!("{}-account-key", self.custom().meta.name);
        let custom = self.custom_mut();
        custom.set("spec.acme.server", server);
        custom.set("spec.acme.email", email);
        custom.set("spec.acme.privateKeySecretRef.name", key);
        self
    }

    /// Asks Let's Encrypt (`spec.acme`).
    #[must_use]
    fn lets_encrypt(self, email: &str) -> Self {
        self.acme(LETS_ENCRYPT, email)
    }

    /// Asks Let's Encrypt's staging server, whose certificates no browser trusts and whose limits are
    /// wide (`spec.acme`).
    #[must_use]
    fn lets_encrypt_staging(self, email: &str) -> Self {
        self.acme(LETS_ENCRYPT_STAGING, email)
    }

    /// A host is shown to be ours by an answer to an HTTP request, through an ingress class
    /// (`spec.acme.solvers[].http01`). Not for wildcards.
    #[must_use]
    fn http01(mut self, class: Name) -> Self {
        let solver = json!({ "http01": { "ingress": { "ingressClassName": class.as_str() } } });
        self.custom_mut().push("spec.acme.solvers", solver);
        self
    }

    /// A host is shown to be ours by a DNS record, which a provider's settings let cert-manager write
    /// (`spec.acme.solvers[].dns01`): `route53`, `cloudflare`, `cloudDNS` and the like.
    #[must_use]
    fn dns01(mut self, provider: &str, settings: Value) -> Self {
        let solver = json!({ "dns01": { provider: settings } });
        self.custom_mut().push("spec.acme.solvers", solver);
        self
    }

    /// Every certificate signs itself (`spec.selfSigned`): the start of a chain of one's own.
    #[must_use]
    fn self_signed(mut self) -> Self {
        self.custom_mut().set("spec.selfSigned", json!({}));
        self
    }

    /// Signs with the certificate of a secret, or of a certificate that is made here (`spec.ca`).
    #[must_use]
    fn ca(mut self, secret: impl Into<Link>) -> Self {
        let link: Link = secret.into();
        let secret = link.secret().unwrap_or_else(|| link.clone());
        let name = secret.name().to_owned();
        let custom = self.custom_mut();
        custom.set("spec.ca.secretName", name);
        custom.uses(link, "ca");
        self
    }
}

impl Issues for Issuer {}
impl Issues for ClusterIssuer {}

impl CustomKind for Issuer {
    custom!();

    fn problems(&self, graph: &Graph) -> Vec<Problem> {
        problems(&self.custom, graph)
    }
}

impl CustomKind for ClusterIssuer {
    custom!();

    fn problems(&self, graph: &Graph) -> Vec<Problem> {
        problems(&self.custom, graph)
    }
}

fn problems(issuer: &Custom, graph: &Graph) -> Vec<Problem> {
    let spec = &issuer.lowered(graph, &Value::Null)["spec"];
    let mut problems = Vec::new();
    let ways: Vec<&str> = spec
        .as_object()
        .into_iter()
        .flat_map(serde_json::Map::keys)
        .map(String::as_str)
        .collect();
    match ways.as_slice() {
        [] => {
            let help = "say how: `.lets_encrypt(\"ops@example.com\").http01(\"nginx\")`, `.self_signed()` or `.ca(…)`";
            problems.push(issuer.problem("spec", "does not say how it issues", help));
        }
        [_] => {}
        several => {
            let several = several.join("`, `");
            let message = format!("issues in several ways, `{several}`, and can in one");
            let field = format!("spec.{}", ways[1]);
            problems.push(issuer.problem(&field, message, "take the others away"));
        }
    }
    let acme = &spec["acme"];
    if acme.is_object() {
        let solvers = acme["solvers"].as_array();
        if solvers.is_none_or(Vec::is_empty) {
            let message = "asks an ACME server, and cannot show that a host is ours";
            let help = "add a way: `.http01(\"nginx\")`, or `.dns01(\"route53\", #{ region: \"eu-central-1\" })`";
            problems.push(issuer.problem("acme", message, help));
        } else if acme["server"].is_null() {
            let message = "can show that a host is ours, and asks no ACME server";
            let help = "add one: `.lets_encrypt(\"ops@example.com\")`";
            problems.push(issuer.problem("solvers", message, help));
        }
        if let Some(email) = acme["email"].as_str().filter(|email| !email.contains('@')) {
            let message = format!("gives `{email}` as its address");
            let help = "expected an e-mail address such as `ops@example.com`";
            problems.push(issuer.problem("acme", message, help));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::testing::{lower, p, problems};
    use crate::resource::{Certificate, Secret};

    #[test]
    fn an_acme_server_and_how_a_host_is_shown_to_be_ours() {
        let issuer = ClusterIssuer::new(p("letsencrypt"))
            .lets_encrypt("ops@example.com")
            .http01(p("nginx"))
            .dns01("route53", json!({ "region": "eu-central-1" }));
        let object = &lower(&[&issuer])[0];
        assert_eq!(object["kind"], "ClusterIssuer");
        assert_eq!(object["metadata"]["namespace"], Value::Null);
        assert_eq!(
            object["spec"],
            json!({ "acme": {
                "server": "https://acme-v02.api.letsencrypt.org/directory",
                "email": "ops@example.com",
                "privateKeySecretRef": { "name": "letsencrypt-account-key" },
                "solvers": [
                    { "http01": { "ingress": { "ingressClassName": "nginx" } } },
                    { "dns01": { "route53": { "region": "eu-central-1" } } },
                ],
            } })
        );
        let staging = Issuer::new(p("i")).lets_encrypt_staging("a@b");
        assert_eq!(
            lower(&[&staging])[0]["spec"]["acme"]["server"],
            "https://acme-staging-v02.api.letsencrypt.org/directory"
        );
        assert_eq!(problems(&[&issuer]), [""; 0]);
    }

    #[test]
    fn a_chain_of_ones_own() {
        let root = Issuer::new(p("root")).self_signed();
        let authority = Certificate::new(p("authority"))
            .issuer(&root)
            .secret(p("ca"));
        let by_certificate = Issuer::new(p("internal")).ca(&authority);
        let by_secret = Issuer::new(p("internal")).ca(&Secret::new(p("ca")));
        for issuer in [by_certificate, by_secret] {
            assert_eq!(
                lower(&[&issuer])[0]["spec"],
                json!({ "ca": { "secretName": "ca" } })
            );
        }
        assert_eq!(lower(&[&root])[0]["spec"], json!({ "selfSigned": {} }));
    }

    #[test]
    fn what_is_wrong() {
        let issuer = || Issuer::new(p("i"));
        for (issuer, expected) in [
            (issuer(), "issuer `i` does not say how it issues"),
            (
                issuer().self_signed().ca(&Secret::new(p("ca"))),
                "issuer `i` issues in several ways, `ca`, `selfSigned`, and can in one",
            ),
            (
                issuer().lets_encrypt("ops@example.com"),
                "issuer `i` asks an ACME server, and cannot show that a host is ours",
            ),
            (
                issuer().http01(p("nginx")),
                "issuer `i` can show that a host is ours, and asks no ACME server",
            ),
            (
                issuer()
                    .acme("https://acme.example", "ops")
                    .http01(p("nginx")),
                "issuer `i` gives `ops` as its address",
            ),
        ] {
            assert_eq!(problems(&[&issuer]), [expected]);
        }
    }
}
