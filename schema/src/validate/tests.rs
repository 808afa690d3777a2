use serde_json::{Value, json};

use super::*;
use crate::default::defaults;
use crate::kind::Kind;

fn object(group: &str, kind: &str, mut object: Value) -> (&'static Kind, Value) {
    let kind = Kind::find_latest(group, kind).expect("known");
    if object["metadata"].is_null() {
        object["metadata"] = json!({"name": "app"});
    }
    if kind.namespaced && object["metadata"]["namespace"].is_null() {
        object["metadata"]["namespace"] = json!("d");
    }
    defaults(kind, &mut object);
    (kind, object)
}

fn wrong(group: &str, kind: &str, value: Value) -> Vec<String> {
    let (kind, value) = object(group, kind, value);
    validate(kind, &value)
        .iter()
        .map(ToString::to_string)
        .collect()
}

fn deployment(change: impl FnOnce(&mut Value)) -> Value {
    let mut value = json!({"spec": {
        "selector": {"matchLabels": {"app": "app"}},
        "template": {
            "metadata": {"labels": {"app": "app"}},
            "spec": {"containers": [{"name": "app", "image": "app:1", "ports": [{"name": "http", "containerPort": 80}]}]},
        },
    }});
    change(&mut value["spec"]);
    value
}

#[test]
fn deployments() {
    type Case = (Box<dyn FnOnce(&mut Value)>, &'static [&'static str]);
    let cases: Vec<Case> = vec![
        (Box::new(|_| {}), &[]),
        (
            Box::new(|s| s["replicas"] = json!(-1)),
            &["spec.replicas: Invalid value: -1: must be greater than or equal to 0"],
        ),
        (
            Box::new(|s| s["template"]["metadata"]["labels"]["app"] = json!("x")),
            &[
                r#"spec.template.metadata.labels: Invalid value: {"app":"x"}: `selector` does not match template `labels`"#,
            ],
        ),
        (
            Box::new(|s| s["selector"] = Value::Null),
            &[
                "spec.selector: Required value",
                r#"spec.template.metadata.labels: Invalid value: {"app":"app"}: `selector` does not match template `labels`"#,
            ],
        ),
        (
            Box::new(|s| {
                s["selector"] = json!({"matchLabels": {"app": "app"}, "matchExpressions": [{"operator": "Exists"}]});
            }),
            &[
                r#"spec.selector.matchExpressions[0].key: Invalid value: "": name part must be non-empty"#,
                r#"spec.selector.matchExpressions[0].key: Invalid value: "": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"#,
                r#"spec.selector: Invalid value: {"matchLabels":{"app":"app"},"matchExpressions":[{"key":"","operator":"Exists"}]}: invalid label selector"#,
            ],
        ),
        (
            Box::new(|s| s["template"]["spec"]["containers"] = json!([])),
            &["spec.template.spec.containers: Required value"],
        ),
        (
            Box::new(|s| s["template"]["spec"]["containers"] = json!([{}])),
            &[
                "spec.template.spec.containers[0].name: Required value",
                "spec.template.spec.containers[0].image: Required value",
            ],
        ),
        (
            Box::new(|s| {
                let container = &mut s["template"]["spec"]["containers"][0];
                container["volumeMounts"] = json!([{"name": "x", "mountPath": "/x"}]);
                container["imagePullPolicy"] = json!("Sometimes");
                container["resources"] = json!({"requests": {"cpu": "2"}, "limits": {"cpu": "1"}});
                container["readinessProbe"] = json!({});
                container["env"] = json!([{"name": "A=B", "value": "1"}]);
            }),
            &[
                r#"spec.template.spec.containers[0].env[0].name: Invalid value: "A=B": a valid environment variable name must consist only of printable ASCII characters other than '='"#,
                r#"spec.template.spec.containers[0].volumeMounts[0].name: Not found: "x""#,
                r#"spec.template.spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1"#,
                "spec.template.spec.containers[0].readinessProbe: Required value: must specify a handler type",
                r#"spec.template.spec.containers[0].imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never""#,
            ],
        ),
        (
            Box::new(|s| s["template"]["spec"]["restartPolicy"] = json!("Never")),
            &[
                r#"spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always""#,
            ],
        ),
        (
            Box::new(|s| s["strategy"] = json!({"type": "Recreate", "rollingUpdate": {}})),
            &[
                "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
            ],
        ),
        (
            Box::new(|s| {
                s["strategy"] = json!({"rollingUpdate": {"maxSurge": 0, "maxUnavailable": "0%"}});
            }),
            &[
                r#"spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "0%": may not be 0 when `maxSurge` is 0"#,
            ],
        ),
    ];
    for (change, expected) in cases {
        assert_eq!(wrong("apps", "Deployment", deployment(change)), expected);
    }
}

#[test]
fn single_objects() {
    let job = |mut spec: Value| {
        let containers = json!([{"name": "a", "image": "b"}]);
        spec["template"]["spec"] = json!({"restartPolicy": "Never", "containers": containers});
        spec
    };
    let cases: Vec<(&str, &str, Value, &[&str])> = vec![
        (
            "",
            "ConfigMap",
            json!({"data": {"a/b": ""}}),
            &[
                r#"data[a/b]: Invalid value: "a/b": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"#,
            ],
        ),
        (
            "",
            "ConfigMap",
            json!({"metadata": {"labels": {"a": "b"}}}),
            &["metadata.name: Required value: name or generateName is required"],
        ),
        (
            "",
            "Secret",
            json!({"type": "kubernetes.io/tls", "data": {"tls.crt": ""}}),
            &["data[tls.key]: Required value"],
        ),
        (
            "",
            "Service",
            json!({"spec": {"ports": [{"port": 80}]}}),
            &[],
        ),
        (
            "",
            "Service",
            json!({"spec": {}}),
            &["spec.ports: Required value"],
        ),
        (
            "",
            "Service",
            json!({"spec": {"ports": [{"port": 80}, {"port": 80, "name": "b"}]}}),
            &[
                "spec.ports[0].name: Required value",
                r#"spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}"#,
            ],
        ),
        (
            "",
            "Service",
            json!({"spec": {"ports": [{"port": 80, "nodePort": 31000}]}}),
            &["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
        ),
        (
            "",
            "PersistentVolumeClaim",
            json!({"spec": {}}),
            &[
                "spec.accessModes: Required value: at least 1 access mode is required",
                "spec.resources[storage]: Required value",
            ],
        ),
        (
            "",
            "Namespace",
            json!({"metadata": {"name": "n", "namespace": "x"}}),
            &["metadata.namespace: Forbidden: not allowed on this type"],
        ),
        (
            "batch",
            "CronJob",
            json!({"spec": {"schedule": "* * *", "jobTemplate": {"spec": job(json!({}))}}}),
            &[
                r#"spec.schedule: Invalid value: "* * *": expected exactly 5 fields, found 3: [* * *]"#,
            ],
        ),
        (
            "batch",
            "CronJob",
            json!({"spec": {"schedule": "@daily", "timeZone": "Mars/North", "jobTemplate": {"spec": job(json!({}))}}}),
            &[r#"spec.timeZone: Invalid value: "Mars/North": unknown time zone Mars/North"#],
        ),
        (
            "batch",
            "Job",
            json!({"spec": job(json!({"completionMode": "Indexed", "parallelism": 1}))}),
            &["spec.completions: Required value: when completion mode is Indexed"],
        ),
        (
            "networking.k8s.io",
            "Ingress",
            json!({"spec": {"rules": [{"host": "a_b", "http": {"paths": [{"path": "x", "pathType": "Prefix", "backend": {"service": {"name": "s", "port": {}}}}]}}]}}),
            &[
                r#"spec.rules[0].host: Invalid value: "a_b": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"#,
                r#"spec.rules[0].http.paths[0].path: Invalid value: "x": must be an absolute path"#,
                "spec.rules[0].http.paths[0].backend: Required value: port name or number is required",
            ],
        ),
        (
            "networking.k8s.io",
            "NetworkPolicy",
            json!({"spec": {"egress": [{"to": [{}, {"ipBlock": {"cidr": "10.0.0.0/8", "except": ["11.0.0.0/16"]}}]}]}}),
            &[
                "spec.egress[0].to[0]: Required value: must specify a peer",
                r#"spec.egress[0].to[1].ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of `cidr`"#,
            ],
        ),
        (
            "autoscaling",
            "HorizontalPodAutoscaler",
            json!({"spec": {"minReplicas": 3, "maxReplicas": 2, "scaleTargetRef": {"kind": "Deployment", "name": "a"}}}),
            &[
                r#"spec.scaleTargetRef.apiVersion: Invalid value: "": apiVersion must specify API group"#,
                "spec.maxReplicas: Invalid value: 2: must be greater than or equal to `minReplicas`",
            ],
        ),
        (
            "autoscaling",
            "HorizontalPodAutoscaler",
            json!({"spec": {"minReplicas": 0, "scaleTargetRef": {"kind": "Deployment", "name": "a", "apiVersion": "apps/v1"}}}),
            &[
                "spec.minReplicas: Invalid value: 0: must be greater than or equal to 1",
                "spec.maxReplicas: Required value: must be set and greater than 0",
            ],
        ),
        (
            "",
            "ResourceQuota",
            json!({"spec": {"hard": {"pods": "1", "services": "2", "secrets": "3", "count/x.y": "1"}, "scopes": ["BestEffort"]}}),
            &[
                r#"spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource"#,
                r#"spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource"#,
            ],
        ),
        (
            "",
            "ResourceQuota",
            json!({"spec": {"hard": {"services": "-1", "key": "1", "cpu": "500m"}}}),
            &[
                r#"spec.hard[key]: Invalid value: "key": must be a standard resource type or fully qualified"#,
                r#"spec.hard[key]: Invalid value: "key": must be a standard resource for quota"#,
                r#"spec.hard[services]: Invalid value: "-1": must be greater than or equal to 0"#,
            ],
        ),
        (
            "",
            "Service",
            json!({"spec": {"clusterIP": "-dash", "ipFamilies": ["IPv4", "IPv5"], "allocateLoadBalancerNodePorts": true, "ports": [{"port": 80}]}}),
            // Addresses are looked for before anything else is judged.
            &[
                r#"spec.clusterIPs[0]: Invalid value: "-dash": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"#,
                r#"spec.ipFamilies[1]: Unsupported value: "IPv5": supported values: "IPv4", "IPv6""#,
            ],
        ),
        (
            "",
            "Service",
            json!({"spec": {"allocateLoadBalancerNodePorts": true, "ports": [{"port": 80}]}}),
            &[
                "spec.allocateLoadBalancerNodePorts: Forbidden: may only be used when `type` is 'LoadBalancer'",
            ],
        ),
        (
            "batch",
            "Job",
            json!({"spec": job(json!({"podFailurePolicy": {"rules": [{"action": "FailJob", "onExitCodes": {"operator": "In", "containerName": "z", "values": [1, 0]}}]}}))}),
            &[
                r#"spec.podFailurePolicy.rules[0].onExitCodes.containerName: Invalid value: "z": must be one of the container or initContainer names in the pod template"#,
                "spec.podFailurePolicy.rules[0].onExitCodes.values[1]: Invalid value: 0: must not be 0 for the In operator",
                "spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: [1,0]: must be ordered",
            ],
        ),
        (
            "",
            "Pod",
            json!({"spec": {
                "schedulingGates": [{"name": "a.b/c"}, {"name": "a.b/c"}],
                "containers": [{
                    "name": "a", "image": "b", "resources": {"requests": {"key": "1"}},
                    "volumeDevices": [{"name": "x", "devicePath": "/d"}],
                }],
            }}),
            &[
                r#"spec.containers[0].volumeDevices[0].name: Not found: "x""#,
                r#"spec.containers[0].resources.requests[key]: Invalid value: "key": must be a standard resource type or fully qualified"#,
                r#"spec.containers[0].resources.requests[key]: Invalid value: "key": must be a standard resource for containers"#,
                r#"spec.schedulingGates[1]: Duplicate value: "a.b/c""#,
            ],
        ),
        (
            "coordination.k8s.io",
            "Lease",
            json!({"spec": {"leaseDurationSeconds": 0, "leaseTransitions": -1}}),
            &[
                "spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0",
                "spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0",
            ],
        ),
        (
            "",
            "ConfigMap",
            json!({"metadata": {"name": "a", "namespace": "n", "finalizers": ["thing"], "ownerReferences": [
                {"apiVersion": "v1", "kind": "A", "name": "", "uid": "u", "controller": true},
                {"apiVersion": "v1", "kind": "B", "name": "b", "uid": "v", "controller": true},
            ]}}),
            &[
                r#"metadata.finalizers[0]: Invalid value: "thing": name is neither a standard finalizer name nor is it fully qualified"#,
                r#"metadata.ownerReferences.name: Invalid value: "": must not be empty"#,
                r#"metadata.ownerReferences: Invalid value: [{"apiVersion":"v1","kind":"A","name":"","uid":"u","controller":true},{"apiVersion":"v1","kind":"B","name":"b","uid":"v","controller":true}]: Only one reference can have Controller set to true. Found "true" in references for A/ and B/b"#,
            ],
        ),
        (
            "rbac.authorization.k8s.io",
            "Role",
            json!({"rules": [{"apiGroups": [""], "resources": ["pods"], "nonResourceURLs": ["/x"]}]}),
            &[
                "rules[0].verbs: Required value: verbs must contain at least one value",
                r#"rules[0].nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs"#,
                r#"rules[0].nonResourceURLs: Invalid value: ["/x"]: rules cannot apply to both regular resources and non-resource URLs"#,
            ],
        ),
        (
            "batch",
            "Job",
            json!({"spec": {"maxFailedIndexes": 2, "template": {"spec": {"containers": [{"name": "a", "image": "b"}]}}}}),
            &[
                "spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified",
                "spec.maxFailedIndexes: Invalid value: 2: requires indexed completion mode",
                r#"spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never""#,
            ],
        ),
        (
            "apps",
            "DaemonSet",
            json!({"spec": {"template": {"spec": {"containers": [{"name": "a", "image": "b"}]}}}}),
            &[
                "spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`",
            ],
        ),
        (
            "networking.k8s.io",
            "Ingress",
            json!({"spec": {}}),
            &["spec: Invalid value: null: either `defaultBackend` or `rules` must be specified"],
        ),
        (
            "policy",
            "PodDisruptionBudget",
            json!({"spec": {"minAvailable": "x", "selector": {}}}),
            &[
                r#"spec.minAvailable: Invalid value: "x": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"#,
            ],
        ),
        (
            "rbac.authorization.k8s.io",
            "RoleBinding",
            json!({"roleRef": {"kind": "", "name": "r"}, "subjects": [{"kind": "ServiceAccount", "name": "s"}]}),
            &[r#"roleRef.kind: Unsupported value: "": supported values: "Role", "ClusterRole""#],
        ),
        (
            "rbac.authorization.k8s.io",
            "ClusterRoleBinding",
            json!({"roleRef": {"kind": "ClusterRole", "name": "r"}, "subjects": [{"kind": "ServiceAccount", "name": "s"}]}),
            &["subjects[0].namespace: Required value"],
        ),
    ];
    for (group, kind, value, expected) in cases {
        assert_eq!(wrong(group, kind, value), expected, "{kind}");
    }
}

#[test]
fn a_stateful_sets_claims_are_volumes() {
    let set = json!({"spec": {
        "serviceName": "s",
        "selector": {"matchLabels": {"app": "app"}},
        "template": {
            "metadata": {"labels": {"app": "app"}},
            "spec": {"containers": [{"name": "a", "image": "b", "volumeMounts": [{"name": "data", "mountPath": "/data"}]}]},
        },
        "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}],
    }});
    assert_eq!(wrong("apps", "StatefulSet", set), Vec::<String>::new());
}

fn refused(group: &str, kind: &str, old: Value, new: Value) -> Vec<String> {
    let (kind, old) = object(group, kind, old);
    let (_, new) = object(&kind.group, &kind.kind, new);
    validate_update(kind, &old, &new)
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn what_an_update_may_not_change() {
    let set = |name: &str, replicas: i64| json!({"spec": {"serviceName": name, "replicas": replicas, "template": {}}});
    assert!(refused("apps", "StatefulSet", set("a", 1), set("a", 2)).is_empty());
    assert_eq!(
        refused("apps", "StatefulSet", set("a", 1), set("b", 1)),
        [
            "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
        ]
    );
    let select = |app: &str| deployment(|spec| spec["selector"]["matchLabels"]["app"] = json!(app));
    assert_eq!(
        refused("apps", "Deployment", select("a"), select("b")),
        [r#"spec.selector: Invalid value: {"matchLabels":{"app":"b"}}: field is immutable"#]
    );
    let claim = |size: &str, phase: &str| json!({"spec": {"resources": {"requests": {"storage": size}}}, "status": {"phase": phase, "capacity": {"storage": "1Gi"}}});
    assert!(
        refused(
            "",
            "PersistentVolumeClaim",
            claim("1Gi", "Bound"),
            claim("2Gi", "Bound")
        )
        .is_empty()
    );
    assert_eq!(
        refused(
            "",
            "PersistentVolumeClaim",
            claim("2Gi", "Bound"),
            claim("1Gi", "Bound")
        ),
        ["spec.resources.requests.storage: Forbidden: field can not be less than status.capacity"]
    );
    assert_eq!(
        refused(
            "",
            "PersistentVolumeClaim",
            claim("1Gi", "Pending"),
            claim("2Gi", "Pending")
        )
        .len(),
        1
    );
    let service = |address: Value| json!({"spec": {"clusterIP": address}});
    assert!(
        refused(
            "",
            "Service",
            service(json!("10.0.0.1")),
            service(Value::Null)
        )
        .is_empty()
    );
    assert_eq!(
        refused(
            "",
            "Service",
            service(json!("10.0.0.1")),
            service(json!("None"))
        ),
        [r#"spec.clusterIPs[0]: Invalid value: ["None"]: may not change once set"#]
    );
    let map = |value: &str, immutable: bool| json!({"data": {"a": value}, "immutable": immutable});
    assert_eq!(
        refused("", "ConfigMap", map("1", true), map("2", true)),
        ["data: Forbidden: field is immutable when `immutable` is set"]
    );
    assert!(refused("", "ConfigMap", map("1", false), map("2", true)).is_empty());
    let job = |image: &str| json!({"spec": {"template": {"spec": {"containers": [{"name": "a", "image": image}]}}}});
    assert!(refused("batch", "Job", job("a"), job("b"))[0].ends_with("field is immutable"));
    let pod =
        |image: &str, name: &str| json!({"spec": {"containers": [{"name": name, "image": image}]}});
    assert!(refused("", "Pod", pod("a:1", "a"), pod("a:2", "a")).is_empty());
    assert_eq!(
        refused("", "Pod", pod("a:1", "a"), pod("a:1", "b")).len(),
        1
    );
}

#[test]
fn the_tables_of_immutable_fields_name_known_fields() {
    for kind in Kind::all() {
        let (kind, value) = object(&kind.group, &kind.kind, json!({"spec": {}}));
        assert!(validate_update(kind, &value, &value).is_empty(), "{kind:?}");
    }
}

#[test]
fn unknown_fields_are_named_and_pruned() {
    let ty = crate::ty::Type::of("apps", "v1", "Deployment").expect("known");
    let mut value = json!({"spec": {"replica": 1, "template": {"spec": {"containers": [{"imagee": "x", "name": "a"}]}}}, "metadata": {"labels": {"any": "x"}}});
    assert_eq!(
        unknown_fields(&ty, &value),
        ["spec.replica", "spec.template.spec.containers[0].imagee"]
    );
    prune(&ty, &mut value);
    assert_eq!(
        value,
        json!({"spec": {"template": {"spec": {"containers": [{"name": "a"}]}}}, "metadata": {"labels": {"any": "x"}}})
    );
}

#[test]
fn statuses() {
    use super::validate_status;
    let said = |group: &str, kind: &str, old: Value, new: Value| -> Vec<String> {
        let kind = Kind::find_latest(group, kind).expect("known");
        let found = validate_status(kind, &old, &new);
        found.iter().map(ToString::to_string).collect()
    };
    for (group, kind, old, new, expected) in [
        (
            "apps",
            "Deployment",
            json!({"collisionCount": 1}),
            json!({"replicas": 1, "readyReplicas": 1, "availableReplicas": 2, "observedGeneration": -1}),
            vec![
                "status.observedGeneration: Invalid value: -1: must be greater than or equal to 0",
                "status.availableReplicas: Invalid value: 2: cannot be greater than status.replicas",
                "status.availableReplicas: Invalid value: 2: cannot be greater than readyReplicas",
                "status.collisionCount: Invalid value: 0: cannot be decremented",
            ],
        ),
        (
            "apps",
            "StatefulSet",
            json!({}),
            json!({"replicas": 1, "currentReplicas": 2}),
            vec![
                "status.currentReplicas: Invalid value: 2: cannot be greater than status.replicas",
            ],
        ),
        (
            "",
            "Service",
            json!({}),
            json!({"loadBalancer": {"ingress": [{"ip": "192.0.2.7"}]}}),
            vec![
                "status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is 'LoadBalancer'",
            ],
        ),
        (
            "",
            "Namespace",
            json!({}),
            json!({"phase": "Terminating"}),
            vec![
                "status.Phase: Invalid value: \"Terminating\": may only be 'Active' if `deletionTimestamp` is empty",
            ],
        ),
    ] {
        let (old, new) = (json!({"status": old}), json!({"status": new}));
        assert_eq!(said(group, kind, old, new), expected, "{kind}");
    }
}
