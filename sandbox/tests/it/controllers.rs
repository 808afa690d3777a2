//! Workloads through the real API: admission, validation and field ownership included.

use std::time::Duration;

use infra_sandbox::Sandbox;
use serde_json::{Value, json};

/// A platform, and a namespace to work in.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::with_platform();
    sandbox
        .load([json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}})])
        .expect("a namespace is valid");
    sandbox
}

fn pod_template(app: &str) -> Value {
    json!({
        "metadata": {"labels": {"app": app}},
        "spec": {"containers": [{
            "name": "main", "image": format!("registry.example/{app}:1"),
            "ports": [{"name": "http", "containerPort": 8080}],
            "readinessProbe": {"httpGet": {"path": "/", "port": "http"}, "initialDelaySeconds": 5},
        }]},
    })
}

fn workload(kind: &str, app: &str, replicas: i64, more: Value) -> Value {
    let mut object = json!({
        "apiVersion": "apps/v1", "kind": kind,
        "metadata": {"name": app, "namespace": "shop"},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": app}},
            "template": pod_template(app),
        },
    });
    for (key, value) in more.as_object().into_iter().flatten() {
        object["spec"][key] = value.clone();
    }
    object
}

fn pass(sandbox: &Sandbox, seconds: u64) {
    sandbox.clock().advance(Duration::from_secs(seconds));
}

fn of(sandbox: &Sandbox, group: &str, kind: &str, name: &str) -> Value {
    sandbox
        .object(group, kind, "shop", name)
        .unwrap_or_else(|| panic!("{kind} {name} is not there"))
}

fn reasons(object: &Value) -> Vec<String> {
    let conditions = object["status"]["conditions"].as_array();
    let conditions = conditions.map(Vec::as_slice).unwrap_or_default();
    conditions
        .iter()
        .map(|one| {
            let word = |key: &str| one[key].as_str().unwrap_or_default().to_owned();
            format!("{}={} {}", word("type"), word("status"), word("reason"))
        })
        .collect()
}

#[test]
fn a_deployment_becomes_ready_rolls_over_and_goes() {
    let sandbox = sandbox();
    sandbox
        .load([workload("Deployment", "app", 3, json!({}))])
        .unwrap();
    pass(&sandbox, 60);
    let app = of(&sandbox, "apps", "Deployment", "app");
    assert_eq!(app["status"]["availableReplicas"], 3, "{app:#}");
    assert_eq!(
        reasons(&app),
        [
            "Available=True MinimumReplicasAvailable",
            "Progressing=True NewReplicaSetAvailable"
        ]
    );
    let managers: Vec<String> = app["metadata"]["managedFields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{} {}", one["manager"], one["subresource"]))
        .collect();
    assert!(
        managers.contains(&"\"kube-controller-manager\" \"status\"".to_owned()),
        "{managers:?}"
    );
    assert_eq!(
        app["metadata"]["annotations"]["deployment.kubernetes.io/revision"],
        "1"
    );

    let mut next = workload("Deployment", "app", 3, json!({}));
    next["spec"]["template"]["spec"]["containers"][0]["image"] = "registry.example/app:2".into();
    sandbox.load([next]).unwrap();
    pass(&sandbox, 120);
    let app = of(&sandbox, "apps", "Deployment", "app");
    assert_eq!(app["status"]["updatedReplicas"], 3, "{app:#}");
    assert_eq!(
        app["status"]["observedGeneration"],
        app["metadata"]["generation"]
    );
    let pods = sandbox.objects("", "Pod");
    assert_eq!(pods.len(), 3);
    for pod in &pods {
        assert_eq!(pod["status"]["phase"], "Running");
        assert_eq!(
            pod["spec"]["containers"][0]["image"],
            "registry.example/app:2"
        );
        let kinds: Vec<&str> = pod["status"]["conditions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["type"].as_str().unwrap())
            .collect();
        let order = [
            "PodReadyToStartContainers",
            "Initialized",
            "Ready",
            "ContainersReady",
            "PodScheduled",
        ];
        assert_eq!(kinds, order);
    }
}

#[test]
fn a_store_gets_its_volumes() {
    let sandbox = sandbox();
    let template = json!({
        "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Gi"}}},
    });
    let more = json!({"serviceName": "db", "volumeClaimTemplates": [template]});
    sandbox
        .load([workload("StatefulSet", "db", 2, more)])
        .unwrap();
    pass(&sandbox, 60);
    let db = of(&sandbox, "apps", "StatefulSet", "db");
    assert_eq!(db["status"]["readyReplicas"], 2, "{db:#}");
    assert_eq!(
        db["status"]["currentRevision"],
        db["status"]["updateRevision"]
    );
    let claim = of(&sandbox, "", "PersistentVolumeClaim", "data-db-1");
    assert_eq!(claim["status"]["phase"], "Bound", "{claim:#}");
    assert_eq!(claim["status"]["capacity"]["storage"], "10Gi");
    assert_eq!(sandbox.objects("", "PersistentVolume").len(), 2);
    let volume = &sandbox.objects("", "PersistentVolume")[0];
    assert_eq!(volume["status"]["phase"], "Bound");
    assert_eq!(sandbox.objects("apps", "ControllerRevision").len(), 1);
}

#[test]
fn jobs_run_and_cron_jobs_make_them() {
    let sandbox = sandbox();
    let spec = json!({"template": {"spec": {
        "restartPolicy": "OnFailure",
        "containers": [{"name": "main", "image": "work:1", "command": ["echo", "done"]}],
    }}});
    let home = json!({"name": "work", "namespace": "shop"});
    sandbox
        .load([
            json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": home, "spec": spec}),
            json!({
                "apiVersion": "batch/v1", "kind": "CronJob", "metadata": home,
                "spec": {"schedule": "*/10 * * * *", "jobTemplate": {"spec": spec}},
            }),
        ])
        .unwrap();
    pass(&sandbox, 30);
    let work = of(&sandbox, "batch", "Job", "work");
    assert_eq!(
        reasons(&work),
        [
            "SuccessCriteriaMet=True CompletionsReached",
            "Complete=True CompletionsReached"
        ],
        "{work:#}"
    );
    assert_eq!(work["status"]["succeeded"], 1);
    pass(&sandbox, 1200);
    let cron = of(&sandbox, "batch", "CronJob", "work");
    assert_eq!(
        cron["status"]["lastScheduleTime"], "2026-01-01T00:20:00Z",
        "{cron:#}"
    );
    assert_eq!(sandbox.objects("batch", "Job").len(), 3);
}

#[test]
fn what_stands_around_a_workload_comes_true() {
    let sandbox = sandbox();
    let home = json!({"name": "app", "namespace": "shop"});
    let selector = json!({"matchLabels": {"app": "app"}});
    sandbox
        .load([
            workload("Deployment", "app", 1, json!({})),
            json!({
                "apiVersion": "v1", "kind": "Service", "metadata": home,
                "spec": {"type": "LoadBalancer", "selector": {"app": "app"}, "ports": [{"port": 80, "targetPort": "http"}]},
            }),
            json!({
                "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": home,
                "spec": {
                    "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "app"},
                    "minReplicas": 2, "maxReplicas": 4,
                    "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}}],
                },
            }),
            json!({
                "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": home,
                "spec": {"maxUnavailable": 1, "selector": selector},
            }),
            json!({
                "apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": home,
                "spec": {"ingressClassName": "nginx", "defaultBackend": {"service": {"name": "app", "port": {"number": 80}}}},
            }),
        ])
        .unwrap();
    pass(&sandbox, 60);
    assert_eq!(
        of(&sandbox, "apps", "Deployment", "app")["status"]["availableReplicas"],
        2
    );
    let service = of(&sandbox, "", "Service", "app");
    assert!(
        service["status"]["loadBalancer"]["ingress"][0]["ip"].is_string(),
        "{service:#}"
    );
    let ingress = of(&sandbox, "networking.k8s.io", "Ingress", "app");
    assert!(
        ingress["status"]["loadBalancer"]["ingress"][0]["ip"].is_string(),
        "{ingress:#}"
    );
    let autoscaler = of(&sandbox, "autoscaling", "HorizontalPodAutoscaler", "app");
    assert_eq!(autoscaler["status"]["currentReplicas"], 2, "{autoscaler:#}");
    assert!(
        reasons(&autoscaler).contains(&"ScalingActive=False FailedGetResourceMetric".to_owned())
    );
    let budget = of(&sandbox, "policy", "PodDisruptionBudget", "app");
    assert_eq!(budget["status"]["disruptionsAllowed"], 1, "{budget:#}");
    let slices = sandbox.objects("discovery.k8s.io", "EndpointSlice");
    let slice = slices
        .iter()
        .find(|slice| slice["metadata"]["namespace"] == "shop")
        .unwrap();
    assert_eq!(slice["endpoints"].as_array().unwrap().len(), 2, "{slice:#}");
    assert_eq!(slice["ports"][0]["port"], 8080);
}

#[test]
fn a_namespace_takes_its_objects_with_it() {
    let sandbox = sandbox();
    sandbox
        .load([workload("Deployment", "app", 2, json!({}))])
        .unwrap();
    pass(&sandbox, 60);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let client = kube::Client::new(sandbox.service(), "default");
        let homes: kube::Api<k8s_openapi::api::core::v1::Namespace> = kube::Api::all(client);
        homes
            .delete("shop", &kube::api::DeleteParams::default())
            .await
            .unwrap();
    });
    pass(&sandbox, 60);
    assert_eq!(sandbox.object("", "Namespace", "", "shop"), None);
    assert!(sandbox.objects("", "Pod").is_empty());
    assert!(sandbox.objects("apps", "ReplicaSet").is_empty());
}

#[test]
fn a_daemon_runs_on_every_node() {
    let sandbox = sandbox();
    let mut agent = workload("DaemonSet", "agent", 0, json!({}));
    agent["spec"]
        .as_object_mut()
        .map(|spec| spec.remove("replicas"));
    sandbox.load([agent]).unwrap();
    pass(&sandbox, 30);
    let agent = of(&sandbox, "apps", "DaemonSet", "agent");
    assert_eq!(agent["status"]["desiredNumberScheduled"], 3, "{agent:#}");
    assert_eq!(agent["status"]["numberAvailable"], 3, "{agent:#}");
}
