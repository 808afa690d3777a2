use super::*;
use crate::object::Origin;

fn object(value: Value) -> Object {
    Object::new(value, Origin::default())
}

fn pods(namespace: &str, name: &str, port: u16) -> Object {
    object(json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": name, "namespace": namespace },
        "spec": { "template": {
            "metadata": { "labels": { "app": name } },
            "spec": { "containers": [{ "ports": [{ "name": "main", "containerPort": port }] }] },
        } },
    }))
}

fn policy(namespace: &str, spec: Value) -> Object {
    object(json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
        "metadata": { "name": "policy", "namespace": namespace }, "spec": spec,
    }))
}

fn app(name: &str) -> Endpoint {
    Endpoint::Workload(Ref::new("apps", "Deployment", name))
}

fn address(text: &str) -> Endpoint {
    Endpoint::Address(text.parse().unwrap())
}

fn named(name: &str) -> Value {
    json!({ "namespaceSelector": { "matchLabels": { "kubernetes.io/metadata.name": name } } })
}

/// `a` and `b` in `shop`, `c` in `data` (labelled `kind: store`).
fn objects(policies: impl IntoIterator<Item = Value>) -> Vec<Object> {
    let data = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": "data", "labels": { "kind": "store" } } });
    let mut objects = vec![
        object(data),
        pods("shop", "a", 80),
        pods("shop", "b", 80),
        pods("data", "c", 80),
    ];
    objects.extend(policies.into_iter().map(|spec| policy("shop", spec)));
    objects
}

#[test]
fn policies_mean_what_kubernetes_says() {
    let b = json!({ "matchLabels": { "app": "b" } });
    let all = json!({});
    let from = |peer: Value| json!({ "podSelector": b, "policyTypes": ["Ingress"], "ingress": [{ "from": [peer] }] });
    let ports = |ports: Value| json!({ "podSelector": b, "policyTypes": ["Ingress"], "ingress": [{ "ports": ports }] });
    let to = |peer: Value| json!({ "podSelector": { "matchLabels": { "app": "a" } }, "policyTypes": ["Egress"], "egress": [{ "to": [peer] }] });
    let select_a = json!({ "podSelector": { "matchLabels": { "app": "a" } } });
    let select_b = json!({ "podSelector": b });
    let block =
        |cidr: &str, except: &[&str]| json!({ "ipBlock": { "cidr": cidr, "except": except } });
    for (what, policies, source, target, expected) in [
        ("nothing isolates", vec![], app("a"), app("b"), true),
        (
            "deny all",
            vec![json!({ "podSelector": all, "policyTypes": ["Ingress"] })],
            app("a"),
            app("b"),
            false,
        ),
        (
            "of another namespace",
            vec![json!({ "podSelector": all })],
            app("a"),
            app("c"),
            true,
        ),
        (
            "no types, no rules: ingress",
            vec![json!({ "podSelector": b })],
            app("a"),
            app("b"),
            false,
        ),
        (
            "no types, no egress: free",
            vec![json!({ "podSelector": b })],
            app("b"),
            app("c"),
            true,
        ),
        (
            "no types, egress rules",
            vec![json!({ "podSelector": b, "egress": [{ "to": [select_b] }] })],
            app("b"),
            app("a"),
            false,
        ),
        (
            "egress only leaves ingress",
            vec![json!({ "podSelector": b, "policyTypes": ["Egress"] })],
            app("a"),
            app("b"),
            true,
        ),
        (
            "egress only isolates",
            vec![json!({ "podSelector": b, "policyTypes": ["Egress"] })],
            app("b"),
            app("a"),
            false,
        ),
        (
            "a rule without anything allows all",
            vec![json!({ "podSelector": b, "policyTypes": ["Ingress"], "ingress": [{}] })],
            address("1.1.1.1"),
            app("b"),
            true,
        ),
        (
            "pods of the same namespace",
            vec![from(select_a.clone())],
            app("a"),
            app("b"),
            true,
        ),
        (
            "pods of another namespace",
            vec![from(json!({ "podSelector": {} }))],
            app("c"),
            app("b"),
            false,
        ),
        (
            "any namespace",
            vec![from(json!({ "namespaceSelector": {} }))],
            app("c"),
            app("b"),
            true,
        ),
        (
            "namespace by its name",
            vec![from(named("data"))],
            app("c"),
            app("b"),
            true,
        ),
        (
            "namespace by label",
            vec![from(
                json!({ "namespaceSelector": { "matchLabels": { "kind": "store" } } }),
            )],
            app("c"),
            app("b"),
            true,
        ),
        (
            "both must match",
            vec![from(
                json!({ "namespaceSelector": {}, "podSelector": { "matchLabels": { "app": "x" } } }),
            )],
            app("c"),
            app("b"),
            false,
        ),
        (
            "namespaces hold no addresses",
            vec![from(json!({ "namespaceSelector": {} }))],
            address("1.1.1.1"),
            app("b"),
            false,
        ),
        (
            "an address in a block",
            vec![from(block("1.0.0.0/8", &[]))],
            address("1.1.1.1"),
            app("b"),
            true,
        ),
        (
            "an address that is excepted",
            vec![from(block("1.0.0.0/8", &["1.1.0.0/16"]))],
            address("1.1.1.1"),
            app("b"),
            false,
        ),
        (
            "a block is no pod",
            vec![from(block("0.0.0.0/0", &[]))],
            app("a"),
            app("b"),
            false,
        ),
        (
            "out to a block",
            vec![to(block("0.0.0.0/0", &["10.0.0.0/8"]))],
            app("a"),
            address("8.8.8.8"),
            true,
        ),
        (
            "out to an exception",
            vec![to(block("0.0.0.0/0", &["10.0.0.0/8"]))],
            app("a"),
            address("10.1.1.1"),
            false,
        ),
        (
            "both sides must allow",
            vec![from(select_a.clone()), to(named("data"))],
            app("a"),
            app("b"),
            false,
        ),
        (
            "policies add up",
            vec![from(named("x")), from(select_a)],
            app("a"),
            app("b"),
            true,
        ),
        (
            "the port",
            vec![ports(json!([{ "port": 80 }]))],
            app("a"),
            app("b"),
            true,
        ),
        (
            "another port",
            vec![ports(json!([{ "port": 81 }]))],
            app("a"),
            app("b"),
            false,
        ),
        (
            "another protocol",
            vec![ports(json!([{ "protocol": "UDP", "port": 80 }]))],
            app("a"),
            app("b"),
            false,
        ),
        (
            "any port of the protocol",
            vec![ports(json!([{ "protocol": "TCP" }]))],
            app("a"),
            app("b"),
            true,
        ),
        (
            "a range",
            vec![ports(json!([{ "port": 70, "endPort": 90 }]))],
            app("a"),
            app("b"),
            true,
        ),
        (
            "by name",
            vec![ports(json!([{ "port": "main" }]))],
            app("a"),
            app("b"),
            true,
        ),
        (
            "by another name",
            vec![ports(json!([{ "port": "other" }]))],
            app("a"),
            app("b"),
            false,
        ),
        ("what is not there", vec![], app("a"), app("nobody"), false),
    ] {
        let verdict = reachable(&objects(policies), &source, &target, 80);
        assert_eq!(verdict.reachable, expected, "{what}: {}", verdict.reason);
    }
}

#[test]
fn a_verdict_says_why() {
    let deny = json!({ "podSelector": {}, "policyTypes": ["Ingress"] });
    let verdict = reachable(&objects([deny]), &app("a"), &app("b"), 80);
    assert_eq!(
        verdict.reason,
        "`deployment/a` to `deployment/b` on TCP 80: no policy limits its egress, ingress allowed by none of `policy`"
    );
}

#[test]
fn pods_of_others_are_known_by_namespace_and_labels() {
    let dns = json!({
        "podSelector": {}, "policyTypes": ["Egress"],
        "egress": [{
            "to": [{ "namespaceSelector": { "matchLabels": { "kubernetes.io/metadata.name": "kube-system" } },
                     "podSelector": { "matchLabels": { "k8s-app": "kube-dns" } } }],
            "ports": [{ "protocol": "UDP", "port": 53 }],
        }],
    });
    let objects = objects([dns]);
    let servers = Endpoint::pods("kube-system", [("k8s-app", "kube-dns")]);
    assert!(reachable(&objects, &app("a"), &servers, Traffic::udp(53)).reachable);
    assert!(!reachable(&objects, &app("a"), &servers, 53).reachable);
    assert!(
        !reachable(
            &objects,
            &app("a"),
            &Endpoint::pods("kube-system", []),
            Traffic::udp(53)
        )
        .reachable
    );
}
