//! What Helm installed is taken over, and what Helm says of it afterwards. On the control plane Helm itself
//! installs the chart; where there is no Helm, its objects are made as Helm makes them.

use crate::adoption::{managers, pods};
use crate::support::{Infra, Outcome, Target, needs};
use http::Method;
use insta::assert_snapshot;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::process::Command;

/// The chart: what its values say, and what a helper of its own does.
const CHART: [(&str, &str); 4] = [
    (
        "web/Chart.yaml",
        "{ apiVersion: v2, name: web, version: 0.1.0, appVersion: 1.4.2 }\n",
    ),
    (
        "web/values.yaml",
        "{ image: registry.example/app, replicas: 2, mode: production, token: old }\n",
    ),
    (
        "web/templates/_labels.tpl",
        r#"{{- define "web.labels" -}}
app: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}
"#,
    ),
    (
        "web/templates/web.yaml",
        r#"apiVersion: v1
kind: Secret
metadata: { name: keys, labels: {{ include "web.labels" . | fromYaml | toJson }} }
type: Opaque
stringData: { TOKEN: {{ .Values.token | quote }} }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, labels: {{ include "web.labels" . | fromYaml | toJson }} }
data: { MODE: {{ .Values.mode }} }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: app, labels: {{ include "web.labels" . | fromYaml | toJson }} }
spec:
  replicas: {{ .Values.replicas }}
  selector: { matchLabels: { app: {{ .Release.Name }} } }
  template:
    metadata: { labels: { app: {{ .Release.Name }} } }
    spec:
      containers:
        - name: app
          image: {{ printf "%s:%s" .Values.image .Chart.AppVersion }}
          env: [{ name: MODE, value: {{ .Values.mode }} }]
"#,
    ),
];

/// The objects that it gives, in the order in which Helm makes them.
const OBJECTS: [(&str, &str); 3] = [
    ("v1", "secrets/keys"),
    ("v1", "configmaps/settings"),
    ("apps/v1", "deployments/app"),
];

/// The same as a script, with every default turned off that would change its pods.
const SCRIPT: &str = r#"
const APP = deployment("app").labels(#{ app: "web" }).image("registry.example/app:1.4.2").replicas(2)
    .env("MODE", "production")
    .without(["standard_labels", "non_root", "no_privilege_escalation", "dropped_capabilities", "seccomp",
        "service_account", "no_token", "requests", "zero_downtime", "disruption_budget", "spread"]);

environment("shop", [
    namespace("shop"),
    config_map("settings").values(#{ MODE: "production" }),
    secret("keys").values(#{ TOKEN: generated("token", 24) }),
    APP,
])
"#;

/// How Helm applies: 4 by server-side apply, 3 otherwise.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    ServerSide,
    ClientSide,
}

/// Runs `helm` on the test's cluster.
fn helm(infra: &Infra, line: &str) -> Outcome {
    let access = Target::get().access().unwrap();
    let output = Command::new("helm")
        .args(line.split_whitespace())
        .args(["--namespace", &infra.name("shop")])
        .arg("--kubeconfig")
        .arg(&access.kubeconfig)
        .args(["--kube-context", &access.context])
        .env("HOME", infra.home())
        .current_dir(infra.home().join("project"))
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Outcome {
        line: format!("helm {line}"),
        code: output.status.code().unwrap_or(-1),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

/// Installs the chart as the release `web`, and waits for its pods.
fn install(infra: &Infra, how: How) {
    infra.make_namespace("shop");
    for (file, text) in CHART {
        infra.write(file, text);
    }
    if matches!(Target::get(), Target::ControlPlane { .. }) {
        let server_side = how == How::ServerSide;
        helm(
            infra,
            &format!("install web web --wait --server-side={server_side}"),
        )
        .ends_with(0);
    } else {
        played(infra, how);
        // A run of nothing else waits for nothing; the pods are there once the sandbox's clock goes on.
        infra.write(
            "wait.rhai",
            r#"environment("wait", [namespace("wait"), deployment("a").image("a:1")])"#,
        );
        infra.run("run wait.rhai --yes").ends_with(0);
    }
}

/// What Helm does: its book, then the objects with what it notes in them.
fn played(infra: &Infra, how: How) {
    let book = json!({"apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1",
        "metadata": {"name": "sh.helm.release.v1.web.v1",
            "labels": {"name": "web", "owner": "helm", "status": "deployed", "version": "1"}},
        "data": {"release": "SDRzSUFBQUFBQUFBLzZ0V0trZ3NMdGFyNUFJQSsvPT0="}});
    let path = infra.path("v1", "shop", "secrets?fieldManager=Helm");
    infra.api().create(&path, &book);
    let labels =
        json!({"app": "web", "app.kubernetes.io/managed-by": "Helm", "helm.sh/chart": "web-0.1.0"});
    let annotations = json!({"meta.helm.sh/release-name": "web",
        "meta.helm.sh/release-namespace": infra.name("shop")});
    let contents = [
        json!({"kind": "Secret", "type": "Opaque", "stringData": {"TOKEN": "old"}}),
        json!({"kind": "ConfigMap", "data": {"MODE": "production"}}),
        json!({"kind": "Deployment", "spec": {
            "replicas": 2,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "app", "image": "registry.example/app:1.4.2",
                    "env": [{"name": "MODE", "value": "production"}]}]},
            },
        }}),
    ];
    for ((api, object), mut content) in OBJECTS.into_iter().zip(contents) {
        let (plural, name) = object.split_once('/').unwrap();
        content["apiVersion"] = api.into();
        content["metadata"] = json!({"name": name, "namespace": infra.name("shop"),
            "labels": labels, "annotations": annotations});
        let (method, rest) = match how {
            How::ServerSide => (Method::PATCH, object),
            How::ClientSide => (Method::POST, plural),
        };
        let path = infra.path(api, "shop", &format!("{rest}?fieldManager=helm"));
        infra.api().send(method, &path, Some(&content)).unwrap();
    }
}

/// The objects of the chart as they are.
fn live(infra: &Infra) -> Vec<Value> {
    OBJECTS
        .map(|(api, object)| infra.object(api, "shop", object).unwrap())
        .to_vec()
}

fn uids(objects: &[Value]) -> Vec<&Value> {
    objects
        .iter()
        .map(|object| &object["metadata"]["uid"])
        .collect()
}

/// Nothing was made anew, and nothing in it is Helm's any more.
#[track_caller]
fn is_taken_over(infra: &Infra, before: &[Value], pods_before: &BTreeSet<String>) {
    let after = live(infra);
    assert_eq!(uids(before), uids(&after));
    assert_eq!(&pods(infra, &["shop"], 2), pods_before);
    for (before, after) in before.iter().zip(&after) {
        let managers = managers(after);
        assert!(!managers.contains(&"helm"), "{managers:?}");
        let noted = after["metadata"]["annotations"].to_string();
        assert!(!noted.contains("helm.sh"), "{noted}");
        assert_eq!(before["data"], after["data"]);
    }
}

#[test]
fn what_a_chart_installed_is_taken_over_and_no_pod_notices() {
    needs!(Nodes);
    for (how, name) in [
        (How::ServerSide, "taken_from_helm"),
        (How::ClientSide, "taken_from_helm_3"),
    ] {
        let infra = Infra::on_cluster();
        install(&infra, how);
        let (before, pods_before) = (live(&infra), pods(&infra, &["shop"], 2));
        infra.write("shop.rhai", SCRIPT);
        assert_snapshot!(name, infra.run("plan shop.rhai").ends_with(0));
        infra.run("run shop.rhai --yes").ends_with(0);
        infra.run("plan shop.rhai --exit-code").ends_with(0);
        is_taken_over(&infra, &before, &pods_before);

        if matches!(Target::get(), Target::ControlPlane { .. }) {
            // Helm was told nothing.
            let status = helm(&infra, "status web").ends_with(0);
            assert!(status.stdout.contains("STATUS: deployed"), "{status}");
            if how == How::ServerSide {
                let upgrade = helm(&infra, "upgrade web web --set mode=staging").ends_with(1);
                assert!(
                    upgrade.stderr.contains("conflict with \"infra\""),
                    "{upgrade}"
                );
            }
            let uninstalled = helm(&infra, "uninstall web").ends_with(0);
            assert!(
                uninstalled
                    .stdout
                    .contains("3 resource(s) were not deleted"),
                "{uninstalled}"
            );
            infra.run("plan shop.rhai --exit-code").ends_with(0);
            is_taken_over(&infra, &before, &pods_before);
        }
    }
}

/// What a release made is imported, run, and forgotten by Helm as the plan says: no object of it is left to Helm.
#[test]
fn a_release_becomes_a_script_that_takes_it_over() {
    needs!(Nodes);
    let infra = Infra::on_cluster().variable("TOKEN", "old");
    install(&infra, How::ServerSide);
    let (before, pods_before) = (live(&infra), pods(&infra, &["shop"], 2));
    let imported = infra.run("import --namespace shop").ends_with(0);
    assert_snapshot!("imported_from_helm", imported);
    let some = infra
        .run("import --namespace shop --selector helm.sh/chart=web-0.1.0")
        .ends_with(0);
    assert!(some.stdout.contains("deployment(\"app\")"), "{some}");
    assert!(!some.stdout.contains("\n    namespace("), "{some}");

    infra
        .run("import --namespace shop --output shop.rhai")
        .ends_with(0);
    let run = infra.run("run shop.rhai --yes").ends_with(0);
    infra.run("plan shop.rhai --exit-code").ends_with(0);
    is_taken_over(&infra, &before, &pods_before);

    // The command that the plan names.
    let told = run.to_string();
    let command = told.split('`').find(|part| part.starts_with("kubectl"));
    let books = command.unwrap().rsplit_once(" -l ").unwrap().1;
    assert_eq!(books, "owner=helm,name=web");
    let path = format!("secrets?labelSelector={}", books.replace(',', "%2C"));
    let path = infra.path("v1", "shop", &path);
    let deleted = infra.api().send(Method::DELETE, &path, None);
    assert!(deleted.is_some());
    if matches!(Target::get(), Target::ControlPlane { .. }) {
        let status = helm(&infra, "status web").ends_with(1);
        assert!(status.stderr.contains("release: not found"), "{status}");
    }
    infra.run("plan shop.rhai --exit-code").ends_with(0);
    is_taken_over(&infra, &before, &pods_before);
}
