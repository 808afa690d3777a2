use serde_json::{Value, json};

use super::edit::base64;
use super::*;

fn filled(group: &str, kind: &str, mut object: Value) -> Value {
    let kind = Kind::find_latest(group, kind).expect("known");
    defaults(kind, &mut object);
    let once = object.clone();
    defaults(kind, &mut object);
    assert_eq!(object, once, "defaults are stable");
    object
}

#[test]
fn a_deployment_as_a_server_returns_it() {
    let object = json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "app"},
        "spec": {
            "selector": {"matchLabels": {"app": "app"}},
            "template": {
                "metadata": {"labels": {"app": "app"}},
                "spec": {
                    "serviceAccountName": "robot",
                    "containers": [{
                        "name": "app", "image": "app:1", "ports": [{"containerPort": 80}],
                        "readinessProbe": {"httpGet": {"port": 80}},
                        "livenessProbe": {"grpc": {"port": 80}, "failureThreshold": 5},
                        "env": [{"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}],
                    }],
                    "volumes": [{"name": "a"}, {"name": "b", "configMap": {"name": "c"}}],
                },
            },
        },
    });
    assert_eq!(
        filled("apps", "Deployment", object),
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "app"},
            "spec": {
                "replicas": 1, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600,
                "selector": {"matchLabels": {"app": "app"}},
                "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}},
                "template": {
                    "metadata": {"labels": {"app": "app"}},
                    "spec": {
                        "serviceAccount": "robot", "serviceAccountName": "robot",
                        "dnsPolicy": "ClusterFirst", "restartPolicy": "Always",
                        "schedulerName": "default-scheduler", "securityContext": {},
                        "terminationGracePeriodSeconds": 30,
                        "containers": [{
                            "name": "app", "image": "app:1", "imagePullPolicy": "IfNotPresent",
                            "ports": [{"containerPort": 80, "protocol": "TCP"}],
                            "readinessProbe": {"httpGet": {"port": 80, "path": "/", "scheme": "HTTP"},
                                "timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3},
                            "livenessProbe": {"grpc": {"port": 80, "service": ""},
                                "timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 5},
                            "env": [{"name": "IP", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "status.podIP"}}}],
                            "resources": {},
                            "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
                        }],
                        "volumes": [{"name": "a", "emptyDir": {}}, {"name": "b", "configMap": {"name": "c", "defaultMode": 420}}],
                    },
                },
            },
            "status": {},
        })
    );
}

#[test]
fn a_service_as_a_server_decodes_it() {
    let object = json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"},
        "spec": {"selector": {"a": "b"}, "ports": [{"port": 80}]}});
    assert_eq!(
        filled("", "Service", object),
        json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"},
            "spec": {"selector": {"a": "b"}, "type": "ClusterIP", "sessionAffinity": "None",
                "internalTrafficPolicy": "Cluster",
                "ports": [{"port": 80, "targetPort": 80, "protocol": "TCP"}]},
            "status": {"loadBalancer": {}}})
    );
}

#[test]
fn single_defaults() {
    let cases: &[(&str, &str, Value, &str, Value)] = &[
        (
            "",
            "Secret",
            json!({"stringData": {"a": "xyz"}}),
            "/data/a",
            json!("eHl6"),
        ),
        ("", "Secret", json!({}), "/type", json!("Opaque")),
        (
            "apps",
            "DaemonSet",
            json!({"spec": {"updateStrategy": {"type": "OnDelete", "rollingUpdate": {"maxUnavailable": 2}}}}),
            "/spec/updateStrategy/rollingUpdate",
            json!({"maxUnavailable": 2, "maxSurge": 0}),
        ),
        (
            "",
            "Namespace",
            json!({"metadata": {"name": "n"}}),
            "/metadata/labels",
            json!({"kubernetes.io/metadata.name": "n"}),
        ),
        (
            "",
            "Namespace",
            json!({"metadata": {"name": "n"}}),
            "/status/phase",
            json!("Active"),
        ),
        (
            "",
            "PersistentVolumeClaim",
            json!({"spec": {}}),
            "/spec",
            json!({"volumeMode": "Filesystem", "resources": {}}),
        ),
        (
            "",
            "Pod",
            json!({"spec": {"containers": [{"name": "a", "resources": {"limits": {"cpu": "1"}}}]}}),
            "/spec/containers/0/resources/requests",
            json!({"cpu": "1"}),
        ),
        (
            "",
            "Pod",
            json!({"spec": {"containers": []}}),
            "/spec/enableServiceLinks",
            json!(true),
        ),
        (
            "",
            "Service",
            json!({"spec": {"type": "LoadBalancer"}}),
            "/spec/externalTrafficPolicy",
            json!("Cluster"),
        ),
        (
            "",
            "Service",
            json!({"spec": {"type": "ExternalName"}}),
            "/spec/internalTrafficPolicy",
            Value::Null,
        ),
        (
            "apps",
            "StatefulSet",
            json!({"spec": {}}),
            "/spec/updateStrategy",
            json!({"type": "RollingUpdate", "rollingUpdate": {"partition": 0}}),
        ),
        (
            "apps",
            "StatefulSet",
            json!({"spec": {"updateStrategy": {"type": "OnDelete"}}}),
            "/spec/updateStrategy",
            json!({"type": "OnDelete"}),
        ),
        (
            "apps",
            "StatefulSet",
            json!({"spec": {"volumeClaimTemplates": [{"metadata": {"name": "d"}, "spec": {}}]}}),
            "/spec/volumeClaimTemplates/0",
            json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "d"}, "spec": {"volumeMode": "Filesystem", "resources": {}}, "status": {"phase": "Pending"}}),
        ),
        (
            "apps",
            "StatefulSet",
            json!({"spec": {}}),
            "/status",
            json!({"replicas": 0, "availableReplicas": 0}),
        ),
        (
            "batch",
            "Job",
            json!({"spec": {"template": {"metadata": {"labels": {"a": "b"}}}}}),
            "/metadata/labels",
            json!({"a": "b"}),
        ),
        (
            "batch",
            "Job",
            json!({"spec": {"parallelism": 2}}),
            "/spec/completions",
            Value::Null,
        ),
        (
            "batch",
            "Job",
            json!({"spec": {"backoffLimitPerIndex": 2}}),
            "/spec/backoffLimit",
            json!(2_147_483_647),
        ),
        (
            "batch",
            "CronJob",
            json!({"spec": {"jobTemplate": {"spec": {"template": {"spec": {}}}}}}),
            "/spec/jobTemplate/spec/template/spec/dnsPolicy",
            json!("ClusterFirst"),
        ),
        (
            "batch",
            "CronJob",
            json!({"spec": {}}),
            "/spec/jobTemplate/spec/backoffLimit",
            Value::Null,
        ),
        (
            "networking.k8s.io",
            "NetworkPolicy",
            json!({"spec": {"egress": [{}]}}),
            "/spec",
            json!({"podSelector": {}, "egress": [{}], "policyTypes": ["Ingress", "Egress"]}),
        ),
        (
            "autoscaling",
            "HorizontalPodAutoscaler",
            json!({"spec": {"behavior": {"scaleDown": {"stabilizationWindowSeconds": 60}}}}),
            "/spec/behavior/scaleDown",
            json!({"stabilizationWindowSeconds": 60, "selectPolicy": "Max", "policies": [{"type": "Percent", "value": 100, "periodSeconds": 15}]}),
        ),
        (
            "autoscaling",
            "HorizontalPodAutoscaler",
            json!({"spec": {}}),
            "/spec/minReplicas",
            json!(1),
        ),
        (
            "policy",
            "PodDisruptionBudget",
            json!({"spec": {}}),
            "/status",
            json!({"currentHealthy": 0, "desiredHealthy": 0, "disruptionsAllowed": 0, "expectedPods": 0}),
        ),
        (
            "rbac.authorization.k8s.io",
            "RoleBinding",
            json!({"subjects": [{"kind": "User", "name": "u"}, {"kind": "ServiceAccount", "name": "s"}]}),
            "/subjects",
            json!([{"kind": "User", "name": "u", "apiGroup": "rbac.authorization.k8s.io"}, {"kind": "ServiceAccount", "name": "s"}]),
        ),
        (
            "storage.k8s.io",
            "StorageClass",
            json!({}),
            "/reclaimPolicy",
            json!("Delete"),
        ),
        (
            "apiextensions.k8s.io",
            "CustomResourceDefinition",
            json!({"spec": {"names": {"kind": "Widget", "plural": "widgets"}}}),
            "/spec/names/listKind",
            json!("WidgetList"),
        ),
    ];
    for (group, kind, object, pointer, expected) in cases {
        let object = filled(group, kind, object.clone());
        let found = object.pointer(pointer).cloned().unwrap_or(Value::Null);
        assert_eq!(&found, expected, "{kind} {pointer}");
    }
}

#[test]
fn every_kind_can_be_empty_or_nonsense() {
    for kind in Kind::all() {
        for mut object in [
            json!({}),
            json!({"spec": {}}),
            json!({"spec": 1, "metadata": []}),
            json!(null),
        ] {
            defaults(kind, &mut object);
        }
    }
}

#[test]
fn base64_of_every_length() {
    for (text, encoded) in [
        ("", ""),
        ("a", "YQ=="),
        ("ab", "YWI="),
        ("abc", "YWJj"),
        ("abcd", "YWJjZA=="),
    ] {
        assert_eq!(base64(text.as_bytes()), encoded);
    }
}
