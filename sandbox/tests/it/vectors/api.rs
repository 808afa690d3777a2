//! An API that a vector's requests are sent to, by different field managers.

use super::told::Told;
use crate::common::send;
use infra_sandbox::Sandbox;
use kube::client::Client;
use serde_json::{Value, json};

/// An API, a namespace in it, and what was asked and answered there.
pub(super) struct Api {
    client: Client,
    namespace: String,
    told: Told,
}

/// An answer.
pub(super) struct Answer {
    pub(super) code: u16,
    pub(super) body: Value,
}

impl Answer {
    /// The message of a refusal with this code.
    pub(super) fn refused(&self, code: u16) -> &str {
        assert_eq!(self.code, code, "{}", self.body);
        self.body["message"].as_str().expect("a message")
    }

    /// The fields of one manager, and null where it has none.
    pub(super) fn fields(&self, manager: &str) -> Value {
        let entries = self.body["metadata"]["managedFields"].as_array();
        let entry = entries
            .into_iter()
            .flatten()
            .find(|entry| entry["manager"] == manager);
        entry.map_or(Value::Null, |entry| entry["fieldsV1"].clone())
    }

    pub(super) fn at(&self, pointer: &str) -> &Value {
        self.body.pointer(pointer).unwrap_or(&Value::Null)
    }
}

/// What is written: a kind, and the name of one object.
#[derive(Clone, Copy)]
pub(super) struct Target {
    group: &'static str,
    kind: &'static str,
    plural: &'static str,
    name: &'static str,
}

impl Target {
    pub(super) const DEPLOYMENT: Self = Self::of("apps", "Deployment", "deployments");
    pub(super) const CONFIG_MAP: Self = Self::of("", "ConfigMap", "configmaps");
    pub(super) const SERVICE: Self = Self::of("", "Service", "services");
    pub(super) const SERVICE_ACCOUNT: Self = Self::of("", "ServiceAccount", "serviceaccounts");

    const fn of(group: &'static str, kind: &'static str, plural: &'static str) -> Self {
        Self {
            group,
            kind,
            plural,
            name: "web",
        }
    }

    /// Another object of the kind.
    pub(super) const fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    fn api_version(self) -> String {
        match self.group {
            "" => "v1".to_owned(),
            group => format!("{group}/v1"),
        }
    }

    fn collection(self, namespace: &str) -> String {
        let root = if self.group.is_empty() { "api" } else { "apis" };
        format!(
            "/{root}/{}/namespaces/{namespace}/{}",
            self.api_version(),
            self.plural
        )
    }

    /// A body with the type and the name.
    fn whole(self, mut body: Value) -> Value {
        if body["apiVersion"].is_null() {
            body["apiVersion"] = json!(self.api_version());
        }
        body["kind"] = json!(self.kind);
        body["metadata"]["name"] = json!(self.name);
        body
    }
}

/// How something is written.
#[derive(Clone, Copy, PartialEq)]
enum How {
    Apply,
    Force,
    Create,
    Update,
}

const JSON: &str = "application/json";

impl Api {
    /// A sandbox with nothing behind its API.
    pub(super) async fn sandbox() -> Self {
        let sandbox = Sandbox::without_controllers();
        Self::of(Client::new(sandbox.service(), "default")).await
    }

    /// A real API server.
    pub(super) async fn server(client: Client) -> Self {
        Self::of(client).await
    }

    async fn of(client: Client) -> Self {
        let body = json!({"metadata": {"generateName": "vector-"}});
        let (code, made) = send(&client, "POST", "/api/v1/namespaces", JSON, Some(body)).await;
        assert_eq!(code, 201, "{made}");
        let namespace = made["metadata"]["name"].as_str().expect("a name");
        Self {
            told: Told::new(namespace),
            namespace: namespace.to_owned(),
            client,
        }
    }

    /// All that was asked and answered, as text.
    pub(super) fn told(&self) -> String {
        self.told.text()
    }

    /// A(manager): server-side apply.
    pub(super) async fn apply(&mut self, target: Target, manager: &str, body: Value) -> Answer {
        self.write(How::Apply, target, manager, "", body).await
    }

    /// A!(manager): server-side apply with force.
    pub(super) async fn force(&mut self, target: Target, manager: &str, body: Value) -> Answer {
        self.write(How::Force, target, manager, "", body).await
    }

    /// U(manager), of what is not there yet: a create.
    pub(super) async fn create(&mut self, target: Target, manager: &str, body: Value) -> Answer {
        self.write(How::Create, target, manager, "", body).await
    }

    /// U(manager): what is there is read, changed, and written back.
    pub(super) async fn update(
        &mut self,
        target: Target,
        manager: &str,
        change: impl FnOnce(&mut Value),
    ) -> Answer {
        self.update_through(target, manager, "", change).await
    }

    /// U(manager, subresource).
    pub(super) async fn update_through(
        &mut self,
        target: Target,
        manager: &str,
        subresource: &str,
        change: impl FnOnce(&mut Value),
    ) -> Answer {
        let path = format!("{}/{}", target.collection(&self.namespace), target.name);
        let (code, mut body) = send(&self.client, "GET", &path, "", None).await;
        assert_eq!(code, 200, "{body}");
        change(&mut body);
        self.write(How::Update, target, manager, subresource, body)
            .await
    }

    async fn write(
        &mut self,
        how: How,
        target: Target,
        manager: &str,
        subresource: &str,
        body: Value,
    ) -> Answer {
        let (method, sign, content_type, force) = match how {
            How::Apply => ("PATCH", "A", "application/apply-patch+yaml", ""),
            How::Force => ("PATCH", "A!", "application/apply-patch+yaml", "&force=true"),
            How::Create => ("POST", "U", JSON, ""),
            How::Update => ("PUT", "U", JSON, ""),
        };
        let mut path = target.collection(&self.namespace);
        if how != How::Create {
            path = format!("{path}/{}", target.name);
        }
        let mut who = manager.to_owned();
        if !subresource.is_empty() {
            path = format!("{path}/{subresource}");
            who = format!("{manager}, {subresource}");
        }
        let path = format!("{path}?fieldManager={manager}{force}");
        let body = target.whole(body);
        let (code, body) = send(&self.client, method, &path, content_type, Some(body)).await;
        let title = format!("{sign}({who}) {}/{}", target.plural, target.name);
        self.told.tell(&title, code, &body);
        Answer { code, body }
    }
}
