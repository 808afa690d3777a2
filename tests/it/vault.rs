//! Secrets from HashiCorp Vault. The one here is none: it answers as the API of the real one is
//! documented to, for one token, one role and a store of the second version.

use crate::support::{Asked, Infra, answering, silent_port};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use insta::assert_snapshot;

const SHOP: &str = r#"let db = secret("db").values(#{
    PASSWORD: vault("secret/shop/db", "password"),
    URL: "postgresql://app:" + vault("secret/shop/db", "password") + "@db/app",
    PORT: vault("secret/shop/db", "port"),
});
environment("shop", [db])
"#;

const MOUNT: &str =
    r#"{"request_id":"1","data":{"path":"secret/","type":"kv","options":{"version":"2"}}}"#;
const DB: &str = r#"{"request_id":"2","data":{"data":{"password":"correct-horse","port":5432},"metadata":{"created_time":"2026-01-26T09:31:00Z","deletion_time":"","destroyed":false,"version":3}}}"#;
const DELETED: &str = r#"{"request_id":"3","data":{"data":null,"metadata":{"deletion_time":"2026-01-26T09:31:00Z","destroyed":false,"version":1}}}"#;
const DENIED: &str = r#"{"errors":["1 error occurred:\n\t* permission denied\n\n"]}"#;

/// A Vault with these tokens, each of which may read what there is.
fn vault() -> String {
    answering(|asked: &Asked| {
        let token = asked.field("x-vault-token");
        let of_team = asked.field("x-vault-namespace") == Some("team");
        let (status, text) = match (asked.line.as_str(), token) {
            ("POST /v1/auth/kubernetes/login", None) if asked.body.contains("pods-token") => {
                if asked.body.contains("\"role\":\"deployer\"") {
                    (
                        200,
                        r#"{"auth":{"client_token":"hvs.of-the-pod","lease_duration":3600}}"#,
                    )
                } else {
                    (400, r#"{"errors":["invalid role name \"nobody\""]}"#)
                }
            }
            (_, Some("hvs.right" | "hvs.of-the-pod")) if of_team => match asked.line.as_str() {
                line if line.starts_with("GET /v1/sys/internal/ui/mounts/secret/") => (200, MOUNT),
                "GET /v1/secret/data/shop/db" => (200, DB),
                "GET /v1/secret/data/shop/old" => (404, DELETED),
                _ => (404, r#"{"errors":[]}"#),
            },
            _ => (403, DENIED),
        };
        (status, text.to_owned())
    })
}

fn shop(address: &str) -> Infra {
    let infra = Infra::on_cluster();
    infra.write("shop.rhai", SHOP);
    let settings = format!("[vault]\naddress = \"{address}\"\nnamespace = \"team\"\n");
    infra.write("infra.toml", &settings);
    infra
}

/// Ports are the machine's.
fn shown(outcome: &crate::support::Outcome, address: &str) -> String {
    outcome.to_string().replace(address, "http://vault")
}

#[test]
fn values_come_from_vault() {
    let address = vault();
    let infra = shop(&address).variable("VAULT_TOKEN", "hvs.right");
    let run = infra.run("run shop.rhai --yes").ends_with(0).to_string();
    assert!(!run.contains("horse") && !run.contains("hvs."), "{run}");
    let secret = infra.object("v1", "shop", "secrets/db").unwrap();
    for (key, expected) in [
        ("PASSWORD", "correct-horse"),
        ("URL", "postgresql://app:correct-horse@db/app"),
        ("PORT", "5432"),
    ] {
        assert_eq!(
            secret["data"][key],
            STANDARD.encode(expected).as_str(),
            "{key}"
        );
    }
    infra.run("plan shop.rhai --exit-code").ends_with(0);
}

#[test]
fn a_pod_logs_in_with_its_service_account() {
    let address = vault();
    let infra = shop(&address);
    let login = |role: &str| {
        let settings = format!(
            "[vault]\naddress = \"{address}\"\nnamespace = \"team\"\nrole = \"{role}\"\nservice_account_token = \"{}\"\n",
            infra.home().join("token").display()
        );
        infra.write("infra.toml", &settings);
    };
    login("deployer");
    let none = infra.run("run shop.rhai --yes").ends_with(2);
    assert_snapshot!("no_service_account", shown(&none, &address));
    std::fs::write(infra.home().join("token"), "pods-token\n").unwrap();
    infra.run("render shop.rhai --show-secrets").ends_with(0);
    login("nobody");
    let refused = infra.run("run shop.rhai --yes").ends_with(2);
    assert_snapshot!("no_such_role", shown(&refused, &address));
}

#[test]
fn what_vault_does_not_give_is_told() {
    let address = vault();
    let infra = shop(&address);
    let run = |infra: &Infra, path: &str, key: &str| {
        let script = format!(
            "environment(\"shop\", [secret(\"db\").values(#{{\n    PASSWORD: vault(\"{path}\", \"{key}\"),\n}})])\n"
        );
        infra.write("one.rhai", &script);
        let outcome = infra.run("run one.rhai --yes").ends_with(2);
        shown(&outcome, &address)
    };
    assert_snapshot!("no_token", run(&infra, "secret/shop/db", "password"));
    let infra = infra.variable("VAULT_TOKEN", "hvs.wrong");
    assert_snapshot!("forbidden", run(&infra, "secret/shop/db", "password"));
    let unknown = infra.run("plan shop.rhai").ends_with(0);
    assert_snapshot!("unknown", shown(&unknown, &address));
    let infra = shop(&address).variable("VAULT_TOKEN", "hvs.right");
    assert_snapshot!("no_such_key", run(&infra, "secret/shop/db", "passwort"));
    assert_snapshot!("no_such_secret", run(&infra, "secret/shop/dv", "password"));
    assert_snapshot!("deleted", run(&infra, "secret/shop/old", "password"));
    let sealed = answering(|_| (503, r#"{"errors":["Vault is sealed"]}"#.to_owned()));
    let infra = infra.variable("VAULT_ADDR", &sealed);
    let told = run(&infra, "secret/shop/db", "password").replace(&sealed, "http://sealed");
    assert_snapshot!("sealed", told);
    let (_kept, port) = silent_port();
    let gone = format!("http://127.0.0.1:{port}");
    let infra = infra.variable("VAULT_ADDR", &gone);
    let told = run(&infra, "secret/shop/db", "password").replace(&gone, "http://gone");
    assert_snapshot!("unreachable", told);
    let infra = Infra::on_cluster();
    infra.write("shop.rhai", SHOP);
    let nowhere = infra.run("run shop.rhai --yes").ends_with(2);
    assert_snapshot!("no_address", shown(&nowhere, &address));
}
