//! What the tests share.

#![allow(dead_code)]

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
