//! Secrets from HashiCorp Vault: what a real one answered is answered again (`tests/vault`).

use crate::support::{
    Asked, Infra, answering, answering_behind, certificate, repository, silent_port,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use infra_sdk::types::yaml;
use insta::assert_snapshot;
use serde_json::Value;

const SHOP: &str = r#"let db = secret("db").values(#{
    PASSWORD: vault("secret/shop/db", "password"),
    URL: "postgresql://app:" + vault("secret/data/shop/db", "password") + "@db/app",
    PORT: vault("secret/shop/db", "port"),
    OLD: vault("old/shop/db", "password"),
    TEAM: vault("teams/web/shop/db", "password"),
});
environment("shop", [db])
"#;

/// What was recorded, an exchange each.
fn recorded(name: &str) -> Vec<Value> {
    let path = repository().join("tests/vault").join(name);
    let text = std::fs::read_to_string(path).unwrap();
    let found = yaml::documents(&text).unwrap().remove(0);
    found.as_array().unwrap().clone()
}

/// What the recorded Vault answers; what it was not asked then, it cannot be asked now.
fn answer(exchanges: &[Value], asked: &Asked) -> (u16, String) {
    let found = exchanges.iter().find(|exchange| {
        exchange["request"] == asked.line.as_str()
            && exchange["token"].as_str() == asked.field("x-vault-token")
            && exchange["body"].as_str().unwrap_or_default() == asked.body
    });
    match found {
        Some(exchange) => {
            let status = exchange["status"].as_u64().unwrap();
            let text = exchange["answer"].as_str().unwrap();
            (status.try_into().unwrap(), text.to_owned())
        }
        None => (
            500,
            format!(r#"{{"errors":["not recorded: {}"]}}"#, asked.line),
        ),
    }
}

/// The Vault as it was, or sealed.
fn vault(name: &str) -> String {
    let exchanges = recorded(name);
    answering(move |asked| answer(&exchanges, asked))
}

fn shop(address: &str) -> Infra {
    let infra = Infra::on_cluster();
    infra.write("shop.rhai", SHOP);
    let settings = format!("[vault]\naddress = \"{address}\"\n");
    infra.write("infra.toml", &settings);
    infra
}

/// Ports are the machine's.
fn shown(outcome: &crate::support::Outcome, address: &str) -> String {
    outcome.to_string().replace(address, "http://vault")
}

#[test]
fn values_come_from_vault() {
    let address = vault("open.yaml");
    let infra = shop(&address).variable("VAULT_TOKEN", "hvs.shop");
    let run = infra.run("run shop.rhai --yes").ends_with(0).to_string();
    assert!(!run.contains("horse") && !run.contains("hvs."), "{run}");
    let secret = infra.object("v1", "shop", "secrets/db").unwrap();
    for (key, expected) in [
        ("PASSWORD", "correct-horse"),
        ("URL", "postgresql://app:correct-horse@db/app"),
        ("PORT", "5432"),
        ("OLD", "of-version-one"),
        ("TEAM", "of-the-team"),
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
    let address = vault("open.yaml");
    let infra = shop(&address);
    let one = "environment(\"shop\", [secret(\"db\").values(#{\n    PASSWORD: vault(\"secret/shop/db\", \"password\"),\n})])\n";
    infra.write("one.rhai", one);
    let login = |role: &str, mount: &str| {
        let token = infra.home().join("token");
        let settings = format!(
            "[vault]\naddress = \"{address}\"\nrole = \"{role}\"\nlogin = \"{mount}\"\nservice_account_token = \"{}\"\n",
            token.display()
        );
        infra.write("infra.toml", &settings);
    };
    let token = |text: &str| std::fs::write(infra.home().join("token"), text).unwrap();
    let refused = || shown(&infra.run("run one.rhai --yes").ends_with(2), &address);
    login("deployer", "kubernetes");
    assert_snapshot!("no_service_account", refused());
    token("jwt-of-deployer\n");
    let rendered = infra.run("render one.rhai --show-secrets").ends_with(0);
    let password = STANDARD.encode("correct-horse");
    assert!(rendered.stdout.contains(&password), "{rendered}");
    login("nobody", "kubernetes");
    assert_snapshot!("no_such_role", refused());
    login("deployer", "elsewhere");
    assert_snapshot!("no_such_login", refused());
    login("deployer", "kubernetes");
    token("jwt-of-stranger");
    assert_snapshot!("not_its_role", refused());
    token("garbage");
    assert_snapshot!("no_token_of_the_cluster", refused());
}

/// What a run tells of a secret that it cannot read.
fn told(infra: &Infra, address: &str, path: &str, key: &str) -> String {
    let script = format!(
        "environment(\"shop\", [secret(\"db\").values(#{{\n    PASSWORD: vault(\"{path}\", \"{key}\"),\n}})])\n"
    );
    infra.write("one.rhai", &script);
    shown(&infra.run("run one.rhai --yes").ends_with(2), address)
}

#[test]
fn what_vault_does_not_give_is_told() {
    let address = vault("open.yaml");
    let infra = shop(&address);
    let (db, key) = ("secret/shop/db", "password");
    assert_snapshot!("no_token", told(&infra, &address, db, key));
    for (token, name) in [
        ("hvs.wrong", "wrong_token"),
        ("hvs.expired", "expired_token"),
        ("hvs.default", "forbidden"),
    ] {
        let infra = shop(&address).variable("VAULT_TOKEN", token);
        assert_snapshot!(name, told(&infra, &address, db, key));
    }
    let infra = shop(&address).variable("VAULT_TOKEN", "hvs.wrong");
    let one = "environment(\"shop\", [secret(\"db\").values(#{ PASSWORD: vault(\"secret/shop/db\", \"password\") })])\n";
    infra.write("one.rhai", one);
    let unknown = infra.run("plan one.rhai").ends_with(0);
    assert_snapshot!("unknown", shown(&unknown, &address));
    let infra = shop(&address).variable("VAULT_TOKEN", "hvs.shop");
    for (path, key, name) in [
        (db, "passwort", "no_such_key"),
        ("secret/shop/empty", key, "no_keys"),
        ("secret/shop/dv", key, "no_such_secret"),
        ("old/shop/dv", key, "no_such_secret_of_version_one"),
        ("secret/shop/old", key, "deleted"),
        ("secret/shop/burnt", key, "destroyed"),
        ("secret/other/db", key, "not_ours"),
        ("nowhere/shop", key, "no_such_store"),
    ] {
        assert_snapshot!(name, told(&infra, &address, path, key));
    }
}

#[test]
fn a_vault_that_is_not_open_is_said_to_be() {
    let sealed = vault("sealed.yaml");
    let infra = shop(&sealed).variable("VAULT_TOKEN", "hvs.shop");
    let (db, key) = ("secret/shop/db", "password");
    assert_snapshot!("sealed", told(&infra, &sealed, db, key));
    let (_kept, port) = silent_port();
    let gone = format!("http://127.0.0.1:{port}");
    let infra = infra.variable("VAULT_ADDR", &gone);
    assert_snapshot!("unreachable", told(&infra, &gone, db, key));
    let infra = Infra::on_cluster();
    infra.write("shop.rhai", SHOP);
    let nowhere = infra.run("run shop.rhai --yes").ends_with(2);
    assert_snapshot!("no_address", nowhere);
}

#[test]
fn who_vouches_for_vault_is_named() {
    let exchanges = recorded("open.yaml");
    let address = answering_behind("server", move |asked| answer(&exchanges, asked));
    let (db, key) = ("secret/shop/db", "password");
    let with = |authority: &str| {
        let file = certificate(authority).display().to_string();
        shop(&address)
            .variable("VAULT_TOKEN", "hvs.shop")
            .variable("VAULT_CACERT", &file)
    };
    let folder = repository().display().to_string();
    let plain = |text: String| {
        text.replace("https://vault", "http://vault")
            .replace(&folder, "…")
    };
    let nobody = shop(&address).variable("VAULT_TOKEN", "hvs.shop");
    for (infra, name) in [
        (nobody, "nobody_vouches"),
        (with("stranger.crt"), "another_vouches"),
        (with("server.key"), "no_certificate"),
        (with("none.crt"), "no_file_of_certificates"),
    ] {
        assert_snapshot!(name, plain(told(&infra, &address, db, key)));
    }
    let infra = with("authority.crt");
    infra.run("run shop.rhai --yes").ends_with(0);
}

/// Namespaces are the enterprise edition's, which was not there to be recorded: the field goes along.
#[test]
fn the_namespace_is_named_in_every_request() {
    let exchanges = recorded("open.yaml");
    let address = answering(move |asked| match asked.field("x-vault-namespace") {
        Some("team") => answer(&exchanges, asked),
        other => (400, format!(r#"{{"errors":["namespace {other:?}"]}}"#)),
    });
    let infra = shop(&address).variable("VAULT_TOKEN", "hvs.shop");
    let settings = format!("[vault]\naddress = \"{address}\"\nnamespace = \"team\"\n");
    infra.write("infra.toml", &settings);
    infra.run("run shop.rhai --yes").ends_with(0);
    let infra = infra.variable("VAULT_NAMESPACE", "other");
    infra.run("render shop.rhai --show-secrets").ends_with(2);
}
