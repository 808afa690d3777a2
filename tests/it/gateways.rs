//! Gateways and routes of the Gateway API, from outside to the pods.

use crate::support::{Infra, needs, repository};
use insta::assert_snapshot;

/// What a control plane has anyway, a sandbox gets: nodes, and the definitions with a class.
fn with_gateways() -> Infra {
    let infra = Infra::on_cluster();
    let folder = repository().join("examples/platform");
    for name in ["nodes.yaml", "gateway-api.yaml"] {
        infra.write(name, &std::fs::read_to_string(folder.join(name)).unwrap());
    }
    infra.write(
        "infra.toml",
        "platform = [\"nodes.yaml\", \"gateway-api.yaml\"]\n",
    );
    infra
}

const SCRIPT: &str = r#"const APP = deployment("app").image("registry.example/app:1").port("http", 8080);
const WEB = service("web", APP);
const DOOR = gateway("door", "CLASS").http().https_for("*.shop.example", "shop-tls");

environment("shop", [
    APP, WEB, DOOR, SECRET
    http_route("to-https", DOOR, "http").redirect_https(),
    http_route("shop", DOOR, "https-any-shop-example").hostnames("www.shop.example")
        .path("/", WEB)
        .rule(route_rule().path("/api").method("POST").backend(APP, 9).backend("web", 1)
            .set_header("x-from", "door").rewrite_path("/").request_timeout("10s")),
]).deny_by_default()
"#;

/// What looks like a certificate: nobody reads more of it.
const TLS: &str = r#"tls_secret("shop-tls",
        "-----BEGIN CERTIFICATE-----\nMAMBAgM=\n-----END CERTIFICATE-----\n",
        "-----BEGIN PRIVATE KEY-----\nMAMBAgM=\n-----END PRIVATE KEY-----\n"),"#;

fn script(class: &str, secret: &str) -> String {
    SCRIPT.replace("CLASS", class).replace("SECRET", secret)
}

#[test]
fn a_gateway_and_its_routes_come_true_change_and_go() {
    needs!(Nodes, Definitions);
    let infra = with_gateways();
    infra.write("shop.rhai", &script("envoy", TLS));
    let line = "run shop.rhai --yes --timeout 60s";
    assert_snapshot!("made", infra.run(line).ends_with(0));
    let again = infra.run("plan shop.rhai --exit-code").ends_with(0);
    assert!(again.stdout.contains("nothing to change"), "{again}");

    let changed = script("envoy", TLS).replace("backend(APP, 9)", "backend(APP, 99)");
    infra.write("shop.rhai", &changed);
    assert_snapshot!("changed", infra.run(line).ends_with(0));
    infra.run("destroy shop.rhai --yes").ends_with(0);
}

#[test]
fn a_gateway_without_a_controller_says_so() {
    needs!(Nodes, Definitions);
    let infra = with_gateways();
    infra.write("shop.rhai", &script("nobody", TLS));
    let line = "run shop.rhai --yes --timeout 40s";
    assert_snapshot!("without_controller", infra.run(line).ends_with(5));
}

#[test]
fn a_certificate_that_nobody_makes_is_told() {
    needs!(Nodes, Definitions);
    let infra = with_gateways();
    let issued = "\"shop-tls\").cluster_issuer(\"letsencrypt\");";
    let script = script("envoy", "").replace("\"shop-tls\");", issued);
    infra.write("shop.rhai", &script);
    let line = "run shop.rhai --yes --timeout 40s";
    assert_snapshot!("without_certificate", infra.run(line).ends_with(5));
}
