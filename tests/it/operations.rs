//! Operations on a live cluster, from procedures.

use crate::support::{Infra, needs};
use insta::assert_snapshot;
use std::fmt::Write;

const SCRIPT: &str = r#"
const APP = deployment("app").image("registry.example/app:1.4.2").port("http", 8080).replicas(2);

/// The image that runs.
fn image() { get("deploy/app").spec.template.spec.containers[0].image }

/// Everything that a list shows of the settings.
fn settings() {
    list("cm", #{ labels: #{ tier: "web" } }).map(|one| one.metadata.name + "=" + one.data.MODE)
}

/// How many pods are wanted, by every way to name it.
fn wanted() {
    [get("app"), get(APP), get("app", #{ namespace: APP_NAMESPACE }), get(get("deployment/app"))]
        .map(|app| app.spec.replicas)
}

/// Scales.
fn scale_to(replicas) { scale("app", parse_int(replicas)).spec.replicas }

/// Restarts.
fn restart_it() {
    let restarted = |app| app.spec.template.metadata.annotations?.get("kubectl.kubernetes.io/restartedAt");
    let before = restarted.call(get("app"));
    [before, restarted.call(restart(APP)) != before]
}

/// Reads something.
fn read(target) { get(target).metadata.name }

/// Reads a field that is not set, and one that cannot be.
fn fields() {
    if get("app").spec.paused != () { throw "it is not set" }
    get("app").spec.replcas
}

/// A secret's value is a secret.
fn password() { get("secret/keys").data.password }

const APP_NAMESPACE = "shop";
environment("shop", [
    APP,
    config_map("a").labels(#{ tier: "web" }).values(#{ MODE: "x" }),
    config_map("b").labels(#{ tier: "web" }).values(#{ MODE: "y" }),
    config_map("c").values(#{ MODE: "z" }),
    secret("keys").values(#{ password: secret_env("PASSWORD") }),
])
"#;

fn shop() -> Infra {
    let infra = Infra::on_cluster().variable("PASSWORD", "hunter2-hunter2");
    let script = SCRIPT.replace("\"shop\";", &format!("{:?};", infra.name("shop")));
    infra.write("shop.rhai", &script);
    infra.run("run shop.rhai --yes").ends_with(0);
    infra
}

fn told(infra: &Infra, lines: &[&str], code: i32) -> String {
    let mut all = String::new();
    for line in lines {
        let _ = write!(all, "{}\n\n", infra.run(line).ends_with(code));
    }
    all
}

#[test]
fn objects_are_read_by_every_name_that_they_have() {
    needs!(Nodes);
    let lines = [
        "run shop.rhai image",
        "run shop.rhai settings",
        "run shop.rhai wanted",
        "run shop.rhai password",
    ];
    assert_snapshot!(told(&shop(), &lines, 0));
}

#[test]
fn what_is_not_there_is_said_with_what_may_be_meant() {
    needs!(Nodes);
    let lines = [
        "run shop.rhai read deploymnt/app",
        "run shop.rhai read deployment/ap",
        "run shop.rhai read ap",
        "run shop.rhai read a/b/c",
        "run shop.rhai read widgets.example.com/a",
        "run shop.rhai fields",
    ];
    assert_snapshot!(told(&shop(), &lines, 1));
}

#[test]
fn a_workload_is_scaled_and_restarted() {
    needs!(Nodes);
    let infra = shop();
    let lines = [
        "run shop.rhai scale_to 3 --dry-run",
        "run shop.rhai scale_to 3",
        "run shop.rhai restart_it --dry-run",
        "run shop.rhai restart_it",
    ];
    assert_snapshot!(told(&infra, &lines, 0));
    let live = infra.object("apps/v1", "shop", "deployments/app").unwrap();
    assert_eq!(live["spec"]["replicas"], 3);
    // What the operations set, they hold under a name of their own, and the next run takes it back.
    infra.run("run shop.rhai --yes").ends_with(0);
    let live = infra.object("apps/v1", "shop", "deployments/app").unwrap();
    assert_eq!(live["spec"]["replicas"], 2);
}

#[test]
fn operations_are_refused_while_a_script_is_evaluated() {
    let infra = Infra::new();
    infra.write(
        "early.rhai",
        "let app = get(\"deployment/app\");\nenvironment(\"shop\", [])",
    );
    assert_snapshot!(infra.run("render early.rhai").ends_with(2));
}
