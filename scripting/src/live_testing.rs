//! Procedures against a cluster, for tests: the sandbox behind the real client.

use crate::diagnostic::Diagnostic;
use crate::session::{Call, LiveOptions, NoCluster, Question, Reply, Script, World};
use futures::future::BoxFuture;
use infra_sandbox::Sandbox;
use infra_sdk::cluster::{Clock, Cluster, ClusterName};
use infra_sdk::engine::{SecretSource, Stop, Unread};
use infra_sdk::object::{SecretBytes, SecretFrom};
use infra_sdk::operation::{Exchange, Unanswered, WireAnswer, WireRequest};
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

/// Secrets that are addresses too.
struct Named;

impl SecretSource for Named {
    fn read<'a>(&'a self, from: &'a SecretFrom) -> BoxFuture<'a, Result<SecretBytes, Unread>> {
        let value = format!("https://hooks.example/{from}").replace(' ', "-");
        Box::pin(std::future::ready(Ok(value.into())))
    }
}

/// A network that knows a few addresses.
struct Answering;

impl Exchange for Answering {
    fn exchange(
        &self,
        request: WireRequest,
        _: Duration,
    ) -> BoxFuture<'_, Result<WireAnswer, Unanswered>> {
        let (status, text) = match (request.method().as_str(), request.uri().path()) {
            ("GET", "/health") => (200, r#"{"status":"ok"}"#.to_owned()),
            ("GET", "/api/v1/query") => (200, vector()),
            ("GET", "/api/v1/query_range") => (200, matrix()),
            ("POST", "/users") => (201, "{}".to_owned()),
            ("POST", "/echo") => (200, String::from_utf8_lossy(request.body()).into_owned()),
            ("POST", "/broken") => (500, "<html>".to_owned()),
            _ => (200, "1.4.2".to_owned()),
        };
        let mut answer = WireAnswer::new(text.into());
        *answer.status_mut() = status.try_into().expect("a status");
        Box::pin(std::future::ready(Ok(answer)))
    }
}

fn vector() -> String {
    let one = serde_json::json!({ "metric": { "job": "app" }, "value": [1.0, "0"] });
    let data = serde_json::json!({ "resultType": "vector", "result": [one] });
    serde_json::json!({ "status": "success", "data": data }).to_string()
}

fn matrix() -> String {
    let one = serde_json::json!({ "metric": { "job": "app" }, "values": [[1.0, "0"], [2.0, "1"]] });
    let data = serde_json::json!({ "resultType": "matrix", "result": [one] });
    serde_json::json!({ "status": "success", "data": data }).to_string()
}

/// Somebody who agrees, unless the question says otherwise.
fn reply(question: &Question) -> Reply {
    match question {
        Question::Confirm(text) if text.contains("never") => Reply::No,
        Question::Confirm(text) | Question::Prompt(text, _) if text.contains("nobody") => {
            Reply::Nobody
        }
        Question::Confirm(_) => Reply::Yes,
        Question::Prompt(_, default) => Reply::Line(default.clone().unwrap_or("a line".into())),
    }
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
            world: World {
                secrets: Arc::new(Named),
                exchange: Arc::new(Answering),
                ask: Arc::new(|question| Box::pin(std::future::ready(reply(&question)))),
            },
        };
        let arguments = arguments.iter().map(|text| (*text).to_owned()).collect();
        script.call(name, arguments, options).await
    });
    let lines = lines.lock().expect("alone").clone();
    (result, lines, sandbox)
}
