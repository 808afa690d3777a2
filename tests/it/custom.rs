//! Objects whose kinds others define: cert-manager's and the Prometheus operator's.

use crate::support::{Infra, needs, repository};
use insta::assert_snapshot;

/// What a control plane has anyway, a sandbox gets: the definitions.
fn with_definitions() -> Infra {
    let infra = Infra::on_cluster();
    let folder = repository().join("tests/control-plane/platform");
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
    assert_snapshot!("unknown_field", infra.run(line).ends_with(1));
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
