//! Gateways, routes, and what stands between them and the pods.

use super::*;

const GATEWAY: &str = "gateway.networking.k8s.io/v1";

fn gateway(line: u32, listeners: Value) -> Plain {
    plain(
        line,
        json!({
            "apiVersion": GATEWAY, "kind": "Gateway", "metadata": { "name": "door" },
            "spec": { "gatewayClassName": "envoy", "listeners": listeners },
        }),
    )
}

fn http() -> Value {
    json!([{ "name": "http", "port": 80, "protocol": "HTTP" }])
}

fn route(line: u32, namespace: &str, spec: Value) -> Plain {
    plain(
        line,
        json!({
            "apiVersion": GATEWAY, "kind": "HTTPRoute",
            "metadata": { "name": "web", "namespace": namespace }, "spec": spec,
        }),
    )
}

/// To a service of the namespace `shop`.
fn spec(parent: Value, backend: Value) -> Value {
    json!({ "parentRefs": [parent], "rules": [{ "backendRefs": [backend] }] })
}

fn base() -> [Plain; 3] {
    let app = workload(1, "Deployment", "app", 3000);
    let web = service(2, "web", &app, json!("main"));
    [app, web, gateway(3, http())]
}

#[test]
fn routes_come_after_their_gateway_and_their_services() {
    let door = json!({ "name": "door" });
    let resources = base().into_iter().chain([route(
        4,
        "shop",
        spec(door, json!({ "name": "web", "port": 80 })),
    )]);
    let rendered = rendered(&environment(resources));
    let place = |name: &str| names(&rendered).iter().position(|one| one == name);
    assert!(place("gateway/door") < place("httproute/web"));
    assert!(place("service/web") < place("httproute/web"));
}

#[test]
fn a_gateway_must_take_its_routes_and_others_must_allow_what_they_name() {
    let here = |parent: Value, backend: Value| route(4, "shop", spec(parent, backend));
    let web = || json!({ "name": "web", "port": 80 });
    let away = |parent: Value| {
        route(
            4,
            "other",
            spec(
                parent,
                json!({ "name": "web", "namespace": "shop", "port": 80 }),
            ),
        )
    };
    let door = || json!({ "name": "door" });
    let of_shop = || json!({ "name": "door", "namespace": "shop" });
    let mut strange = spec(door(), web());
    strange["hostnames"] = json!(["other.example"]);
    let grant = plain(
        5,
        json!({
            "apiVersion": "gateway.networking.k8s.io/v1beta1", "kind": "ReferenceGrant",
            "metadata": { "name": "others", "namespace": "shop" },
            "spec": {
                "from": [{ "group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "namespace": "other" }],
                "to": [{ "group": "", "kind": "Service" }],
            },
        }),
    );
    let other = simple(6, "v1", "Namespace", "other");
    let not_allowed = "4: `httproute/web` in `other` names `service/web` in `shop`, where nothing allows it | add a `ReferenceGrant` to `shop`, or make it with `http_route(…)` and `gateway(…)`, which add it";
    let not_taken = "4: `httproute/web` in `other` is at `gateway/door` in `shop`, which takes routes of its own namespace alone | let the gateway take routes of others: `.any_namespace()`";
    let all = || json!([{ "name": "http", "port": 80, "protocol": "HTTP", "allowedRoutes": { "namespaces": { "from": "All" } } }]);
    let host = || json!([{ "name": "http", "port": 80, "protocol": "HTTP", "hostname": "*.shop.example" }]);
    for (listeners, more, expected) in [
        (http(), vec![here(door(), web())], &[][..]),
        (
            http(),
            vec![here(json!({ "name": "dor" }), web())],
            &[
                "4: `httproute/web` uses `gateway/dor`, which is neither in the environment nor said to exist | did you mean `door`?",
            ],
        ),
        (
            http(),
            vec![here(json!({ "name": "door", "sectionName": "htp" }), web())],
            &[
                "4: `httproute/web` is at the listener `htp` of `gateway/door`, which has none of that name | did you mean `http`?",
            ],
        ),
        (
            http(),
            vec![here(door(), json!({ "name": "wep", "port": 80 }))],
            &[
                "4: `httproute/web` uses `service/wep`, which is neither in the environment nor said to exist | did you mean `web`?",
            ],
        ),
        (
            host(),
            vec![route(4, "shop", strange)],
            &[
                "4: `httproute/web` is for `other.example`, and `gateway/door` listens for `*.shop.example` | give the gateway a listener for the host, or the route another host",
            ],
        ),
        (
            http(),
            vec![away(of_shop()), other.clone()],
            &[not_taken, not_allowed],
        ),
        (all(), vec![away(of_shop()), other.clone()], &[not_allowed]),
        (all(), vec![away(of_shop()), other, grant], &[]),
    ] {
        let [app, web, _] = base();
        let resources = [app, web, gateway(3, listeners)].into_iter().chain(more);
        assert_eq!(problems(&environment(resources)), expected);
    }
}

#[test]
fn what_a_route_sends_to_is_reached_from_the_gateway_alone() {
    let door = json!({ "name": "door" });
    let resources = base().into_iter().chain([route(
        4,
        "shop",
        spec(door, json!({ "name": "web", "port": 80 })),
    )]);
    let environment = environment(resources).deny_by_default();
    let policy = |environment: &Environment, name: &str| {
        let rendered = rendered(environment);
        let found = rendered
            .objects
            .iter()
            .find(|object| object.id.kind == "NetworkPolicy" && object.id.name == name);
        found.map(|object| object.value["spec"].clone())
    };
    let pods = json!({ "matchLabels": { "gateway.networking.k8s.io/gateway-name": "door" } });
    let ports = json!([{ "protocol": "TCP", "port": 3000 }]);
    let controller = |name: &str| json!({ "namespaceSelector": { "matchLabels": { "kubernetes.io/metadata.name": name } } });
    assert_eq!(
        policy(&environment, "app").expect("a policy")["ingress"],
        json!([{ "from": [{ "podSelector": pods }, controller("ingress-nginx")], "ports": ports }])
    );
    assert_eq!(
        policy(&environment, "gateway-door"),
        Some(json!({
            "podSelector": pods, "policyTypes": ["Ingress", "Egress"], "ingress": [{}], "egress": [{}],
        }))
    );
    let environment = environment.gateway_namespace("envoy-gateway-system");
    assert_eq!(
        policy(&environment, "app").expect("a policy")["ingress"],
        json!([{ "from": [{ "podSelector": pods }, controller("envoy-gateway-system")], "ports": ports }])
    );
}
