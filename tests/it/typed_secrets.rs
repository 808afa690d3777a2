//! Secrets of Kubernetes' own types: made of what the caller has, looked at before anything is written.

use crate::support::{Infra, needs};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use insta::assert_snapshot;
use serde_json::{Value, json};

const SHOP: &str = r#"const REGISTRY = pull_secret("registry", "registry.example", "robot", secret_env("TOKEN"));
const TLS = tls_secret("shop-tls", secret_file("shop.crt"), secret_file("shop.key"));
const GIT = basic_auth_secret("git", "robot", generated("git-password", 24));
const APP = deployment("app").image("registry.example/app:1.4.2").port("http", 8080)
    .image_pull_secret(REGISTRY).volume("/etc/git", GIT);
environment("shop", [REGISTRY, TLS, GIT, APP])
"#;

/// A file in PEM, as far as one can tell from outside.
fn pem(label: &str) -> String {
    format!("-----BEGIN {label}-----\nMAMBAgM=\n-----END {label}-----\n")
}

fn shop() -> Infra {
    let infra = Infra::on_cluster();
    infra.write("shop.rhai", SHOP);
    infra.write("keys.env", "TOKEN=to\"ken-of-the-robot\n");
    infra.write("shop.crt", &pem("CERTIFICATE"));
    infra.write("shop.key", &pem("PRIVATE KEY"));
    infra
}

#[test]
fn each_becomes_what_its_readers_expect() {
    needs!(Nodes);
    let infra = shop();
    let run = infra.run("run shop.rhai --yes --env-file keys.env");
    let told = run.ends_with(0).to_string();
    assert!(
        !told.contains("of-the-robot") && !told.contains("MAMB"),
        "{told}"
    );
    let secret = |name: &str| {
        infra
            .object("v1", "shop", &format!("secrets/{name}"))
            .unwrap()
    };
    let value = |secret: &Value, key: &str| {
        let encoded = secret["data"][key].as_str().unwrap();
        String::from_utf8(STANDARD.decode(encoded).unwrap()).unwrap()
    };
    let registry = secret("registry");
    assert_eq!(registry["type"], "kubernetes.io/dockerconfigjson");
    let config: Value = serde_json::from_str(&value(&registry, ".dockerconfigjson")).unwrap();
    let password = "to\"ken-of-the-robot";
    let auth = STANDARD.encode(format!("robot:{password}"));
    let entry = json!({ "username": "robot", "password": password, "auth": auth });
    assert_eq!(config, json!({ "auths": { "registry.example": entry } }));
    let tls = secret("shop-tls");
    assert_eq!(tls["type"], "kubernetes.io/tls");
    assert_eq!(value(&tls, "tls.crt"), pem("CERTIFICATE"));
    let git = secret("git");
    assert_eq!(git["type"], "kubernetes.io/basic-auth");
    assert_eq!(value(&git, "password").len(), 24);
    infra
        .run("plan shop.rhai --env-file keys.env --exit-code")
        .ends_with(0);
}

#[test]
fn a_certificate_in_the_place_of_its_key_is_told_before_anything_is_written() {
    let infra = shop();
    infra.write("shop.crt", &pem("PRIVATE KEY"));
    infra.write("shop.key", &pem("CERTIFICATE"));
    assert_snapshot!(
        infra
            .run("run shop.rhai --yes --env-file keys.env")
            .ends_with(2)
    );
}
