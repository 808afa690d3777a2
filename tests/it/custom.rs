//! Objects whose kinds others define: cert-manager's and the Prometheus operator's.

use crate::support::{Infra, needs, repository};
use insta::assert_snapshot;

/// What a control plane has anyway, a sandbox gets: the definitions.
fn with_definitions() -> Infra {
    let infra = Infra::on_cluster();
    let folder = repository().join("examples/platform");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let text = [read("cert-manager.yaml"), read("prometheus-operator.yaml")].join("---\n");
    infra.write("platform.yaml", &text);
    infra.write("infra.toml", "platform = \"platform.yaml\"\n");
    infra
}

const SCRIPT: &str = r#"environment("shop", [
    object(#{
        apiVersion: "cert-manager.io/v1", kind: "Issuer", metadata: #{ name: "letsencrypt" },
        spec: #{ acme: #{ server: "https://acme.example/directory" } },
    }),
    object(#{
        apiVersion: "cert-manager.io/v1", kind: "Certificate", metadata: #{ name: "app" },
        spec: #{ secretName: "app-tls", dnsNames: ["app.example"], issuerRef: #{ name: "letsencrypt" }, duration: "DURATION" },
    }),
    yaml("monitoring.yaml"),
])
"#;

const MONITORING: &str = r"apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: { name: app }
spec:
  selector: { matchLabels: { app.kubernetes.io/name: app } }
  endpoints: [{ port: http, path: /metrics, interval: 30s }]
---
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: { name: app }
spec:
  selector: { matchLabels: { app.kubernetes.io/name: app } }
  podMetricsEndpoints: [{ port: http }]
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: { name: app }
spec:
  groups:
    - name: app
      rules: [{ alert: Down, expr: up == 0, for: 5m, labels: { severity: page } }]
";

#[test]
fn objects_of_others_kinds_are_made_changed_and_destroyed() {
    needs!(Definitions);
    let infra = with_definitions();
    infra.write("monitoring.yaml", MONITORING);
    infra.write("shop.rhai", &SCRIPT.replace("DURATION", "2160h"));
    // Nobody issues certificates yet.
    let line = "run shop.rhai --yes --timeout 5s";
    assert_snapshot!("made", infra.run(line).ends_with(5));
    issue(&infra);
    assert_snapshot!("issued", infra.run(line).ends_with(0));
    let again = infra.run("plan shop.rhai --exit-code").ends_with(0);
    assert!(again.stdout.contains("nothing to change"), "{again}");

    infra.write("shop.rhai", &SCRIPT.replace("DURATION", "720h"));
    infra.write("monitoring.yaml", &MONITORING.replace("5m", "10m"));
    assert_snapshot!("changed", infra.run(line).ends_with(0));

    let unknown = MONITORING.replace("port: http, path", "prot: http, path");
    infra.write("monitoring.yaml", &unknown);
    assert_snapshot!("unknown_field", infra.run(line).ends_with(2));
    infra.write("monitoring.yaml", MONITORING);
    assert_snapshot!(
        "destroyed",
        infra.run("destroy shop.rhai --yes").ends_with(0)
    );
}

/// Plays cert-manager.
fn issue(infra: &Infra) {
    let api = infra.api();
    for object in ["issuers/letsencrypt", "certificates/app"] {
        let path = infra.path("cert-manager.io/v1", "shop", object);
        let mut object = api.get(&path).unwrap();
        object["status"] = serde_json::json!({"conditions": [{
            "type": "Ready", "status": "True", "reason": "Issued", "message": "it is valid",
            "lastTransitionTime": "2026-01-01T00:00:00Z",
        }]});
        api.send(http::Method::PUT, &format!("{path}/status"), Some(&object));
    }
}

#[test]
fn a_kind_of_ones_own_is_defined_first_and_its_objects_are_checked_before_anything_is_asked() {
    needs!(Whole);
    let infra = Infra::on_cluster();
    infra.write("crontab.yaml", &crontab());
    let script = |spec: &str| {
        let script = format!(
            "const CRONTAB = crd(\"crontab.yaml\");
environment(\"jobs\", [
    CRONTAB.resource(\"nightly\").spec(#{{ image: \"a:1\", {spec} }}),
    CRONTAB,
])
"
        );
        infra.write("jobs.rhai", &script);
    };
    let line = "run jobs.rhai --yes --timeout 60s";
    script("shedule: \"0 2 * * *\"");
    assert_snapshot!("own_misspelt", infra.run(line).ends_with(2));
    script("schedule: \"0 2 * * *\"");
    assert_snapshot!("own_made", infra.run(line).ends_with(0));
    script("schedule: \"0 3 * * *\", replicas: 3");
    assert_snapshot!("own_changed", infra.run(line).ends_with(0));
    let destroy =
        "destroy jobs.rhai --yes --delete customresourcedefinition/crontabs.stable.example.com";
    assert_snapshot!("own_destroyed", infra.run(destroy).ends_with(0));
}

/// The definition that the bad scripts use too.
fn crontab() -> String {
    std::fs::read_to_string(repository().join("tests/errors/lib/crontab.yaml")).unwrap()
}

#[test]
fn what_the_platform_defines_is_known_to_every_script() {
    let infra = Infra::new();
    infra.write("platform.yaml", &crontab());
    infra.write("infra.toml", "platform = \"platform.yaml\"\n");
    let script = |spec: &str| {
        let script = format!(
            "environment(\"jobs\", [
    custom_resource(\"stable.example.com/v1\", \"CronTab\", \"nightly\").spec(#{{ {spec} }}),
])
"
        );
        infra.write("jobs.rhai", &script);
    };
    script("image: \"a:1\", schedule: \"0 2 * * *\", replicas: \"two\"");
    assert_snapshot!("platform_knows", infra.run("render jobs.rhai").ends_with(2));
    // Of kinds that nobody has shown, nothing is claimed.
    infra.write("infra.toml", "");
    infra.run("render jobs.rhai").ends_with(0);
    // A platform that cannot be read is told when it is needed.
    infra.write("infra.toml", "platform = \"platform.yaml\"\n");
    infra.write("platform.yaml", "a: [");
    assert_snapshot!(
        "platform_broken",
        infra.run("render jobs.rhai").ends_with(2)
    );
}
