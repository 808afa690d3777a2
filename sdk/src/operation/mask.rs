//! Hiding what a cluster's secrets hold.

use crate::cluster::{Cluster, Served};
use crate::engine::{mask::Hidden, resolve, wait::Mask};
use crate::object::Object;
use std::borrow::Cow;

/// Hides, in logs and messages, what the secrets among these objects hold in the cluster now.
///
/// A secret that cannot be read hides nothing: what runs in the cluster has its values from there.
pub async fn mask(cluster: &Cluster, objects: &[Object]) -> Mask {
    let served = Served {
        group: Cow::Borrowed(""),
        version: Cow::Borrowed("v1"),
        kind: Cow::Borrowed("Secret"),
        plural: Cow::Borrowed("secrets"),
        namespaced: true,
    };
    let mut hidden = Hidden::default();
    for object in objects.iter().filter(|object| !object.secrets.is_empty()) {
        let namespace = object.id.namespace.as_deref();
        let Ok(Some(live)) = cluster.get(&served, namespace, &object.id.name).await else {
            continue;
        };
        for key in object.secrets.keys() {
            if let Some(text) = resolve::decoded(&live["data"][key]) {
                hidden.add(text.as_bytes());
            }
        }
    }
    hidden.mask()
}
