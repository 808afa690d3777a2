//! Faults, planted or happening by themselves: each ends with its cause in the first lines.

use crate::support::{Infra, needs};
use insta::assert_snapshot;

/// A script around a deployment `app` with these further setters, and these further resources.
fn run(setters: &str, resources: &str, code: i32) -> String {
    run_for("5m", setters, resources, code)
}

/// The same, waiting no longer than this.
fn run_for(timeout: &str, setters: &str, resources: &str, code: i32) -> String {
    let infra = Infra::on_cluster();
    infra.write(
        "shop.rhai",
        &format!(
            r#"const APP = deployment("app").image("registry.example/app:1.4.2").port("http", 8080)
    .readiness_probe(http_get("/ready", "http").period("5s")){setters};
environment("shop", [APP{resources}])
"#
        ),
    );
    infra
        .run(&format!("run shop.rhai --yes --timeout {timeout}"))
        .ends_with(code)
        .to_string()
}

#[test]
fn an_image_that_is_not_found() {
    needs!(Faults);
    assert_snapshot!(run(
        r#".pod_annotation("sandbox.infra.dev/image-not-found", "app")"#,
        "",
        5
    ));
}

#[test]
fn a_crash_loop_shows_the_last_lines_of_its_log() {
    needs!(Faults);
    assert_snapshot!(run(
        r#"
    .pod_annotation("sandbox.infra.dev/crash", "app")
    .pod_annotation("sandbox.infra.dev/crash-exit-code", "3")
    .pod_annotation("sandbox.infra.dev/crash-log", "connecting to db:5432\nFATAL: no such host `db`")"#,
        "",
        5
    ));
}

#[test]
fn a_slow_start_is_waited_for() {
    needs!(Faults);
    assert_snapshot!(run(
        r#".pod_annotation("sandbox.infra.dev/slow-start", "10s")"#,
        "",
        0
    ));
}

#[test]
fn a_start_that_is_slower_than_the_timeout() {
    needs!(Faults);
    assert_snapshot!(run_for(
        "40s",
        r#".pod_annotation("sandbox.infra.dev/slow-start", "10m")"#,
        "",
        5
    ));
}

#[test]
fn a_start_that_is_slower_than_its_startup_probe_allows() {
    needs!(Faults);
    assert_snapshot!(run(
        r#"
    .startup_probe(http_get("/ready", "http").period("1s").failure_threshold(3))
    .pod_annotation("sandbox.infra.dev/slow-start", "10m")"#,
        "",
        5
    ));
}

#[test]
fn a_probe_that_never_succeeds() {
    needs!(Faults);
    assert_snapshot!(run_for(
        "40s",
        r#".pod_annotation("sandbox.infra.dev/never-ready", "app")"#,
        "",
        5
    ));
}

#[test]
fn a_secret_without_the_key() {
    needs!(Nodes);
    let infra = Infra::on_cluster();
    infra.write(
        "keys.rhai",
        r#"environment("shop", [secret("keys").values(#{ TOKEN: generated("token", 20) })])
"#,
    );
    infra.write(
        "app.rhai",
        r#"const KEYS = existing("Secret", "keys");
const APP = deployment("app").image("registry.example/app:1.4.2").env("KEY", KEYS.key("TOKNE"));
environment("app", [APP]).namespace("shop").existing_namespace()
"#,
    );
    infra.run("run keys.rhai --yes").ends_with(0);
    assert_snapshot!(infra.run("run app.rhai --yes --timeout 5m").ends_with(5));
}

#[test]
fn a_storage_class_that_nobody_provides() {
    needs!(Nodes);
    let infra = Infra::on_cluster();
    infra.write(
        "shop.rhai",
        r#"const DATA = volume_claim("data", "5Gi").storage_class("fsat");
const APP = deployment("app").image("registry.example/app:1.4.2").volume("/data", DATA);
environment("shop", [DATA, APP])
"#,
    );
    assert_snapshot!(infra.run("run shop.rhai --yes --timeout 5m").ends_with(5));
}

#[test]
fn a_quota_that_is_too_small() {
    needs!(Nodes);
    assert_snapshot!(run(
        r#".replicas(3).requests(#{ cpu: "500m", memory: "1Gi" })"#,
        r#", object(#{
    apiVersion: "v1", kind: "ResourceQuota", metadata: #{ name: "small" },
    spec: #{ hard: #{ "requests.cpu": "1" } },
})"#,
        5
    ));
}

#[test]
fn more_than_the_nodes_have() {
    needs!(Nodes);
    assert_snapshot!(run(r#".requests(#{ cpu: "1000", memory: "1Gi" })"#, "", 5));
}

#[test]
fn what_the_api_refuses_is_shown_at_the_line_that_set_it() {
    needs!(Nodes);
    let infra = Infra::on_cluster();
    let script = |size: &str| {
        format!(
            r#"const DATA = volume_claim("data", "{size}");
environment("shop", [DATA])
"#
        )
    };
    infra.write("shop.rhai", &script("5Gi"));
    infra.run("run shop.rhai --yes").ends_with(0);
    infra.write("shop.rhai", &script("1Gi"));
    assert_snapshot!(infra.run("run shop.rhai --yes").ends_with(1));
}
