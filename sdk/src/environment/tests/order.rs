//! Namespaces, labels, edges and order.

use super::*;
use crate::environment::EdgeKind;

#[test]
fn the_default_namespace_is_made_unless_it_is_said_to_exist_or_described() {
    let described = simple(1, "v1", "Namespace", "shop");
    for (environment, expected) in [
        (
            environment([config(1, "a")]),
            vec!["namespace/shop", "configmap/a"],
        ),
        (
            environment([config(1, "a")]).existing_namespace(),
            vec!["configmap/a"],
        ),
        (
            environment([config(1, "a"), described]),
            vec!["namespace/shop", "configmap/a"],
        ),
        (
            environment([config(1, "a")]).namespace("default"),
            vec!["configmap/a"],
        ),
        (
            environment([config(1, "a")]).namespace("x"),
            vec!["namespace/x", "configmap/a"],
        ),
    ] {
        let rendered = rendered(&environment);
        assert_eq!(names(&rendered), expected);
        let last = &rendered.objects[rendered.objects.len() - 1];
        assert_eq!(
            last.id.namespace.as_deref(),
            Some(environment.default_namespace())
        );
        assert_eq!(
            last.value["metadata"]["namespace"],
            environment.default_namespace()
        );
    }
}

#[test]
fn labels_reach_every_object_and_give_way_to_its_own() {
    let own = plain(
        1,
        json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "a", "labels": { "team": "b" } } }),
    );
    let rendered = rendered(&environment([own]).labels([("team", "a"), ("tier", "1")]));
    let labels: Vec<&Value> = rendered
        .objects
        .iter()
        .map(|object| &object.value["metadata"]["labels"])
        .collect();
    assert_eq!(
        (&labels[0]["team"], &labels[0]["tier"]),
        (&json!("a"), &json!("1"))
    );
    assert_eq!(labels[0]["app.kubernetes.io/managed-by"], "infra");
    assert_eq!(labels[1], &json!({ "team": "b", "tier": "1" }));
}

#[test]
fn order_follows_references_and_relations_and_not_the_script() {
    let db = workload(1, "StatefulSet", "db", 5432)
        .set("/spec/selector", json!({ "matchLabels": { "app": "db" } }));
    let app = workload(2, "Deployment", "app", 80)
        .set(
            &field("envFrom"),
            json!([{ "configMapRef": { "name": "settings" } }]),
        )
        .connects(&db, 2);
    let door = service(3, "door", &app, json!("main"));
    let scaler = plain(
        4,
        json!({
            "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": { "name": "app" },
            "spec": { "maxReplicas": 3, "scaleTargetRef": { "apiVersion": "apps/v1", "kind": "Deployment", "name": "app" } },
        }),
    );
    let all = [scaler, door, app, db, config(5, "settings")];
    let forward = rendered(&environment(all.clone()));
    let backward = rendered(&environment(all.into_iter().rev()));
    let expected = [
        "namespace/shop",
        "configmap/settings",
        "networkpolicy/app",
        "networkpolicy/db",
        "service/door",
        "statefulset/db",
        "deployment/app",
        "horizontalpodautoscaler/app",
    ];
    assert_eq!(names(&forward), expected);
    assert_eq!(forward.objects.len(), backward.objects.len());
    for (one, other) in forward.objects.iter().zip(&backward.objects) {
        assert_eq!(one.value, other.value);
    }
    assert_eq!(forward.edges, backward.edges);
    let edge = |before: &str, after: &str| {
        let find = |name: &str| expected.iter().position(|known| *known == name).unwrap();
        let (before, after) = (find(before), find(after));
        let mut edges = forward
            .edges
            .iter()
            .filter(|edge| (edge.before, edge.after) == (before, after));
        let kind = edges.next().map(|edge| edge.kind);
        assert_eq!(edges.next(), None, "an edge stands twice");
        kind
    };
    for (before, after, kind) in [
        ("statefulset/db", "deployment/app", Some(EdgeKind::Ready)),
        (
            "configmap/settings",
            "deployment/app",
            Some(EdgeKind::Applied),
        ),
        ("service/door", "deployment/app", Some(EdgeKind::Applied)),
        (
            "networkpolicy/app",
            "deployment/app",
            Some(EdgeKind::Applied),
        ),
        (
            "deployment/app",
            "horizontalpodautoscaler/app",
            Some(EdgeKind::Applied),
        ),
        ("namespace/shop", "service/door", Some(EdgeKind::Applied)),
        ("configmap/settings", "statefulset/db", None),
    ] {
        assert_eq!(edge(before, after), kind, "{before} → {after}");
    }
}

#[test]
fn definitions_are_ready_before_objects_of_their_kind() {
    let definition = plain(
        1,
        json!({
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": { "name": "toys.example.org" },
            "spec": {
                "group": "example.org", "scope": "Cluster",
                "names": { "kind": "Toy", "plural": "toys" },
                "versions": [{ "name": "v1", "served": true, "storage": true }],
            },
        }),
    );
    let rendered = rendered(&environment([
        simple(2, "example.org/v1", "Toy", "a"),
        definition,
    ]));
    assert_eq!(
        names(&rendered),
        [
            "namespace/shop",
            "customresourcedefinition/toys.example.org",
            "toy/a"
        ]
    );
    assert_eq!(rendered.objects[2].id.namespace, None);
    assert_eq!(rendered.edges.len(), 1);
    assert_eq!(rendered.edges[0].kind, EdgeKind::Ready);
}

#[test]
fn a_webhook_waits_for_the_pods_that_answer_it() {
    let app = workload(1, "Deployment", "app", 80);
    let door = service(2, "door", &app, json!(80));
    let hook = plain(
        3,
        json!({
            "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
            "metadata": { "name": "hook" },
            "webhooks": [{ "clientConfig": { "service": { "name": "door", "namespace": "shop" } } }],
        }),
    );
    let rendered = rendered(&environment([hook, door, app]));
    let last = rendered.objects.len() - 1;
    assert_eq!(
        names(&rendered)[last],
        "validatingwebhookconfiguration/hook"
    );
    let ready: Vec<usize> = rendered
        .edges
        .iter()
        .filter(|edge| edge.after == last && edge.kind == EdgeKind::Ready)
        .map(|edge| edge.before)
        .collect();
    assert_eq!(ready.len(), 2);
}

#[test]
fn cycles_are_told_as_a_path() {
    let (a, b) = (
        workload(1, "Deployment", "a", 1),
        workload(2, "Deployment", "b", 2),
    );
    let (first, second) = (a.clone().connects(&b, 3), b.connects(&a, 4));
    assert_eq!(
        problems(&environment([first, second])),
        [
            "3: `deployment/a` connects to `deployment/b`, which connects to `deployment/a`: none of them can come \
          first | take one of these relations away"
        ]
    );
}

#[test]
fn what_comes_after_waits_for_all_of_the_other() {
    let mut first = config(1, "first");
    first.objects.push(config(1, "second").objects.remove(0));
    let last = config(2, "a").relate(Target::Resource(first.reference()), RelationKind::After, 2);
    let rendered = rendered(&environment([last, first]));
    assert_eq!(
        names(&rendered),
        [
            "namespace/shop",
            "configmap/first",
            "configmap/second",
            "configmap/a"
        ]
    );
    assert_eq!(
        rendered
            .edges
            .iter()
            .filter(|edge| edge.kind == EdgeKind::Ready)
            .count(),
        2
    );
}

#[test]
fn what_exists_is_named_once_with_its_place() {
    let secret = Ref::new("", "Secret", "there");
    let app = workload(1, "Deployment", "a", 1)
        .set(
            &field("envFrom"),
            json!([{ "secretRef": { "name": "there" } }]),
        )
        .relate(
            Target::Existing(secret.clone()),
            RelationKind::Uses {
                key: None,
                optional: false,
            },
            7,
        );
    let stated = simple(3, "v1", "ConfigMap", "other").existing();
    let rendered = rendered(&environment([app, stated]));
    assert_eq!(
        rendered.existing,
        [
            (Ref::new("", "ConfigMap", "other"), Some(at(3))),
            (secret, Some(at(7)))
        ]
    );
}

#[test]
fn pods_wait_for_what_their_secrets_are_made_of_and_ingresses_do_not() {
    let made_of = |line, group: &str, kind: &str, spec: Value| {
        plain(
            line,
            json!({ "apiVersion": group, "kind": kind, "metadata": { "name": kind.to_lowercase() }, "spec": spec }),
        )
    };
    let keys = made_of(
        1,
        "external-secrets.io/v1",
        "ExternalSecret",
        json!({ "data": [{ "secretKey": "A" }], "target": { "name": "keys" } }),
    );
    let certificate = made_of(
        2,
        "cert-manager.io/v1",
        "Certificate",
        json!({ "secretName": "tls" }),
    );
    let app = workload(3, "Deployment", "app", 80).set(
        &field("envFrom"),
        json!([{ "secretRef": { "name": "keys" } }]),
    );
    let ingress = plain(
        4,
        json!({
            "apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": { "name": "in" },
            "spec": { "tls": [{ "secretName": "tls" }] },
        }),
    );
    let rendered = rendered(&environment([app, ingress, certificate, keys]));
    let named = |position: usize| rendered.objects[position].id.short();
    let edges: Vec<(String, String, EdgeKind)> = rendered
        .edges
        .iter()
        .map(|edge| (named(edge.before), named(edge.after), edge.kind))
        .filter(|(before, _, _)| before != "namespace/shop")
        .collect();
    for expected in [
        (
            "externalsecret/externalsecret",
            "deployment/app",
            EdgeKind::Ready,
        ),
        ("certificate/certificate", "ingress/in", EdgeKind::Applied),
    ] {
        let (before, after, kind) = expected;
        let expected = (before.to_owned(), after.to_owned(), kind);
        assert!(edges.contains(&expected), "{expected:?} in {edges:?}");
    }
}
