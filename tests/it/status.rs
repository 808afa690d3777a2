//! How an environment is, before its first run, when it is ready, with trouble, and destroyed.

use crate::support::{Infra, needs};
use insta::assert_snapshot;

const STATUS: &str = "status shop.rhai";

/// A store with its volume and a generated password, and an application with these setters.
fn shop(setters: &str) -> Infra {
    let infra = Infra::on_cluster();
    infra.write(
        "shop.rhai",
        &format!(
            r#"const KEYS = secret("keys").values(#{{ PASSWORD: generated("password", 20) }});
const DB = stateful_set("db").image("registry.example/db:16").port("db", 5432)
    .env("PASSWORD", KEYS.key("PASSWORD")).volume("/data", claim("data", "1Gi"));
const APP = deployment("app").image("registry.example/app:1.4.2").port("http", 8080).replicas(2)
    .readiness_probe(http_get("/ready", "http").period("5s")){setters};
environment("shop", [KEYS, DB, APP])
"#
        ),
    );
    infra
}

#[test]
fn never_applied() {
    assert_snapshot!(shop("").run(STATUS).ends_with(0));
}

#[test]
fn all_ready_then_destroyed_with_what_is_kept() {
    needs!(Nodes);
    let infra = shop("");
    infra.run("run shop.rhai --yes").ends_with(0);
    assert_snapshot!("all_ready", infra.run(STATUS).ends_with(0));
    infra.run("destroy shop.rhai --yes").ends_with(0);
    assert_snapshot!("destroyed", infra.run(STATUS).ends_with(0));
}

#[test]
fn one_fails_with_its_cause() {
    needs!(Nodes, Faults);
    let infra = shop(
        r#"
    .pod_annotation("sandbox.infra.dev/crash", "app")
    .pod_annotation("sandbox.infra.dev/crash-log", "FATAL: no such host `db`")"#,
    );
    infra.run("run shop.rhai --yes").ends_with(5);
    assert_snapshot!(infra.run(STATUS).ends_with(5));
}
