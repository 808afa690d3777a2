//! Network policies from relations.

use super::*;

fn policy<'a>(rendered: &'a Rendered, name: &str) -> Option<&'a Value> {
    let found = |object: &&Object| object.id.kind == "NetworkPolicy" && object.id.name == name;
    rendered
        .objects
        .iter()
        .find(found)
        .map(|object| &object.value["spec"])
}

fn dns() -> Value {
    json!({
        "to": [{
            "namespaceSelector": { "matchLabels": { "kubernetes.io/metadata.name": "kube-system" } },
            "podSelector": { "matchLabels": { "k8s-app": "kube-dns" } },
        }],
        "ports": [{ "protocol": "UDP", "port": 53 }, { "protocol": "TCP", "port": 53 }],
    })
}

fn pods(app: &str) -> Value {
    json!({ "podSelector": { "matchLabels": { "app": app } } })
}

#[test]
fn both_ends_of_a_connection_get_exactly_what_they_need() {
    let db = workload(1, "StatefulSet", "db", 5432);
    let app = workload(2, "Deployment", "app", 80)
        .connects(&db, 2)
        .relate(Target::Internet(vec![443]), RelationKind::Connects, 2);
    let other = workload(3, "Deployment", "other", 80);
    let rendered = rendered(&environment([db, app, other]));
    assert_eq!(
        policy(&rendered, "db"),
        Some(&json!({
            "podSelector": { "matchLabels": { "app": "db" } },
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [{ "from": [pods("app")], "ports": [{ "protocol": "TCP", "port": 5432 }] }],
            "egress": [dns()],
        }))
    );
    let app = policy(&rendered, "app").unwrap();
    assert_eq!(app.get("ingress"), None);
    assert_eq!(
        app["egress"][0],
        json!({ "to": [pods("db")], "ports": [{ "protocol": "TCP", "port": 5432 }] })
    );
    assert_eq!(
        app["egress"][1]["ports"],
        json!([{ "protocol": "TCP", "port": 443 }])
    );
    assert_eq!(app["egress"][1]["to"][0]["ipBlock"]["cidr"], "0.0.0.0/0");
    assert_eq!(app["egress"][2], dns());
    assert_eq!(policy(&rendered, "other"), None);
    assert_eq!(policy(&rendered, "deny-by-default"), None);
}

#[test]
fn denying_by_default_gives_every_workload_its_own() {
    let rendered = rendered(&environment([workload(1, "Deployment", "a", 1)]).deny_by_default());
    assert_eq!(
        policy(&rendered, "deny-by-default"),
        Some(&json!({ "podSelector": {}, "policyTypes": ["Ingress", "Egress"] }))
    );
    assert_eq!(policy(&rendered, "a").unwrap()["egress"], json!([dns()]));
}

#[test]
fn what_stands_behind_an_ingress_or_a_load_balancer_is_reached_from_there() {
    let app = workload(1, "Deployment", "app", 8080);
    let door = service(2, "door", &app, json!("main"));
    let ingress = plain(
        3,
        json!({
            "apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": { "name": "in" },
            "spec": { "defaultBackend": { "service": { "name": "door", "port": { "name": "main" } } } },
        }),
    );
    let mut outer = workload(4, "Deployment", "outer", 9090);
    outer.objects[0]["metadata"]["labels"] = json!({ "x": "y" });
    let mut gate = service(5, "gate", &outer, json!(9090));
    gate.objects[0]["spec"]["type"] = json!("LoadBalancer");
    let environment = environment([app, door, ingress, outer, gate]).deny_by_default();
    let rendered = rendered(&environment.ingress_namespace("edge"));
    let controller = json!({ "namespaceSelector": { "matchLabels": { "kubernetes.io/metadata.name": "edge" } } });
    assert_eq!(
        policy(&rendered, "app").unwrap()["ingress"],
        json!([{ "from": [controller], "ports": [{ "protocol": "TCP", "port": 8080 }] }])
    );
    assert_eq!(
        policy(&rendered, "outer").unwrap()["ingress"],
        json!([{ "ports": [{ "protocol": "TCP", "port": 9090 }] }])
    );
}

#[test]
fn workloads_of_one_name_have_policies_of_two() {
    let db = workload(1, "StatefulSet", "same", 5432)
        .set("/spec/selector/matchLabels/app", json!("same"));
    let app = workload(2, "Deployment", "same", 80).connects(&db, 2);
    let rendered = rendered(&environment([db, app]));
    assert!(
        policy(&rendered, "same").unwrap()["egress"]
            .as_array()
            .unwrap()
            .len()
            == 2
    );
    assert!(policy(&rendered, "same-statefulset").is_some());
}

#[test]
fn a_target_without_a_port_is_a_fault() {
    let silent = workload(1, "Deployment", "silent", 1).set(&field("ports"), json!([]));
    let app = workload(2, "Deployment", "app", 80).connects(&silent, 7);
    assert_eq!(
        problems(&environment([silent, app])),
        [
            "7: `deployment/app` connects to `deployment/silent`, which has no port | declare the port that it listens on, such as `.port(\"http\", 8080)`"
        ]
    );
}

#[test]
fn peers_in_other_namespaces_are_named_with_them() {
    let mut db = workload(1, "StatefulSet", "db", 5432);
    db.objects[0]["metadata"]["namespace"] = json!("data");
    let app = workload(2, "Deployment", "app", 80).connects(&db, 2);
    let rendered = rendered(&environment([
        simple(3, "v1", "Namespace", "data"),
        db,
        app,
    ]));
    let named = |name: &str| json!({ "matchLabels": { "kubernetes.io/metadata.name": name } });
    assert_eq!(
        policy(&rendered, "app").unwrap()["egress"][0]["to"],
        json!([{ "namespaceSelector": named("data"), "podSelector": { "matchLabels": { "app": "db" } } }])
    );
    assert_eq!(
        policy(&rendered, "db").unwrap()["ingress"][0]["from"],
        json!([{ "namespaceSelector": named("shop"), "podSelector": { "matchLabels": { "app": "app" } } }])
    );
}

#[test]
fn what_exists_is_allowed_as_far_as_its_pods_are_known() {
    let mut there = workload(1, "Deployment", "there", 1).existing();
    there.objects[0]["metadata"]["namespace"] = json!("data");
    let app =
        |to: Target| workload(2, "Deployment", "app", 80).relate(to, RelationKind::Connects, 7);
    let known = environment([there.clone(), app(Target::Existing(there.reference()))]);
    let rendered = rendered(&known);
    assert_eq!(
        policy(&rendered, "app").unwrap()["egress"][0],
        json!({ "to": [{
            "namespaceSelector": { "matchLabels": { "kubernetes.io/metadata.name": "data" } },
            "podSelector": { "matchLabels": { "app": "there" } },
        }] })
    );
    let unknown = environment([app(Target::Existing(Ref::new("", "Service", "there")))]);
    assert_eq!(
        problems(&unknown),
        [
            "7: `deployment/app` connects to `service/there`, whose pods are not known here, so that no network policy can allow it | connect to its pods by their labels, or to its host"
        ]
    );
}

#[test]
fn a_job_beside_the_environment_reaches_what_it_connects_to() {
    let db = workload(1, "StatefulSet", "db", 5432);
    let app = workload(2, "Deployment", "app", 80).connects(&db, 2);
    let job = workload(3, "Job", "migrate", 1).connects(&db, 3);
    let job = {
        let mut job = job;
        job.objects[0]["apiVersion"] = json!("batch/v1");
        job
    };
    let names = |objects: &[Object]| -> Vec<String> {
        objects
            .iter()
            .map(|object| object.id.name.clone())
            .collect()
    };
    let open = environment([db.clone(), app.clone()]);
    assert_eq!(
        names(&open.policies_beside(std::sync::Arc::new(job.clone()))),
        ["migrate-to-db"]
    );
    let closed = open.deny_by_default();
    let policies = closed.policies_beside(std::sync::Arc::new(job.clone()));
    assert_eq!(names(&policies), ["migrate-to-db", "migrate"]);

    let mut objects = rendered(&closed).objects;
    objects.extend(job.lower(&Graph::of(&closed)));
    let last = objects.len() - 1;
    objects[last].id.namespace = Some("shop".to_owned());
    let end = |resource: &Plain| crate::analysis::Endpoint::Workload(resource.reference());
    let ask = |objects: &[Object], from: &Plain, to: &Plain, port: u16| {
        crate::analysis::reachable(objects, &end(from), &end(to), port).reachable
    };
    assert!(!ask(&objects, &job, &db, 5432));
    objects.extend(policies);
    assert!(ask(&objects, &job, &db, 5432));
    assert!(ask(&objects, &app, &db, 5432));
    assert!(!ask(&objects, &job, &app, 80));
    // Where nothing is isolated, nothing is needed.
    let free = environment([db]);
    assert_eq!(
        names(&free.policies_beside(std::sync::Arc::new(job))),
        Vec::<String>::new()
    );
}

#[test]
fn every_namespace_that_is_made_here_is_closed_and_others_pods_are_left_alone() {
    let mut worker = workload(2, "Deployment", "worker", 80);
    worker.objects[0]["metadata"]["namespace"] = json!("workers");
    let mut agent = workload(3, "DaemonSet", "agent", 80);
    agent.objects[0]["metadata"]["namespace"] = json!("elsewhere");
    let all = || {
        environment([
            workload(1, "Deployment", "app", 80),
            simple(4, "v1", "Namespace", "workers"),
            worker.clone(),
            agent.clone(),
            simple(5, "v1", "Namespace", "empty"),
            simple(6, "v1", "Namespace", "elsewhere").existing(),
        ])
        .deny_by_default()
    };
    let policies = |environment: &Environment| -> Vec<String> {
        let rendered = rendered(environment);
        let policies = rendered
            .objects
            .iter()
            .filter(|one| one.id.kind == "NetworkPolicy");
        policies
            .map(|one| format!("{}/{}", one.id.namespace.as_deref().unwrap(), one.id.name))
            .collect()
    };
    assert_eq!(
        policies(&all()),
        [
            "elsewhere/agent",
            "shop/app",
            "shop/deny-by-default",
            "workers/deny-by-default",
            "workers/worker",
        ]
    );
    assert_eq!(
        policies(&all().existing_namespace()),
        [
            "elsewhere/agent",
            "shop/app",
            "workers/deny-by-default",
            "workers/worker"
        ]
    );
}

#[test]
fn what_no_relation_says_the_environment_allows() {
    use crate::analysis::{Endpoint, reachable};
    use crate::resource::Peer;
    let app = || workload(1, "Deployment", "app", 8080);
    let db = || workload(2, "StatefulSet", "db", 5432);
    let closed = || environment([app(), db()]).deny_by_default();
    let monitoring = || {
        let label = (
            "kubernetes.io/metadata.name".parse().unwrap(),
            "monitoring".parse().unwrap(),
        );
        Peer::namespace([label])
    };
    let nodes = || Peer::addresses("10.0.0.0/16".parse().unwrap());
    let end = |resource: &Plain| Endpoint::Workload(resource.reference());
    let prometheus = Endpoint::pods("monitoring", [("app", "prometheus")]);
    let node = Endpoint::Address("10.0.3.4".parse().unwrap());
    let (here, there) = (end(&app()), end(&db()));
    let port = |number: &str| number.parse().unwrap();
    for (environment, from, to, number, expected) in [
        (closed(), &prometheus, &here, 8080, false),
        (
            closed().allow(monitoring(), &app(), []),
            &prometheus,
            &here,
            8080,
            true,
        ),
        (
            closed().allow(monitoring(), &app(), []),
            &prometheus,
            &there,
            5432,
            false,
        ),
        (
            closed().allow(monitoring(), &app(), [port("9090")]),
            &prometheus,
            &here,
            9090,
            true,
        ),
        (
            closed().allow(monitoring(), &app(), [port("9090")]),
            &prometheus,
            &here,
            8080,
            false,
        ),
        (
            closed().allow(monitoring(), &app(), [port("main")]),
            &prometheus,
            &here,
            8080,
            true,
        ),
        (closed().allow(&app(), &db(), []), &here, &there, 5432, true),
        (
            closed().allow(&app(), &db(), []),
            &there,
            &here,
            8080,
            false,
        ),
        (
            closed().allow(&app(), nodes(), [port("9100")]),
            &here,
            &node,
            9100,
            true,
        ),
        (
            closed().allow(&app(), nodes(), [port("9100")]),
            &here,
            &node,
            9101,
            false,
        ),
        (
            closed().allow(nodes(), &db(), []),
            &node,
            &there,
            5432,
            true,
        ),
    ] {
        let objects = rendered(&environment).objects;
        let verdict = reachable(&objects, from, to, number);
        assert_eq!(verdict.reachable, expected, "{}", verdict.reason);
    }
    let wrong = |environment: Environment| problems(&environment).remove(0);
    // Nothing is made here, and nothing falls over it.
    let outside = workload(3, "Deployment", "there", 1).existing();
    let nobody = environment([outside.clone()])
        .existing_namespace()
        .allow(nodes(), &outside, []);
    let message = wrong(nobody);
    assert!(
        message.contains("two that are not of the environment"),
        "{message}"
    );
    let message = wrong(closed().allow(monitoring(), nodes(), []));
    assert!(
        message.contains("two that are not of the environment"),
        "{message}"
    );
    let message = wrong(closed().allow(monitoring(), &app(), [port("nope")]));
    assert!(message.contains("has no such port"), "{message}");
    let message = wrong(closed().allow(monitoring(), &workload(3, "Deployment", "no", 1), []));
    assert!(
        message.contains("`deployment/no` is allowed, which is not in"),
        "{message}"
    );
}

#[test]
fn pods_in_the_network_of_their_node_have_no_policy_and_cannot_be_a_peer() {
    let on_node = |mut one: Plain| {
        one.objects[0]["spec"]["template"]["spec"]["hostNetwork"] = json!(true);
        one
    };
    let agent = on_node(workload(1, "DaemonSet", "agent", 9100));
    let closed =
        environment([agent.clone(), workload(2, "Deployment", "app", 80)]).deny_by_default();
    let rendered = rendered(&closed);
    assert!(policy(&rendered, "app").is_some());
    assert!(policy(&rendered, "agent").is_none());
    let app = workload(2, "Deployment", "app", 80).connects(&agent, 7);
    assert_eq!(
        problems(&environment([agent, app])),
        [
            "7: `deployment/app` connects to `daemonset/agent`, and `daemonset/agent` has the addresses of its nodes (`hostNetwork`), which no network policy knows as its own | leave `connects_to` out, and let the environment allow its nodes' addresses, such as `.allow(addresses(\"10.0.0.0/16\"), …)`"
        ]
    );
}

#[test]
fn a_route_lets_its_gateway_in() {
    use crate::analysis::{Endpoint, reachable};
    let app = workload(1, "Deployment", "app", 8080);
    let door = service(2, "door", &app, json!("main"));
    let route = plain(
        3,
        json!({
            "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": { "name": "in" },
            "spec": {
                "parentRefs": [{ "name": "public", "namespace": "gateways" }],
                "rules": [{ "backendRefs": [{ "name": "door", "port": 80 }] }],
            },
        }),
    );
    let to = Endpoint::Workload(app.reference());
    let mut door = door;
    door.objects[0]["spec"]["ports"][0]["port"] = json!(80);
    let objects = rendered(&environment([app, door, route]).deny_by_default()).objects;
    let named = |name| {
        Endpoint::pods(
            "gateways",
            [("gateway.networking.k8s.io/gateway-name", name)],
        )
    };
    for (from, port, expected) in [
        (named("public"), 8080, true),
        (named("public"), 9090, false),
        (named("private"), 8080, false),
        (Endpoint::pods("ingress-nginx", [("app", "x")]), 8080, true),
    ] {
        let verdict = reachable(&objects, &from, &to, port);
        assert_eq!(verdict.reachable, expected, "{}", verdict.reason);
    }
}

#[test]
fn prometheus_reaches_the_ports_that_monitors_read() {
    let app = workload(1, "Deployment", "app", 8080);
    let worker = workload(2, "Deployment", "worker", 9090);
    let labelled = json!({ "team": "a" });
    let door = service(3, "door", &app, json!("main"))
        .set("/metadata", json!({ "name": "door", "labels": labelled }));
    let monitor = |line, kind: &str, spec: Value| {
        plain(
            line,
            json!({ "apiVersion": "monitoring.coreos.com/v1", "kind": kind, "metadata": { "name": "m" }, "spec": spec }),
        )
    };
    let of_service = monitor(
        4,
        "ServiceMonitor",
        json!({ "selector": { "matchLabels": labelled }, "endpoints": [{ "port": "main" }] }),
    );
    let of_pods = monitor(
        5,
        "PodMonitor",
        json!({ "selector": { "matchLabels": { "app": "worker" } }, "podMetricsEndpoints": [{ "portNumber": 9999 }] }),
    );
    let all = environment([app, worker, door, of_service, of_pods]);
    let from = |namespace: &str, port: u16| {
        json!([{
            "from": [{ "namespaceSelector": { "matchLabels": { "kubernetes.io/metadata.name": namespace } } }],
            "ports": [{ "protocol": "TCP", "port": port }],
        }])
    };
    let denied = rendered(
        &all.clone()
            .deny_by_default()
            .monitoring_namespace("observability"),
    );
    assert_eq!(
        policy(&denied, "app").unwrap()["ingress"],
        from("observability", 8080)
    );
    assert_eq!(
        policy(&denied, "worker").unwrap()["ingress"],
        from("observability", 9999)
    );
    // Where nothing is denied, a monitor needs no policy.
    assert_eq!(policy(&rendered(&all), "app"), None);
}

#[test]
fn a_certificate_that_a_request_may_prove_lets_its_solver_answer() {
    let made = |line, kind: &str, spec: Value| {
        plain(
            line,
            json!({ "apiVersion": "cert-manager.io/v1", "kind": kind, "metadata": { "name": "x" }, "spec": spec }),
        )
    };
    let issuer_ref = json!({ "secretName": "tls", "issuerRef": { "kind": "Issuer", "name": "x" } });
    let certificate = || made(1, "Certificate", issuer_ref.clone());
    let acme = |solver: &str| {
        made(
            2,
            "Issuer",
            json!({ "acme": { "solvers": [{ solver: {} }] } }),
        )
    };
    for (resources, expected) in [
        (vec![certificate(), acme("http01")], true),
        (vec![certificate(), acme("dns01")], false),
        (
            vec![
                certificate(),
                made(2, "Issuer", json!({ "selfSigned": {} })),
            ],
            false,
        ),
        // What the platform's issuer does is not known.
        (vec![certificate()], true),
        (vec![acme("http01")], false),
    ] {
        let environment = resources.into_iter().fold(
            environment([workload(3, "Deployment", "a", 80)]),
            Environment::add,
        );
        let rendered = rendered(&environment.deny_by_default());
        let found = policy(&rendered, "acme-http01-solver");
        assert_eq!(found.is_some(), expected);
    }
}
