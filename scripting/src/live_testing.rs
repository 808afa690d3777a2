//! Procedures against a cluster, for tests: the sandbox behind the real client.

use crate::diagnostic::Diagnostic;
use crate::session::{Call, LiveOptions, NoCluster, Script};
use infra_sandbox::Sandbox;
use infra_sdk::cluster::{Clock, Cluster, ClusterName};
use infra_sdk::engine::Stop;
use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};

struct Virtual(infra_sandbox::Clock);

impl Clock for Virtual {
    fn now(&self) -> Duration {
        self.0.now()
    }

    fn timestamp(&self) -> jiff::Timestamp {
        self.0.timestamp()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + 'static>> {
        Box::pin(self.0.sleep(duration))
    }
}

/// A cluster over a sandbox.
pub(crate) fn cluster(sandbox: &Sandbox) -> Cluster {
    let client = kube::Client::new(sandbox.service(), "default");
    let clock = Arc::new(Virtual(sandbox.clock()));
    Cluster::new(client, ClusterName::new("sandbox", ""), clock)
}

/// What a procedure gave, what it reported, and the cluster afterwards. There is a namespace `shop`
/// with a service account and a deployment `app`; another cluster, `staging`, is the same.
pub(crate) fn call(
    script: &Script,
    name: &str,
    arguments: &[&str],
    dry_run: bool,
    stop: Stop,
) -> (Result<Call, Vec<Diagnostic>>, Vec<String>, Sandbox) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let sandbox = Sandbox::with_platform();
    let namespace = serde_json::json!({
        "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": "shop" },
    });
    let account = serde_json::json!({
        "apiVersion": "v1", "kind": "ServiceAccount",
        "metadata": { "name": "app", "namespace": "shop" },
    });
    let labels = serde_json::json!({ "app": "web" });
    let app = serde_json::json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": { "name": "app", "namespace": "shop", "labels": labels },
        "spec": {
            "replicas": 2,
            "selector": { "matchLabels": labels },
            "template": {
                "metadata": { "labels": labels },
                "spec": { "containers": [{ "name": "app", "image": "registry.example/app:1" }] },
            },
        },
    });
    sandbox.load([namespace, account, app]).expect("loads");
    let lines: Arc<Mutex<Vec<String>>> = Arc::default();
    let written = Arc::clone(&lines);
    let result = runtime.block_on(async {
        let client = kube::Client::new(sandbox.service(), "default");
        let clock = Arc::new(Virtual(sandbox.clock()));
        let cluster =
            |name: &str| Cluster::new(client.clone(), ClusterName::new(name, ""), clock.clone());
        let staging = cluster("staging");
        let options = LiveOptions {
            cluster: cluster("sandbox"),
            open: Arc::new(move |name| {
                let staging = staging.clone();
                Box::pin(async move {
                    (name == "staging").then_some(staging).ok_or(NoCluster {
                        message: "unknown".to_owned(),
                        help: None,
                    })
                })
            }),
            dry_run,
            stop,
            report: Arc::new(move |line| written.lock().expect("alone").push(line.to_owned())),
        };
        let arguments = arguments.iter().map(|text| (*text).to_owned()).collect();
        script.call(name, arguments, options).await
    });
    let lines = lines.lock().expect("alone").clone();
    (result, lines, sandbox)
}
