//! What a decision asks for, and doing it.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::json::{at, set, text, unset};
use super::meta::{name, namespace, uid};
use super::seam::{Cluster, Propagation, Refusal, Writer};

/// One thing to do.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Action {
    /// Create this object.
    Create(Value),
    /// Replace this object.
    Update(Value),
    /// Replace this object's status.
    Status(Value),
    /// Delete this object, in the background.
    Delete(Arc<Value>),
    /// Delete this object after all that it owns.
    DeleteLast(Arc<Value>),
    /// Tell of something.
    Event(Event),
}

/// What an event tells.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Event {
    /// What it is about: as much of the object as identifies it.
    pub(super) about: Value,
    /// Whether it is a warning.
    pub(crate) warning: bool,
    /// The reason, one word.
    pub(crate) reason: &'static str,
    /// The message for people.
    pub(crate) message: String,
    /// Who tells it, where that is not the controller that makes it.
    pub(super) teller: Option<String>,
}

impl Event {
    /// An event of the type `Normal`.
    pub(crate) fn normal(about: &Value, reason: &'static str, message: impl Into<String>) -> Self {
        Self {
            about: reference(about),
            warning: false,
            reason,
            message: message.into(),
            teller: None,
        }
    }

    /// An event of the type `Warning`.
    pub(crate) fn warning(about: &Value, reason: &'static str, message: impl Into<String>) -> Self {
        Self {
            about: reference(about),
            warning: true,
            reason,
            message: message.into(),
            teller: None,
        }
    }

    /// The same event told by another component.
    pub(crate) fn by(mut self, teller: &str) -> Self {
        self.teller = Some(teller.to_owned());
        self
    }

    /// The same event about one container of the pod, as its `fieldPath` says.
    pub(crate) fn on(mut self, list: &str, container: &str) -> Self {
        set(
            &mut self.about,
            "fieldPath",
            format!("spec.{list}{{{container}}}"),
        );
        self
    }
}

/// What a decision came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Decision {
    /// What to do, in order.
    pub(crate) actions: Vec<Action>,
    /// When to look again though nothing has changed.
    pub(crate) again: Option<Timestamp>,
}

impl Decision {
    /// Looks again at a time, or earlier if something else wants that.
    pub(crate) fn look_again(&mut self, time: Timestamp) {
        self.again = Some(self.again.map_or(time, |other| other.min(time)));
    }

    pub(crate) fn push(&mut self, action: Action) {
        self.actions.push(action);
    }

    pub(crate) fn event(&mut self, event: Event) {
        self.actions.push(Action::Event(event));
    }

    /// Does what was decided; refused writes are left for the next look.
    pub(crate) fn perform(
        self,
        cluster: &mut dyn Cluster,
        writer: Writer,
        component: &str,
    ) -> Option<Timestamp> {
        let mut refused = false;
        for action in self.actions {
            refused |= perform(cluster, writer, component, action).is_err();
        }
        let soon = super::json::later(cluster.now(), 1);
        if refused {
            Some(self.again.map_or(soon, |time| time.min(soon)))
        } else {
            self.again
        }
    }
}

/// Deletes an object. What is gone already, or another by now, counts as deleted.
fn delete(
    cluster: &mut dyn Cluster,
    object: &Value,
    propagation: Propagation,
) -> Result<(), Refusal> {
    match cluster.delete(object, propagation, None) {
        Err(refusal) if refusal.code != 404 && refusal.code != 409 => Err(refusal),
        _ => Ok(()),
    }
}

/// Takes out of an object what says when it was read: an earlier action may have changed it since,
/// and who holds its fields with it.
fn as_wanted(object: &mut Value) {
    unset(object, "metadata.resourceVersion");
    unset(object, "metadata.managedFields");
}

/// Does one thing.
pub(crate) fn perform(
    cluster: &mut dyn Cluster,
    writer: Writer,
    component: &str,
    action: Action,
) -> Result<(), Refusal> {
    match action {
        Action::Create(object) => cluster.create(writer, object).map(drop),
        Action::Update(mut object) => {
            as_wanted(&mut object);
            cluster.update(writer, object).map(drop)
        }
        Action::Status(mut object) => {
            as_wanted(&mut object);
            cluster
                .update_subresource(writer, "status", object)
                .map(drop)
        }
        Action::Delete(object) => delete(cluster, &object, Propagation::Background),
        Action::DeleteLast(object) => delete(cluster, &object, Propagation::Foreground),
        Action::Event(event) => {
            super::recorder::record(cluster, writer, component, &event);
            Ok(())
        }
    }
}

/// The reference to an object that events carry.
pub(crate) fn reference(object: &Value) -> Value {
    let mut reference = json!({
        "apiVersion": object["apiVersion"],
        "kind": object["kind"],
        "name": name(object),
        "uid": uid(object),
    });
    if !namespace(object).is_empty() {
        set(&mut reference, "namespace", namespace(object));
    }
    if !text(object, "metadata.resourceVersion").is_empty() {
        set(
            &mut reference,
            "resourceVersion",
            at(object, "metadata.resourceVersion").clone(),
        );
    }
    reference
}

/// The object with another status, if that is another.
pub(crate) fn status_action(object: &Value, status: Value) -> Option<Action> {
    if object.get("status") == Some(&status) {
        return None;
    }
    let mut object = object.clone();
    object["status"] = status;
    Some(Action::Status(object))
}
