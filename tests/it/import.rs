//! `infra import`: what is there already becomes a script that gives it.

use crate::support::{Infra, Outcome, needs};
use insta::assert_snapshot;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;

/// What a chart gives: labels of its own, several documents, a list, and kinds without builders.
const CHART: &str = r#"---
# Source: web/templates/service.yaml
apiVersion: v1
kind: Service
metadata:
  name: web
  labels:
    helm.sh/chart: web-1.2.0
    app.kubernetes.io/name: web
    app.kubernetes.io/instance: prod
    app.kubernetes.io/managed-by: Helm
spec:
  type: ClusterIP
  ports: [{ port: 80, targetPort: http, protocol: TCP, name: http }]
  selector: { app.kubernetes.io/name: web, app.kubernetes.io/instance: prod }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, labels: { helm.sh/chart: web-1.2.0, app.kubernetes.io/name: web } }
spec:
  replicas: 2
  selector:
    matchLabels: { app.kubernetes.io/name: web, app.kubernetes.io/instance: prod }
  template:
    metadata:
      labels: { app.kubernetes.io/name: web, app.kubernetes.io/instance: prod }
      annotations: { checksum/config: 0123abcd }
    spec:
      serviceAccountName: web
      securityContext: { fsGroup: 2000, runAsNonRoot: true }
      affinity:
        podAntiAffinity:
          preferredDuringSchedulingIgnoredDuringExecution:
            - weight: 1
              podAffinityTerm:
                topologyKey: kubernetes.io/hostname
                labelSelector: { matchLabels: { app.kubernetes.io/name: web } }
      containers:
        - name: nginx
          image: "nginx:1.29.3"
          imagePullPolicy: IfNotPresent
          ports: [{ name: http, containerPort: 8080, protocol: TCP }]
          env:
            - { name: HOST, value: web }
            - { name: URL, value: "http://$(HOST):8080" }
            - name: TOKEN
              valueFrom: { secretKeyRef: { name: web, key: token } }
          securityContext: { readOnlyRootFilesystem: true, runAsUser: 101 }
          volumeMounts:
            - { name: tmp, mountPath: /tmp }
            - { name: tmp, mountPath: /var/cache/nginx }
            - { name: conf, mountPath: /etc/nginx/conf.d, readOnly: true }
      volumes:
        - { name: tmp, emptyDir: {} }
        - { name: conf, configMap: { name: web, items: [{ key: web.conf, path: default.conf }] } }
---
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: ServiceAccount
    metadata: { name: web }
  - apiVersion: v1
    kind: Secret
    metadata: { name: web }
    data: { token: aHVudGVyMg== }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: web }
data:
  web.conf: |
    server {
      listen 8080;
      root "/srv/${host}";
    }
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: { name: web }
spec:
  selector: { matchLabels: { app.kubernetes.io/name: web } }
  endpoints: [{ port: http }]
"#;

/// The script of an input that is piped in.
fn piped(infra: &Infra, words: &[&str], input: &str) -> Outcome {
    let mut process = infra
        .command(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command");
    let mut pipe = process.stdin.take().expect("a pipe");
    pipe.write_all(input.as_bytes()).expect("it reads");
    drop(pipe);
    let output = process.wait_with_output().expect("it ends");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Outcome {
        line: format!("… | infra {}", words.join(" ")),
        code: output.status.code().unwrap_or(-1),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

#[test]
fn a_folder_of_manifests() {
    let infra = Infra::new().with_copy_of_at("tests/manifests/apricode-exchange", "manifests");
    let outcome = infra.run("import manifests").ends_with(0);
    assert_snapshot!(outcome);
    assert!(!outcome.stdout.contains("SECURE_PASSWORD"), "{outcome}");
}

#[test]
fn the_output_of_a_chart() {
    let infra = Infra::new();
    let outcome = piped(
        &infra,
        &["import", "-", "--namespace", "shop", "--name", "web"],
        CHART,
    )
    .ends_with(0);
    assert_snapshot!(outcome);
    // What it gives is the same, and so is what that gives.
    infra.write("web.rhai", &outcome.stdout);
    let once = infra.run("render web.rhai").ends_with(0);
    let again = piped(
        &infra,
        &["import", "-", "--namespace", "shop", "--name", "web"],
        &once.stdout,
    )
    .ends_with(0);
    infra.write("again.rhai", &again.stdout);
    assert_eq!(
        infra.run("render again.rhai").ends_with(0).stdout,
        once.stdout
    );
}

#[test]
fn an_environment_is_called_what_its_objects_are_part_of() {
    let infra = Infra::new();
    let map = |name: &str, whole: &str| {
        format!(
            "---\n{{ apiVersion: v1, kind: ConfigMap, metadata: {{ name: {name}, namespace: tools, \
             labels: {{ app.kubernetes.io/part-of: {whole} }} }} }}\n"
        )
    };
    for (maps, expected) in [
        (
            [map("a", "shop"), map("b", "shop")],
            "environment(\"shop\", [",
        ),
        (
            [map("a", "shop"), map("b", "web")],
            "environment(\"tools\", [",
        ),
        (
            [map("a", "My_Shop"), map("b", "My_Shop")],
            "environment(\"tools\", [",
        ),
    ] {
        let imported = piped(&infra, &["import", "-"], &maps.concat()).ends_with(0);
        assert!(imported.stdout.contains(expected), "{imported}");
        infra.write("whole.rhai", &imported.stdout);
        let rendered = infra.run("render whole.rhai").ends_with(0);
        assert!(rendered.stdout.contains("namespace: tools"), "{rendered}");
    }
}

#[test]
fn several_namespaces_and_kinds_that_their_input_defines() {
    let infra = Infra::new();
    let input = r#"{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }
---
{ apiVersion: v1, kind: ConfigMap, metadata: { name: settings, namespace: shop }, data: { MODE: fast } }
---
{ apiVersion: v1, kind: ConfigMap, metadata: { name: shared, namespace: tools }, data: { LEVEL: "7" } }
---
apiVersion: v1
kind: Pod
metadata: { name: debug, namespace: shop }
spec: { containers: [{ name: a, image: "a:1", envFrom: [{ configMapRef: { name: elsewhere } }] }] }
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: lamps.example.com }
spec:
  group: example.com
  scope: Namespaced
  names: { kind: Lamp, plural: lamps, singular: lamp, listKind: LampList }
  versions:
    - name: v1
      served: true
      storage: true
      schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } }
---
{ apiVersion: example.com/v1, kind: Lamp, metadata: { name: green, namespace: shop }, spec: { default: true, "on": null } }
"#;
    let outcome = piped(&infra, &["import", "-"], input).ends_with(0);
    assert_snapshot!(outcome);
    infra.write("shop.rhai", &outcome.stdout);
    infra.run("render shop.rhai").ends_with(0);
}

#[test]
fn what_cannot_be_imported() {
    let infra = Infra::new();
    infra.write(
        "broken.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a\n",
    );
    infra.write(
        "template.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n",
    );
    infra.write("empty.yaml", "# nothing\n---\n");
    infra.write("other.yaml", "services:\n  web:\n    image: web:1\n");
    infra.write(
        "nameless.yaml",
        "apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: a-}\n",
    );
    infra.write(
        "name.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a/b}\n",
    );
    let twice = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";
    infra.write("twice.yaml", &format!("{twice}---\n{twice}"));
    infra.write("there.rhai", "environment(\"shop\", [])\n");
    infra.write("good.yaml", twice);
    std::fs::create_dir(infra.home().join("project/none")).expect("a folder");
    let mut all = String::new();
    for line in [
        "import",
        "import nowhere.yaml",
        "import none",
        "import broken.yaml",
        "import template.yaml",
        "import empty.yaml",
        "import other.yaml",
        "import nameless.yaml",
        "import name.yaml",
        "import twice.yaml",
        "import good.yaml good.yaml",
        "import good.yaml --selector app=a",
        "import good.yaml --output there.rhai",
    ] {
        let _ = write!(all, "{}\n\n", infra.run(line));
    }
    assert_snapshot!(all);
    infra.run("import good.yaml --output new.rhai").ends_with(0);
    infra.run("render new.rhai").ends_with(0);
}

/// What runs is imported, and its script changes nothing of it.
#[test]
fn what_runs_in_a_namespace() {
    needs!(Nodes);
    let infra = Infra::on_cluster();
    infra.write(
        "shop.rhai",
        r#"const SETTINGS = config_map("settings").values(#{ MODE: "production" });
const KEYS = secret("keys").values(#{ TOKEN: secret_env("TOKEN") });
const APP = deployment("app").image("registry.example/shop:1.4.2").replicas(2)
    .labels(#{ app: "app", tier: "web" })
    .port("http", 8080).env_from([SETTINGS, KEYS])
    .readiness_probe(http_get("/ready", "http").period("5s"))
    .volume("/tmp", empty_dir());
const DB = stateful_set("db").image("registry.example/db:17").port("sql", 5432).run_as_user(70);
const PAGES = cron_job("pages", "0 3 * * *").image("registry.example/shop:1.4.2").command(["shop", "pages"]);
environment("shop", [
    SETTINGS, KEYS, APP, DB, PAGES,
    service("app", APP), service("db", DB).headless(), autoscaler(APP).replicas(2, 4).cpu(70),
])
"#,
    );
    infra.write("shop.env", "TOKEN=hunter2\n");
    infra
        .run("run shop.rhai --env-file shop.env --yes")
        .ends_with(0);
    let outcome = infra.run("import --namespace shop").ends_with(0);
    assert_snapshot!(outcome);
    assert!(!outcome.stdout.contains("hunter2"), "{outcome}");
    infra
        .run("import --namespace shop --output back.rhai")
        .ends_with(0);
    let plan = infra.run("plan back.rhai --env-file shop.env --exit-code");
    assert_snapshot!(plan.ends_with(0));
    let some = infra
        .run("import --namespace shop --selector tier=web")
        .ends_with(0);
    assert!(some.stdout.contains("deployment(\"app\")"), "{some}");
    assert!(!some.stdout.contains("stateful_set"), "{some}");
    infra
        .run("import --namespace shop --selector tier=none")
        .ends_with(2);
}
