//! A small cluster for the tests of controllers: objects in a map, a clock that jumps. It knows the
//! metadata rules that controllers lean on and nothing of admission or validation.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::effect::Decision;
use super::json::{items, later, set, stamp, text, unset};
use super::manager::Manager;
use super::meta::{is_terminating, uid};
use super::recorder::Recorder;
use super::seam::{Change, Cluster, Controller, GroupKind, Key, Propagation, Refusal, Writer};
use crate::kubelet::logs::Logs;

type Id = (String, String, String, String);

/// The objects, the clock, and what was asked for.
pub(crate) struct Fake {
    now: Timestamp,
    number: u64,
    objects: BTreeMap<Id, Arc<Value>>,
    changes: Vec<Change>,
    logs: Logs,
    recorder: Recorder,
    /// Creating an object of this kind is refused with this message.
    pub(crate) refuse: Option<(&'static str, String)>,
}

fn id(kind: GroupKind<'_>, namespace: &str, name: &str) -> Id {
    (
        kind.group.to_owned(),
        kind.kind.to_owned(),
        namespace.to_owned(),
        name.to_owned(),
    )
}

fn id_of(object: &Value) -> Id {
    let key = Key::of(object);
    id(GroupKind::of(object), &key.namespace, &key.name)
}

fn refusal(code: u16, reason: &str, message: String) -> Refusal {
    Refusal {
        code,
        reason: reason.to_owned(),
        message,
    }
}

impl Fake {
    pub(crate) fn new() -> Self {
        Self {
            now: "2026-01-01T00:00:00Z".parse().unwrap(),
            number: 0,
            objects: BTreeMap::new(),
            changes: Vec::new(),
            logs: Logs::default(),
            recorder: Recorder::default(),
            refuse: None,
        }
    }

    fn store(&mut self, id: Id, object: Option<Value>) -> Arc<Value> {
        self.number += 1;
        let after = object.map(|mut object| {
            set(
                &mut object,
                "metadata.resourceVersion",
                self.number.to_string(),
            );
            Arc::new(object)
        });
        let before = match &after {
            Some(after) => self.objects.insert(id, after.clone()),
            None => self.objects.remove(&id),
        };
        let kept = after.clone().or_else(|| before.clone()).unwrap_or_default();
        if before.is_some() || after.is_some() {
            self.changes.push(Change { before, after });
        }
        kept
    }

    fn live(&self, object: &Value) -> Result<Value, Refusal> {
        let id = id_of(object);
        let gone = || refusal(404, "NotFound", format!("{} \"{}\" not found", id.1, id.3));
        let live = self.objects.get(&id).ok_or_else(gone)?;
        let wanted = uid(object);
        if !wanted.is_empty() && wanted != uid(live) {
            return Err(refusal(409, "Conflict", "the uid differs".to_owned()));
        }
        Ok(Value::clone(live))
    }

    fn put(&mut self, before: &Value, object: Value) -> Arc<Value> {
        if *before == object {
            return Arc::new(object);
        }
        let mut object = object;
        if before["spec"] != object["spec"] {
            let generation = before["metadata"]["generation"].as_i64().unwrap_or(1);
            set(&mut object, "metadata.generation", generation + 1);
        }
        let id = id_of(&object);
        let done = is_terminating(&object)
            && items(&object, "metadata.finalizers").is_empty()
            && items(&object, "spec.finalizers").is_empty()
            && object["metadata"]["deletionGracePeriodSeconds"]
                .as_i64()
                .unwrap_or(0)
                == 0;
        self.store(id, (!done).then_some(object))
    }
}

impl Cluster for Fake {
    fn now(&self) -> Timestamp {
        self.now
    }

    fn next_number(&mut self) -> u64 {
        self.number += 1;
        self.number
    }

    fn get(&self, kind: GroupKind<'_>, namespace: &str, name: &str) -> Option<Arc<Value>> {
        self.objects.get(&id(kind, namespace, name)).cloned()
    }

    fn list(&self, kind: GroupKind<'_>, namespace: &str) -> Vec<Arc<Value>> {
        let matches = |id: &Id| {
            id.0 == kind.group && id.1 == kind.kind && (namespace.is_empty() || id.2 == namespace)
        };
        self.objects
            .iter()
            .filter(|(id, _)| matches(id))
            .map(|(_, object)| object.clone())
            .collect()
    }

    fn owned(&self, uid: &str) -> Vec<Arc<Value>> {
        let names = |object: &Arc<Value>| {
            let owners = items(object, "metadata.ownerReferences");
            owners.iter().any(|owner| text(owner, "uid") == uid)
        };
        self.objects
            .values()
            .filter(|object| names(object))
            .cloned()
            .collect()
    }

    fn kinds(&self) -> Vec<(String, String, bool)> {
        let mut kinds: Vec<_> = self
            .objects
            .keys()
            .map(|id| (id.0.clone(), id.1.clone(), !id.2.is_empty()))
            .collect();
        kinds.dedup();
        kinds
    }

    fn create(&mut self, _: Writer, mut object: Value) -> Result<Arc<Value>, Refusal> {
        let kind = text(&object, "kind").to_owned();
        if let Some((_, message)) = self.refuse.as_ref().filter(|(refused, _)| *refused == kind) {
            return Err(refusal(403, "Forbidden", message.clone()));
        }
        if text(&object, "metadata.name").is_empty() {
            let prefix = text(&object, "metadata.generateName").to_owned();
            let number = self.next_number();
            set(&mut object, "metadata.name", format!("{prefix}{number:05}"));
        }
        let id = id_of(&object);
        let home = self.get(GroupKind::new("", "Namespace"), "", &id.2);
        if home.is_some_and(|home| is_terminating(&home)) {
            let why = "because it is being terminated".to_owned();
            return Err(refusal(403, "Forbidden", why));
        }
        if self.objects.contains_key(&id) {
            return Err(refusal(
                409,
                "AlreadyExists",
                format!("\"{}\" already exists", id.3),
            ));
        }
        let number = self.next_number();
        set(&mut object, "metadata.uid", format!("uid-{number}"));
        set(&mut object, "metadata.creationTimestamp", stamp(self.now));
        set(&mut object, "metadata.generation", 1);
        Ok(self.store(id, Some(object)))
    }

    fn update(&mut self, _: Writer, mut object: Value) -> Result<Arc<Value>, Refusal> {
        let before = self.live(&object)?;
        unset(&mut object, "status");
        if let Some(status) = before.get("status") {
            object["status"] = status.clone();
        }
        set(
            &mut object,
            "metadata.resourceVersion",
            before["metadata"]["resourceVersion"].clone(),
        );
        Ok(self.put(&before, object))
    }

    fn update_subresource(
        &mut self,
        _: Writer,
        subresource: &str,
        object: Value,
    ) -> Result<Arc<Value>, Refusal> {
        let before = self.live(&object)?;
        let mut after = before.clone();
        if subresource == "finalize" {
            set(
                &mut after,
                "spec.finalizers",
                object["spec"]["finalizers"].clone(),
            );
        } else {
            after["status"] = object["status"].clone();
            after["metadata"]["annotations"] = object["metadata"]["annotations"].clone();
            if after["metadata"]["annotations"].is_null() {
                unset(&mut after, "metadata.annotations");
            }
        }
        Ok(self.put(&before, after))
    }

    fn bind(&mut self, namespace: &str, pod: &str, node: &str) -> Result<(), Refusal> {
        let kind = GroupKind::new("", "Pod");
        let before = self
            .get(kind, namespace, pod)
            .ok_or_else(|| refusal(404, "NotFound", format!("pods \"{pod}\" not found")))?;
        let mut after = Value::clone(&before);
        set(&mut after, "spec.nodeName", node);
        set(&mut after, "status.phase", "Pending");
        super::condition::put(
            &mut after["status"],
            &super::condition::Condition::new("PodScheduled", "True", "", ""),
            self.now,
        );
        self.put(&before, after);
        Ok(())
    }

    fn scale(&mut self, object: &Value, replicas: i64) -> Result<(), Refusal> {
        let before = self.live(object)?;
        let mut after = before.clone();
        set(&mut after, "spec.replicas", replicas);
        self.put(&before, after);
        Ok(())
    }

    fn delete(
        &mut self,
        object: &Value,
        propagation: Propagation,
        grace: Option<i64>,
    ) -> Result<(), Refusal> {
        let mut live = self.live(object)?;
        let before = live.clone();
        match propagation {
            Propagation::Background => {}
            Propagation::Foreground => {
                live = super::meta::with_finalizer(&live, "foregroundDeletion");
            }
            Propagation::Orphan => live = super::meta::with_finalizer(&live, "orphan"),
        }
        let is_pod = text(&live, "kind") == "Pod";
        let idle = text(&live, "spec.nodeName").is_empty() || super::pod::is_finished(&live);
        let own = if !is_pod || idle {
            0
        } else {
            live["spec"]["terminationGracePeriodSeconds"]
                .as_i64()
                .unwrap_or(30)
        };
        let grace = if is_pod { grace.unwrap_or(own) } else { 0 };
        let finalizers = !items(&live, "metadata.finalizers").is_empty()
            || !items(&live, "spec.finalizers").is_empty();
        if grace == 0 && !finalizers {
            self.store(id_of(&live), None);
            return Ok(());
        }
        if !is_terminating(&live) || grace == 0 {
            set(
                &mut live,
                "metadata.deletionTimestamp",
                stamp(later(self.now, grace)),
            );
            set(&mut live, "metadata.deletionGracePeriodSeconds", grace);
        }
        self.put(&before, live);
        Ok(())
    }

    fn logs(&mut self) -> &mut Logs {
        &mut self.logs
    }

    fn recorder(&mut self) -> &mut Recorder {
        &mut self.recorder
    }

    fn take_changes(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.changes)
    }
}

/// A fake cluster with controllers at work on it.
pub(crate) struct Lab {
    pub(crate) cluster: Fake,
    manager: Manager,
}

impl Lab {
    pub(crate) fn new(controllers: Vec<Box<dyn Controller>>) -> Self {
        Self {
            cluster: Fake::new(),
            manager: Manager::new(controllers),
        }
    }

    /// A lab with every controller, three nodes and the namespace `shop`.
    pub(crate) fn full() -> Self {
        let mut lab = Self::new(super::all());
        for name in ["node-1", "node-2", "node-3"] {
            lab.create(json!({
                "apiVersion": "v1", "kind": "Node",
                "metadata": {"name": name, "labels": {
                    "kubernetes.io/hostname": name,
                    "topology.kubernetes.io/zone": format!("zone-{}", &name[5..]),
                }},
                "status": {"allocatable": {"cpu": "4", "memory": "16Gi", "pods": "110"}},
            }));
        }
        lab.create(json!({
            "apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"},
            "spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"},
        }));
        lab
    }

    /// Starts the controllers again, with no memory of what they did.
    pub(crate) fn restart(&mut self) {
        let objects: Vec<_> = self.cluster.objects.values().cloned().collect();
        self.manager = Manager::new(super::all());
        self.manager.start(objects, &self.cluster);
        self.manager.run(&mut self.cluster);
    }

    pub(crate) fn create(&mut self, object: Value) -> Arc<Value> {
        let made = self
            .cluster
            .create(Writer::ControllerManager, object)
            .unwrap();
        self.manager.run(&mut self.cluster);
        made
    }

    /// Changes an object as a client does.
    pub(crate) fn change(&mut self, kind: &str, name: &str, change: impl FnOnce(&mut Value)) {
        let mut object = Value::clone(&self.find(kind, name).unwrap());
        change(&mut object);
        self.cluster
            .update(Writer::ControllerManager, object)
            .unwrap();
        self.manager.run(&mut self.cluster);
    }

    pub(crate) fn delete(&mut self, kind: &str, name: &str, propagation: Propagation) {
        let object = self.find(kind, name).unwrap();
        self.cluster.delete(&object, propagation, None).unwrap();
        self.manager.run(&mut self.cluster);
    }

    /// The object of a kind (in any group and namespace) by name.
    pub(crate) fn find(&self, kind: &str, name: &str) -> Option<Arc<Value>> {
        let found = |id: &&Id| id.1 == kind && id.3 == name;
        self.cluster
            .objects
            .keys()
            .find(found)
            .map(|id| self.cluster.objects[id].clone())
    }

    /// All objects of a kind, in any group and namespace.
    pub(crate) fn all(&self, kind: &str) -> Vec<Arc<Value>> {
        let objects = self.cluster.objects.iter();
        objects
            .filter(|(id, _)| id.1 == kind)
            .map(|(_, object)| object.clone())
            .collect()
    }

    /// Lets so many seconds pass, event by event; `watch` sees every state in between.
    pub(crate) fn pass_watched(&mut self, seconds: i64, mut watch: impl FnMut(&Self)) {
        let end = later(self.cluster.now, seconds);
        self.manager.run(&mut self.cluster);
        watch(self);
        while let Some(due) = self.manager.next_due().filter(|due| *due <= end) {
            self.cluster.now = due.max(self.cluster.now);
            self.manager.run(&mut self.cluster);
            watch(self);
        }
        self.cluster.now = end;
    }

    /// Lets so many seconds pass.
    pub(crate) fn pass(&mut self, seconds: i64) {
        self.pass_watched(seconds, |_| {});
    }

    /// The messages of all events with a reason.
    pub(crate) fn events(&self, reason: &str) -> Vec<String> {
        let events = self.all("Event");
        let told = events.iter().filter(|event| event["reason"] == reason);
        told.map(|event| text(event, "message").to_owned())
            .collect()
    }
}

/// A short form of a decision's actions, for tables: the verb, the kind and the name.
pub(crate) fn outline(decision: &Decision) -> Vec<String> {
    use super::effect::Action;
    let line = |verb: &str, object: &Value| {
        let name = match text(object, "metadata.name") {
            "" => text(object, "metadata.generateName"),
            name => name,
        };
        format!("{verb} {} {name}", text(object, "kind"))
    };
    let actions = decision.actions.iter();
    actions
        .map(|action| match action {
            Action::Create(object) => line("create", object),
            Action::Update(object) => line("update", object),
            Action::Status(object) => line("status", object),
            Action::Delete(object) | Action::DeleteLast(object) => line("delete", object),
            Action::Event(event) => format!("event {}: {}", event.reason, event.message),
        })
        .collect()
}
