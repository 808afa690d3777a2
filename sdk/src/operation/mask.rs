//! Hiding what a cluster's secrets hold.

use crate::cluster::{Cluster, Served};
use crate::engine::{resolve, wait::Mask};
use crate::object::Object;
use std::{borrow::Cow, collections::BTreeSet};

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
    let mut values = BTreeSet::new();
    for object in objects.iter().filter(|object| !object.secrets.is_empty()) {
        let namespace = object.id.namespace.as_deref();
        let Ok(Some(live)) = cluster.get(&served, namespace, &object.id.name).await else {
            continue;
        };
        for key in object.secrets.keys() {
            let encoded = &live["data"][key];
            if let Some(text) = resolve::decoded(encoded) {
                values.extend(text.lines().map(|line| line.trim().to_owned()));
            }
            values.extend(encoded.as_str().map(str::to_owned));
        }
    }
    resolve::hide(values)
}
