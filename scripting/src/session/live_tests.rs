//! Procedures against a cluster: the sandbox behind the real client.

use super::{Call, Host, LiveOptions, Script, Session};
use crate::diagnostic::Diagnostic;
use infra_sandbox::Sandbox;
use infra_sdk::cluster::{Clock, Cluster, ClusterName};
use infra_sdk::engine::Stop;
use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};

struct Virtual(infra_sandbox::Clock);

impl Clock for Virtual {
    fn now(&self) -> Duration {
        self.0.now()
    }

    fn timestamp(&self) -> jiff::Timestamp {
        self.0.timestamp()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + 'static>> {
        Box::pin(self.0.sleep(duration))
    }
}

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
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let sandbox = Sandbox::with_platform();
    let namespace = serde_json::json!({
        "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": "shop" },
    });
    let account = serde_json::json!({
        "apiVersion": "v1", "kind": "ServiceAccount",
        "metadata": { "name": "app", "namespace": "shop" },
    });
    sandbox.load([namespace, account]).expect("loads");
    let lines: Arc<Mutex<Vec<String>>> = Arc::default();
    let written = Arc::clone(&lines);
    let result = runtime.block_on(async {
        let client = kube::Client::new(sandbox.service(), "default");
        let clock = Arc::new(Virtual(sandbox.clock()));
        let options = LiveOptions {
            cluster: Cluster::new(client, ClusterName::new("sandbox", ""), clock),
            dry_run,
            stop,
            report: Arc::new(move |line| written.lock().expect("alone").push(line.to_owned())),
        };
        let arguments = arguments.iter().map(|text| (*text).to_owned()).collect();
        script().call(name, arguments, options).await
    });
    let lines = lines.lock().expect("alone").clone();
    (result, lines, sandbox)
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
