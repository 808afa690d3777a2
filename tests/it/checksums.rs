//! Pods restart when what they read changes: exactly those, and the plan says why.

use crate::support::{Infra, needs};
use insta::assert_snapshot;
use std::collections::BTreeMap;

const SHOP: &str = r#"const SETTINGS = config_map("settings").values(#{ MODE: param("mode", "production"), COLOUR: "red" });
const KEYS = secret("keys").values(#{ API: secret_env("API"), OTHER: secret_env("OTHER"), SALT: generated("salt", 32) });

fn app(name) { deployment(name).image("registry.example/app:1.4.2") }

environment("shop", [
    SETTINGS, KEYS,
    app("all-settings").env_from(SETTINGS),
    app("colour").env("COLOUR", SETTINGS.key("COLOUR")),
    app("mounted").volume("/etc/app", SETTINGS).replicas(2),
    app("left-alone").env_from(SETTINGS).without("restart_on_change"),
    app("plain"),
    stateful_set("store").image("registry.example/store:1.4.2").env("API", KEYS.key("API")),
    app("salted").env("SALT", KEYS.key("SALT")),
    cron_job("nightly", "0 3 * * *").image("registry.example/app:1.4.2").env_from([SETTINGS, KEYS]),
    job("once").image("registry.example/app:1.4.2").env_from(SETTINGS),
])
"#;

const KEYS: &str = "API=fire-and-water\nOTHER=earth-and-air\n";

fn shop() -> Infra {
    let infra = Infra::on_cluster();
    infra.write("shop.rhai", SHOP);
    infra.write("keys.env", KEYS);
    infra
}

/// The workloads whose pods were made anew since, by the generation of their specification.
fn restarted(infra: &Infra, before: &mut BTreeMap<String, i64>) -> Vec<String> {
    let mut anew = Vec::new();
    for kind in ["deployments", "statefulsets"] {
        for object in infra.objects("apps/v1", "shop", kind) {
            let name = object["metadata"]["name"].as_str().unwrap().to_owned();
            let generation = object["metadata"]["generation"].as_i64().unwrap();
            if before.insert(name.clone(), generation) != Some(generation) {
                anew.push(name);
            }
        }
    }
    anew.sort();
    anew
}

#[test]
fn what_reads_a_change_restarts_and_nothing_else_does() {
    needs!(Nodes);
    let infra = shop();
    let mut seen = BTreeMap::new();
    let run = |more: &str| infra.run(&format!("run shop.rhai --yes --env-file keys.env {more}"));
    let plan = |more: &str| infra.run(&format!("plan shop.rhai --env-file keys.env {more}"));

    run("").ends_with(0);
    restarted(&infra, &mut seen);
    let again = plan("--exit-code").ends_with(0);
    assert!(again.stdout.contains("nothing to change"), "{again}");

    let mode = "--set mode=staging";
    assert_snapshot!("config_map_changes", plan(mode).ends_with(0));
    run(mode).ends_with(0);
    assert_eq!(restarted(&infra, &mut seen), ["all-settings", "mounted"]);
    plan(&format!("{mode} --exit-code")).ends_with(0);

    // Only what reads the key that changes.
    infra.write("keys.env", &KEYS.replace("earth", "wind"));
    run(mode).ends_with(0);
    assert_eq!(restarted(&infra, &mut seen), [""; 0]);
    infra.write("keys.env", &KEYS.replace("fire", "ice"));
    let changed = plan(mode).ends_with(0);
    assert!(!changed.to_string().contains("and-water"), "{changed}");
    assert_snapshot!("secret_changes", changed);
    run(mode).ends_with(0);
    assert_eq!(restarted(&infra, &mut seen), ["store"]);
    plan(&format!("{mode} --exit-code")).ends_with(0);
}

#[test]
fn a_key_that_was_lost_is_made_again_and_costs_a_restart() {
    needs!(Nodes);
    let infra = shop();
    let mut seen = BTreeMap::new();
    let run = || infra.run("run shop.rhai --yes --env-file keys.env");
    run().ends_with(0);
    restarted(&infra, &mut seen);
    let key = format!("secrets/infra-{}-checksums", infra.name("shop"));
    let key = infra.path("v1", "shop", &key);
    infra.api().send(http::Method::DELETE, &key, None);
    let plan = infra.run("plan shop.rhai --env-file keys.env");
    assert_snapshot!("key_is_lost", plan.ends_with(0));
    run().ends_with(0);
    assert_eq!(restarted(&infra, &mut seen), ["salted", "store"]);
    let again = infra.run("plan shop.rhai --env-file keys.env --exit-code");
    assert!(again.ends_with(0).stdout.contains("nothing to change"));
}
