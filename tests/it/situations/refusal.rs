//! What an API server refuses.

use super::{led, said};
use crate::support::{Fake, Infra, Met, needs};
use http::Method;
use insta::assert_snapshot;
use serde_json::json;

/// What a plan says where the dry run of `flags` is met so.
fn dry_run(code: u16, reason: &'static str, message: &'static str) -> String {
    let server = Fake::serve(move |asked| {
        if asked.path.contains("/configmaps/flags") && asked.method == "PATCH" {
            return Met::refused(code, reason, message);
        }
        Met::Well
    });
    let infra = led(&server, "", "");
    infra.write(
        "shop.rhai",
        r#"environment("shop", [
    config_map("settings").values(#{ MODE: "production" }),
    config_map("flags").values(#{ NEW_PRICES: "on" }),
]).existing_namespace()
"#,
    );
    // Somebody made the namespace.
    infra.write(
        "there.rhai",
        "environment(\"other\", [config_map(\"c\").values(#{ A: \"1\" })]).namespace(\"shop\")\n",
    );
    said(&server, &infra, "run there.rhai --yes", 0);
    said(&server, &infra, "plan shop.rhai", 1)
}

#[test]
fn a_webhook_that_refuses() {
    assert_snapshot!(dry_run(
        403,
        "Forbidden",
        r#"admission webhook "policy.example.com" denied the request: every config map needs an owner"#,
    ));
}

#[test]
fn a_webhook_that_does_not_answer_in_time() {
    assert_snapshot!(dry_run(
        500,
        "InternalError",
        r#"Internal error occurred: failed calling webhook "policy.example.com": failed to call webhook: Post "https://policy.example.com/?timeout=10s": context deadline exceeded"#,
    ));
}

#[test]
fn a_webhook_that_cannot_be_asked_for_a_plan() {
    assert_snapshot!(dry_run(
        400,
        "BadRequest",
        r#"admission webhook "policy.example.com" does not support dry run"#,
    ));
}

#[test]
fn a_field_that_an_older_server_does_not_know() {
    assert_snapshot!(dry_run(
        500,
        "",
        "failed to create typed patch object (shop/flags; /v1, Kind=ConfigMap): .immutableAfter: field not declared in schema",
    ));
}

#[test]
fn an_object_that_changed_meanwhile() {
    assert_snapshot!(dry_run(
        409,
        "Conflict",
        r#"Operation cannot be fulfilled on configmaps "flags": the object has been modified; please apply your changes to the latest version and try again"#,
    ));
}

#[test]
fn an_object_that_is_too_large() {
    assert_snapshot!(dry_run(413, "RequestEntityTooLarge", "limit is 3145728"));
}

#[test]
fn a_policy_that_refuses() {
    assert_snapshot!(dry_run(
        422,
        "Invalid",
        r#"configmaps "flags" is forbidden: ValidatingAdmissionPolicy 'owners' with binding 'owners' denied request: an owner is required"#,
    ));
}

#[test]
fn a_kind_that_the_server_does_not_serve() {
    let server = Fake::serve(|asked| {
        if asked.path.contains("/configmaps") {
            Met::Well
        } else if asked.path.starts_with("/apis/stable.example.com") {
            Met::With(404, "404 page not found".into())
        } else {
            Met::Well
        }
    });
    let infra = led(&server, "", "");
    infra.write(
        "shop.rhai",
        r#"environment("shop", [custom_resource("stable.example.com/v1", "CronTab", "nightly").spec(#{ cron: "* * * * *" })])
"#,
    );
    assert_snapshot!(said(&server, &infra, "plan shop.rhai", 1));
}

#[test]
fn every_right_that_is_missing_is_told_at_once() {
    // Who may look at services and nothing else; the rest is refused one by one.
    let server = Fake::serve(|asked| {
        if asked.path.contains("selfsubjectaccessreviews") {
            let wanted = &asked.body["spec"]["resourceAttributes"];
            let allowed = match wanted["resource"].as_str().unwrap() {
                "services" => ["get", "list", "watch"].contains(&wanted["verb"].as_str().unwrap()),
                "configmaps" => wanted["verb"] != "delete",
                _ => false,
            };
            return Met::With(
                201,
                json!({"kind": "SelfSubjectAccessReview", "status": {"allowed": allowed}})
                    .to_string(),
            );
        }
        for (resource, group) in [("secrets", ""), ("deployments", "apps")] {
            if asked.path.contains(resource) && asked.method == "GET" {
                let message = format!(
                    "{resource} is forbidden: User \"jane\" cannot list resource \"{resource}\" in API group \"{group}\" in the namespace \"shop\""
                );
                return Met::refused(403, "Forbidden", &message);
            }
        }
        Met::Well
    });
    let infra = led(&server, "token: hunter2", "");
    infra.write(
        "shop.rhai",
        r#"const KEYS = secret("keys").values(#{ TOKEN: generated("token", 20) });
const APP = deployment("app").image("registry.example/app:1.4.2").port("http", 8080).env_from(KEYS);
environment("shop", [
    KEYS,
    APP,
    service("app", APP),
    config_map("settings").values(#{ A: "1" }),
]).existing_namespace()
"#,
    );
    assert_snapshot!(said(&server, &infra, "plan shop.rhai", 1));
}

#[test]
fn a_quota_that_leaves_no_room() {
    needs!(Nodes);
    let infra = Infra::on_cluster();
    infra.write(
        "quota.rhai",
        "environment(\"quota\", [resource_quota(\"none\").hard(#{ services: \"0\" })]).namespace(\"shop\")\n",
    );
    infra.run("run quota.rhai --yes").ends_with(0);
    infra.write(
        "shop.rhai",
        r#"const APP = deployment("app").image("registry.example/app:1.4.2").port("http", 8080);
environment("shop", [
    APP,
    service("app", APP),
]).existing_namespace()
"#,
    );
    assert_snapshot!(infra.run("run shop.rhai --yes").ends_with(1));
}

#[test]
fn a_name_that_another_environment_has_taken() {
    let infra = Infra::on_cluster();
    infra.write("first.rhai", "environment(\"first\", [config_map(\"settings\").values(#{ A: \"1\" })]).namespace(\"shop\")\n");
    infra.run("run first.rhai --yes").ends_with(0);
    infra.write(
        "second.rhai",
        r#"environment("second", [
    config_map("settings").values(#{ A: "2" }),
]).namespace("shop").existing_namespace()
"#,
    );
    assert_snapshot!(infra.run("plan second.rhai").ends_with(1));
}

#[test]
fn an_inventory_that_is_somebody_elses() {
    let infra = Infra::on_cluster();
    infra.make_namespace("shop");
    let name = infra.name("shop");
    let path = infra.path("v1", "shop", "configmaps");
    let theirs = json!({
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": format!("infra-{name}")},
        "data": {"theirs": "1"},
    });
    infra.api().create(&path, &theirs);
    infra.write(
        "shop.rhai",
        "environment(\"shop\", [config_map(\"settings\").values(#{ A: \"1\" })]).existing_namespace()\n",
    );
    assert_snapshot!(infra.run("plan shop.rhai").ends_with(1));
}

#[test]
fn a_field_that_cannot_change() {
    let infra = Infra::on_cluster();
    let script = |value: &str| {
        format!(
            "environment(\"shop\", [config_map(\"settings\").values(#{{ A: \"{value}\" }}).immutable()])\n"
        )
    };
    infra.write("shop.rhai", &script("1"));
    infra.run("run shop.rhai --yes").ends_with(0);
    let path = infra.path("v1", "shop", "configmaps/settings");
    // Nothing but a new object can have another content.
    infra.write("shop.rhai", &script("2"));
    assert_snapshot!(infra.run("plan shop.rhai").ends_with(0));
    assert!(infra.api().send(Method::GET, &path, None).is_some());
}
