//! Operations on a live cluster, from procedures.

use crate::support::{Infra, needs};
use insta::assert_snapshot;
use std::fmt::Write;

const SCRIPT: &str = r#"
const APP = deployment("app").image("registry.example/app:1.4.2").port("http", 8080).replicas(param("replicas", 2));

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

/// Rolls an image out, looks at the revisions, and goes back.
fn roll_and_go_back() {
    set_image("app", "registry.example/app:1.4.3");
    let app = rollout_status("app");
    let rolled = app.spec.template.spec.containers[0].image;
    let revisions = rollout_history("app").map(|one| [one.revision, one.current, one.images]);
    rollout_undo("app", #{ to_revision: 1 });
    let app = rollout_status(APP, #{ timeout: "5m" });
    [rolled, revisions, app.spec.template.spec.containers[0].image]
}

/// Goes back to a revision that there is not.
fn go_back_to(revision) { rollout_undo("app", #{ to_revision: parse_int(revision) }) }

/// Pauses, and resumes.
fn pause_it() { [pause("app").spec.paused ?? false, resume("app").spec.paused ?? false] }

/// Waits by every kind of condition.
fn wait() {
    let ready = wait_for("app", "ready").metadata.name;
    let available = wait_for("deploy/app", "condition=Available").metadata.name;
    let field = wait_for("app", "spec.replicas=2").metadata.name;
    let asked = wait_for(APP, |app| app.status.readyReplicas == 2).status.readyReplicas;
    [ready, available, field, asked, wait_for("cm/gone", "deleted")]
}

/// Waits for what does not come.
fn wait_in_vain() { wait_for("cm/never", "data.MODE=x", #{ timeout: "1s" }) }

/// Writes objects beside the environment.
fn write_beside() {
    let made = apply(config_map("note").values(#{ TEXT: "a" }));
    let changed = patch("cm/note", #{ data: #{ TEXT: "b", MORE: "c" } });
    let less = patch("cm/note", [#{ op: "remove", path: "/data/MORE" }]);
    delete("cm/note", #{ wait: "1m" });
    [made, changed, less].map(|one| one.data.keys().len())
}

/// Changes what the environment owns.
fn change_owned() {
    scale("app", 3);
    patch("cm/a", #{ data: #{ MODE: "other" } });
    patch("cm/b", #{ metadata: #{ annotations: #{ note: "x" } } });
    delete("cm/c");
}

/// Reads what a job wrote, in every way.
fn job_logs() {
    apply(job("hello").image("busybox:1.37").command(["echo", "hello world"]));
    wait_for("job/hello", "condition=Complete");
    let all = logs("job/hello");
    logs("job/hello", #{ follow: true, tail: 1, container: "hello" });
    delete("job/hello");
    all
}

/// Says how it is.
fn how() {
    let described = describe("app");
    let pod = describe("pod/" + described.pods[0].name);
    [described.state, described.pods.len(), pod.owners.len(), pod.owners[1], pod.state]
}

/// Looks on until all are told, and marks each.
fn look() {
    watch("cm", |event, one| {
        if event == "changed" { patch(one, #{ metadata: #{ annotations: #{ seen: "yes" } } }) }
        one.metadata.name == "b"
    }, #{ labels: "tier=web" });
    list("cm", #{ labels: "tier=web" }).map(|one| one.metadata.annotations.seen)
}

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

/// What they print alone: how far something is at which moment, others decide too.
fn values(infra: &Infra, lines: &[&str]) -> String {
    let mut all = String::new();
    for line in lines {
        let _ = write!(all, "$ {line}\n{}", infra.run(line).ends_with(0).stdout);
    }
    all
}

#[test]
fn a_rollout_is_waited_for_and_taken_back() {
    needs!(Nodes);
    let infra = shop();
    let lines = [
        "run shop.rhai roll_and_go_back",
        "run shop.rhai pause_it",
        "run shop.rhai wait",
        "run shop.rhai look",
        "run shop.rhai how",
        "run shop.rhai job_logs",
    ];
    assert_snapshot!(values(&infra, &lines));
    let lines = ["run shop.rhai go_back_to 77", "run shop.rhai wait_in_vain"];
    assert_snapshot!(told(&infra, &lines, 1));
}

#[test]
fn what_an_environment_does_about_a_change_is_said_with_it() {
    needs!(Nodes);
    let infra = shop();
    let lines = [
        "run shop.rhai change_owned --dry-run",
        "run shop.rhai change_owned",
        "run shop.rhai write_beside",
    ];
    assert_snapshot!(told(&infra, &lines, 0));
    // It does what was said of it.
    infra.run("run shop.rhai --yes").ends_with(0);
    let live = infra.object("apps/v1", "shop", "deployments/app").unwrap();
    assert_eq!(live["spec"]["replicas"], 2);
    let mode = |name: &str| {
        let live = infra.object("v1", "shop", &format!("configmaps/{name}"));
        live.unwrap()["data"]["MODE"].clone()
    };
    assert_eq!([mode("a"), mode("c")], ["x", "z"]);
    let live = infra.object("v1", "shop", "configmaps/b").unwrap();
    assert_eq!(live["metadata"]["annotations"]["note"], "x");
}

#[test]
fn another_cluster_is_named_where_a_change_is_made() {
    let infra = Infra::new();
    infra.write(
        "two.rhai",
        r#"/// Restarts it there.
fn restart_there(name) { cluster(name).restart("deployment/app").metadata.name }

/// Restarts it in a namespace.
fn restart_in(namespace) { cluster().namespace(namespace).restart("app") }

environment("shop", [deployment("app").image("a:1")])"#,
    );
    infra
        .run("run two.rhai --yes --sandbox=staging")
        .ends_with(0);
    let lines = [
        "run two.rhai restart_there staging --sandbox",
        "run two.rhai restart_there staging --sandbox=staging --dry-run",
    ];
    let mut all = told(&infra, &lines, 0);
    let lines = [
        "run two.rhai restart_there default --sandbox",
        "run two.rhai restart_in elsewhere --sandbox=staging",
    ];
    all.push_str(&told(&infra, &lines, 1));
    assert_snapshot!(all);
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
