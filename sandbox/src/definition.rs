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
        if !accept(&definition, cluster) {
            finish(&definition, cluster);
        }
        None
    }
}

/// Says how things stand; the time is that of the last change between true and false.
fn say(
    definition: &mut Value,
    ty: &str,
    status: &str,
    (reason, message): (&str, &str),
    now: Timestamp,
) {
    let conditions = definition["status"]["conditions"].as_array();
    let mut conditions = conditions.cloned().unwrap_or_default();
    let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let at = conditions
        .iter()
        .position(|condition| condition["type"] == ty);
    let at = at.unwrap_or_else(|| {
        conditions.push(json!({"type": ty}));
        conditions.len() - 1
    });
    let condition = &mut conditions[at];
    if condition["status"] != status || !condition["lastTransitionTime"].is_string() {
        condition["lastTransitionTime"] = now.to_string().into();
    }
    for (field, value) in [("status", status), ("reason", reason), ("message", message)] {
        condition[field] = value.into();
    }
    definition["status"]["conditions"] = conditions.into();
}

fn is_said(definition: &Value, ty: &str, status: &str) -> bool {
    let conditions = definition["status"]["conditions"].as_array();
    let mut conditions = conditions.into_iter().flatten();
    conditions.any(|condition| condition["type"] == ty && condition["status"] == status)
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
    let why = (
        "InstanceDeletionPending",
        "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
    );
    say(definition, "Terminating", "True", why, now);
}

/// Accepts the names that are asked for, and says that they are served. Whether there was anything to do.
fn accept(definition: &Value, cluster: &mut dyn Cluster) -> bool {
    let names = &definition["spec"]["names"];
    let has_names = definition["status"]["acceptedNames"] == *names;
    let is_in_force = is_said(definition, "Established", "True");
    if has_names && (is_in_force || !is_said(definition, "NamesAccepted", "True")) {
        return false;
    }
    let now = cluster.now();
    let mut next = definition.clone();
    if !has_names {
        next["status"]["acceptedNames"] = names.clone();
        let why = ("NoConflicts", "no conflicts found");
        say(&mut next, "NamesAccepted", "True", why, now);
    }
    if !is_in_force {
        let why = (
            "InitialNamesAccepted",
            "the initial names have been accepted",
        );
        say(&mut next, "Established", "True", why, now);
    }
    // Whoever wrote in between brings the CRD back into the queue.
    let _ = cluster.update_subresource(Writer::ApiServer, "status", next);
    true
}

/// Deletes the objects of a CRD that is being deleted, and lets it go when none is left.
fn finish(definition: &Value, cluster: &mut dyn Cluster) {
    let finalizers = definition["metadata"]["finalizers"].as_array();
    let finalizers = finalizers.cloned().unwrap_or_default();
    let is_going = definition["metadata"]["deletionTimestamp"].is_string();
    if !is_going || !finalizers.iter().any(|finalizer| finalizer == CLEANUP) {
        return;
    }
    let now = cluster.now();
    let mut next = definition.clone();
    let why = (
        "InstanceDeletionInProgress",
        "CustomResource deletion is in progress",
    );
    say(&mut next, "Terminating", "True", why, now);
    if next != *definition {
        let _ = cluster.update_subresource(Writer::ApiServer, "status", next);
        return;
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (group, kind) = (
        text(&definition["spec"]["group"]),
        text(&definition["spec"]["names"]["kind"]),
    );
    let objects = cluster.list(GroupKind::new(&group, &kind), "");
    for object in &objects {
        if !object["metadata"]["deletionTimestamp"].is_string() {
            let _ = cluster.delete(object, Propagation::Background, None);
        }
    }
    if !objects.is_empty() {
        return;
    }
    let why = if is_said(definition, "Established", "True") {
        ("InstanceDeletionCompleted", "removed all instances")
    } else {
        ("NeverEstablished", "resource was never established")
    };
    say(&mut next, "Terminating", "False", why, now);
    let rest = finalizers.into_iter().filter(|name| name != CLEANUP);
    next["metadata"]["finalizers"] = rest.collect();
    let _ = cluster.update_subresource(Writer::ApiServer, "status", next);
}
