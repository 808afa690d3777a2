//! Procedures against a cluster.

use super::{Call, Host, Script, Session};
use crate::diagnostic::Diagnostic;
use crate::live_testing;
use infra_sandbox::Sandbox;
use infra_sdk::engine::Stop;

const SCRIPT: &str = r#"
const APP = deployment("app").image("registry.example/app:1");

/// Runs the migrations of a version.
fn migrate(image) {
    let run = run_job(APP.job("migrate", image).command(["migrate"]));
    "ran with " + run.logs().len()
}

/// Loops without an end.
fn forever() { loop {} }

/// Fails with a message of its own.
fn fail(why) { throw why }

environment("shop", [APP]).existing_namespace()
"#;

fn script() -> Script {
    Session::new(Host::new("."))
        .load_text("shop.rhai", SCRIPT)
        .unwrap_or_else(|errors| panic!("{}", errors[0]))
}

fn call(
    name: &str,
    arguments: &[&str],
    dry_run: bool,
    stop: Stop,
) -> (Result<Call, Vec<Diagnostic>>, Vec<String>, Sandbox) {
    live_testing::call(&script(), name, arguments, dry_run, stop)
}

#[test]
fn a_job_runs_in_the_environment_and_is_gone_afterwards() {
    let (result, lines, sandbox) = call("migrate", &["registry.example/app:2"], false, Stop::new());
    let called = result.unwrap_or_else(|errors| panic!("{}\n{lines:?}", errors[0]));
    assert_eq!(called.changes, ["run job/migrate in shop"]);
    assert!(
        called
            .value
            .is_some_and(|value| value.starts_with("ran with "))
    );
    assert!(lines.iter().any(|line| line.contains("runs")), "{lines:?}");
    assert!(sandbox.objects("batch", "Job").is_empty());
}

#[test]
fn a_dry_run_says_what_it_would_do_and_does_nothing() {
    let (result, _, sandbox) = call("migrate", &["registry.example/app:2"], true, Stop::new());
    let called = result.unwrap_or_else(|errors| panic!("{}", errors[0]));
    assert_eq!(called.changes, ["run job/migrate in shop"]);
    assert!(sandbox.objects("batch", "Job").is_empty());
}

#[test]
fn arguments_and_errors_of_procedures() {
    for (name, arguments, said) in [
        ("migrate", vec![], "`migrate` takes 1 argument, 0 given"),
        ("migrat", vec!["a:1"], "did you mean `migrate`?"),
        ("fail", vec!["no luck"], "no luck"),
        ("migrate", vec!["NOT AN IMAGE"], "is not an image"),
    ] {
        let (result, _, _) = call(name, &arguments, false, Stop::new());
        let errors = result.expect_err(said);
        assert!(errors[0].to_string().contains(said), "{}", errors[0]);
    }
}

#[test]
fn a_stop_ends_a_procedure_that_would_not_end() {
    let stop = Stop::new();
    stop.stop();
    let (result, _, _) = call("forever", &[], false, stop);
    let errors = result.expect_err("stopped");
    assert_eq!(errors[0].message, "cancelled");
}

#[test]
fn what_changes_the_cluster_is_refused_while_the_script_is_evaluated() {
    let text = r#"run_job(job("a").image("a:1"));"#;
    let errors = Session::new(Host::new("."))
        .load_text("a.rhai", text)
        .map(|_| ())
        .expect_err("refused");
    assert_eq!(
        errors[0].message,
        "`run_job` changes the cluster, which a script may do in a procedure alone"
    );
}
