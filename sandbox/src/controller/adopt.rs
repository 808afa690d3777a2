//! Orphans: objects that nobody controls and that an owner's selector picks are its own from then
//! on, as when a deployment is made again over the pods it left behind.

use std::collections::BTreeSet;

use super::effect::{Action, perform};
use super::json::{at, child_list, has};
use super::meta::{controller_of, controller_reference, is_terminating, namespace};
use super::seam::{Change, Cluster, GroupKind, Key, Writer};
use super::selector::selects;
use serde_json::Value;

/// The objects of one kind that nobody controls.
#[derive(Default)]
pub(crate) struct Orphans {
    keys: BTreeSet<Key>,
}

/// Whether an owner's selector picks an object.
fn picks(owner: &Value, object: &Value) -> bool {
    let selector = at(owner, "spec.selector");
    // An empty selector would take everything.
    let is_empty = selector.as_object().is_none_or(serde_json::Map::is_empty);
    !is_empty && !is_terminating(owner) && selects(selector, at(object, "metadata.labels"))
}

impl Orphans {
    /// Takes a change into account. Answers the owners that a new orphan concerns.
    pub(crate) fn note(
        &mut self,
        change: &Change,
        kind: GroupKind<'_>,
        owner: GroupKind<'_>,
        cluster: &dyn Cluster,
    ) -> Vec<Key> {
        let object = change.object();
        if GroupKind::of(object) != kind {
            return Vec::new();
        }
        let key = Key::of(object);
        if change.is_removal() || controller_of(object).is_some() {
            self.keys.remove(&key);
            return Vec::new();
        }
        if !self.keys.insert(key) {
            return Vec::new();
        }
        let owners = cluster.list(owner, namespace(object));
        let fitting = owners.iter().filter(|owner| picks(owner, object));
        fitting.map(|owner| Key::of(owner)).collect()
    }

    /// Makes `owner` the controller of the orphans that its selector picks.
    pub(crate) fn adopt(
        &self,
        kind: GroupKind<'_>,
        owner: &Value,
        cluster: &mut dyn Cluster,
        component: &str,
    ) {
        for key in self
            .keys
            .iter()
            .filter(|key| key.namespace == namespace(owner))
        {
            let Some(object) = cluster.get(kind, &key.namespace, &key.name) else {
                continue;
            };
            if is_terminating(&object)
                || controller_of(&object).is_some()
                || !has(&object, "metadata.labels")
                || !picks(owner, &object)
            {
                continue;
            }
            let mut adopted = Value::clone(&object);
            child_list(&mut adopted, "metadata.ownerReferences").push(controller_reference(owner));
            // A refusal leaves an orphan, which is looked at again with its next change.
            let _ = perform(
                cluster,
                Writer::ControllerManager,
                component,
                Action::Update(adopted),
            );
        }
    }
}
