//! Who may do what: roles and their bindings, what they mean for pods, and rights that nobody can give
//! away who has them not.

use crate::support::{Door, Infra, needs};
use http::Method;
use insta::assert_snapshot;
use serde_json::{Value, json};

const RBAC: &str = "rbac.authorization.k8s.io/v1";

const SHOP: &str = r#"const SETTINGS = config_map("settings").values(#{ MODE: "production" });
const APP = deployment("app").image("registry.example/app:1.4.2");
const OTHER = deployment("other").image("registry.example/app:1.4.2");
const READER = role("reader")
    .allow(["get", "list", "watch"], ["pods", "deployments.apps"])
    .allow("get", SETTINGS);
environment("shop", [
    SETTINGS, APP, OTHER, READER,
    role_binding("app-reads", READER).subject(APP),
])
"#;

/// Whether a workload's service account may do something; nothing where the API server cannot say.
fn may(infra: &Infra, account: &str, verb: &str, what: (&str, &str, &str)) -> bool {
    let (group, resource, name) = what;
    let home = infra.name("shop");
    let review = json!({
        "apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview",
        "spec": {
            "user": format!("system:serviceaccount:{home}:{account}"),
            "resourceAttributes": {
                "namespace": home, "verb": verb, "group": group, "resource": resource, "name": name,
            },
        },
    });
    let path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
    let answer = infra.api().send(Method::POST, path, Some(&review));
    answer.expect("an answer")["status"]["allowed"] == true
}

#[test]
fn a_workload_with_rights_has_a_token_and_comes_after_them() {
    needs!(Nodes);
    let infra = Infra::on_cluster();
    infra.write("shop.rhai", SHOP);
    assert_snapshot!("made", infra.run("run shop.rhai --yes").ends_with(0));
    let spec = |name: &str| -> Value {
        let path = format!("deployments/{name}");
        let found = infra.object("apps/v1", "shop", &path).expect("there");
        found["spec"]["template"]["spec"].clone()
    };
    for (name, token) in [("app", true), ("other", false)] {
        let spec = spec(name);
        assert_eq!(spec["serviceAccountName"], name);
        assert_eq!(spec["automountServiceAccountToken"], token, "{name}");
        let path = format!("serviceaccounts/{name}");
        let account = infra.object("v1", "shop", &path).expect("its account");
        assert_eq!(account["automountServiceAccountToken"], false);
    }
    assert_snapshot!("nothing_to_do", infra.run("plan shop.rhai").ends_with(0));
}

#[test]
fn rights_are_what_was_said_and_no_more() {
    needs!(Nodes, Rights);
    let infra = Infra::on_cluster();
    infra.write("shop.rhai", SHOP);
    infra.run("run shop.rhai --yes").ends_with(0);
    for (account, verb, what, allowed) in [
        ("app", "list", ("", "pods", ""), true),
        ("app", "watch", ("apps", "deployments", ""), true),
        ("app", "get", ("", "configmaps", "settings"), true),
        ("app", "get", ("", "configmaps", "others"), false),
        ("app", "delete", ("", "pods", ""), false),
        ("app", "list", ("apps", "statefulsets", ""), false),
        ("other", "list", ("", "pods", ""), false),
    ] {
        assert_eq!(
            may(&infra, account, verb, what),
            allowed,
            "{account} {verb} {what:?}"
        );
    }
}

#[test]
fn another_role_makes_the_binding_anew() {
    needs!(Nodes);
    let infra = Infra::on_cluster();
    infra.write("shop.rhai", SHOP);
    infra.run("run shop.rhai --yes").ends_with(0);
    let other = SHOP.replace("role(\"reader\")", "role(\"viewer\")");
    infra.write("shop.rhai", &other);
    assert_snapshot!(
        "another_role_plan",
        infra.run("plan shop.rhai").ends_with(0)
    );
    assert_snapshot!(
        "another_role",
        infra.run("run shop.rhai --yes").ends_with(0)
    );
    let binding = infra.object(RBAC, "shop", "rolebindings/app-reads");
    assert_eq!(binding.expect("there")["roleRef"]["name"], "viewer");
    assert!(infra.object(RBAC, "shop", "roles/reader").is_none());
    infra.run("plan shop.rhai --exit-code").ends_with(0);
}

/// Somebody who may give what he has: these rights, and to make roles and bindings.
fn deployer(rights: &[(&str, &str, &str)]) -> Infra {
    const ALL: &str = "get list watch create patch delete";
    let infra = Infra::on_cluster();
    infra.make_namespace("shop");
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let needed = [
        ("", "serviceaccounts configmaps", ALL),
        ("rbac.authorization.k8s.io", "roles rolebindings", ALL),
    ];
    let rules: Vec<Value> = needed
        .iter()
        .chain(rights)
        .map(|(group, resources, verbs)| {
            json!({"apiGroups": [group], "resources": words(resources), "verbs": words(verbs)})
        })
        .collect();
    let role = json!({
        "apiVersion": RBAC, "kind": "Role", "metadata": {"name": "deployer"}, "rules": rules,
    });
    infra
        .api()
        .create(&infra.path(RBAC, "shop", "roles"), &role);
    let door = Door::account(&infra, "shop", ("Role", "deployer"));
    infra.through(door)
}

const ROBOT: &str = r#"const ROBOT = service_account("robot");
const READER = role("reader")
    .allow("get", "configmaps")
    .allow(["get", "list"], "pods");
environment("shop", [
    ROBOT, READER,
    role_binding("robot-reads", READER).subject(ROBOT),
]).existing_namespace()
"#;

#[test]
fn somebody_gives_rights_that_he_has() {
    needs!(Rights);
    let infra = deployer(&[("", "pods", "get list")]);
    infra.write("shop.rhai", ROBOT);
    assert_snapshot!("given", infra.run("run shop.rhai --yes").ends_with(0));
    infra.run("plan shop.rhai --exit-code").ends_with(0);
    infra.write(
        "shop.rhai",
        &ROBOT.replace("role(\"reader\")", "role(\"viewer\")"),
    );
    assert_snapshot!(
        "given_another",
        infra.run("run shop.rhai --yes").ends_with(0)
    );
    infra.run("destroy shop.rhai --yes").ends_with(0);
}

#[test]
fn nobody_gives_rights_that_he_has_not() {
    needs!(Rights);
    let infra = deployer(&[]);
    let text = ROBOT.replace(
        "environment(\"shop\", [",
        "environment(\"shop\", [\n    role_binding(\"robot-edits\", existing(\"cluster_role\", \"edit\")).subject(ROBOT),",
    );
    infra.write("shop.rhai", &text);
    assert_snapshot!("escalation_plan", infra.run("plan shop.rhai").ends_with(1));
    assert_snapshot!("escalation", infra.run("run shop.rhai --yes").ends_with(1));
    assert!(infra.object(RBAC, "shop", "roles/reader").is_none());
}
