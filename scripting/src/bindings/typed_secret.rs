//! Secrets of Kubernetes' own types.

use crate::table::{Row, Secret as SecretArgument, row};
use infra_sdk::resource::Secret;
use infra_sdk::types::Name;

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row(
            "pull_secret",
            &["name", "registry", "username", "password"],
            |name: Name, registry: String, username: SecretArgument, password: SecretArgument| {
                Secret::pull(name, registry, username.0, password.0)
            },
        )
        .doc(
            "A secret that fetches images from a registry, with a user and a password or token \
             (`kubernetes.io/dockerconfigjson`): what `image_pull_secret` of a workload or a \
             service account takes.",
        )
        .example(
            r#"let registry = pull_secret("registry", "ghcr.io", "robot", secret_env("REGISTRY_TOKEN"));
environment("shop", [registry, deployment("app").image("ghcr.io/shop/app:1").image_pull_secret(registry)])"#,
        ),
        row(
            "pull_secret",
            &["name", "config"],
            |name: Name, config: SecretArgument| Secret::pull_config(name, config.0),
        )
        .doc(
            "The same from a whole docker configuration (`config.json`), for any number of \
             registries. One whose passwords a credential helper keeps is refused.",
        )
        .example(r#"pull_secret("registries", secret_env("DOCKER_CONFIG_JSON"))"#),
        row(
            "tls_secret",
            &["name", "certificate", "private_key"],
            |name: Name, certificate: SecretArgument, private_key: SecretArgument| {
                Secret::tls(name, certificate.0, private_key.0)
            },
        )
        .doc(
            "A certificate with those that vouch for it, and its private key \
             (`kubernetes.io/tls`): what an ingress or a gateway serves TLS with. Both are PEM, \
             which is looked at before anything is written.",
        )
        .example(r#"tls_secret("shop-tls", secret_env("TLS_CERTIFICATE"), secret_env("TLS_KEY"))"#),
        row(
            "basic_auth_secret",
            &["name", "username", "password"],
            |name: Name, username: SecretArgument, password: SecretArgument| {
                Secret::basic_auth(name, username.0, password.0)
            },
        )
        .doc(
            "A user's name and password (`kubernetes.io/basic-auth`), under the keys `username` and \
             `password`. It is not what ingress-nginx asks visitors with: that is a file of hashed \
             passwords, which `htpasswd` makes, under the key `auth` of a `secret`.",
        )
        .example(r#"basic_auth_secret("git", "robot", secret_env("GIT_PASSWORD"))"#),
        row(
            "ssh_auth_secret",
            &["name", "private_key"],
            |name: Name, private_key: SecretArgument| Secret::ssh_auth(name, private_key.0),
        )
        .doc("A private key for SSH (`kubernetes.io/ssh-auth`), under the key `ssh-privatekey`.")
        .example(r#"ssh_auth_secret("git", secret_file("example.key"))"#),
    ]
}
