//! Everything that can be wrong, as it is told.

use super::*;

fn uses(name: &str, line: u32) -> Plain {
    workload(line, "Deployment", "app", 80).set(
        &field("envFrom"),
        json!([{ "configMapRef": { "name": name } }]),
    )
}

fn ingress(line: u32, service: &str, port: Value) -> Plain {
    plain(
        line,
        json!({
            "apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
            "metadata": { "name": "door", "annotations": { "cert-manager.io/cluster-issuer": "letsencrypt" } },
            "spec": {
                "ingressClassName": "nginx",
                "tls": [{ "hosts": ["a.b"], "secretName": "made-by-cert-manager" }],
                "rules": [{ "http": { "paths": [{ "path": "/", "backend": { "service": { "name": service, "port": port } } }] } }],
            },
        }),
    )
}

fn claim(line: u32, mode: &str) -> Plain {
    plain(
        line,
        json!({
            "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": { "name": "files" },
            "spec": { "accessModes": [mode], "storageClassName": "fast" },
        }),
    )
}

fn mounts(line: u32, replicas: u32) -> Plain {
    workload(line, "Deployment", "app", 80)
        .set("/spec/replicas", json!(replicas))
        .set(
            "/spec/template/spec/volumes",
            json!([{ "name": "files", "persistentVolumeClaim": { "claimName": "files" } }]),
        )
        .set(
            &field("volumeMounts"),
            json!([{ "name": "files", "mountPath": "/x" }]),
        )
}

fn scaler(line: u32, name: &str, target: &str) -> Plain {
    plain(
        line,
        json!({
            "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": { "name": name },
            "spec": { "maxReplicas": 4, "scaleTargetRef": { "apiVersion": "apps/v1", "kind": "Deployment", "name": target } },
        }),
    )
}

#[test]
fn each_fault_is_told_with_its_place_and_what_to_do() {
    let app = || workload(1, "Deployment", "app", 80);
    let no_uses = RelationKind::Uses {
        key: None,
        optional: false,
    };
    let cases: Vec<(Environment, Vec<&str>)> = vec![
        (
            environment([config(1, "a"), config(2, "a")]),
            vec!["2: `configmap/a in shop` is in the environment twice | the other one is made at a.rhai:1:1"],
        ),
        (
            environment([config(1, "A")]),
            vec![
                "1: `A` is not a name for a ConfigMap: expected lower case letters, digits, `-` and `.`, that start and end with a letter or digit, at most 253 of them, such as `web-1`",
            ],
        ),
        (
            environment([uses("settings", 1), config(2, "setings")]),
            vec![
                "1: `deployment/app` uses `configmap/settings`, which is neither in the environment nor said to exist | did you mean `setings`?",
            ],
        ),
        (
            environment([app().relate(Target::Resource(Ref::new("", "Secret", "x")), no_uses, 5)
                .set(&field("envFrom"), json!([{ "secretRef": { "name": "x" } }]))]),
            vec![
                "5: `deployment/app` uses `secret/x`, which is not in the environment | add it to the environment, or name it with `existing(\"Secret\", \"x\")`",
            ],
        ),
        (
            environment([
                app().set(&field("env"), json!([{ "name": "A", "valueFrom": { "configMapKeyRef": { "name": "c", "key": "URL" } } }])),
                config(2, "c"),
            ]),
            vec!["1: `deployment/app` uses the key `URL` of `configmap/c`, which has no such key | its keys are `HOST`"],
        ),
        (
            environment([app(), service(2, "door", &app(), json!("mian"))]),
            vec!["2: `service/door` sends to the port `mian` (TCP), which no container of `deployment/app` has | did you mean `main`?"],
        ),
        (
            environment([app(), service(2, "door", &app(), json!(80)).set("/spec/selector", json!({ "app": "apps" }))]),
            vec!["2: `service/door` selects no pods: none has `app=apps` | did you mean `app=app`?"],
        ),
        (
            environment([service(2, "door", &app(), json!(80))]),
            vec![
                "2: `service/door` selects the pods of `deployment/app`, which is not in the environment | add it to the environment, or name it with `existing(\"Deployment\", \"app\")`",
            ],
        ),
        (
            environment([app(), service(2, "door", &app(), json!(80)), ingress(3, "door", json!({ "number": 81 }))]),
            vec!["3: `ingress/door` sends to the port `81` of `service/door`, which has no such port | the service has `80` (`main`)"],
        ),
        (
            environment([app(), service(2, "door", &app(), json!(80)), ingress(3, "doors", json!({ "number": 80 }))]),
            vec![
                "3: `ingress/door` uses `service/doors`, which is neither in the environment nor said to exist | did you mean `door`?",
            ],
        ),
        (
            environment([app(), scaler(2, "a", "app"), scaler(3, "b", "app")]),
            vec!["3: `horizontalpodautoscaler/a` and `horizontalpodautoscaler/b` both set the replicas of `deployment/app` | put all metrics into one autoscaler"],
        ),
        (
            environment([claim(1, "ReadWriteOnce"), mounts(2, 3)]),
            vec!["2: `deployment/app` mounts `persistentvolumeclaim/files` (ReadWriteOnce) in up to 3 pods: it can be written from one node only | give the claim the access mode `ReadWriteMany` and a class for many writers, or run one pod"],
        ),
        (
            environment([claim(1, "ReadWriteOnce"), mounts(2, 1), scaler(3, "a", "app")]),
            vec!["2: `deployment/app` mounts `persistentvolumeclaim/files` (ReadWriteOnce) in up to 4 pods: it can be written from one node only | give the claim the access mode `ReadWriteMany` and a class for many writers, or run one pod"],
        ),
        (
            environment([app().set(&field("volumeMounts"), json!([{ "name": "x", "mountPath": "/x" }]))]),
            vec!["1: the container `main` of `deployment/app` mounts the volume `x`, which is not there | its volumes are none"],
        ),
        (
            environment([plain(1, json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "a", "namespace": "shpo" } }))]),
            vec!["1: `configmap/a` is in the namespace `shpo`, which is neither in the environment nor said to exist | did you mean `shop`?"],
        ),
        (
            environment([simple(1, "v1", "Namespace", "shop")]).existing_namespace(),
            vec!["1: the namespace `shop` is said to exist, and is made here too | leave out one of them: `existing_namespace()` or the resource"],
        ),
        (
            environment([app().set("/spec/template/metadata/labels", json!({ "app": "x" }))]),
            vec!["1: `deployment/app` does not select its own pods: they lack `app=app` | give the selector's labels to the pods too"],
        ),
    ];
    for (environment, expected) in cases {
        assert_eq!(problems(&environment), expected);
    }
}

#[test]
fn what_is_there_or_made_by_others_is_no_fault() {
    let app = || workload(1, "Deployment", "app", 80);
    let optional = json!([{ "secretRef": { "name": "x", "optional": true } }]);
    let there = RelationKind::Uses {
        key: None,
        optional: false,
    };
    for environment in [
        environment([app().set(&field("envFrom"), optional)]),
        environment([uses("x", 1).relate(
            Target::Existing(Ref::new("", "ConfigMap", "x")),
            there,
            1,
        )]),
        environment([uses("x", 1), simple(2, "v1", "ConfigMap", "x").existing()]),
        environment([
            app(),
            service(2, "door", &app(), json!("main")),
            ingress(3, "door", json!({ "name": "main" })),
        ]),
        environment([claim(1, "ReadWriteMany"), mounts(2, 3)]),
        environment([claim(1, "ReadWriteOnce"), mounts(2, 1)]),
        // A custom resource may make the pods that a service selects.
        environment([
            simple(1, "example.org/v1", "Toy", "a"),
            service(2, "door", &app(), json!(80)),
            app().existing(),
        ]),
    ] {
        assert_eq!(problems(&environment), Vec::<String>::new());
    }
}

#[test]
fn all_faults_come_together_in_the_order_of_their_places() {
    let lines: Vec<String> = problems(&environment([
        uses("x", 3),
        config(2, "A"),
        config(1, "a"),
        config(4, "a"),
    ]))
    .iter()
    .map(|problem| problem.split(':').next().unwrap().to_owned())
    .collect();
    assert_eq!(lines, ["2", "3", "4"]);
}

#[test]
fn the_environment_itself_has_a_name_and_labels_that_kubernetes_takes() {
    let named = Environment::new("Läden").made_at(at(1));
    assert_eq!(
        problems(&named),
        [
            "1: `Läden` is not a name for an environment: expected lower case letters, digits and `-`, that start and end with a letter or digit, at most 63 of them, such as `web-1`"
        ]
    );
    let labelled = environment([])
        .made_at(at(1))
        .label("a b", "c")
        .label("d", "e f")
        .namespace("X");
    let lines = problems(&labelled);
    assert_eq!(lines.len(), 3, "{lines:?}");
    for (line, start) in lines.iter().zip([
        "1: `X` is not a name for a namespace",
        "1: `a b` is not a label key",
        "1: `e f` is not a label value",
    ]) {
        assert!(line.starts_with(start), "{line}");
    }
}
