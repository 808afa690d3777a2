//! Procedures: functions of a script that are run on demand.

use crate::support::{Infra, needs};
use insta::assert_snapshot;
use std::fmt::Write;

const SCRIPT: &str = r#"
const APP = deployment("app").image("registry.example/app:1.4.2").port("http", 8080);

/// Says hello from a job.
///
/// The job is gone when this returns.
fn hello(name) {
    run_job(job("hello").image("busybox:1.37").command(["echo", "hello " + name])).logs()
}

/// Fails.
fn fail() {
    let job = job("fail").image("busybox:1.37").command(["sh", "-c", "echo no luck; exit 3"]);
    run_job(job.backoff_limit(1)).logs()
}

/// Never ends.
fn spin() {
    loop { }
}

fn helper() { 1 }

environment("shop", [APP])
"#;

fn shop() -> Infra {
    let infra = Infra::on_cluster();
    infra.write("shop.rhai", SCRIPT);
    infra.run("run shop.rhai --yes").ends_with(0);
    infra
}

#[test]
fn a_procedure_runs_a_job_and_gives_its_log() {
    needs!(Nodes);
    let infra = shop();
    let outcome = infra.run("run shop.rhai hello world").ends_with(0);
    assert_eq!(outcome.stdout, "hello world\n");
    infra.run("plan shop.rhai --exit-code").ends_with(0);
}

#[test]
fn a_dry_run_says_what_it_would_do_and_does_nothing() {
    needs!(Nodes);
    let infra = shop();
    assert_snapshot!(
        infra
            .run("run shop.rhai hello world --dry-run")
            .ends_with(0)
    );
    assert!(infra.objects("batch/v1", "shop", "jobs").is_empty());
}

#[test]
fn a_job_that_fails_shows_its_cause_at_the_scripts_line() {
    needs!(Nodes);
    assert_snapshot!(shop().run("run shop.rhai fail").ends_with(1));
}

#[test]
fn what_cannot_be_called_is_said_before_a_cluster_is_needed() {
    let infra = Infra::new();
    infra.write("shop.rhai", SCRIPT);
    let mut all = String::new();
    for line in [
        "run shop.rhai helo world",
        "run shop.rhai hello",
        "run shop.rhai hello a b",
        "run shop.rhai helper",
    ] {
        let _ = write!(all, "{}\n\n", infra.run(line).ends_with(2));
    }
    assert_snapshot!(all);
}

#[test]
fn a_procedure_that_never_ends_is_stopped() {
    needs!(Nodes);
    let outcome = shop().run("run shop.rhai spin").ends_with(1);
    assert!(outcome.stderr.contains("does not end"), "{outcome}");
}

/// Which of several environments is meant is chosen where the procedure does not say it.
#[test]
fn a_procedure_of_several_environments_runs_in_the_one_that_is_chosen() {
    needs!(Nodes);
    let infra = Infra::on_cluster();
    infra.write(
        "two.rhai",
        r#"/// Says where it runs.
fn where_am_i() {
    run_job(job("where").image("busybox:1.37").command(["echo", "here"])).logs()
}

[environment("shop", []), environment("stall", [])]
"#,
    );
    infra.run("run two.rhai --yes").ends_with(0);
    assert_snapshot!(infra.run("run two.rhai where_am_i --dry-run").ends_with(1));
    let chosen = infra
        .run("run two.rhai where_am_i --environment stall --dry-run")
        .ends_with(0);
    assert!(
        chosen.stdout.contains("would run job/where in stall"),
        "{chosen}"
    );
}

#[test]
fn a_script_lists_what_it_offers() {
    let infra = Infra::new();
    infra.write("shop.rhai", SCRIPT);
    assert_snapshot!(infra.run("list shop.rhai").ends_with(0));
}
