//! The volume claims of a pod: whether they are there, and which still wait for a node.

use std::sync::Arc;

use serde_json::Value;

use super::super::json::{annotation, at, has, items, text};
use super::super::meta::{is_terminating, name, namespace};
use super::super::seam::{Cluster, GroupKind};
use super::CLAIM;

/// The node for which a volume is to be made.
pub(crate) const SELECTED_NODE: &str = "volume.kubernetes.io/selected-node";

/// What a pod's claims say about its place.
pub(super) struct Volumes {
    /// Claims whose volumes are made when a node is chosen.
    pub(super) unbound: Vec<Arc<Value>>,
    bound: Vec<Arc<Value>>,
}

impl Volumes {
    /// Whether the volumes that exist can be reached from a node.
    pub(super) fn allow(&self, node: &Value) -> bool {
        self.bound.iter().all(|volume| {
            let required = at(volume, "spec.nodeAffinity.required");
            required.is_null()
                || items(required, "nodeSelectorTerms")
                    .iter()
                    .any(|term| super::affinity::node_term(term, node))
        })
    }

    /// The node that was chosen before, if it still fits.
    pub(super) fn selected(&self, fitting: &[Arc<Value>]) -> Option<String> {
        let chosen = self
            .unbound
            .iter()
            .find_map(|claim| annotation(claim, SELECTED_NODE))?;
        fitting
            .iter()
            .find(|node| name(node) == chosen)
            .map(|node| name(node).to_owned())
    }
}

/// The names of the claims that a pod mounts, ephemeral ones included.
pub(crate) fn names(pod: &Value) -> Vec<String> {
    let volumes = items(pod, "spec.volumes").iter();
    volumes
        .filter_map(
            |volume| match text(volume, "persistentVolumeClaim.claimName") {
                "" if has(volume, "ephemeral") => {
                    Some(format!("{}-{}", name(pod), text(volume, "name")))
                }
                "" => None,
                claim => Some(claim.to_owned()),
            },
        )
        .collect()
}

/// Looks up a pod's claims; fails with the scheduler's words where no node could help.
pub(super) fn look(pod: &Value, cluster: &dyn Cluster) -> Result<Volumes, String> {
    let mut volumes = Volumes {
        unbound: Vec::new(),
        bound: Vec::new(),
    };
    for claim_name in names(pod) {
        let Some(claim) = cluster.get(CLAIM, namespace(pod), &claim_name) else {
            return Err(format!("persistentvolumeclaim \"{claim_name}\" not found"));
        };
        if is_terminating(&claim) {
            return Err(format!(
                "persistentvolumeclaim \"{claim_name}\" is being deleted"
            ));
        }
        if text(&claim, "status.phase") == "Lost" {
            let lost = text(&claim, "spec.volumeName");
            return Err(format!(
                "persistentvolumeclaim \"{claim_name}\" bound to non-existent persistentvolume \"{lost}\""
            ));
        }
        if text(&claim, "status.phase") == "Bound" {
            let volume = cluster.get(
                GroupKind::new("", "PersistentVolume"),
                "",
                text(&claim, "spec.volumeName"),
            );
            volumes.bound.extend(volume);
            continue;
        }
        let class = cluster.get(
            GroupKind::new("storage.k8s.io", "StorageClass"),
            "",
            text(&claim, "spec.storageClassName"),
        );
        if class.is_some_and(|class| text(&class, "volumeBindingMode") == "WaitForFirstConsumer") {
            volumes.unbound.push(claim);
        } else {
            return Err("pod has unbound immediate PersistentVolumeClaims".to_owned());
        }
    }
    Ok(volumes)
}
