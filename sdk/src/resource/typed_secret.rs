//! Secrets of Kubernetes' own types: for images, TLS, names and passwords, SSH.

use super::{Meta, Secret};
use crate::environment::Problem;
use crate::object::{Encoding, SecretPart, SecretText};
use crate::types::{DataKey, Name};

/// The key of a docker configuration.
const DOCKER_CONFIG: &str = ".dockerconfigjson";
/// The keys of a certificate and its private key.
const TLS: [&str; 2] = ["tls.crt", "tls.key"];
/// The key of a private key for SSH.
const SSH: &str = "ssh-privatekey";

/// Docker Hub, as docker configurations call it.
const DOCKER_HUB: &str = "https://index.docker.io/v1/";

fn key(name: &str) -> DataKey {
    name.parse().expect("a key of ours")
}

impl Secret {
    /// What fetches images from a registry, with a user and a password (or token)
    /// (`kubernetes.io/dockerconfigjson`): workloads and service accounts name it as
    /// `image_pull_secret`.
    ///
    /// ```
    /// use infra_sdk::object::SecretText;
    /// use infra_sdk::resource::{Deployment, Secret, prelude::*};
    ///
    /// let token = SecretText::env("REGISTRY_TOKEN");
    /// let registry = Secret::pull("registry".parse()?, "ghcr.io", "robot", token);
    /// let app = Deployment::new("app".parse()?).image_pull_secret(&registry);
    /// # Ok::<(), infra_sdk::types::Invalid>(())
    /// ```
    #[track_caller]
    pub fn pull(
        name: Name,
        registry: impl Into<String>,
        username: impl Into<SecretText>,
        password: impl Into<SecretText>,
    ) -> Self {
        let registry = registry.into();
        let registry = if registry == "docker.io" {
            DOCKER_HUB.to_owned()
        } else {
            registry
        };
        let (username, password) = (username.into(), password.into());
        let json = |text: SecretText| text.encoded(Encoding::Json);
        let both = username.clone().join(":".into()).join(password.clone());
        let config = SecretText::text("{\"auths\":{")
            .join(json(registry.into()))
            .join(":{\"username\":".into())
            .join(json(username))
            .join(",\"password\":".into())
            .join(json(password))
            .join(",\"auth\":\"".into())
            .join(both.encoded(Encoding::Base64))
            .join("\"}}}".into());
        Self::pull_config(name, config)
    }

    /// The same from a whole docker configuration (`~/.docker/config.json`), for any number of
    /// registries.
    #[track_caller]
    pub fn pull_config(name: Name, config: impl Into<SecretText>) -> Self {
        Self::new(name)
            .kind("kubernetes.io/dockerconfigjson")
            .value(key(DOCKER_CONFIG), config)
    }

    /// A certificate with those that vouch for it, and its private key, both in PEM
    /// (`kubernetes.io/tls`): what an ingress or a gateway serves TLS with.
    ///
    /// ```
    /// use infra_sdk::object::SecretText;
    /// use infra_sdk::resource::Secret;
    ///
    /// let file = SecretText::file;
    /// let tls = Secret::tls("shop-tls".parse()?, file("shop.crt"), file("shop.key"));
    /// # Ok::<(), infra_sdk::types::Invalid>(())
    /// ```
    #[track_caller]
    pub fn tls(
        name: Name,
        certificate: impl Into<SecretText>,
        private_key: impl Into<SecretText>,
    ) -> Self {
        Self::new(name)
            .kind("kubernetes.io/tls")
            .value(key(TLS[0]), certificate)
            .value(key(TLS[1]), private_key)
    }

    /// A user's name and password (`kubernetes.io/basic-auth`).
    ///
    /// ```
    /// use infra_sdk::object::SecretText;
    /// use infra_sdk::resource::Secret;
    ///
    /// let password = SecretText::generated("git", 24);
    /// let git = Secret::basic_auth("git".parse()?, "robot", password);
    /// # Ok::<(), infra_sdk::types::Invalid>(())
    /// ```
    #[track_caller]
    pub fn basic_auth(
        name: Name,
        username: impl Into<SecretText>,
        password: impl Into<SecretText>,
    ) -> Self {
        Self::new(name)
            .kind("kubernetes.io/basic-auth")
            .value(key("username"), username)
            .value(key("password"), password)
    }

    /// A private key for SSH (`kubernetes.io/ssh-auth`).
    ///
    /// ```
    /// use infra_sdk::object::SecretText;
    /// use infra_sdk::resource::Secret;
    ///
    /// let deploy_key = SecretText::file("deploy_key");
    /// let git = Secret::ssh_auth("git".parse()?, deploy_key);
    /// # Ok::<(), infra_sdk::types::Invalid>(())
    /// ```
    #[track_caller]
    pub fn ssh_auth(name: Name, private_key: impl Into<SecretText>) -> Self {
        Self::new(name)
            .kind("kubernetes.io/ssh-auth")
            .value(key(SSH), private_key)
    }
}

/// A value that stands in the script and cannot be what its key wants: it is known already.
pub(super) fn problem(meta: &Meta, kind: &str, key: &str, text: &SecretText) -> Option<Problem> {
    let [SecretPart::Text(content)] = text.parts() else {
        return None;
    };
    let message = crate::types::secret_form(kind, key, content.as_bytes()).err()?;
    Some(Problem {
        message: format!("`{key}` of secret `{}` {message}", meta.name),
        at: meta.origin.of_field("data").cloned(),
        help: Some("to have the content of a file, write `secret_file(\"PATH\")`".to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Graph;
    use crate::resource::Resource as _;
    use crate::resource::testing::{p, problems};

    #[test]
    fn each_has_its_type_and_keys_and_shows_nothing() {
        let env = |name: &str| SecretText::env(name);
        for (secret, kind, keys) in [
            (
                Secret::pull(p("s"), "ghcr.io", "robot", env("TOKEN")),
                "kubernetes.io/dockerconfigjson",
                [(".dockerconfigjson", "(secret: env TOKEN)")].as_slice(),
            ),
            (
                Secret::tls(p("s"), env("CRT"), env("KEY")),
                "kubernetes.io/tls",
                &[
                    ("tls.crt", "(secret: env CRT)"),
                    ("tls.key", "(secret: env KEY)"),
                ],
            ),
            (
                Secret::basic_auth(p("s"), "robot", env("PW")),
                "kubernetes.io/basic-auth",
                &[("password", "(secret: env PW)"), ("username", "(secret)")],
            ),
            (
                Secret::ssh_auth(p("s"), env("SSH")),
                "kubernetes.io/ssh-auth",
                &[("ssh-privatekey", "(secret: env SSH)")],
            ),
        ] {
            assert!(!format!("{secret:?}").contains("robot"));
            let object = secret.lower(&Graph::default()).remove(0).value;
            assert_eq!(object["type"], kind);
            let data = object["data"].as_object().expect("data");
            let found: Vec<_> = data
                .iter()
                .map(|(key, token)| (key.as_str(), token.as_str().unwrap_or_default()))
                .collect();
            assert_eq!(found, keys);
        }
    }

    #[test]
    fn a_path_in_the_place_of_a_content_is_told_at_once() {
        let tls = Secret::tls(p("s"), "shop.crt", "shop.key");
        assert_eq!(
            problems(&[&tls]),
            [
                "`tls.crt` of secret `s` is no certificate in PEM (`-----BEGIN CERTIFICATE-----`)",
                "`tls.key` of secret `s` is no private key in PEM (`-----BEGIN PRIVATE KEY-----`)",
            ]
        );
        // An opaque one may hold anything.
        let opaque = Secret::new(p("s")).value(p("tls.crt"), "shop.crt");
        assert_eq!(problems(&[&opaque]), [""; 0]);
    }
}
