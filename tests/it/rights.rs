//! Someone who may not do everything: what is allowed works, what is not is told with the right that
//! is missing.

use crate::support::{Door, Infra, Request, needs};
use http::Method;
use insta::assert_snapshot;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const SHOP: &str = r#"const SETTINGS = config_map("settings").values(#{ MODE: "production" });
const APP = deployment("app").image("registry.example/app:1.4.2").port("http", 8080).env_from(SETTINGS);
environment("shop", [
    SETTINGS,
    APP,
    service("app", APP),
]).existing_namespace()
"#;

/// The second user of the control plane, in a namespace that the administrator made.
fn restricted() -> Infra {
    let infra = Infra::on_cluster();
    infra.make_namespace("shop");
    let door = Door::restricted(&infra, "shop");
    infra.through(door)
}

/// A user who may do so much in a namespace of the test's: groups, resources, verbs.
fn with(rules: &[(&str, &str, &str)]) -> Infra {
    let infra = Infra::on_cluster();
    infra.make_namespace("shop");
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let rules: Vec<Value> = rules
        .iter()
        .map(|(groups, resources, verbs)| {
            json!({"apiGroups": words(groups), "resources": words(resources), "verbs": words(verbs)})
        })
        .collect();
    let role = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
        "metadata": {"name": "few"}, "rules": rules,
    });
    let path = infra.path("rbac.authorization.k8s.io/v1", "shop", "roles");
    infra.api().create(&path, &role);
    let door = Door::account(&infra, "shop", ("Role", "few"));
    infra.through(door)
}

/// Every right that a run needs on what it manages.
const ALL: &str = "get list watch create patch delete";

#[test]
fn what_the_rights_allow_works() {
    needs!(Nodes, Rights);
    let infra = restricted();
    infra.write("shop.rhai", SHOP);
    assert_snapshot!("allowed", infra.run("run shop.rhai --yes").ends_with(0));
    // Webhooks and policies are not for everybody's eyes.
    assert_snapshot!(
        "allowed_again",
        infra.run("run shop.rhai --yes").ends_with(0)
    );
    infra.run("status shop.rhai").ends_with(0);
    assert_snapshot!(
        "allowed_destroy",
        infra.run("destroy shop.rhai --yes").ends_with(0)
    );
}

#[test]
fn what_may_not_be_listed_is_told_at_its_line() {
    needs!(Rights);
    let infra = restricted();
    infra.write(
        "shop.rhai",
        r#"const KEYS = secret("keys").values(#{ TOKEN: generated("token", 20) });
const MORE = secret("more").values(#{ TOKEN: generated("more", 20) });
const APP = deployment("app").image("registry.example/app:1.4.2").env("KEY", KEYS.key("TOKEN"));
environment("shop", [
    KEYS, MORE, APP,
    network_policy("app").pods(#{ "app.kubernetes.io/name": "app" }).deny_ingress(),
]).existing_namespace()
"#,
    );
    assert_snapshot!(infra.run("run shop.rhai --yes").ends_with(1));
    assert!(infra.objects("apps/v1", "shop", "deployments").is_empty());
}

#[test]
fn what_may_not_be_written_is_told_at_its_line() {
    needs!(Rights);
    let infra = with(&[
        (" apps", "configmaps serviceaccounts deployments", ALL),
        ("", "services", "get list watch"),
    ]);
    infra.write("shop.rhai", SHOP);
    assert_snapshot!("not_written_plan", infra.run("plan shop.rhai").ends_with(1));
    assert_snapshot!("not_written", infra.run("run shop.rhai --yes").ends_with(1));
    assert!(infra.objects("apps/v1", "shop", "deployments").is_empty());
}

#[test]
fn a_namespace_that_may_not_be_made_or_read() {
    needs!(Rights);
    let infra = restricted();
    let text = SHOP.replace(".existing_namespace()", "");
    infra.write("shop.rhai", &text);
    assert_snapshot!("not_made", infra.run("run shop.rhai --yes").ends_with(1));
    infra.write("other.rhai", &text.replace("\"shop\"", "\"other\""));
    assert_snapshot!("not_read", infra.run("run other.rhai --yes").ends_with(1));
    assert_snapshot!(
        "not_read_status",
        infra.run("status other.rhai").ends_with(1)
    );
}

#[test]
fn what_may_not_be_deleted_is_told_and_stays_in_the_inventory() {
    needs!(Rights);
    let infra = with(&[
        ("", "configmaps", ALL),
        (
            " apps",
            "services serviceaccounts deployments",
            "get list watch create patch",
        ),
        ("", "pods pods/log events", "get list watch"),
        ("apps", "replicasets", "get list watch"),
    ]);
    infra.write(
        "shop.rhai",
        &SHOP.replace(".port(\"http\"", ".replicas(0).port(\"http\""),
    );
    infra.run("run shop.rhai --yes").ends_with(0);
    assert_snapshot!(
        "not_deleted",
        infra.run("destroy shop.rhai --yes").ends_with(1)
    );
    assert!(infra.object("v1", "shop", "services/app").is_some());
    // An administrator ends what was begun: nothing was forgotten.
    let infra = infra.through_the_front();
    assert_snapshot!(
        "deleted_by_another",
        infra.run("destroy shop.rhai --yes").ends_with(0)
    );
    assert!(infra.object("v1", "shop", "services/app").is_none());
}

#[test]
fn who_may_not_see_pods_learns_less_and_waits_all_the_same() {
    needs!(Nodes, Faults, Rights);
    let infra = with(&[(
        " apps",
        "configmaps services serviceaccounts deployments",
        ALL,
    )]);
    infra.write("shop.rhai", SHOP);
    assert_snapshot!(
        "pods_not_seen_ready",
        infra.run("run shop.rhai --yes").ends_with(0)
    );
    let failing = SHOP.replace(
        ".env_from(SETTINGS)",
        ".env_from(SETTINGS).pod_annotation(\"sandbox.infra.dev/image-not-found\", \"app\")",
    );
    infra.write("shop.rhai", &failing);
    let outcome = infra.run("run shop.rhai --yes --timeout 30s");
    assert_snapshot!("pods_not_seen_failing", outcome.ends_with(5));
}

#[test]
fn who_may_not_watch_is_told() {
    needs!(Nodes, Rights);
    let infra = with(&[(
        " apps",
        "configmaps services serviceaccounts deployments",
        "get list create patch delete",
    )]);
    infra.write("shop.rhai", SHOP);
    let outcome = infra.run("run shop.rhai --yes --timeout 1m");
    assert_snapshot!(outcome.ends_with(5));
}

#[test]
fn rights_that_are_taken_away_during_a_run_leave_nothing_untold() {
    needs!(Nodes, Faults, Rights, Audit);
    let infra = with(&[(
        " apps",
        "configmaps deployments services serviceaccounts",
        ALL,
    )]);
    infra.write(
        "shop.rhai",
        r#"const APP = deployment("app").image("registry.example/app:1.4.2").port("http", 8080)
    .readiness_probe(http_get("/ready", "http").period("1s"))
    .pod_annotation("sandbox.infra.dev/slow-start", "20s");
environment("shop", [
    APP,
    config_map("later").values(#{ A: "b" }).after(APP),
]).existing_namespace()
"#,
    );
    let running = infra.start("run shop.rhai --yes");
    let end = Instant::now() + Duration::from_mins(1);
    let is_watched = |requests: Vec<Request>| {
        let mut watches = requests.iter().filter(|request| request.verb == "watch");
        watches.any(|request| request.what == "shop/deployments")
    };
    while !is_watched(infra.requests("shop")) {
        assert!(Instant::now() < end, "the run does not wait");
        std::thread::sleep(Duration::from_millis(100));
    }
    let path = infra.path(
        "rbac.authorization.k8s.io/v1",
        "shop",
        "rolebindings/engineer",
    );
    infra.api().send(Method::DELETE, &path, None);
    assert_snapshot!(running.end().ends_with(1));
}
