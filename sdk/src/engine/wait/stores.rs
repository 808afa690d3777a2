//! What the watches have shown: the objects by kind and namespace, and who owns whom.

use crate::cluster::{Selector, Served, WatchEvent};
use crate::object::ObjectId;
use crate::status::cause;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// One watch: a kind, a namespace, and what is picked out of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::engine) struct Key {
    pub(super) served: Served,
    pub(super) namespace: Option<String>,
    pub(super) selector: Selector,
}

/// Kinds that are watched for what they say about others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::engine) enum Around {
    ReplicaSets,
    Pods,
    Claims,
    Events,
}

impl Around {
    pub(in crate::engine) fn served(self) -> Served {
        let (group, kind, plural) = match self {
            Self::ReplicaSets => ("apps", "ReplicaSet", "replicasets"),
            Self::Pods => ("", "Pod", "pods"),
            Self::Claims => ("", "PersistentVolumeClaim", "persistentvolumeclaims"),
            Self::Events => ("", "Event", "events"),
        };
        Served {
            group: Cow::Borrowed(group),
            version: Cow::Borrowed("v1"),
            kind: Cow::Borrowed(kind),
            plural: Cow::Borrowed(plural),
            namespaced: true,
        }
    }

    /// Watched whole: what these kinds' objects are owned by may bear our label, they need not.
    pub(in crate::engine) fn key(self, namespace: &str) -> Key {
        Key {
            served: self.served(),
            namespace: Some(namespace.to_owned()),
            selector: Selector::all(),
        }
    }

    pub(super) fn of(served: &Served) -> Option<Self> {
        [Self::ReplicaSets, Self::Pods, Self::Claims, Self::Events]
            .into_iter()
            .find(|one| *one.served().group == *served.group && one.served().kind == served.kind)
    }
}

/// The objects of one watch.
#[derive(Debug, Default)]
pub(super) struct Store {
    /// Whether the first LIST has been read, or will never be.
    pub(super) listed: bool,
    /// In the order of their names: which of several is told first is no matter of chance.
    objects: BTreeMap<String, Arc<Value>>,
    /// The last state of what went away.
    gone: HashMap<String, Arc<Value>>,
}

impl Store {
    pub(super) fn get(&self, name: &str) -> Option<&Arc<Value>> {
        self.objects.get(name)
    }

    pub(super) fn gone(&self, name: &str) -> Option<&Arc<Value>> {
        self.gone.get(name)
    }

    pub(super) fn objects(&self) -> impl Iterator<Item = &Arc<Value>> {
        self.objects.values()
    }
}

/// Everything that is watched.
#[derive(Debug, Default)]
pub(in crate::engine) struct Stores {
    by_key: BTreeMap<Key, Store>,
    /// The controller of each pod and replica set, by uid.
    owners: HashMap<String, String>,
    /// Pods and replica sets by their controller's uid.
    owned: HashMap<String, BTreeSet<(Key, String)>>,
    /// Events by what they are about: its uid.
    events: HashMap<String, BTreeMap<String, Arc<Value>>>,
}

/// What a change may matter to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Touched {
    /// The object with this uid, or whatever controls it.
    Uid(String),
    /// Everything in this namespace.
    Namespace(Option<String>),
    /// Nothing.
    None,
}

impl Stores {
    pub(super) fn contains(&self, key: &Key) -> bool {
        self.by_key.contains_key(key)
    }

    pub(in crate::engine) fn open(&mut self, key: Key) {
        self.by_key.entry(key).or_default();
    }

    pub(super) fn get(&self, key: &Key) -> Option<&Store> {
        self.by_key.get(key)
    }

    /// The store is read, or never will be: what waits for it need not wait longer.
    pub(super) fn settle(&mut self, key: &Key) {
        if let Some(store) = self.by_key.get_mut(key) {
            store.listed = true;
        }
    }

    /// Takes in what a watch told.
    pub(in crate::engine) fn take(&mut self, key: &Key, event: WatchEvent) -> Touched {
        match event {
            WatchEvent::Changed(object) => self.put(key, object),
            WatchEvent::Gone(object) => self.remove(key, object),
            WatchEvent::Listed => {
                self.settle(key);
                Touched::Namespace(key.namespace.clone())
            }
            WatchEvent::Interrupted(_) => Touched::None,
        }
    }

    fn put(&mut self, key: &Key, object: Arc<Value>) -> Touched {
        let around = Around::of(&key.served);
        if around == Some(Around::Events) {
            if !cause::relevant(&object) {
                return Touched::None;
            }
            let about = about(&object);
            let name = name(&object);
            self.events
                .entry(about.clone())
                .or_default()
                .insert(name, object);
            return if about.is_empty() {
                Touched::None
            } else {
                Touched::Uid(about)
            };
        }
        let (name, uid) = (name(&object), uid(&object));
        if let Some(owner) = controller(&object) {
            self.owners.insert(uid.clone(), owner.clone());
            self.owned
                .entry(owner)
                .or_default()
                .insert((key.clone(), name.clone()));
        }
        if let Some(store) = self.by_key.get_mut(key) {
            store.gone.remove(&name);
            store.objects.insert(name, object);
        }
        match around {
            Some(Around::Claims) => Touched::Namespace(key.namespace.clone()),
            _ => Touched::Uid(uid),
        }
    }

    fn remove(&mut self, key: &Key, object: Arc<Value>) -> Touched {
        if Around::of(&key.served) == Some(Around::Events) {
            let about = about(&object);
            if let Some(events) = self.events.get_mut(&about) {
                events.remove(&name(&object));
            }
            return Touched::None;
        }
        let (name, uid) = (name(&object), uid(&object));
        let owner = controller(&object);
        if let Some(owner) = &owner
            && let Some(owned) = self.owned.get_mut(owner)
        {
            owned.remove(&(key.clone(), name.clone()));
        }
        self.owners.remove(&uid);
        if let Some(store) = self.by_key.get_mut(key) {
            store.objects.remove(&name);
            store.gone.insert(name, object);
        }
        match Around::of(&key.served) {
            // A claim may wait to be gone for the pod that used it.
            Some(Around::Pods) => Touched::Namespace(key.namespace.clone()),
            _ => Touched::Uid(owner.unwrap_or(uid)),
        }
    }

    /// The uids from an object up to the one at the top that controls it.
    pub(super) fn line(&self, uid: &str) -> Vec<String> {
        let mut line = vec![uid.to_owned()];
        while let Some(owner) = line.last().and_then(|uid| self.owners.get(uid)) {
            if line.contains(owner) {
                break;
            }
            line.push(owner.clone());
        }
        line
    }

    /// What the object with this uid controls, of one kind.
    pub(super) fn owned(&self, around: Around, owner: &str) -> Vec<&Arc<Value>> {
        let Some(owned) = self.owned.get(owner) else {
            return Vec::new();
        };
        owned
            .iter()
            .filter(|(key, _)| Around::of(&key.served) == Some(around))
            .filter_map(|(key, name)| self.by_key.get(key)?.get(name))
            .collect()
    }

    /// All of one kind in a namespace.
    pub(super) fn all(&self, around: Around, namespace: &str) -> Vec<&Arc<Value>> {
        self.by_key
            .get(&around.key(namespace))
            .map(|store| store.objects().collect())
            .unwrap_or_default()
    }

    /// The events about the object with this uid.
    pub(super) fn events(&self, uid: &str) -> impl Iterator<Item = &Arc<Value>> {
        self.events.get(uid).into_iter().flat_map(BTreeMap::values)
    }
}

/// The key that an object of this id is found under.
pub(super) fn key_of(id: &ObjectId, served: &Served, selector: &Selector) -> Key {
    match Around::of(served) {
        Some(around) => match &id.namespace {
            Some(namespace) => around.key(namespace),
            None => around.key(""),
        },
        None => Key {
            served: served.clone(),
            namespace: id.namespace.clone().filter(|_| served.namespaced),
            selector: selector.clone(),
        },
    }
}

pub(super) fn uid(object: &Value) -> String {
    text(&object["metadata"]["uid"])
}

pub(super) fn name(object: &Value) -> String {
    text(&object["metadata"]["name"])
}

/// The resource version as a number, which newer ones are greater than.
pub(super) fn version(object: &Value) -> u64 {
    object["metadata"]["resourceVersion"]
        .as_str()
        .and_then(|text| text.parse().ok())
        .unwrap_or(0)
}

fn controller(object: &Value) -> Option<String> {
    object["metadata"]["ownerReferences"]
        .as_array()?
        .iter()
        .find(|owner| owner["controller"] == true)
        .map(|owner| text(&owner["uid"]))
}

fn about(event: &Value) -> String {
    text(&event["involvedObject"]["uid"])
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
