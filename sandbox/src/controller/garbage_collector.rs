//! The garbage collector: follows owner references when owners go.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use super::effect::{Action, perform};
use super::json::{at, child_list, flag, items, text};
use super::meta::{has_finalizer, is_terminating, namespace, uid, without_finalizer};
use super::seam::{Change, Cluster, Controller, GroupKind, Key, Propagation, Writer};

const COMPONENT: &str = "garbage-collector-controller";
const FOREGROUND: &str = "foregroundDeletion";
const ORPHAN: &str = "orphan";

/// Where an object is found.
#[derive(Clone, Debug)]
struct Place {
    group: String,
    kind: String,
    key: Key,
}

/// The garbage collector. Its keys are uids. It keeps where they are along with the changes.
#[derive(Default)]
pub(crate) struct GarbageCollector {
    places: HashMap<String, Place>,
}

fn key(uid: &str) -> Key {
    Key::new("", uid)
}

fn owners(object: &Value) -> impl Iterator<Item = &str> {
    items(object, "metadata.ownerReferences")
        .iter()
        .map(|owner| text(owner, "uid"))
}

impl GarbageCollector {
    /// Takes a change into the account of where objects are.
    fn note(&mut self, change: &Change) {
        let own = uid(change.object());
        let Some(after) = &change.after else {
            self.places.remove(own);
            return;
        };
        if change.before.is_none() {
            let kind = GroupKind::of(after);
            let place = Place {
                group: kind.group.to_owned(),
                kind: kind.kind.to_owned(),
                key: Key::of(after),
            };
            self.places.insert(own.to_owned(), place);
        }
    }

    fn find(&self, uid: &str, cluster: &dyn Cluster) -> Option<Arc<Value>> {
        let place = self.places.get(uid)?;
        let kind = GroupKind::new(&place.group, &place.kind);
        let found = cluster.get(kind, &place.key.namespace, &place.key.name)?;
        (super::meta::uid(&found) == uid).then_some(found)
    }
}

impl Controller for GarbageCollector {
    fn name(&self) -> &'static str {
        COMPONENT
    }

    fn keys(&mut self, change: &Change, cluster: &dyn Cluster) -> Vec<Key> {
        self.note(change);
        let object = change.object();
        let own = uid(object);
        let mut keys = Vec::new();
        if change.is_removal() {
            keys.extend(
                cluster
                    .owned(own)
                    .iter()
                    .map(|dependent| key(uid(dependent))),
            );
        } else if is_terminating(object)
            && (has_finalizer(object, FOREGROUND) || has_finalizer(object, ORPHAN))
        {
            keys.push(key(own));
        } else if change.before.as_ref().is_none_or(|before| {
            at(before, "metadata.ownerReferences") != at(object, "metadata.ownerReferences")
        }) && owners(object).next().is_some()
        {
            // It may be owned by something that is gone already.
            keys.push(key(own));
        }
        if change.is_removal() || is_terminating(object) {
            keys.extend(
                owners(object)
                    .filter(|owner| self.places.contains_key(*owner))
                    .map(key),
            );
        }
        keys
    }

    fn sync(&mut self, key: &Key, cluster: &mut dyn Cluster) -> Option<Timestamp> {
        let object = self.find(&key.name, cluster)?;
        if is_terminating(&object) && has_finalizer(&object, ORPHAN) {
            Self::orphan(&object, cluster);
        } else if is_terminating(&object) && has_finalizer(&object, FOREGROUND) {
            self.finish(&object, cluster);
        } else if !is_terminating(&object) {
            self.look_at_owners(&object, cluster);
        }
        None
    }
}

impl GarbageCollector {
    /// Frees what an object owns, and lets the object go.
    fn orphan(object: &Value, cluster: &mut dyn Cluster) {
        for dependent in cluster.owned(uid(object)) {
            update(without_owner(&dependent, uid(object)), cluster);
        }
        update(without_finalizer(object, ORPHAN), cluster);
    }

    /// Deletes what an object owns; lets the object go when nothing is left that blocks it.
    fn finish(&self, object: &Value, cluster: &mut dyn Cluster) {
        let mut blocked = false;
        for dependent in cluster.owned(uid(object)) {
            let owner = items(&dependent, "metadata.ownerReferences")
                .iter()
                .find(|owner| text(owner, "uid") == uid(object));
            blocked |= owner.is_some_and(|owner| flag(owner, "blockOwnerDeletion"));
            if !is_terminating(&dependent) {
                self.look_at_owners(&dependent, cluster);
            }
        }
        if !blocked {
            update(without_finalizer(object, FOREGROUND), cluster);
        }
    }

    /// Deletes an object whose owners are all gone or going; strikes out those that are, where
    /// another stays.
    fn look_at_owners(&self, object: &Value, cluster: &mut dyn Cluster) {
        let list = items(object, "metadata.ownerReferences");
        let (mut solid, mut waiting, mut gone) = (0, Vec::new(), Vec::new());
        for owner in list {
            match self.owner(owner, object, cluster) {
                None => gone.push(text(owner, "uid").to_owned()),
                Some(found) if is_terminating(&found) && has_finalizer(&found, FOREGROUND) => {
                    waiting.push(text(owner, "uid").to_owned());
                }
                Some(_) => solid += 1,
            }
        }
        if waiting.is_empty() && gone.is_empty() {
            return;
        }
        if solid > 0 {
            let mut kept = object.clone();
            for owner in gone.iter().chain(&waiting) {
                kept = without_owner(&kept, owner);
            }
            update(kept, cluster);
            return;
        }
        let owns = !cluster.owned(uid(object)).is_empty();
        let propagation = if !waiting.is_empty() && owns {
            Propagation::Foreground
        } else {
            Propagation::Background
        };
        // One that cannot go yet is looked at again when it changes.
        let _ = cluster.delete(object, propagation, None);
    }

    /// The owner that a reference names, if it is there: of that uid, in the same namespace or in
    /// none.
    fn owner(
        &self,
        reference: &Value,
        object: &Value,
        cluster: &dyn Cluster,
    ) -> Option<Arc<Value>> {
        let owner = self.find(text(reference, "uid"), cluster)?;
        let home = namespace(&owner);
        let fits = (home.is_empty() || home == namespace(object))
            && text(&owner, "metadata.name") == text(reference, "name")
            && text(&owner, "kind") == text(reference, "kind");
        fits.then_some(owner)
    }
}

fn without_owner(object: &Value, owner: &str) -> Value {
    let mut object = object.clone();
    child_list(&mut object, "metadata.ownerReferences").retain(|one| text(one, "uid") != owner);
    object
}

fn update(object: Value, cluster: &mut dyn Cluster) {
    let _ = perform(
        cluster,
        Writer::ControllerManager,
        COMPONENT,
        Action::Update(object),
    );
}
