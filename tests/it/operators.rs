//! Builders of the operators' kinds: monitors and alerts, external secrets, certificates, the mesh,
//! backups, and applications of Argo CD. Nothing acts on them but the test.

use crate::support::{Infra, needs, repository};
use http::Method;
use insta::assert_snapshot;
use serde_json::json;

/// What the platform provides: nodes, an ingress controller, and the definitions.
const PLATFORM: [&str; 8] = [
    "nodes.yaml",
    "nginx.yaml",
    "prometheus-operator.yaml",
    "cert-manager.yaml",
    "external-secrets.yaml",
    "velero.yaml",
    "istio.yaml",
    "argo-cd.yaml",
];

/// What a control plane has anyway, a sandbox gets.
fn with_definitions(infra: Infra) -> Infra {
    let folder = repository().join("examples/platform");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    infra.write("platform.yaml", &PLATFORM.map(read).join("---\n"));
    infra.write("infra.toml", "platform = \"platform.yaml\"\n");
    infra.write("mesh.rhai", &script(&infra));
    infra
}

/// The script. What stands in a namespace that others share has a name of its own.
fn script(infra: &Infra) -> String {
    ["daily", "deploy"]
        .iter()
        .fold(SCRIPT.to_owned(), |text, name| {
            text.replace(&format!("\"{name}\""), &format!("\"{}\"", infra.name(name)))
        })
}

const SCRIPT: &str = r#"let vault = secret_store("vault").provider("vault", #{ server: "https://vault.example", path: "production" });
let keys = external_secret("app-keys").secret_store(vault)
    .data("DATABASE_URL", "app", "url").refresh_interval("1h");
let root = issuer("root").self_signed();
let tls = certificate("app-tls").dns_name("app.example").issuer(root);

let app = deployment("app").image("registry.example/app:1.4.2")
    .port("http", 8080).port("metrics", 9090).env_from(keys);
let worker = deployment("worker").image("registry.example/worker:1.4.2")
    .port("metrics", 9090).env("URL", keys.key("DATABASE_URL"));
let web = service("app", app);

environment("mesh", [
    vault, keys, root, tls, app, worker, web,
    ingress("app").class("nginx").host("app.example", backend(web, "http")).tls(tls),

    service_monitor(app).interval("15s"),
    pod_monitor(worker).interval("60s").label("release", "prometheus"),
    prometheus_rule("app").alert(
        alert("HighErrorRate", `rate(http_requests_total{status=~"5.."}[5m]) > 0.05`)
            .for_duration("5m").severity("critical").summary("High error rate")),

    peer_authentication("default").mtls("STRICT"),
    destination_rule(web).subset("stable", #{ version: "v1" }).subset("canary", #{ version: "v2" })
        .max_connections(100).consecutive_5xx_errors(5).base_ejection_time("30s"),
    virtual_service(web).route("stable", 90).route("canary", 10).timeout("10s").retries(3),

    velero_schedule("daily").schedule("0 3 * * *").ttl("30d").included_namespace("mesh"),
    argo_application("deploy").repo_url("https://git.example/mesh/deploy.git").path("production")
        .destination("mesh").automated().prune().spec(#{ revisionHistoryLimit: 3 }),
]).deny_by_default()
"#;

#[test]
fn what_they_become() {
    let infra = with_definitions(Infra::new());
    assert_snapshot!("rendered", infra.run("render mesh.rhai").ends_with(0));
}

#[test]
fn workloads_wait_for_what_their_secrets_are_made_of() {
    needs!(Definitions, Nodes);
    let infra = with_definitions(Infra::on_cluster());
    // No operator has made the secret yet: the workloads are not even applied.
    let line = "run mesh.rhai --yes --timeout 5s";
    let before = infra.run(line).ends_with(5);
    for (kind, operator) in [
        ("externalsecret/app-keys", "External Secrets"),
        ("certificate/app-tls", "cert-manager"),
    ] {
        let told =
            format!("{kind} in mesh is not ready: has no status yet, which {operator} writes");
        assert!(before.stderr.contains(&told), "{before}");
    }
    for kind in [
        "virtualservice/app",
        "prometheusrule/app",
        "application/deploy",
    ] {
        assert!(
            before.stderr.contains(&format!("created {kind}\n")),
            "{before}"
        );
        assert!(
            !before.stderr.contains(&format!("waiting {kind}")),
            "{before}"
        );
    }
    assert!(
        !before.stderr.contains("created deployment/app"),
        "{before}"
    );

    operate(&infra);
    let after = infra.run("run mesh.rhai --yes").ends_with(0);
    assert!(after.stdout.contains("mesh is ready"), "{after}");
    let again = infra.run("plan mesh.rhai --exit-code").ends_with(0);
    assert!(again.stdout.contains("nothing to change"), "{again}");

    // What the definitions do not know is told at its line.
    let wrong = script(&infra).replace("revisionHistoryLimit", "revisionHistoryLimits");
    infra.write("mesh.rhai", &wrong);
    assert_snapshot!("unknown_field", infra.run("plan mesh.rhai").ends_with(2));
    infra.write("mesh.rhai", &script(&infra));
    let gone = infra.run("destroy mesh.rhai --yes").ends_with(0);
    assert!(gone.stdout.contains("mesh is done"), "{gone}");
}

/// Plays the operators.
fn operate(infra: &Infra) {
    let api = infra.api();
    let ready = json!({ "conditions": [{
        "type": "Ready", "status": "True", "reason": "Done", "message": "it is there",
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    }] });
    let here = |version: &str, object: &str| infra.path(version, "mesh", object);
    let schedules = "/apis/velero.io/v1/namespaces/velero/schedules";
    for (path, status) in [
        (here("external-secrets.io/v1", "secretstores/vault"), &ready),
        (
            here("external-secrets.io/v1", "externalsecrets/app-keys"),
            &ready,
        ),
        (here("cert-manager.io/v1", "issuers/root"), &ready),
        (here("cert-manager.io/v1", "certificates/app-tls"), &ready),
        (
            format!("{schedules}/{}", infra.name("daily")),
            &json!({ "phase": "Enabled" }),
        ),
    ] {
        let mut found = api.get(&path).unwrap_or_else(|| panic!("{path} is there"));
        found["status"] = status.clone();
        api.send(Method::PUT, &format!("{path}/status"), Some(&found));
    }
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "app-keys" },
        "stringData": { "DATABASE_URL": "postgres://db" },
    });
    api.send(Method::POST, &here("v1", "secrets"), Some(&secret));
}
