//! What an environment owns in the cluster, kept in the cluster.
//!
//! A config map `infra-<environment>` in the default namespace is the parent of an `ApplySet` (so
//! that other tools see it) and holds, as data of ours, the ids and uids of the members.

mod applyset;
mod store;

pub(crate) use applyset::{ID, PART_OF, group_kinds, id, namespaces};
pub(crate) use store::{from_object, to_object};

use crate::object::ObjectId;
use std::collections::BTreeMap;

/// The name of an environment's inventory.
pub(crate) fn name(environment: &str) -> String {
    format!("infra-{environment}")
}

/// What an environment owns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Inventory {
    /// By id. Ordered, so that equal inventories are equal bytes.
    pub(crate) members: BTreeMap<ObjectId, Member>,
}

/// What is known of a member.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Member {
    /// The version under which it was applied.
    pub(crate) version: String,
    /// Its uid; `None` until the run that made it has ended.
    pub(crate) uid: Option<String>,
    /// It is no longer wanted and was kept.
    pub(crate) kept: bool,
    /// The stateful set whose claim template made it, where we did not apply it ourselves.
    pub(crate) made_by: Option<String>,
}

impl Inventory {
    /// Both: what stands in either, `other` winning.
    pub(crate) fn union(&self, other: &Self) -> Self {
        let mut members = self.members.clone();
        for (id, member) in &other.members {
            let entry = members.entry(id.clone()).or_default();
            let uid = member.uid.clone().or_else(|| entry.uid.take());
            *entry = Member {
                uid,
                ..member.clone()
            };
        }
        Self { members }
    }
}
