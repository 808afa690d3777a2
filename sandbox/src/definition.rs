//! The life of CRDs: their names are accepted, they are established, and their objects go before
//! they do.

use crate::controller::seam::{Change, Cluster, Controller, GroupKind, Key, Propagation, Writer};
use jiff::Timestamp;
use serde_json::{Value, json};

const DEFINITION: GroupKind<'static> =
    GroupKind::new("apiextensions.k8s.io", "CustomResourceDefinition");

/// What keeps a CRD that is being deleted while objects of its kind are there.
const CLEANUP: &str = "customresourcecleanup.apiextensions.k8s.io";

/// The controller of CRDs.
pub(crate) struct Definitions;

impl Controller for Definitions {
    fn name(&self) -> &'static str {
        "customresourcedefinition-controller"
    }

    fn keys(&mut self, change: &Change, cluster: &dyn Cluster) -> Vec<Key> {
        let object = change.object();
        if GroupKind::of(object) == DEFINITION {
            return vec![Key::of(object)];
        }
        if !change.is_removal() {
            return Vec::new();
        }
        // The last object of a kind may be what its CRD waits for.
        let going = |definition: &Value| definition["metadata"]["deletionTimestamp"].is_string();
        let definitions = cluster.list(DEFINITION, "");
        definitions
            .iter()
            .filter(|definition| going(definition))
            .map(|d| Key::of(d))
            .collect()
    }

    fn sync(&mut self, key: &Key, cluster: &mut dyn Cluster) -> Option<Timestamp> {
        let definition = cluster.get(DEFINITION, "", &key.name)?;
        if definition["metadata"]["deletionTimestamp"].is_string() {
            finish(&definition, cluster);
        } else {
            establish(&definition, cluster);
        }
        None
    }
}

fn condition(ty: &str, status: &str, reason: &str, message: &str, now: Timestamp) -> Value {
    let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
    json!({
        "type": ty, "status": status, "reason": reason, "message": message,
        "lastTransitionTime": now.to_string(),
    })
}

fn has_condition(definition: &Value, ty: &str, status: &str) -> bool {
    let conditions = definition["status"]["conditions"]
        .as_array()
        .into_iter()
        .flatten();
    conditions
        .into_iter()
        .any(|condition| condition["type"] == ty && condition["status"] == status)
}

/// Marks a CRD for deletion, as its storage does: without a grace period, and without being asked
/// what happens to dependents.
pub(crate) fn mark(definition: &mut Value, now: Timestamp) {
    let end = Timestamp::from_second(now.as_second()).unwrap_or(now);
    definition["metadata"]["deletionTimestamp"] = end.to_string().into();
    let finalizers = definition["metadata"]["finalizers"].as_array();
    let mut finalizers = finalizers.cloned().unwrap_or_default();
    if !finalizers.iter().any(|finalizer| finalizer == CLEANUP) {
        finalizers.push(CLEANUP.into());
    }
    definition["metadata"]["finalizers"] = finalizers.into();
    let conditions = definition["status"]["conditions"].as_array();
    let mut conditions = conditions.cloned().unwrap_or_default();
    conditions.retain(|condition| condition["type"] != "Terminating");
    conditions.push(condition(
        "Terminating",
        "True",
        "InstanceDeletionPending",
        "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
        now,
    ));
    definition["status"]["conditions"] = conditions.into();
}

/// Accepts a new CRD's names and says that it is served.
fn establish(definition: &Value, cluster: &mut dyn Cluster) {
    let spec = &definition["spec"];
    let stored = spec["versions"].as_array().into_iter().flatten();
    let stored: Vec<&Value> = stored
        .filter(|version| version["storage"] == true)
        .collect();
    let stored: Vec<&Value> = stored.iter().map(|version| &version["name"]).collect();
    let up_to_date = has_condition(definition, "Established", "True")
        && definition["status"]["acceptedNames"] == spec["names"];
    if !up_to_date {
        let now = cluster.now();
        let mut next = definition.clone();
        let mut versions = definition["status"]["storedVersions"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        versions.extend(
            stored
                .into_iter()
                .filter(|name| !versions.contains(name))
                .cloned()
                .collect::<Vec<_>>(),
        );
        next["status"] = json!({
            "acceptedNames": spec["names"], "storedVersions": versions, "conditions": [
                condition("NamesAccepted", "True", "NoConflicts", "no conflicts found", now),
                condition("Established", "True", "InitialNamesAccepted",
                    "the initial names have been accepted", now),
            ],
        });
        // Whoever wrote in between brings the CRD back into the queue.
        let _ = cluster.update_subresource(Writer::ApiServer, "status", next);
    }
}

/// Deletes the objects of a CRD that is being deleted, and lets it go when none is left.
fn finish(definition: &Value, cluster: &mut dyn Cluster) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (group, kind) = (
        text(&definition["spec"]["group"]),
        text(&definition["spec"]["names"]["kind"]),
    );
    let conditions = definition["status"]["conditions"].as_array();
    let mut conditions = conditions.cloned().unwrap_or_default();
    let told = conditions
        .iter()
        .any(|condition| condition["reason"] == "InstanceDeletionInProgress");
    if !told {
        let mut next = definition.clone();
        conditions.retain(|condition| condition["type"] != "Terminating");
        conditions.push(condition(
            "Terminating",
            "True",
            "InstanceDeletionInProgress",
            "CustomResource deletion is in progress",
            cluster.now(),
        ));
        next["status"]["conditions"] = conditions.into();
        let _ = cluster.update_subresource(Writer::ApiServer, "status", next);
        return;
    }
    let objects = cluster.list(GroupKind::new(&group, &kind), "");
    if objects.is_empty() {
        let mut next = definition.clone();
        let finalizers = definition["metadata"]["finalizers"]
            .as_array()
            .into_iter()
            .flatten();
        let rest: Vec<Value> = finalizers
            .filter(|name| *name != CLEANUP)
            .cloned()
            .collect();
        next["metadata"]["finalizers"] = rest.into();
        let _ = cluster.update(Writer::ApiServer, next);
        return;
    }
    for object in objects {
        if !object["metadata"]["deletionTimestamp"].is_string() {
            let _ = cluster.delete(&object, Propagation::Background, None);
        }
    }
}
