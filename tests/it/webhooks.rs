//! Admission webhooks, served by the test.

use crate::support::{Answer, Infra, Webhook, needs};
use insta::assert_snapshot;
use serde_json::{Value, json};

const SHOP: &str = r#"const SETTINGS = config_map("settings").values(#{ MODE: "production" });
const APP = deployment("app").image("registry.example/app:1.4.2").port("http", 8080).env_from(SETTINGS);
environment("shop", [
    SETTINGS,
    APP,
    config_map("flags").values(#{ NEW_PRICES: "on" }),
]).existing_namespace()
"#;

fn shop() -> (Infra, Value) {
    let infra = Infra::on_cluster();
    let namespace = infra.make_namespace("shop");
    infra.write("shop.rhai", SHOP);
    (infra, namespace)
}

/// What a mesh does: a label, and one more container.
fn inject() -> Webhook {
    Webhook::serve(|request| {
        let object = &request["object"];
        if request["kind"]["kind"] != "Deployment" {
            return Answer::Allow;
        }
        let mut changes = vec![json!({
            "op": "add", "path": "/metadata/labels/mesh.example~1injected", "value": "yes",
        })];
        let containers = object["spec"]["template"]["spec"]["containers"]
            .as_array()
            .unwrap();
        if !containers
            .iter()
            .any(|container| container["name"] == "proxy")
        {
            changes.push(json!({
                "op": "add", "path": "/spec/template/spec/containers/-",
                "value": {"name": "proxy", "image": "registry.example/proxy:2.0"},
            }));
        }
        Answer::Change(changes.into())
    })
}

#[test]
fn what_a_webhook_adds_is_no_drift() {
    needs!(Nodes, Webhooks);
    let (infra, namespace) = shop();
    let webhook = inject();
    webhook.register(&infra, "Mutating", &namespace);
    infra.run("run shop.rhai --yes").ends_with(0);
    let app = infra.object("apps/v1", "shop", "deployments/app").unwrap();
    assert_eq!(app["metadata"]["labels"]["mesh.example/injected"], "yes");
    let containers = &app["spec"]["template"]["spec"]["containers"];
    assert_eq!(containers.as_array().map(Vec::len), Some(2), "{containers}");

    assert_snapshot!(infra.run("run shop.rhai --yes").ends_with(0));
    let dry = webhook
        .seen()
        .iter()
        .any(|request| request["dryRun"] == true);
    assert!(dry, "the plan asks what the webhook makes of it");
}

#[test]
fn what_a_webhook_will_add_stands_in_the_plan() {
    needs!(Nodes, Webhooks);
    let (infra, namespace) = shop();
    infra.run("run shop.rhai --yes").ends_with(0);
    let webhook = inject();
    webhook.register(&infra, "Mutating", &namespace);
    assert_snapshot!("added", infra.run("run shop.rhai --yes").ends_with(0));
    let again = infra.run("plan shop.rhai --exit-code").ends_with(0);
    assert!(again.stdout.contains("nothing to change"), "{again}");
}

#[test]
fn what_a_webhook_refuses_is_told_at_its_line() {
    needs!(Webhooks);
    let (infra, namespace) = shop();
    let webhook = Webhook::serve(|request| {
        if request["name"] == "flags" {
            Answer::Refuse("flags need a ticket, see https://policy.example/flags")
        } else {
            Answer::Allow
        }
    });
    webhook.register(&infra, "Validating", &namespace);
    assert_snapshot!("refused_plan", infra.run("plan shop.rhai").ends_with(1));
    assert_snapshot!("refused", infra.run("run shop.rhai --yes").ends_with(1));
    assert!(infra.objects("apps/v1", "shop", "deployments").is_empty());
}

#[test]
fn what_a_webhook_refuses_only_in_earnest_is_told_with_what_was_done() {
    needs!(Nodes, Webhooks);
    let (infra, namespace) = shop();
    let webhook = Webhook::serve(|request| {
        if request["name"] == "flags" && request["dryRun"] == false {
            Answer::Refuse("the ticket is closed")
        } else {
            Answer::Allow
        }
    });
    webhook.register(&infra, "Validating", &namespace);
    assert_snapshot!(infra.run("run shop.rhai --yes").ends_with(1));
    assert!(infra.object("apps/v1", "shop", "deployments/app").is_some());
}

#[test]
fn a_webhook_that_is_down() {
    needs!(Webhooks);
    let (infra, namespace) = shop();
    let webhook = Webhook::down();
    webhook.register(&infra, "Validating", &namespace);
    let outcome = infra.run("run shop.rhai --yes").ends_with(1);
    assert_snapshot!(webhook.plain(&outcome));
}
