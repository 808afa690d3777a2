//! A certificate that cert-manager gets and renews.

use super::external_secret::secret_of;
use super::pod::KeyRef;
use super::{Custom, CustomKind, Facts, Link};
use crate::environment::{Graph, Problem};
use crate::object::Ref;
use crate::types::{DataKey, Duration, HostName, Name};
use serde_json::{Value, json};

/// A certificate that cert-manager gets and renews (`Certificate`, `cert-manager.io/v1`). It stands in
/// a Secret with the keys `tls.crt` and `tls.key`, for the TLS of an ingress or for the volumes of
/// workloads, which wait until it is ready.
///
/// ```
/// use infra_sdk::resource::Certificate;
///
/// let certificate = Certificate::new("shop-tls".parse()?)
///     .dns_name("shop.example".parse()?)
///     .cluster_issuer("letsencrypt".parse()?);
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Certificate {
    custom: Custom,
    issuer: Option<Link>,
    secret: Option<Name>,
    duration: Option<Duration>,
    renew_before: Option<Duration>,
}

impl Certificate {
    /// A certificate in a Secret of its own name.
    #[track_caller]
    pub fn new(name: Name) -> Self {
        Self {
            custom: Custom::new("cert-manager.io/v1", "Certificate", name),
            issuer: None,
            secret: None,
            duration: None,
            renew_before: None,
        }
    }

    /// A host that it is for (`spec.dnsNames[]`); `*.example.com` for all direct children.
    pub fn dns_name(mut self, host: HostName) -> Self {
        self.custom.push("spec.dnsNames", host.as_str());
        self
    }

    /// Who issues it, of its namespace or of the cluster (`spec.issuerRef`).
    pub fn issuer(mut self, issuer: impl Into<Link>) -> Self {
        let issuer = issuer.into();
        let (kind, name) = (issuer.reference().kind.as_str(), issuer.name());
        let reference = json!({ "kind": kind, "name": name });
        self.custom.set("spec.issuerRef", reference);
        self.issuer = Some(issuer);
        self
    }

    /// Who issues it, of the cluster, by name (`spec.issuerRef`).
    pub fn cluster_issuer(self, name: Name) -> Self {
        let issuer = Ref::new("cert-manager.io", "ClusterIssuer", name.as_str());
        self.issuer(Link::to(issuer))
    }

    /// The name of the Secret (`spec.secretName`). Default: its own.
    pub fn secret(mut self, name: Name) -> Self {
        self.secret = Some(name);
        self
    }

    /// The name of who it is for, where that is no host (`spec.commonName`).
    pub fn common_name(mut self, name: &str) -> Self {
        self.custom.set("spec.commonName", name);
        self
    }

    /// How long it is asked to be valid (`spec.duration`). Default: 90 days.
    pub fn duration(mut self, time: Duration) -> Self {
        self.custom.set("spec.duration", &time);
        self.duration = Some(time);
        self
    }

    /// How long before its end it is renewed (`spec.renewBefore`). Default: a third of its duration.
    pub fn renew_before(mut self, time: Duration) -> Self {
        self.custom.set("spec.renewBefore", &time);
        self.renew_before = Some(time);
        self
    }

    /// It may sign others (`spec.isCA`): the authority of an issuer.
    pub fn is_ca(mut self) -> Self {
        self.custom.set("spec.isCA", true);
        self
    }

    /// One key of the Secret, as the value of an environment variable.
    pub fn key(&self, key: DataKey) -> KeyRef {
        KeyRef::secret(secret_of(self), key)
    }

    fn secret_name(&self) -> &Name {
        self.secret.as_ref().unwrap_or(&self.custom.meta.name)
    }
}

impl CustomKind for Certificate {
    custom!();

    fn found(&self, _graph: &Graph) -> Value {
        json!({ "spec": { "secretName": self.secret_name().as_str() } })
    }

    fn known(&self) -> Facts {
        Facts {
            secret: Some(self.secret_name().to_string()),
            ..Facts::default()
        }
    }

    fn problems(&self, graph: &Graph) -> Vec<Problem> {
        let mut problems = Vec::new();
        let spec = &self.custom.lowered(graph, &Value::Null)["spec"];
        let kind = self
            .issuer
            .as_ref()
            .map(|issuer| issuer.reference().kind.as_str());
        if let (Some(issuer), Some(kind)) = (&self.issuer, kind)
            && !kind.ends_with("Issuer")
        {
            let message = format!("names {} as its issuer", issuer.in_words());
            let help = "expected an issuer or a cluster issuer";
            problems.push(self.custom.problem("issuerRef", message, help));
        }
        if spec["issuerRef"].is_null() {
            let message = "does not say who issues it";
            let help = "name the issuer: `.cluster_issuer(\"letsencrypt\")`";
            problems.push(self.custom.problem("issuerRef", message, help));
        }
        let subjects = [
            "dnsNames",
            "commonName",
            "ipAddresses",
            "uris",
            "emailAddresses",
            "literalSubject",
            "otherNames",
        ];
        if subjects.iter().all(|field| spec[field].is_null()) {
            let message = "is for no host";
            let help = "name one: `.dns_name(\"shop.example\")`";
            problems.push(self.custom.problem("dnsNames", message, help));
        }
        if let (Some(duration), Some(before)) = (&self.duration, &self.renew_before)
            && before.millis() >= duration.millis()
        {
            let message = format!("is valid for {duration}, and renewed {before} before its end");
            let help = "renew it later than it begins";
            problems.push(self.custom.problem("renewBefore", message, help));
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::testing::{lower, p, problems};
    use crate::resource::{ConfigMap, Issuer, Issues};

    #[test]
    fn hosts_an_issuer_and_a_secret() {
        let internal = Issuer::new(p("internal")).self_signed();
        let certificate = Certificate::new(p("shop-tls"))
            .dns_name(p("shop.example"))
            .dns_name(p("*.shop.example"))
            .issuer(&internal)
            .duration(p("90d"))
            .renew_before(p("15d"))
            .spec(json!({ "privateKey": { "algorithm": "ECDSA" } }));
        assert_eq!(
            lower(&[&certificate, &internal])[0]["spec"],
            json!({
                "secretName": "shop-tls",
                "dnsNames": ["shop.example", "*.shop.example"],
                "issuerRef": { "kind": "Issuer", "name": "internal" },
                "duration": "2160h",
                "renewBefore": "360h",
                "privateKey": { "algorithm": "ECDSA" },
            })
        );
        assert_eq!(problems(&[&certificate, &internal]), [""; 0]);
        let authority = Certificate::new(p("ca"))
            .common_name("shop")
            .cluster_issuer(p("root"))
            .secret(p("authority"))
            .is_ca();
        assert_eq!(
            lower(&[&authority])[0]["spec"],
            json!({
                "secretName": "authority",
                "commonName": "shop",
                "isCA": true,
                "issuerRef": { "kind": "ClusterIssuer", "name": "root" },
            })
        );
        assert_eq!(authority.key(p("tls.crt")).source.name(), "authority");
    }

    #[test]
    fn what_is_wrong() {
        let certificate = || Certificate::new(p("c"));
        let settings = ConfigMap::new(p("settings"));
        for (certificate, expected) in [
            (
                certificate().dns_name(p("a.io")),
                "certificate `c` does not say who issues it",
            ),
            (
                certificate().cluster_issuer(p("x")),
                "certificate `c` is for no host",
            ),
            (
                certificate().dns_name(p("a.io")).issuer(&settings),
                "certificate `c` names config map `settings` as its issuer",
            ),
            (
                certificate()
                    .dns_name(p("a.io"))
                    .cluster_issuer(p("x"))
                    .duration(p("1h"))
                    .renew_before(p("1h")),
                "certificate `c` is valid for 1h, and renewed 1h before its end",
            ),
        ] {
            assert_eq!(problems(&[&certificate, &settings]), [expected]);
        }
    }
}
