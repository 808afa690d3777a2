//! A part of an environment, and runs that leave something out: `--only`, `--no-prune`, `--no-wait`.

use crate::support::{Infra, needs};
use insta::assert_snapshot;
use std::fmt::Write as _;

const SHOP: &str = r#"const SETTINGS = config_map("settings").values(#{ MODE: "production" });
const KEYS = secret("keys").values(#{ TOKEN: generated("token", 20) });
const DERIVED = secret("derived").values(#{ ADDRESS: "token:" + generated("token", 20) });
const APP = deployment("app").image("registry.example/app:1.4.2")
    .env_from(SETTINGS)
    .env_from(DERIVED)
    .without("restart_on_change");
environment("shop", [
    SETTINGS,
    KEYS,
    DERIVED,
    APP,
    config_map("other").values(#{ A: "1" }),
])
"#;

fn shop() -> Infra {
    let infra = Infra::on_cluster();
    infra.write("shop.rhai", SHOP);
    infra
}

#[test]
fn one_object_alone_is_planned_and_applied() {
    needs!(Nodes);
    let infra = shop();
    infra.run("run shop.rhai --yes").ends_with(0);
    infra.write(
        "shop.rhai",
        &SHOP
            .replace("production", "test")
            .replace("A: \"1\"", "A: \"2\"")
            .replace("app:1.4.2", "app:1.5.0"),
    );
    let plan = infra.run("plan shop.rhai --only deployment/app");
    assert_snapshot!("only_plan", plan.ends_with(0));
    let run = infra.run("run shop.rhai --yes --only deploy/app");
    assert_snapshot!("only_run", run.ends_with(0));
    let other = infra.object("v1", "shop", "configmaps/other");
    assert_eq!(other.expect("there")["data"]["A"], "1");
    // What was left out is still owned, and still to be changed.
    let rest = infra.run("plan shop.rhai --exit-code").ends_with(3);
    assert!(rest.stdout.contains("2 to update"), "{rest}");
    infra.run("destroy shop.rhai --yes").ends_with(0);
    assert!(infra.object("v1", "shop", "configmaps/other").is_none());
}

#[test]
fn what_a_part_needs_and_is_not_there_is_said() {
    needs!(Nodes);
    let infra = shop();
    infra.make_namespace("shop");
    let existing = SHOP.replace("\n])", "\n]).existing_namespace()");
    infra.write("shop.rhai", &existing);
    let plan = infra.run("plan shop.rhai --only deployment/app");
    assert_snapshot!("only_needs", plan.ends_with(0));
    // A value that is made once is made at its own place.
    let run = infra.run("run shop.rhai --yes --only secret/derived");
    assert_snapshot!("only_generated", run.ends_with(0));
    assert!(infra.object("v1", "shop", "secrets/keys").is_some());
    let rest = infra.run("run shop.rhai --yes").ends_with(0);
    assert!(!rest.stdout.contains("secret"), "{rest}");
}

#[test]
fn a_part_that_nothing_is() {
    let infra = shop();
    let mut all = String::new();
    for line in [
        "plan shop.rhai --only deployment/ap",
        "plan shop.rhai --only settings",
        "run shop.rhai --yes --only configmap/other",
    ] {
        let _ = write!(all, "{}\n\n", infra.run(line));
    }
    assert_snapshot!(all);
    assert!(infra.object("v1", "shop", "configmaps/other").is_none());
    for option in ["--delete pvc/data", "--no-prune"] {
        let line = format!("plan shop.rhai --only configmap/other {option}");
        let refused = infra.run(&line).ends_with(2);
        assert!(refused.stderr.contains("cannot be used with"), "{refused}");
    }
}

#[test]
fn several_environments_have_their_parts() {
    let infra = Infra::on_cluster();
    infra.write(
        "shops.rhai",
        r#"[
    environment("shop", [config_map("settings").values(#{ A: "1" })]),
    environment("stall", [config_map("settings").values(#{ A: "1" }), config_map("more").values(#{ A: "1" })]),
]
"#,
    );
    infra.run("run shops.rhai --yes").ends_with(0);
    let plan = infra.run("plan shops.rhai --only cm/more").ends_with(0);
    assert_snapshot!("only_of_several", plan);
    let ambiguous = infra.run("plan shops.rhai --only cm/settings").ends_with(2);
    assert_snapshot!("only_ambiguous", ambiguous);
}

#[test]
fn what_is_no_longer_wanted_can_stay_for_once() {
    let infra = Infra::on_cluster();
    let both = r#"environment("shop", [config_map("a").values(#{ A: "1" }), config_map("b").values(#{ B: "1" })])
"#;
    infra.write("shop.rhai", both);
    infra.run("run shop.rhai --yes").ends_with(0);
    infra.write(
        "shop.rhai",
        "environment(\"shop\", [config_map(\"c\").values(#{ C: \"1\" })])\n",
    );
    let run = infra.run("run shop.rhai --yes --no-prune").ends_with(0);
    assert_snapshot!("no_prune", run);
    assert!(infra.object("v1", "shop", "configmaps/a").is_some());
    let named = infra.run("run shop.rhai --yes --no-prune --delete cm/a");
    assert_snapshot!("no_prune_but_one", named.ends_with(0));
    assert_snapshot!(
        "pruned_later",
        infra.run("run shop.rhai --yes").ends_with(0)
    );
    assert!(infra.object("v1", "shop", "configmaps/b").is_none());
}

#[test]
fn nothing_is_waited_for_that_nobody_needs() {
    needs!(Faults);
    let infra = Infra::on_cluster();
    infra.write(
        "shop.rhai",
        r#"const DB = deployment("db").image("registry.example/db:1.0.0").port(5432)
    .pod_annotation("sandbox.infra.dev/slow-start", "2s");
const APP = deployment("app").image("registry.example/app:1.4.2")
    .pod_annotation("sandbox.infra.dev/never-ready", "app");
environment("shop", [DB, APP.after(DB)])
"#,
    );
    let run = infra.run("run shop.rhai --yes --no-wait").ends_with(0);
    assert_snapshot!("no_wait", run);
    let again = infra.run("run shop.rhai --yes --no-wait").ends_with(0);
    assert_snapshot!("no_wait_again", again);
    let destroyed = infra.run("destroy shop.rhai --yes --no-wait").ends_with(0);
    assert_snapshot!("no_wait_destroy", destroyed);
}

#[test]
fn options_of_a_run_are_none_of_a_procedure() {
    let infra = Infra::on_cluster();
    infra.write(
        "shop.rhai",
        "/// Says it.\nfn echo(text) { text }\nenvironment(\"shop\", [config_map(\"c\").values(#{ A: \"1\" })])\n",
    );
    let mut all = String::new();
    for option in ["--delete=cm/c", "--only=cm/c", "--no-prune", "--no-wait"] {
        let outcome = infra
            .run(&format!("run shop.rhai echo a {option}"))
            .ends_with(2);
        all += &outcome.to_string();
        all += "\n\n";
    }
    assert_snapshot!(all);
}
