//! What every test of the engine begins with.

use crate::{
    cluster::{Cluster, sandboxed},
    engine::{
        ApplyOptions, EngineError, Event, Outcome, Plan, PlanOptions, SecretSource, Stop, Unread,
        apply, plan,
    },
    environment::{Edge, EdgeKind, Rendered},
    object::{Object, Origin, SecretBytes, SecretFrom, SecretText},
};
use futures::future::BoxFuture;
use infra_sandbox::Sandbox;
use serde_json::{Value, json};
use std::sync::Mutex;

/// A source of secrets without any.
pub(super) struct NoSecrets;

impl SecretSource for NoSecrets {
    fn read<'a>(&'a self, from: &'a SecretFrom) -> BoxFuture<'a, Result<SecretBytes, Unread>> {
        Box::pin(async move { Err(Unread::new(format!("there is no {from}"))) })
    }
}

/// A sandbox, and a cluster before it.
pub(super) struct Bench {
    pub(super) sandbox: Sandbox,
    pub(super) cluster: Cluster,
}

impl Bench {
    /// With two nodes and a default class of volumes.
    pub(super) async fn new() -> Self {
        let sandbox = Sandbox::new();
        let cluster = sandboxed(&sandbox);
        let bench = Self { sandbox, cluster };
        bench.create(node("one")).await;
        bench.create(node("two")).await;
        bench.create(class()).await;
        bench
    }

    /// Creates an object as someone else.
    pub(super) async fn create(&self, object: Value) {
        self.create_as("someone", object).await;
    }

    /// Creates an object as this field manager.
    pub(super) async fn create_as(&self, manager: &str, object: Value) {
        let (api_version, kind) = (object["apiVersion"].as_str(), object["kind"].as_str());
        let kind = infra_schema::kind::Kind::find_api(
            api_version.expect("a version"),
            kind.expect("a kind"),
        );
        let served = crate::engine::kinds::served(kind.expect("a known kind"));
        self.cluster
            .create(&served, &object, manager)
            .await
            .expect("created");
    }

    pub(super) async fn plan(&self, rendered: &Rendered) -> Result<Plan, EngineError> {
        self.plan_with(rendered, &[]).await
    }

    pub(super) async fn plan_with(
        &self,
        rendered: &Rendered,
        delete: &[&str],
    ) -> Result<Plan, EngineError> {
        let options = PlanOptions {
            delete: delete.iter().map(|target| (*target).to_owned()).collect(),
            ..PlanOptions::default()
        };
        plan(&self.cluster, rendered, &NoSecrets, &options).await
    }

    /// Plans and applies; the outcome, and what was told.
    pub(super) async fn run(&self, rendered: &Rendered) -> (Outcome, Vec<String>) {
        let plan = self.plan(rendered).await.expect("a plan");
        self.apply(&plan).await
    }

    pub(super) async fn apply(&self, plan: &Plan) -> (Outcome, Vec<String>) {
        let told = Mutex::new(Vec::new());
        let tell = |event: Event| {
            if let Some(line) = line(&event) {
                told.lock().expect("a lock").push(line);
            }
        };
        let options = ApplyOptions::default();
        let outcome = apply(
            &self.cluster,
            plan,
            &NoSecrets,
            &options,
            &tell,
            &Stop::new(),
        )
        .await
        .expect("an outcome");
        (outcome, told.into_inner().expect("a lock"))
    }

    /// A live object.
    pub(super) async fn get(&self, api_version: &str, kind: &str, name: &str) -> Option<Value> {
        let kind = infra_schema::kind::Kind::find_api(api_version, kind).expect("a kind");
        let served = crate::engine::kinds::served(kind);
        let namespace = served.namespaced.then_some("shop");
        self.cluster
            .get(&served, namespace, name)
            .await
            .expect("an answer")
    }
}

fn node(name: &str) -> Value {
    let resources = json!({"cpu": "4", "memory": "8Gi", "pods": "110"});
    json!({
        "apiVersion": "v1", "kind": "Node",
        "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name}},
        "status": {
            "capacity": resources, "allocatable": resources,
            "conditions": [{"type": "Ready", "status": "True"}],
        },
    })
}

fn class() -> Value {
    json!({
        "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
        "metadata": {"name": "standard",
            "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
        "provisioner": "sandbox.infra.dev/block",
        "volumeBindingMode": "WaitForFirstConsumer",
    })
}

fn line(event: &Event) -> Option<String> {
    Some(match event {
        Event::Applied { id, action } => format!("{action} {}", id.short()),
        Event::Deleted { id } => format!("deleted {}", id.short()),
        Event::Failed(failure) => format!("failed {}: {}", failure.id.short(), failure.message),
        Event::Skipped(skipped) => format!("skipped {}", skipped.id.short()),
        Event::Ready { id, .. } => format!("ready {}", id.short()),
        Event::NotReady(not) => format!("not ready {}: {}", not.id.short(), not.reason),
        Event::Warning { message } => format!("warning: {message}"),
        _ => return None,
    })
}

/// The environment `shop` of these objects.
pub(super) fn shop(objects: impl IntoIterator<Item = Object>) -> Rendered {
    Rendered {
        name: "shop".into(),
        namespace: "shop".into(),
        scaled: None,
        objects: objects.into_iter().collect(),
        edges: Vec::new(),
        existing: Vec::new(),
    }
}

/// The same with an edge.
pub(super) fn after(mut rendered: Rendered, before: usize, after: usize) -> Rendered {
    rendered.edges.push(Edge {
        before,
        after,
        kind: EdgeKind::Ready,
    });
    rendered
}

pub(super) fn object(value: Value) -> Object {
    Object::new(value, Origin::default())
}

pub(super) fn namespace() -> Object {
    object(json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}))
}

pub(super) fn config(name: &str, value: &str) -> Object {
    object(json!({
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": name}, "data": {"key": value},
    }))
}

pub(super) fn service(name: &str) -> Object {
    object(json!({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": name},
        "spec": {"selector": {"app": name}, "ports": [{"name": "http", "port": 80}]},
    }))
}

/// With a quantity that the API server writes otherwise.
fn workload(kind: &str, name: &str, image: &str) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name},
        "spec": {
            "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"containers": [{"name": name, "image": image,
                    "resources": {"requests": {"cpu": "0.1", "memory": "64Mi"}}}]},
            },
        },
    })
}

pub(super) fn deployment(name: &str, image: &str) -> Object {
    object(workload("Deployment", name, image))
}

/// A stateful set with one volume `data`.
pub(super) fn store(name: &str) -> Object {
    let mut value = workload("StatefulSet", name, "redis:7");
    value["spec"]["serviceName"] = name.into();
    value["spec"]["volumeClaimTemplates"] = json!([{
        "metadata": {"name": "data"},
        "spec": {"storageClassName": "standard", "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }]);
    object(value)
}

/// A secret with a generated password, and an address that holds it.
pub(super) fn secret(name: &str) -> Object {
    let mut object = object(json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "type": "Opaque",
    }));
    let password = SecretText::generated("password", 24);
    let address = SecretText::text("redis://:").join(password.clone());
    object.secrets.insert("password".into(), password);
    object.secrets.insert("address".into(), address);
    object
}
