//! Volumes and the claims on them: bound, provisioned, expanded, protected while in use, reclaimed.

mod claim;
mod ephemeral;
mod reclaim;

pub(crate) use ephemeral::EphemeralClaims;

use jiff::Timestamp;
use serde_json::Value;

use super::json::{has, text};
use super::meta::{is_terminating, namespace};
use super::pod::{POD, is_finished};
use super::seam::{Change, Cluster, Controller, GroupKind, Key};

const CLAIM: GroupKind<'static> = GroupKind::new("", "PersistentVolumeClaim");
const VOLUME: GroupKind<'static> = GroupKind::new("", "PersistentVolume");
const CLASS: GroupKind<'static> = GroupKind::new("storage.k8s.io", "StorageClass");
const COMPONENT: &str = "persistentvolume-controller";
const CLAIM_PROTECTION: &str = "kubernetes.io/pvc-protection";
const VOLUME_PROTECTION: &str = "kubernetes.io/pv-protection";

/// The controller of volumes (keys without a namespace) and claims (keys with one).
pub(crate) struct Volumes;

impl Controller for Volumes {
    fn name(&self) -> &'static str {
        COMPONENT
    }

    fn keys(&mut self, change: &Change, cluster: &dyn Cluster) -> Vec<Key> {
        let object = change.object();
        let kind = GroupKind::of(object);
        let claim_of = |volume: &Value| {
            let claim = super::json::at(volume, "spec.claimRef");
            has(volume, "spec.claimRef")
                .then(|| Key::new(text(claim, "namespace"), text(claim, "name")))
        };
        if kind == CLAIM {
            let volume = text(object, "spec.volumeName");
            let volume = (!volume.is_empty()).then(|| Key::new("", volume));
            return volume.into_iter().chain([Key::of(object)]).collect();
        }
        if kind == VOLUME {
            let mut keys: Vec<Key> = claim_of(object)
                .into_iter()
                .chain([Key::of(object)])
                .collect();
            if !has(object, "spec.claimRef") {
                keys.extend(pending(cluster));
            }
            return keys;
        }
        if kind == CLASS {
            return pending(cluster);
        }
        // A pod that ends may have been the last to hold a claim.
        if kind == POD && (change.is_removal() || is_finished(object)) {
            let claims = super::scheduler::claim_names(object).into_iter();
            let home = namespace(object);
            return claims
                .filter(|claim| {
                    cluster
                        .get(CLAIM, home, claim)
                        .is_some_and(|claim| is_terminating(&claim))
                })
                .map(|claim| Key::new(home, &claim))
                .collect();
        }
        Vec::new()
    }

    fn sync(&mut self, key: &Key, cluster: &mut dyn Cluster) -> Option<Timestamp> {
        if key.namespace.is_empty() {
            let volume = cluster.get(VOLUME, "", &key.name)?;
            return reclaim::look(&volume, cluster);
        }
        let claim = cluster.get(CLAIM, &key.namespace, &key.name)?;
        claim::look(&claim, cluster)
    }
}

fn pending(cluster: &dyn Cluster) -> Vec<Key> {
    let claims = cluster.list(CLAIM, "");
    let open = claims
        .iter()
        .filter(|claim| text(claim, "status.phase") != "Bound");
    open.map(|claim| Key::of(claim)).collect()
}
