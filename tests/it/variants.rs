//! One script, several environments: which of them is meant, and what makes them differ.

use crate::support::{Infra, needs};
use insta::assert_snapshot;
use std::fmt::Write;

const SHOPS: &str = r#"//! A shop, twice.

fn shop(name, mode) {
    environment(name, [config_map("settings").values(#{ MODE: mode })])
}

[shop("staging", "debug"), shop("production", "fast")]
"#;

#[test]
fn one_of_several_environments_is_chosen() {
    let infra = Infra::new();
    infra.write("shops.rhai", SHOPS);
    let mut all = String::new();
    for line in [
        "list shops.rhai",
        "list shops.rhai --environment production",
        "render shops.rhai --environment production",
        "render shops.rhai --environment prodction",
        "render shops.rhai --environment nowhere",
        "list shops.rhai --environment prodction",
    ] {
        let _ = write!(all, "{}\n\n", infra.run(line));
    }
    assert_snapshot!(all);
    // In the script's order, however they are typed.
    let both = infra
        .run("render shops.rhai --environment production --environment staging")
        .ends_with(0);
    assert_eq!(both.stdout, infra.run("render shops.rhai").stdout);
}

#[test]
fn what_is_not_chosen_is_left_alone() {
    let infra = Infra::on_cluster();
    infra.write(
        "shops.rhai",
        r#"let settings = config_map("settings").values(#{ MODE: "fast" });
[environment("staging", [settings]), environment("production", [settings])]
"#,
    );
    infra
        .run("run shops.rhai --yes --environment production")
        .ends_with(0);
    assert!(
        infra
            .object("v1", "production", "configmaps/settings")
            .is_some()
    );
    assert!(
        infra
            .object("v1", "staging", "configmaps/settings")
            .is_none()
    );
    infra.run("run shops.rhai --yes").ends_with(0);
    let status = infra
        .run("status shops.rhai --environment staging")
        .ends_with(0);
    assert!(!status.stdout.contains("production"), "{status}");
    infra
        .run("destroy shops.rhai --yes --environment production")
        .ends_with(0);
    assert!(
        infra
            .object("v1", "production", "configmaps/settings")
            .is_none()
    );
    assert!(
        infra
            .object("v1", "staging", "configmaps/settings")
            .is_some()
    );
}

/// Both would own the cluster role; each has a cluster of its own.
#[test]
fn environments_of_different_clusters_are_looked_at_alone() {
    let infra = Infra::new();
    infra.write(
        "two.rhai",
        r#"fn one(name) {
    environment(name, [object(#{ apiVersion: "v1", kind: "Namespace", metadata: #{ name: "shared" } })])
}
[one("east"), one("west")]
"#,
    );
    infra.run("render two.rhai").ends_with(2);
    infra.run("render two.rhai --environment west").ends_with(0);
}

#[test]
fn the_command_that_deletes_what_is_kept_names_the_environment() {
    needs!(Nodes);
    let infra = Infra::on_cluster();
    infra.write(
        "stores.rhai",
        r#"let claim = if param("claims", true) { volume_claim("data", "1Gi") };
[environment("shop", [claim]), environment("stall", [claim])]
"#,
    );
    infra.run("run stores.rhai --yes").ends_with(0);
    let plan = infra
        .run("plan stores.rhai --environment stall --set claims=false")
        .ends_with(0);
    let command = "infra run stores.rhai --environment stall --delete persistentvolumeclaim/data";
    assert!(plan.stdout.contains(command), "{plan}");
}

const SIZED: &str = r#"const SIZES = param("sizes", #{ web: #{ cpu: "500m", memory: "1Gi" }, replicas: 2 });
const HOSTS = param("hosts", ["shop.example"]);
const VERSION = param("version", "1.4.2");

environment("shop", [
    config_map("settings").values(#{
        CPU: SIZES.web.cpu,
        MEMORY: SIZES.web.memory,
        REPLICAS: SIZES.replicas,
        HOSTS: HOSTS.len(),
        VERSION: VERSION,
    }),
])
"#;

#[test]
fn a_file_gives_parameters_and_set_wins() {
    let infra = Infra::new();
    infra.write("shop.rhai", SIZED);
    infra.write(
        "large.yaml",
        "# A large shop.\nsizes:\n  web: {cpu: '2'}\n  replicas: 5\nhosts: [a.example, b.example]\n",
    );
    infra.write("larger.json", "{\"sizes\": {\"web\": {\"cpu\": \"4\"}}}\n");
    let mut all = String::new();
    for line in [
        "render shop.rhai",
        "render shop.rhai --params large.yaml",
        "render shop.rhai --params large.yaml --params larger.json --set version=2.0.0",
        "render shop.rhai --params large.yaml --set sizes={\"replicas\":9} --set hosts=[]",
        "list shop.rhai --params large.yaml",
        "list shop.rhai --params large.yaml --output json",
    ] {
        let _ = write!(all, "{}\n\n", infra.run(line).ends_with(0));
    }
    assert_snapshot!(all);
}

#[test]
fn what_is_wrong_in_a_file_of_parameters_is_said_at_its_line() {
    let infra = Infra::new();
    infra.write("shop.rhai", SIZED);
    let mut all = String::new();
    for (name, text) in [
        ("unknown.yaml", "version: '2'\nhots: [a.example]\n"),
        ("stranger.json", "{\n  \"colour\": \"red\"\n}\n"),
        ("number.yaml", "version: 1.10\n"),
        ("inside.yaml", "sizes:\n  web:\n    cpu: 2\n"),
        ("nothing.yaml", "version:\n"),
        ("scalar.yaml", "sizes: large\n"),
        ("list.yaml", "- version\n"),
        ("broken.yaml", "hosts: [a.example\nversion: '2'\n"),
        ("twice.yaml", "version: '1'\nversion: '2'\n"),
        ("empty.yaml", "# nothing yet\n"),
    ] {
        infra.write(name, text);
        let outcome = infra.run(&format!("list shop.rhai --params {name}"));
        let listed = outcome.code;
        let outcome = infra.run(&format!("render shop.rhai --params {name}"));
        let expected = if name == "empty.yaml" { 0 } else { 2 };
        assert_eq!(outcome.code, expected, "{outcome}");
        if expected == 2 {
            let _ = write!(all, "{outcome}\nlisted: exit {listed}\n\n");
        }
    }
    for line in [
        "--set sizes={replicas:9}",
        "--set hosts=a.example,b.example",
    ] {
        let outcome = infra.run(&format!("render shop.rhai {line}")).ends_with(2);
        let _ = write!(all, "{outcome}\n\n");
    }
    let missing = infra
        .run("render shop.rhai --params nowhere.yaml")
        .ends_with(2);
    let _ = write!(all, "{missing}\n");
    assert_snapshot!(all);
}
