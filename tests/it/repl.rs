//! Sessions over what is piped in.

use crate::support::{Infra, needs};
use insta::assert_snapshot;

const SHOP: &str = r#"//! A shop.

const APP = deployment("app").image(param("image", "registry.example/app:1.4.2")).replicas(2);
const STEP = 2;

/// Adds a step.
fn step(n) { n + STEP }

environment("shop", [APP, config_map("settings").values(#{ MODE: "production" })])
"#;

/// The plain session, which no cluster is asked for.
fn alone(input: &str) -> crate::support::Outcome {
    Infra::new().run_piped("repl --sandbox", input)
}

#[test]
fn values_are_shown_as_what_they_are() {
    let lines = r#"1 + 1
"text"
"two\nlines"
[1, "a", true]
#{ name: "web", ports: [80, 443] }
[#{ name: "web", replicas: 3 }, #{ name: "worker", zone: "a" }]
let app = deployment("app").image("a:1");
app
.replicas(3)
environment("shop", [app, config_map("settings")])
secret_env("PASSWORD")
|x| x + 1
print("said")
"#;
    assert_snapshot!(alone(lines).ends_with(0));
}

#[test]
fn a_builder_is_shown_as_yaml_on_request() {
    let lines =
        "config_map(\"settings\").values(#{ MODE: \"production\" })\n:yaml\n:yaml #{ a: [1] }\n";
    assert_snapshot!(alone(lines).ends_with(0));
}

#[test]
fn an_error_ends_what_is_piped_in_and_is_drawn() {
    let lines = "let n = 3;\nfn twice(app) {\n    app.replcas(n)\n}\n1\n";
    assert_snapshot!(alone(lines).ends_with(1));
    assert_snapshot!(alone("1\nmissing()\n2\n").ends_with(1));
    assert_snapshot!(alone("[1, 2\n").ends_with(1));
}

#[test]
fn a_bare_command_line_is_a_session_too() {
    let infra = Infra::new();
    assert_eq!(infra.run_piped("", "1 + 1\n").ends_with(0).stdout, "2\n");
    assert_eq!(
        infra.run_piped("--sandbox", "1 + 1").ends_with(0).stdout,
        "2\n"
    );
    assert_eq!(infra.run_piped("", "").ends_with(0).stdout, "");
    assert_snapshot!(infra.run("--sandbox list shop.rhai").ends_with(2));
}

#[test]
fn the_commands_are_told_and_explained() {
    assert_snapshot!(alone(":help\n").ends_with(0));
    assert_snapshot!(alone(":help :load\n:help disruption_budget.min_available\n").ends_with(0));
    assert_snapshot!(alone(":stauts\n").ends_with(1));
    assert_snapshot!(alone(":help replcas\n").ends_with(1));
    assert_snapshot!(alone(":plan\n").ends_with(1));
}

#[test]
fn a_script_is_planned_applied_and_looked_at() {
    needs!(Nodes);
    let infra = Infra::on_cluster();
    infra.write("shop.rhai", SHOP);
    let planned = infra
        .run_piped("repl shop.rhai", "step(1)\nAPP\n:plan\n")
        .ends_with(0)
        .stdout;
    for said in [
        "3\ndeployment/app\n",
        "  + deployment/app\n",
        " to create\n",
    ] {
        assert!(planned.contains(said), "{planned}");
    }
    let refused = infra.run_piped("repl shop.rhai", ":apply\n").ends_with(1);
    assert!(
        refused.stderr.contains("nobody can be asked here"),
        "{refused}"
    );
    infra
        .run_piped(
            "repl",
            ":load shop.rhai\n:set image=registry.example/app:1.5.0\n:apply --yes\n",
        )
        .ends_with(0);
    let app = infra.object("apps/v1", "shop", "deployments/app").unwrap();
    let image = &app["spec"]["template"]["spec"]["containers"][0]["image"];
    assert_eq!(image, "registry.example/app:1.5.0");
    let told = infra
        .run_piped(
            "repl shop.rhai --set image=registry.example/app:1.5.0",
            ":plan\n:status\n",
        )
        .ends_with(0)
        .stdout;
    assert!(told.contains("nothing to change"), "{told}");
    assert!(told.contains("shop is ready"), "{told}");
}

#[test]
fn live_objects_are_shown_and_changed() {
    needs!(Nodes);
    let infra = Infra::on_cluster();
    infra.write("shop.rhai", SHOP);
    let lines = r#":apply --yes
list("deployments")
let app = get("deployment/app");
app.spec.replicas
restart("app")
:yaml get("configmap/settings").data
:quit
"never"
"#;
    let told = infra.run_piped("repl shop.rhai", lines).ends_with(0).stdout;
    for said in ["\n2\n", "MODE: production\n"] {
        assert!(told.contains(said), "{said}\n{told}");
    }
    // How wide a column is depends on what the namespace is called there.
    let is_row = |line: &str| line.split_whitespace().eq(["Deployment", "shop", "app"]);
    assert!(told.lines().any(is_row), "{told}");
    assert!(!told.contains("never"), "{told}");
}

#[test]
fn a_script_is_read_again_and_its_parameters_are_set() {
    let infra = Infra::new();
    infra.write("shop.rhai", SHOP);
    let lines = ":env\n:set image=registry.example/app:2\n:set\n:env\n:set imgae=a:1\n";
    assert_snapshot!(
        infra
            .run_piped("repl shop.rhai --sandbox", lines)
            .ends_with(1)
    );
    infra.write("other/infra.toml", "");
    infra.write("other/a.rhai", "const A = 1;");
    assert_snapshot!(
        infra
            .run_piped("repl --sandbox", ":load other/a.rhai")
            .ends_with(1)
    );
}

#[test]
fn a_session_without_a_cluster_says_so_where_one_is_needed() {
    let infra = Infra::new();
    infra.write("shop.rhai", SHOP);
    assert_snapshot!(
        infra
            .run_piped("repl shop.rhai", "1 + 1\n:status\n")
            .ends_with(1)
    );
    assert_snapshot!(
        infra
            .run_piped("repl", "run_job(job(\"a\").image(\"a:1\"))\n")
            .ends_with(1)
    );
}
