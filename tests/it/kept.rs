//! The kept sandbox when something goes wrong: commands that are killed, and two at a time.

use crate::support::Infra;
use infra_sandbox::Sandbox;
use insta::assert_snapshot;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

const SCRIPT: &str = r#"let app = deployment("app").image("registry.example/app:1.0.0").replicas(3);

[
    environment("shop", [config_map("settings"), app, service("app", app).port(80)]),
    environment("stall", [config_map("settings"), app]),
]
"#;

/// Runs the script and kills the command (SIGKILL) when it has told a line that begins so.
fn run_and_kill(infra: &Infra, told: &str) {
    let mut process = infra
        .command(&["run", "two.rhai", "--sandbox", "--yes"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(process.stderr.take().unwrap()).lines();
    let mut before = Vec::new();
    let found = lines.map_while(Result::ok).any(|line| {
        let found = line.starts_with(told);
        before.push(line);
        found
    });
    process.kill().unwrap();
    process.wait().unwrap();
    assert!(found, "{told} was not told: {before:#?}");
}

#[test]
fn a_command_that_is_killed_leaves_a_sandbox_that_works() {
    for told in [
        "created namespace/shop",
        "created configmap/settings",
        "created deployment/app",
        "waiting deployment/app",
        "ready deployment/app",
    ] {
        let infra = Infra::new();
        infra.write("two.rhai", SCRIPT);
        run_and_kill(&infra, told);
        infra.run("status two.rhai --sandbox");
        infra.run("run two.rhai --sandbox --yes").ends_with(0);
        let settled = infra.run("plan two.rhai --sandbox --exit-code");
        settled.ends_with(0);
    }
}

#[test]
fn what_was_finished_before_a_command_was_killed_is_kept() {
    let infra = Infra::new();
    infra.write("two.rhai", SCRIPT);
    run_and_kill(&infra, "created namespace/stall");
    let one = SCRIPT.replace(
        "    environment(\"stall\", [config_map(\"settings\"), app]),\n",
        "",
    );
    infra.write("one.rhai", &one);
    infra
        .run("plan one.rhai --sandbox --exit-code")
        .ends_with(0);
    infra.run("run two.rhai --sandbox --yes").ends_with(0);
}

#[test]
fn a_sandbox_is_one_commands_at_a_time() {
    let infra = Infra::new();
    infra.write("two.rhai", SCRIPT);
    let other = Sandbox::open(&infra.sandboxes(), "default", jiff::Timestamp::UNIX_EPOCH);
    assert_snapshot!(infra.run("run two.rhai --sandbox --yes").ends_with(1));
    infra.run("sandbox reset").ends_with(1);
    infra.run("run two.rhai --sandbox=other --yes").ends_with(0);
    drop(other);
    infra.run("run two.rhai --sandbox --yes").ends_with(0);
}

#[test]
fn a_sandbox_starts_at_the_date_that_it_is_given() {
    let start = |date: &str| {
        let infra = Infra::new().variable("INFRA_SANDBOX_START", date);
        infra.write("two.rhai", SCRIPT);
        infra
    };
    let infra = start("2031-05-06T07:08:09Z");
    infra.run("run two.rhai --sandbox --yes").ends_with(0);
    let kept = Sandbox::open(&infra.sandboxes(), "default", jiff::Timestamp::UNIX_EPOCH).unwrap();
    let made = kept.object("", "Namespace", "", "stall").unwrap();
    let made = made["metadata"]["creationTimestamp"].as_str().unwrap();
    assert!(made.starts_with("2031-05-06T07:08:"), "{made}");
    assert_snapshot!(
        start("tomorrow")
            .run("run two.rhai --sandbox --yes")
            .ends_with(2)
    );
}
