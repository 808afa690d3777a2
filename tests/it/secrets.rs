//! Secrets: where they come from, what is told where they cannot be read, and how they are shown to who
//! asks for it.

use crate::support::Infra;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use insta::assert_snapshot;

/// Every source that needs nothing but this machine and the cluster.
const SHOP: &str = r#"let api = secret("api").values(#{
    TOKEN: secret_stdin(),
    KEY: secret_file("api.key"),
    HEX: generated("hex", 16, "0-9a-f"),
    URL: "postgresql://app:" + secret_of("platform/db", "password") + "@db/app",
    REGION: "eu-central-1",
});
[
    environment("platform", [secret("db").values(#{ password: secret_env("DB_PASSWORD") })]),
    environment("shop", [api]),
]
"#;

fn shop() -> Infra {
    let infra = Infra::on_cluster().variable("DB_PASSWORD", "correct-horse");
    // The second environment reads what the first makes, wherever the test's names are.
    let script = SHOP.replace("platform/db", &format!("{}/db", infra.name("platform")));
    infra.write("shop.rhai", &script);
    infra.write("api.key", "key-of-the-api\n");
    infra
}

fn value(infra: &Infra, key: &str) -> String {
    let secret = infra.object("v1", "shop", "secrets/api").unwrap();
    let encoded = secret["data"][key].as_str().unwrap();
    String::from_utf8(STANDARD.decode(encoded).unwrap()).unwrap()
}

#[test]
fn each_source_gives_its_value() {
    let infra = shop();
    let run = infra.run_piped("run shop.rhai --yes", "token-of-the-api\n");
    run.ends_with(0);
    assert_eq!(value(&infra, "TOKEN"), "token-of-the-api");
    assert_eq!(value(&infra, "KEY"), "key-of-the-api\n");
    assert_eq!(
        value(&infra, "URL"),
        "postgresql://app:correct-horse@db/app"
    );
    let hex = value(&infra, "HEX");
    assert_eq!(hex.len(), 16);
    assert!(
        hex.bytes().all(|byte| b"0123456789abcdef".contains(&byte)),
        "{hex}"
    );
    infra
        .run_piped("plan shop.rhai --exit-code", "token-of-the-api")
        .ends_with(0);
    let other = infra.run_piped("plan shop.rhai --exit-code", "another-token");
    assert_snapshot!("another_value", other.ends_with(3));
    // Made once.
    assert_eq!(value(&infra, "HEX"), hex);
}

#[test]
fn a_plan_without_a_source_says_unknown() {
    let infra = shop();
    assert_snapshot!("unknown_and_new", infra.run("plan shop.rhai").ends_with(0));
    infra
        .run_piped("run shop.rhai --yes", "token-of-the-api")
        .ends_with(0);
    let plan = infra.run("plan shop.rhai --exit-code").ends_with(3);
    assert_snapshot!("unknown_and_there", plan);
    let json = infra
        .run("plan shop.rhai --environment shop -o json")
        .ends_with(0);
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    let steps = json["plans"][0]["steps"].as_array().unwrap();
    let step = steps
        .iter()
        .find(|step| step["id"]["name"] == "api")
        .unwrap();
    assert_eq!(step["changes"][0]["path"], ".data.TOKEN");
    assert_eq!(step["changes"][0]["unknown"], true);
    assert_snapshot!(
        "a_dry_run_is_a_plan",
        infra.run("run shop.rhai --dry-run").ends_with(0)
    );
}

#[test]
fn pods_that_read_an_unknown_secret_restart_or_not() {
    let infra = Infra::on_cluster().variable("TOKEN", "token-of-the-api");
    let script = r#"let keys = secret("keys").values(#{ TOKEN: secret_env("TOKEN"), MODE: "a" });
environment("shop", [keys, deployment("app").image("registry.example/app:1").env_from(keys)])
"#;
    infra.write("shop.rhai", script);
    infra.run("run shop.rhai --yes").ends_with(0);
    let infra = infra.variable("TOKEN", "");
    infra.write("shop.rhai", &script.replace("\"TOKEN\"", "\"ANOTHER\""));
    assert_snapshot!("unknown_restart", infra.run("plan shop.rhai").ends_with(0));
}

#[test]
fn a_run_without_a_source_refuses_before_anything_is_changed() {
    let infra = shop();
    assert_snapshot!("refused", infra.run("run shop.rhai --yes").ends_with(2));
    assert_eq!(infra.object("v1", "platform", "secrets/db"), None);
    // Not even where the first environment has all that it needs, and asks for nothing new.
    let one = infra
        .run("run shop.rhai --yes --environment shop")
        .ends_with(2);
    assert_snapshot!("refused_alone", one);
}

#[test]
fn what_an_existing_secret_lacks_is_told() {
    let infra = Infra::on_cluster().variable("DB_PASSWORD", "correct-horse");
    let db = "environment(\"shop\", [secret(\"db\").values(#{ password: secret_env(\"DB_PASSWORD\"), user: \"app\" })])";
    infra.write("db.rhai", db);
    infra.run("run db.rhai --yes").ends_with(0);
    let app = |name: &str, key: &str| {
        let text = format!(
            "environment(\"app\", [secret(\"app\").values(#{{\n    URL: \"x:\" + secret_of(\"{}/{name}\", \"{key}\")\n}})])\n",
            infra.name("shop")
        );
        infra.write("app.rhai", &text);
        infra.run("run app.rhai --yes")
    };
    assert_snapshot!("no_such_key", app("db", "passwort").ends_with(2));
    assert_snapshot!("no_such_secret", app("dv", "password").ends_with(2));
    app("db", "password").ends_with(0);
}

#[test]
fn rendering_shows_placeholders_and_values_to_who_asks() {
    let infra = Infra::new().variable("DB_PASSWORD", "correct-horse");
    infra.write(
        "shop.rhai",
        r#"environment("shop", [secret("db").values(#{
    PASSWORD: secret_env("DB_PASSWORD"),
    ADDRESS: "redis://:" + secret_env("DB_PASSWORD") + "@redis",
    SALT: generated("salt", 16),
    SALTED: "salted-" + generated("salt", 16),
    OTHER: secret_of("other", "key"),
    MODE: "production",
})])
"#,
    );
    assert_snapshot!("rendered", infra.run("render shop.rhai").ends_with(0));
    let shown = infra.run("render shop.rhai --show-secrets").ends_with(0);
    assert_snapshot!("rendered_in_clear", shown);
    let infra = Infra::new();
    infra.write("shop.rhai", "environment(\"shop\", [secret(\"db\").value(\"PASSWORD\", secret_env(\"DB_PASSWORD\"))])\n");
    let missing = infra.run("render shop.rhai --show-secrets").ends_with(2);
    assert_snapshot!("nothing_to_show", missing);
}

#[test]
fn standard_input_must_hold_something() {
    let infra = Infra::on_cluster();
    infra.write(
        "shop.rhai",
        "environment(\"shop\", [secret(\"db\").values(#{\n    PASSWORD: secret_stdin(),\n})])\n",
    );
    assert_snapshot!("empty_input", infra.run("run shop.rhai --yes").ends_with(2));
}

#[test]
fn a_secret_is_not_taken_from_the_command_line() {
    let infra = Infra::new();
    infra.write(
        "shop.rhai",
        r#"const KEYS = secret("keys").values(#{
    PASSWORD: param("password", ""),
    URL: param("database", "postgresql://app@db/app"),
    MODE: param("token_mode", "none"),
});
environment("shop", [KEYS])
"#,
    );
    for (name, setting) in [
        ("set_by_name", "password=hunter2"),
        ("set_by_value", "database=postgresql://app:hunter2@db/app"),
    ] {
        let refused = infra.run(&format!("render shop.rhai --set {setting}"));
        assert!(!refused.stderr.contains("hunter2"), "{refused}");
        assert_snapshot!(name, refused.ends_with(2).stderr);
    }
    // What says nothing secret is taken.
    infra
        .run("render shop.rhai --set password= --set database=postgresql://app@other/app")
        .ends_with(0);
}
