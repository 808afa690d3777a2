//! The command line itself: what is refused, how it is said, and with which exit code.

use crate::support::{Infra, needs};
use insta::assert_snapshot;
use std::fmt::Write;

const SMALL: &str = r#"environment("shop", [config_map("settings").values(#{ MODE: "production" })])
"#;

fn small() -> Infra {
    write_small(Infra::new())
}

fn small_on_cluster() -> Infra {
    write_small(Infra::on_cluster())
}

fn write_small(infra: Infra) -> Infra {
    infra.write("shop.rhai", SMALL);
    infra
}

#[test]
fn the_version_is_one_line() {
    let outcome = Infra::new().run("--version").ends_with(0);
    assert_eq!(
        outcome.stdout,
        format!("infra {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn help_names_every_command() {
    assert_snapshot!(Infra::new().run("--help").ends_with(0));
}

#[test]
fn a_word_that_is_no_command_is_met_with_the_nearest() {
    assert_snapshot!(Infra::new().run("plam shop.rhai").ends_with(2));
}

#[test]
fn a_script_that_is_not_there() {
    assert_snapshot!(Infra::on_cluster().run("plan shop.rhai").ends_with(2));
}

#[test]
fn without_a_kubeconfig_the_sandbox_is_named_and_not_used() {
    assert_snapshot!(small().run("plan shop.rhai").ends_with(1));
}

#[test]
fn a_kubeconfig_that_is_not_there() {
    let outcome = small()
        .run("plan shop.rhai --kubeconfig nowhere.yaml")
        .ends_with(1);
    assert_snapshot!(outcome);
}

#[test]
fn a_kubeconfig_that_is_broken() {
    let infra = small();
    infra.write(
        "kube.yaml",
        "apiVersion: v1\nkind: Config\nclusters: {token: hunter2\n",
    );
    let outcome = infra
        .run("plan shop.rhai --kubeconfig kube.yaml")
        .ends_with(1);
    assert!(!outcome.to_string().contains("hunter2"));
    assert_snapshot!(outcome);
}

const NOWHERE: &str = "apiVersion: v1
kind: Config
current-context: nowhere
clusters:
- name: nowhere
  cluster: {server: \"http://127.0.0.1:1\"}
users:
- name: me
  user: {token: hunter2}
contexts:
- name: nowhere
  context: {cluster: nowhere, user: me}
";

#[test]
fn a_kubeconfig_that_points_nowhere() {
    let infra = small();
    infra.write("kube.yaml", NOWHERE);
    let outcome = infra
        .run("plan shop.rhai --kubeconfig kube.yaml")
        .ends_with(1);
    assert!(!outcome.to_string().contains("hunter2"));
    assert_snapshot!(outcome);
}

/// An API server that takes requests and never answers.
fn silent_server() -> (std::net::TcpListener, String) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    (listener, NOWHERE.replace("127.0.0.1:1", &address))
}

#[test]
fn ctrl_c_works_while_the_cluster_is_silent() {
    let infra = small();
    let (listener, kubeconfig) = silent_server();
    infra.write("kube.yaml", &kubeconfig);
    let running = infra.start("run shop.rhai --kubeconfig kube.yaml --yes");
    // It has connected: now it waits for an answer.
    let connection = listener.accept().unwrap();
    let outcome = running.interrupt().ends_with(130);
    drop(connection);
    assert_snapshot!(outcome);
}

#[test]
fn a_cluster_that_is_silent_is_said_to_be() {
    let infra = small();
    let (listener, kubeconfig) = silent_server();
    infra.write("kube.yaml", &kubeconfig);
    let patience = "--request-timeout 1s";
    let outcome = infra
        .run(&format!("plan shop.rhai --kubeconfig kube.yaml {patience}"))
        .ends_with(1);
    let address = listener.local_addr().unwrap().to_string();
    assert_snapshot!(outcome.to_string().replace(&address, "127.0.0.1:1"));
}

#[test]
fn a_context_that_is_not_in_the_kubeconfig() {
    let infra = small();
    infra.write("kube.yaml", NOWHERE);
    let outcome = infra
        .run("plan shop.rhai --kubeconfig kube.yaml --context production")
        .ends_with(1);
    assert_snapshot!(outcome);
}

#[test]
fn several_kubeconfigs_are_one() {
    let infra = small().variable("KUBECONFIG", "missing.yaml:one.yaml:two.yaml");
    infra.write(
        "one.yaml",
        "apiVersion: v1\nkind: Config\ncurrent-context: nowhere\n",
    );
    infra.write("two.yaml", NOWHERE);
    let outcome = infra.run("plan shop.rhai").ends_with(1);
    assert!(outcome.stderr.contains("127.0.0.1:1"), "{outcome}");
}

#[test]
fn changes_are_not_made_without_a_yes() {
    let infra = small_on_cluster();
    assert_snapshot!(infra.run("run shop.rhai").ends_with(4));
    let outcome = infra.run("plan shop.rhai").ends_with(0);
    assert!(outcome.stdout.contains("to create"), "{outcome}");
}

#[test]
fn planned_changes_are_an_exit_code_when_asked_for() {
    let infra = small_on_cluster();
    infra.run("plan shop.rhai --exit-code").ends_with(3);
    infra.run("run shop.rhai --yes").ends_with(0);
    infra.run("plan shop.rhai --exit-code").ends_with(0);
}

#[test]
fn another_namespace_than_the_scripts_is_an_error() {
    let infra = small_on_cluster();
    assert_snapshot!(infra.run("plan shop.rhai --namespace other").ends_with(2));
    infra.run("plan shop.rhai --namespace shop").ends_with(0);
}

#[test]
fn parameters_have_the_type_of_their_default() {
    let infra = Infra::new();
    infra.write(
        "shop.rhai",
        r#"let replicas = param("replicas", 2);
let image = param("image");
environment("shop", [deployment("app").image(image).replicas(replicas)])
"#,
    );
    let rendered = infra
        .run("render shop.rhai --set replicas=5 --set image=registry.example/app:2.0.0")
        .ends_with(0);
    assert!(rendered.stdout.contains("replicas: 5"), "{rendered}");
    let mut all = String::new();
    for line in [
        "render shop.rhai",
        "render shop.rhai --set image=a/b:1 --set replicas=many",
        "render shop.rhai --set image=a/b:1 --set replicsa=3",
        "render shop.rhai --set image",
    ] {
        let _ = write!(all, "{}\n\n", infra.run(line).ends_with(2));
    }
    assert_snapshot!(all);
}

#[test]
fn sandboxes_are_listed_and_forgotten() {
    let infra = small();
    infra.run("run shop.rhai --sandbox=one --yes").ends_with(0);
    infra.run("run shop.rhai --sandbox --yes").ends_with(0);
    let mut all = String::new();
    for (line, code) in [
        ("sandbox list", 0),
        ("sandbox reset one", 0),
        ("sandbox list", 0),
        ("sandbox reset one", 1),
        ("plan shop.rhai --sandbox=../x", 2),
    ] {
        let _ = write!(all, "{}\n\n", infra.run(line).ends_with(code));
    }
    assert_snapshot!(all);
    infra
        .run("plan shop.rhai --sandbox=one --exit-code")
        .ends_with(3);
}

#[test]
fn results_can_be_read_by_programs() {
    let infra = small_on_cluster();
    let json = |line: &str| -> serde_json::Value {
        let outcome = infra.run(line).ends_with(0);
        serde_json::from_str(&outcome.stdout).unwrap_or_else(|error| panic!("{error}\n{outcome}"))
    };
    let plan = json("plan shop.rhai --output json");
    assert_eq!(plan["version"], 1);
    assert_eq!(plan["plans"][0]["environment"], "shop");
    let run = json("run shop.rhai --yes --output json");
    assert_eq!(run["runs"][0]["outcome"]["stopped"], false);
    assert!(run["runs"][0]["outcome"]["duration"].is_number());
    let status = json("status shop.rhai -o json");
    assert_eq!(status["version"], 1);
    let rendered = json("render shop.rhai -o json");
    assert_eq!(rendered["kind"], "List");
}

#[test]
fn a_script_may_begin_with_a_byte_order_mark() {
    let infra = Infra::new();
    infra
        .write(
            "parts.rhai",
            "\u{feff}export const MODE = \"production\";\r\n",
        )
        .write(
            "shop.rhai",
            "\u{feff}import \"parts\" as parts;\r\nenvironment(\"shop\", [config_map(\"c\").values(#{ MODE: parts::MODE })])\r\n",
        );
    infra.run("render shop.rhai").ends_with(0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_script_that_does_not_end_is_not_read_to_its_end() {
    assert_snapshot!(Infra::new().run("render /dev/zero").ends_with(2));
}

const PROCEDURES: &str = r#"/// Gives what was given.
fn echo(text) { text }
/// Gives a secret.
fn leak() { secret_env("TOKEN") }
/// Throws a secret.
fn throws() { throw secret_env("TOKEN") }
environment("shop", [config_map("c").values(#{ A: "1" })])
"#;

#[test]
fn a_procedure_that_is_not_there_is_an_error_of_the_command_line() {
    let infra = Infra::on_cluster();
    infra.write("shop.rhai", PROCEDURES);
    assert_snapshot!(infra.run("run shop.rhai ecko a").ends_with(2));
    assert_snapshot!(infra.run("run shop.rhai echo").ends_with(2));
    assert!(infra.run("sandbox list").ends_with(0).stdout.is_empty());
}

#[test]
fn a_secret_that_a_procedure_gives_or_throws_is_masked() {
    let infra = Infra::on_cluster().variable("TOKEN", "hunter2");
    infra.write("shop.rhai", PROCEDURES);
    assert_snapshot!(infra.run("run shop.rhai leak").ends_with(0));
    assert_snapshot!(infra.run("run shop.rhai throws").ends_with(1));
}

#[test]
fn the_state_of_a_sandbox_that_is_broken_is_said_with_the_way_out() {
    let infra = small();
    infra.run("run shop.rhai --sandbox --yes").ends_with(0);
    infra.write("../sandboxes/default.state", "no state");
    assert_snapshot!(infra.run("plan shop.rhai --sandbox").ends_with(1));
    infra.run("sandbox reset default").ends_with(0);
    infra.run("plan shop.rhai --sandbox").ends_with(0);
}

#[test]
fn an_environment_that_is_given_twice() {
    let infra = Infra::new();
    infra.write(
        "shop.rhai",
        "[\n    environment(\"shop\", [config_map(\"a\")]),\n    environment(\"shop\", [config_map(\"b\")]),\n]\n",
    );
    assert_snapshot!(infra.run("render shop.rhai").ends_with(2));
}

#[test]
fn a_namespace_of_kubernetes_own_is_let_go_and_not_deleted() {
    needs!(Whole);
    let infra = Infra::alone(&["shop"]);
    infra.write(
        "shop.rhai",
        "environment(\"shop\", [namespace(\"default\"), config_map(\"c\")])\n",
    );
    infra.run("run shop.rhai --yes").ends_with(0);
    assert_snapshot!(infra.run("destroy shop.rhai --yes").ends_with(0));
}
