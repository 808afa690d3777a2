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
        "render shop.rhai --set sizes.web.cpu=3 --set sizes.replicas=7",
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
        "--set sizes.web.cpus=3",
        "--set sizes.replicas=many",
        "--set sizes.colour=red",
        "--set version.major=2",
    ] {
        let outcome = infra.run(&format!("render shop.rhai {line}")).ends_with(2);
        let _ = write!(all, "{outcome}\n\n");
    }
    let missing = infra
        .run("render shop.rhai --params nowhere.yaml")
        .ends_with(2);
    let _ = writeln!(all, "{missing}");
    assert_snapshot!(all);
}

const MRM: &str = r#"//! One platform, in production and at a fifth of its size.

const REGISTRY = "registry.example/mrm";

fn sized(workload, cpu, memory) {
    workload.requests(#{ cpu: cpu, memory: memory }).limits(#{ memory: memory })
}

fn parts() {
    let api = sized(deployment("api").image(`${REGISTRY}/api:1.4.2`), "1", "2Gi");
    let worker = sized(deployment("worker").image(`${REGISTRY}/worker:1.4.2`), "2", "4Gi");
    let db = sized(stateful_set("db").image("postgres:17.2").run_as_user(70), "2", "8Gi")
        .volume("/var/lib/postgresql/data", claim("data", "100Gi"));
    let gateway = sized(deployment("gateway").image(`${REGISTRY}/gateway:1.4.2`), "500m", "512Mi")
        .replicas(3).unscaled();
    [
        db, api, worker, gateway,
        autoscaler(api).replicas(5, 20).cpu(70),
        autoscaler(worker).replicas(3, 10).cpu(70),
    ]
}

[environment("mrm", parts()), environment("mrm-staging", parts()).scaled("20%")]
"#;

/// Per workload: pods, CPU, memory, storage.
fn sizes(plan: &serde_json::Value) -> String {
    let mut text = String::new();
    for one in plan["totals"]["workloads"].as_array().unwrap() {
        let pod = &one["pod"];
        let _ = writeln!(
            text,
            "{} {}-{} × cpu {} memory {} storage {}",
            one["id"]["name"].as_str().unwrap(),
            one["min"]["pods"],
            one["max"]["pods"],
            pod["requests"]["cpu"].as_str().unwrap(),
            pod["requests"]["memory"].as_str().unwrap(),
            pod["storage"].as_str().unwrap(),
        );
    }
    text
}

#[test]
fn staging_is_production_at_a_share_of_its_size() {
    let infra = Infra::on_cluster();
    infra.write("mrm.rhai", MRM);
    let plan = infra.run("plan mrm.rhai --output json").ends_with(0);
    let plan: serde_json::Value = serde_json::from_str(&plan.stdout).unwrap();
    let mut all = String::new();
    for plan in plan["plans"].as_array().unwrap() {
        let _ = writeln!(all, "{}, scaled: {}", plan["environment"], plan["scaled"]);
        let _ = writeln!(all, "{}", sizes(plan));
    }
    assert_snapshot!(all.replace(&infra.name("mrm"), "mrm"));
    let text = infra
        .run("plan mrm.rhai --environment mrm-staging")
        .ends_with(0);
    let heading = text.stdout.lines().next().unwrap();
    assert!(
        heading.starts_with("mrm-staging at 20% of its size on "),
        "{text}"
    );
}

#[test]
fn a_staging_that_is_applied_is_as_it_should_be() {
    needs!(Nodes);
    let infra = Infra::on_cluster();
    infra.write(
        "shop.rhai",
        r#"let app = deployment("app").image("registry.example/app:1.4.2").port("http", 8080).replicas(10);
environment("staging", [app, service("app", app)]).scaled("20%")
"#,
    );
    infra.run("run shop.rhai --yes").ends_with(0);
    let app = infra
        .object("apps/v1", "staging", "deployments/app")
        .unwrap();
    assert_eq!(app["spec"]["replicas"], 2);
    let again = infra.run("plan shop.rhai --exit-code").ends_with(0);
    assert!(again.stdout.contains("nothing to change"), "{again}");
}

#[test]
fn parts_that_environments_share_stand_in_a_library() {
    let infra = Infra::new();
    infra.write(
        "lib/web.rhai",
        r#"//! What every web service of ours has.

export const TEAM = "shop";
const REGISTRY = param("registry", "registry.example");
const BASE = #{ requests: #{ cpu: "100m", memory: "128Mi" }, replicas: 2 };

/// A web service, changed by `changes`.
fn service_of(name, version, changes) {
    let settings = BASE.merge(changes);
    deployment(name).image(`${REGISTRY}/${name}:${version}`).port("http", 8080)
        .replicas(settings.replicas).requests(settings.requests)
}
"#,
    );
    infra.write(
        "shop.rhai",
        r#"import "lib/web" as web;

environment("shop", [
    web::service_of("cart", "1.0.0", #{ requests: #{ cpu: "500m" } }).label("team", web::TEAM),
])
"#,
    );
    infra.write(
        "wrong.rhai",
        r#"import "lib/web" as web;

let cart = web::service_of("cart", "1.0.0", #{ requests: #{ cpu: "a lot" } });
environment("shop", [cart])
"#,
    );
    infra.write(
        "hidden.rhai",
        "import \"lib/web\" as web;\nenvironment(web::BASE.team, [])\n",
    );
    infra.write(
        "misspelt.rhai",
        "import \"lib/web\" as web;\nenvironment(\"shop\", [web::servce_of(\"cart\", \"1\", #{})])\n",
    );
    let mut all = String::new();
    for line in [
        "render shop.rhai --set registry=other.example",
        "list shop.rhai",
        "render shop.rhai --set regisrty=other.example",
        "render wrong.rhai",
        "render hidden.rhai",
        "render misspelt.rhai",
    ] {
        let _ = write!(all, "{}\n\n", infra.run(line));
    }
    assert_snapshot!(all);
}
