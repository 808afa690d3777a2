//! The last changes, one per revision, from which watches are served.

use super::Key;
use bytes::Bytes;
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, OnceLock};

/// How many changes are kept. A watch that asks for an older one is told to list again.
const KEPT: usize = 10_000;

/// What happened to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChangeKind {
    /// It is new.
    Added,
    /// It was changed.
    Modified,
    /// It is gone; the change holds its last state.
    Deleted,
}

/// One change of one object.
#[derive(Debug)]
pub(crate) struct Change {
    /// The store's revision after the change; also the object's `resourceVersion`.
    pub(crate) revision: u64,
    /// What happened.
    pub(crate) kind: ChangeKind,
    /// Whose change.
    pub(crate) key: Key,
    /// The object after the change (its last state, when it was deleted).
    pub(crate) object: Arc<Value>,
    /// The object before the change; `None` when it is new.
    pub(crate) old: Option<Arc<Value>>,
    /// The object's JSON, made when the first watch asks for it.
    json: OnceLock<Bytes>,
}

impl Change {
    /// A change, with its JSON still to be made.
    pub(crate) fn new(
        revision: u64,
        kind: ChangeKind,
        key: Key,
        object: Arc<Value>,
        old: Option<Arc<Value>>,
    ) -> Self {
        Self {
            revision,
            kind,
            key,
            object,
            old,
            json: OnceLock::new(),
        }
    }

    /// The object as JSON text.
    pub(crate) fn json(&self) -> Bytes {
        self.json
            .get_or_init(|| Bytes::from(serde_json::to_vec(&*self.object).unwrap_or_default()))
            .clone()
    }
}

/// The ring of changes. Every revision is exactly one change, so that a revision is an index.
#[derive(Debug, Default)]
pub(crate) struct History {
    revision: u64,
    changes: VecDeque<Arc<Change>>,
}

impl History {
    /// A history that starts after `revision`, with nothing in it.
    pub(crate) fn starting_at(revision: u64) -> Self {
        Self {
            revision,
            changes: VecDeque::new(),
        }
    }

    /// The store's revision: that of the last change.
    pub(crate) fn revision(&self) -> u64 {
        self.revision
    }

    /// Adds a change; its revision is the next one.
    pub(crate) fn push(&mut self, change: Change) {
        debug_assert_eq!(change.revision, self.revision + 1);
        self.revision = change.revision;
        self.changes.push_back(Arc::new(change));
        if self.changes.len() > KEPT {
            self.changes.pop_front();
        }
    }

    /// Forgets all changes, so that every watch there is has to list again.
    pub(crate) fn forget(&mut self) {
        self.changes.clear();
        self.revision += 1;
    }

    /// The oldest revision after which a watch can still start.
    pub(crate) fn oldest(&self) -> u64 {
        self.revision - self.changes.len() as u64
    }

    /// The changes after `revision`, or `None` when some of them are no longer kept.
    pub(crate) fn after(&self, revision: u64) -> Option<impl Iterator<Item = &Arc<Change>>> {
        let skip = revision.checked_sub(self.oldest())? as usize;
        Some(self.changes.range(skip.min(self.changes.len())..))
    }
}
