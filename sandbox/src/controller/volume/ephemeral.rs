//! The claims of pods' own volumes (`ephemeral`): made for each pod, and gone with it.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::effect::{Action, Decision};
use super::super::json::{at, has, items, text};
use super::super::meta::{controller_reference, is_terminating, name, namespace};
use super::super::pod::POD;
use super::super::seam::{Change, Cluster, Controller, GroupKind, Key, Writer};
use super::super::template::copy_entries;
use super::CLAIM;

/// The controller of pods with volumes of their own.
pub(crate) struct EphemeralClaims;

impl Controller for EphemeralClaims {
    fn name(&self) -> &'static str {
        "ephemeral-volume-controller"
    }

    fn keys(&mut self, change: &Change, _cluster: &dyn Cluster) -> Vec<Key> {
        let pod = change.object();
        // One that a claim of the same name held up is looked at again until it has its own.
        let concerns =
            GroupKind::of(pod) == POD && !change.is_removal() && own(pod).next().is_some();
        concerns.then(|| Key::of(pod)).into_iter().collect()
    }

    fn sync(&mut self, key: &Key, cluster: &mut dyn Cluster) -> Option<Timestamp> {
        let pod = cluster.get(POD, &key.namespace, &key.name)?;
        let mut decision = Decision::default();
        if !is_terminating(&pod) {
            for volume in own(&pod) {
                let claim = claim(&pod, volume);
                if cluster.get(CLAIM, namespace(&pod), name(&claim)).is_none() {
                    decision.push(Action::Create(claim));
                }
            }
        }
        decision.perform(cluster, Writer::ControllerManager, "ephemeral_volume")
    }
}

/// The volumes that are a pod's own.
fn own(pod: &Value) -> impl Iterator<Item = &Value> {
    let volumes = items(pod, "spec.volumes").iter();
    volumes.filter(|volume| has(volume, "ephemeral.volumeClaimTemplate"))
}

fn claim(pod: &Value, volume: &Value) -> Value {
    let template = at(volume, "ephemeral.volumeClaimTemplate");
    let mut claim = json!({
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {
            "name": format!("{}-{}", name(pod), text(volume, "name")),
            "namespace": namespace(pod),
            "ownerReferences": [controller_reference(pod)],
        },
        "spec": at(template, "spec").clone(),
    });
    for part in ["labels", "annotations"] {
        let path = format!("metadata.{part}");
        copy_entries(template, &path, &mut claim, &path, |_| true);
    }
    claim
}
