//! Servers outside the cluster: what is known of them, and what must be there.

use crate::support::{Infra, needs};
use insta::assert_snapshot;
use serde_json::json;

const SHOP: &str = r#"const KEYS = existing("secret", "redis-secrets");
const REDIS = external_service("shop.abc.cache.amazonaws.com", 6379)
    .cidr("10.0.21.0/24").name("redis").env("REDIS_URL", KEYS.key("url"));
const APP = deployment("app").image("registry.example/app:1.4.2").connects_to(REDIS);
environment("shop", [REDIS, APP]).deny_by_default().existing_namespace()
"#;

#[test]
fn credentials_that_others_keep_must_be_there_and_reach_who_connects() {
    needs!(Nodes);
    let infra = Infra::on_cluster();
    infra.make_namespace("shop");
    infra.write("shop.rhai", SHOP);
    assert_snapshot!(infra.run("plan shop.rhai").ends_with(1));

    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "redis-secrets" },
        "stringData": { "url": "rediss://shop.abc.cache.amazonaws.com:6379" },
    });
    infra
        .api()
        .create(&infra.path("v1", "shop", "secrets"), &secret);
    infra.run("run shop.rhai --yes").ends_with(0);
    infra.run("plan shop.rhai --exit-code").ends_with(0);
    let app = infra.object("apps/v1", "shop", "deployments/app").unwrap();
    assert_eq!(
        app["spec"]["template"]["spec"]["containers"][0]["env"],
        json!([{ "name": "REDIS_URL", "valueFrom": { "secretKeyRef": { "name": "redis-secrets", "key": "url" } } }])
    );
    let service = infra.object("v1", "shop", "services/redis").unwrap();
    assert_eq!(
        service["spec"]["externalName"],
        "shop.abc.cache.amazonaws.com"
    );
    // Others' pods in a namespace that was there are left alone.
    let policies = infra.objects("networking.k8s.io/v1", "shop", "networkpolicies");
    let names: Vec<&str> = policies
        .iter()
        .map(|policy| policy["metadata"]["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["app"]);
}
