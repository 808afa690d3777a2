//! What a scenario may do on its stage.

use super::stage::Stage;
use crate::common::send;
use infra_schema::kind::Kind;
use serde_json::{Value, json};

impl Stage {
    /// The path of a kind's objects, in the namespace where the kind has one.
    pub(super) fn path(&self, kind: &str) -> String {
        let groups = [
            "",
            "apps",
            "batch",
            "autoscaling",
            "policy",
            "storage.k8s.io",
            "discovery.k8s.io",
        ];
        let kind = groups
            .iter()
            .find_map(|group| Kind::find_latest(group, kind))
            .unwrap_or_else(|| panic!("no kind `{kind}`"));
        let version = kind.api_version();
        let root = if version.contains('/') { "apis" } else { "api" };
        if kind.namespaced {
            let namespace = &self.namespace;
            format!("/{root}/{version}/namespaces/{namespace}/{}", kind.plural)
        } else {
            format!("/{root}/{version}/{}", kind.plural)
        }
    }

    pub(super) async fn ask(
        &self,
        method: &str,
        path: &str,
        content_type: &str,
        body: Option<Value>,
    ) -> Result<Value, String> {
        let (code, answer) = send(&self.client, method, path, content_type, body).await;
        if code < 300 {
            Ok(answer)
        } else {
            Err(format!("{method} {path}: {code} {}", answer["message"]))
        }
    }

    /// Creates an object.
    pub(super) async fn create(&self, object: Value) -> Result<Value, String> {
        let kind = object["kind"].as_str().unwrap_or_default();
        let path = self.path(kind) + "?fieldManager=somebody&fieldValidation=Strict";
        self.ask("POST", &path, "application/json", Some(object))
            .await
    }

    /// Applies an object as a field manager, by force.
    pub(super) async fn apply(&self, manager: &str, object: Value) -> Result<Value, String> {
        let kind = object["kind"].as_str().unwrap_or_default();
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        let path = format!(
            "{}/{name}?fieldManager={manager}&force=true&fieldValidation=Strict",
            self.path(kind)
        );
        let content_type = "application/apply-patch+yaml";
        self.ask("PATCH", &path, content_type, Some(object)).await
    }

    /// Merges something into an object.
    pub(super) async fn patch(
        &self,
        kind: &str,
        name: &str,
        patch: Value,
    ) -> Result<Value, String> {
        let path = format!("{}/{name}?fieldManager=somebody", self.path(kind));
        let content_type = "application/merge-patch+json";
        self.ask("PATCH", &path, content_type, Some(patch)).await
    }

    /// Reports a pod's status, as its kubelet would.
    pub(super) async fn report(&self, pod: &str, status: Value) -> Result<(), String> {
        let path = format!("{}/{pod}/status?fieldManager=by-hand", self.path("Pod"));
        let content_type = "application/strategic-merge-patch+json";
        let body = Some(json!({"status": status}));
        self.ask("PATCH", &path, content_type, body).await.map(drop)
    }

    /// Reports the status of the first living pod that is picked, and answers its name.
    pub(super) async fn report_one(
        &self,
        picks: impl Fn(&Value) -> bool,
        status: Value,
    ) -> Result<String, String> {
        let pod = self.seen.living("Pod").find(|pod| picks(pod));
        let name = pod
            .and_then(|pod| pod["metadata"]["name"].as_str())
            .ok_or("there is no such pod")?
            .to_owned();
        self.report(&name, status).await?;
        Ok(name)
    }

    /// Deletes an object.
    pub(super) async fn delete(
        &self,
        kind: &str,
        name: &str,
        propagation: &str,
    ) -> Result<Value, String> {
        let path = format!("{}/{name}", self.path(kind));
        let body = json!({
            "apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": propagation,
        });
        self.ask("DELETE", &path, "application/json", Some(body))
            .await
    }

    /// Merges something into an object, which is refused; the next step tells how.
    pub(super) async fn refused_patch(
        &mut self,
        kind: &str,
        name: &str,
        patch: Value,
    ) -> Result<(), String> {
        let Err(answer) = self.patch(kind, name, patch).await else {
            return Err(format!("{kind}/{name}: the patch was not refused"));
        };
        self.answers.push_str("answer ");
        self.answers.push_str(&answer);
        self.answers.push('\n');
        Ok(())
    }

    /// Evicts a pod.
    pub(super) async fn evict(&self, pod: &str) -> Result<Value, String> {
        let path = format!("{}/{pod}/eviction", self.path("Pod"));
        let body = json!({
            "apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": pod},
        });
        self.ask("POST", &path, "application/json", Some(body))
            .await
    }
}
