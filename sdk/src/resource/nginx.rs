//! Settings of an ingress that are annotations: those of ingress-nginx and cert-manager.

use super::{Ingress, Link};
use crate::object::Ref;
use crate::types::{Cidr, Name, Seconds};

text_type! {
    /// A size in nginx's notation.
    NginxSize, "a size", is_size,
    "a number and `k`, `m` or `g`, such as `50m`; `0` for no limit"
}

fn is_size(text: &str) -> bool {
    let digits = text
        .strip_suffix(['k', 'K', 'm', 'M', 'g', 'G'])
        .unwrap_or(text);
    !digits.is_empty() && digits.len() < 10 && digits.chars().all(|c| c.is_ascii_digit())
}

/// The named settings of an ingress. An annotation that is set by its key wins over them.
pub trait NginxSettings: Sized {
    /// Sets the annotation of a setting.
    #[doc(hidden)]
    #[must_use]
    fn setting(self, key: &'static str, value: impl ToString) -> Self;

    /// The issuer of its certificates, for all namespaces (`cert-manager.io/cluster-issuer`).
    #[must_use]
    fn cluster_issuer(self, name: Name) -> Self;

    /// The issuer of its certificates, of its own namespace (`cert-manager.io/issuer`).
    #[must_use]
    fn issuer(self, name: Name) -> Self;

    /// Users and passwords from a secret's key `auth`, as `htpasswd` writes them
    /// (`auth-type: basic`, `auth-secret`).
    #[must_use]
    fn basic_auth(self, secret: impl Into<Link>) -> Self;

    /// HTTP is answered with a redirect to HTTPS (`ssl-redirect`, `force-ssl-redirect`). Default:
    /// only where there is a certificate.
    #[must_use]
    fn force_https(self) -> Self {
        self.setting("nginx.ingress.kubernetes.io/ssl-redirect", "true")
            .setting("nginx.ingress.kubernetes.io/force-ssl-redirect", "true")
    }

    /// How large a request may be (`proxy-body-size`). Default: `1m`.
    #[must_use]
    fn max_body(self, size: NginxSize) -> Self {
        self.setting("nginx.ingress.kubernetes.io/proxy-body-size", size)
    }

    /// How many requests a client may send in a minute (`limit-rpm`), five times as many in a burst.
    /// Default: any number.
    #[must_use]
    fn limit_rpm(self, requests: u32) -> Self {
        self.setting("nginx.ingress.kubernetes.io/limit-rpm", requests)
    }

    /// How many requests a client may send in a second (`limit-rps`), five times as many in a burst.
    /// Default: any number.
    #[must_use]
    fn limit_rps(self, requests: u32) -> Self {
        self.setting("nginx.ingress.kubernetes.io/limit-rps", requests)
    }

    /// How many times as many requests a burst may have as a limit says (`limit-burst-multiplier`).
    /// Default: 5.
    #[must_use]
    fn limit_burst_multiplier(self, times: u32) -> Self {
        self.setting("nginx.ingress.kubernetes.io/limit-burst-multiplier", times)
    }

    /// Headers of every answer, from a config map with a key for each (`custom-headers`); the
    /// controller names those that it allows.
    #[must_use]
    fn custom_headers(self, config_map: impl Into<Link>) -> Self;

    /// How many connections a client may have (`limit-connections`). Default: any number.
    #[must_use]
    fn limit_connections(self, connections: u32) -> Self {
        self.setting("nginx.ingress.kubernetes.io/limit-connections", connections)
    }

    /// How long connecting to a pod may take (`proxy-connect-timeout`). Default: 5s.
    #[must_use]
    fn connect_timeout(self, time: Seconds) -> Self {
        self.setting(
            "nginx.ingress.kubernetes.io/proxy-connect-timeout",
            time.get(),
        )
    }

    /// How long a pod may be silent while it answers (`proxy-read-timeout`). Default: 60s.
    #[must_use]
    fn read_timeout(self, time: Seconds) -> Self {
        self.setting("nginx.ingress.kubernetes.io/proxy-read-timeout", time.get())
    }

    /// How long a pod may take nothing while it is sent a request (`proxy-send-timeout`). Default:
    /// 60s.
    #[must_use]
    fn send_timeout(self, time: Seconds) -> Self {
        self.setting("nginx.ingress.kubernetes.io/proxy-send-timeout", time.get())
    }

    /// Every request is answered with a lasting redirect to an address (`permanent-redirect`).
    #[must_use]
    fn redirect(self, url: impl Into<String>) -> Self {
        self.setting("nginx.ingress.kubernetes.io/permanent-redirect", url.into())
    }

    /// `www.` before a host leads to the host, and the other way round where the host starts with it
    /// (`from-to-www-redirect`).
    #[must_use]
    fn redirect_www(self) -> Self {
        self.setting("nginx.ingress.kubernetes.io/from-to-www-redirect", "true")
    }

    /// `/` leads to this path (`app-root`).
    #[must_use]
    fn app_root(self, path: impl Into<String>) -> Self {
        self.setting("nginx.ingress.kubernetes.io/app-root", path.into())
    }

    /// The path that pods see (`rewrite-target`).
    #[must_use]
    fn rewrite_target(self, path: impl Into<String>) -> Self {
        self.setting("nginx.ingress.kubernetes.io/rewrite-target", path.into())
    }

    /// Only clients with these addresses (`whitelist-source-range`). Default: all.
    #[must_use]
    fn whitelist(self, ranges: impl IntoIterator<Item = Cidr>) -> Self {
        let ranges: Vec<String> = ranges.into_iter().map(Into::into).collect();
        self.setting(
            "nginx.ingress.kubernetes.io/whitelist-source-range",
            ranges.join(","),
        )
    }

    /// What pods speak (`backend-protocol`). Default: HTTP.
    #[must_use]
    fn backend_protocol(self, protocol: BackendProtocol) -> Self {
        self.setting("nginx.ingress.kubernetes.io/backend-protocol", protocol)
    }

    /// Requests of one client go to one pod, by a cookie of this name (`affinity: cookie`,
    /// `session-cookie-name`).
    #[must_use]
    fn sticky(self, cookie: impl Into<String>) -> Self {
        self.setting("nginx.ingress.kubernetes.io/affinity", "cookie")
            .setting(
                "nginx.ingress.kubernetes.io/session-cookie-name",
                cookie.into(),
            )
    }

    /// Pages of these origins may send requests (`enable-cors`, `cors-allow-origin`).
    #[must_use]
    fn cors<S: Into<String>>(self, origins: impl IntoIterator<Item = S>) -> Self {
        let origins: Vec<String> = origins.into_iter().map(Into::into).collect();
        self.setting("nginx.ingress.kubernetes.io/enable-cors", "true")
            .setting(
                "nginx.ingress.kubernetes.io/cors-allow-origin",
                origins.join(", "),
            )
    }

    /// Whether answers are collected before they are sent on (`proxy-buffering`). Default: no.
    #[must_use]
    fn buffering(self, yes: bool) -> Self {
        let word = if yes { "on" } else { "off" };
        self.setting("nginx.ingress.kubernetes.io/proxy-buffering", word)
    }
}

word_type! {
    /// What pods speak behind an ingress.
    BackendProtocol, "a protocol" {
        /// HTTP.
        Http = "HTTP",
        /// HTTPS.
        Https = "HTTPS",
        /// gRPC.
        Grpc = "GRPC",
        /// gRPC over TLS.
        Grpcs = "GRPCS",
        /// FastCGI.
        Fcgi = "FCGI",
    }
}

impl NginxSettings for Ingress {
    fn setting(mut self, key: &'static str, value: impl ToString) -> Self {
        self.settings.insert(key, value.to_string());
        self
    }

    fn cluster_issuer(mut self, name: Name) -> Self {
        self.settings.remove("cert-manager.io/issuer");
        self.issuer = Some(("ClusterIssuer", name.clone()));
        self.setting("cert-manager.io/cluster-issuer", name)
    }

    fn issuer(mut self, name: Name) -> Self {
        self.settings.remove("cert-manager.io/cluster-issuer");
        self.issuer = Some(("Issuer", name.clone()));
        self.setting("cert-manager.io/issuer", name)
    }

    fn basic_auth(mut self, secret: impl Into<Link>) -> Self {
        let secret: Link = secret.into();
        let Ref {
            namespace, name, ..
        } = secret.reference();
        let path = match namespace {
            Some(namespace) => format!("{namespace}/{name}"),
            None => name.clone(),
        };
        self.uses.push(secret);
        self.setting("nginx.ingress.kubernetes.io/auth-type", "basic")
            .setting("nginx.ingress.kubernetes.io/auth-secret", path)
    }

    fn custom_headers(mut self, config_map: impl Into<Link>) -> Self {
        self.custom_headers = Some(config_map.into());
        self
    }
}
