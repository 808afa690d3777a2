//! What the tests share.

use infra_sandbox::Sandbox;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::client::Client;

/// A sandbox, and a real client on it.
pub(crate) fn client() -> (Sandbox, Client) {
    let sandbox = Sandbox::new();
    let client = Client::new(sandbox.service(), "default");
    (sandbox, client)
}

/// A config map with one entry.
pub(crate) fn config_map(name: &str, value: &str) -> ConfigMap {
    let mut map = ConfigMap::default();
    map.metadata.name = Some(name.to_owned());
    map.data = Some([("k".to_owned(), value.to_owned())].into());
    map
}

/// A sandbox with nodes and classes, and a real client on it.
pub(crate) fn ready_client() -> (Sandbox, Client) {
    let sandbox = Sandbox::with_platform();
    let client = Client::new(sandbox.service(), "default");
    (sandbox, client)
}

/// Sends a request as it is, and answers the status and the body.
pub(crate) async fn send(
    client: &Client,
    method: &str,
    path: &str,
    content_type: &str,
    body: Option<serde_json::Value>,
) -> (u16, serde_json::Value) {
    let body = body
        .map(|body| body.to_string().into_bytes())
        .unwrap_or_default();
    let request = http::Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", content_type)
        .body(kube::client::Body::from(body))
        .expect("an answer");
    let response = client.send(request).await.expect("an answer");
    let code = response.status().as_u16();
    let bytes = http_body_util::BodyExt::collect(response.into_body())
        .await
        .expect("an answer")
        .to_bytes();
    (code, serde_json::from_slice(&bytes).unwrap_or_default())
}
