//! The plan: a value that is shown, kept and done.

use super::{adoption::Adoption, decision::Decider, inventory::Inventory, manifest::Manifest};
use crate::{
    cluster::{ClusterName, Served},
    environment::Edge,
    object::{Location, ObjectId, Ownership},
};
use serde::Serialize;
use serde_json::Value;
use std::fmt;

/// What it takes to make a cluster what an environment says, in the order in which it is shown.
///
/// No secret stands in anything of it that can be shown.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    /// The cluster that was read.
    pub cluster: ClusterName,
    /// The environment.
    pub environment: String,
    /// Its default namespace.
    pub namespace: String,
    /// What was made of the environment's size, such as `20%`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scaled: Option<String>,
    /// What to do, object by object: first what is applied, in order, then what goes or is kept.
    pub steps: Vec<Step>,
    /// How many objects of the environment it leaves out, since only others were asked for.
    #[serde(skip_serializing_if = "is_zero")]
    pub left_out: usize,
    /// What could not be looked at, and other things worth knowing that stop nothing.
    pub warnings: Vec<String>,
    /// What must come before what among `steps`, by index.
    #[serde(skip)]
    pub(crate) edges: Vec<Edge>,
    /// What each step works with.
    #[serde(skip)]
    pub(crate) works: Vec<Work>,
    /// What the environment owns, before and after.
    #[serde(skip)]
    pub(crate) books: Books,
}

/// What a step works with.
#[derive(Clone, Debug)]
pub(crate) enum Work {
    /// What is (or was) sent for an object that is wanted.
    Write(Box<Manifest>),
    /// An object that is no longer wanted.
    Remove(Box<Removal>),
}

/// An object that is deleted, kept or let go.
#[derive(Clone)]
pub(crate) struct Removal {
    /// How its kind is served.
    pub(crate) served: Served,
    /// The object as it was when the plan was made.
    pub(crate) live: Value,
    /// It is kept for good and our label is to go.
    pub(crate) release: bool,
    /// It was not applied by us: the API server made it from a claim template.
    pub(crate) made_by: Option<String>,
}

/// Without the live object, which may be a secret.
impl fmt::Debug for Removal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Removal")
            .field("served", &self.served)
            .field("release", &self.release)
            .field("made_by", &self.made_by)
            .finish_non_exhaustive()
    }
}

/// What an environment owns, before and after a plan is done.
#[derive(Clone, Debug, Default)]
pub(crate) struct Books {
    /// What the cluster's inventory says.
    pub(crate) before: Inventory,
    /// What it will say.
    pub(crate) after: Inventory,
    /// The uid of the config map that holds it, where one is there.
    pub(crate) uid: Option<String>,
    /// The plan is about a part of what is owned: the rest stays as it is.
    pub(crate) partial: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl Plan {
    /// Whether doing it changes nothing.
    pub fn is_empty(&self) -> bool {
        !self.steps.iter().any(|step| step.action.is_write())
    }

    /// How many steps have this action.
    pub fn count(&self, action: Action) -> usize {
        self.steps
            .iter()
            .filter(|step| step.action == action)
            .count()
    }
}

/// One object, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// The object.
    pub id: ObjectId,
    /// What is done with it.
    pub action: Action,
    /// Its fields that change, as they stand in the object; empty unless it is updated or replaced.
    pub changes: Vec<Change>,
    /// Why, where it is not plain: why it is kept, replaced, or adopted.
    pub reason: Option<String>,
    /// From whom it is taken over, where others made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adopts: Option<Adoption>,
    /// The fields that other field managers set as well, and what becomes of each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contests: Vec<Contest>,
    /// What could go wrong or be noticed by users: pods that restart, data that goes.
    pub risks: Vec<String>,
    /// What else is worth knowing: generated values, fields left to others, what could not be
    /// checked.
    pub notes: Vec<String>,
    /// For what is kept: the target that `--delete` takes to delete it, `KIND/NAME`.
    pub delete_target: Option<String>,
    /// Where it was made.
    pub origin: Option<Location>,
}

impl Step {
    /// A step without changes.
    pub(crate) fn new(id: ObjectId, action: Action) -> Self {
        Self {
            id,
            action,
            changes: Vec::new(),
            reason: None,
            adopts: None,
            contests: Vec::new(),
            risks: Vec::new(),
            notes: Vec::new(),
            delete_target: None,
            origin: None,
        }
    }
}

/// What is done with an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// It is new.
    Create,
    /// Fields of it change.
    Update,
    /// It is deleted and made again, since what changes cannot be changed in place.
    Replace,
    /// It is deleted.
    Delete,
    /// It is no longer wanted and stays all the same, for the reason that the step gives.
    Keep,
    /// It is as it should be.
    Unchanged,
}

impl Action {
    /// Whether it changes the cluster.
    pub fn is_write(self) -> bool {
        !matches!(self, Self::Keep | Self::Unchanged)
    }

    /// Whether the object is wanted: it is there afterwards because the environment says so.
    pub fn is_wanted(self) -> bool {
        !matches!(self, Self::Keep | Self::Delete)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Replace => "replace",
            Self::Delete => "delete",
            Self::Keep => "keep",
            Self::Unchanged => "unchanged",
        })
    }
}

/// A field that another field manager sets as well.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Contest {
    /// The field, as the API server writes it.
    pub field: String,
    /// The other field manager.
    pub manager: String,
    /// What becomes of it.
    pub decision: Ownership,
    /// Who decided that.
    pub by: Decider,
}

/// One field that changes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// The field, as the API server writes it: `.spec.template.spec.containers[name="app"].image`.
    pub path: String,
    /// Its value now; `None` where it is not there, and for secrets.
    pub before: Option<Value>,
    /// Its value then; `None` where it goes, and for secrets.
    pub after: Option<Value>,
    /// It is secret: only that it changes is told.
    pub secret: bool,
    /// It may change or not: the secret could not be read.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unknown: bool,
    /// Where it was set.
    pub origin: Option<Location>,
}
