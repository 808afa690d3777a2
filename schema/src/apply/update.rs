//! Ownership after every write that is not an apply.

use serde_json::Value;

use super::{ownership, reconcile};
use crate::default::zeros;
use crate::fields::FieldSet;
use crate::managed::{Manager, Managers, Operation, cap_updaters, strip, take};
use crate::merge::{compare, is_keyed};
use crate::ty::Type;

/// Who writes, and how.
#[derive(Debug, Clone)]
pub struct UpdateOptions<'a> {
    /// Name of the field manager.
    pub manager: &'a str,
    /// Version of the request, such as `apps/v1`.
    pub api_version: &'a str,
    /// Subresource that is written through; empty for the object itself.
    pub subresource: &'a str,
    /// Now, RFC 3339 with whole seconds.
    pub time: &'a str,
    /// Paths that this endpoint does not set: [`super::reset_fields`].
    pub reset: &'a FieldSet,
}

/// Gives a new object (after a create, replace or patch; defaults filled in, as a server decodes
/// it) its `managedFields`. `live` is what stood there before.
///
/// The object may bring managers of its own on the main endpoint; an empty list of them forgets
/// all. An object that exists and has no managers stays without.
#[must_use]
pub fn update(
    ty: &Type,
    live: Option<&Value>,
    mut new: Value,
    options: &UpdateOptions<'_>,
) -> Value {
    let brought = take(&mut new);
    if !is_keyed(ty, &new) {
        return new;
    }
    let brought = brought.filter(|_| options.subresource.is_empty());
    let mut managers = managers(live, brought.as_ref(), ty.is_builtin());
    if managers.is_empty() && live.is_some_and(|live| live.pointer("/metadata/uid").is_some()) {
        return new;
    }
    let mut base = live.cloned().unwrap_or_else(|| zeros(ty));
    take(&mut base);
    let own = Manager::new(
        options.manager,
        Operation::Update,
        options.api_version,
        options.subresource,
    );
    record(
        ty,
        &base,
        &new,
        &mut managers,
        &own,
        options.reset,
        options.time,
    );
    cap_updaters(&mut managers);
    managers.write(&mut new);
    new
}

/// The managers to start from: the request's where it may bring some, else the live object's.
/// `typed` tells an object that Go reads into a type: only there an empty list is more than nothing.
fn managers(live: Option<&Value>, brought: Option<&Value>, typed: bool) -> Managers {
    let live = || {
        live.and_then(|live| Managers::of(live).ok())
            .unwrap_or_default()
    };
    match brought {
        Some(Value::Array(entries)) => {
            let reset = match entries.as_slice() {
                [] => typed,
                [one] => one.as_object().is_some_and(serde_json::Map::is_empty),
                _ => false,
            };
            if reset {
                return Managers::new();
            }
            let brought = brought.and_then(|entries| Managers::from_json(entries).ok());
            brought
                .filter(|managers| !managers.is_empty())
                .unwrap_or_else(live)
        }
        _ => live(),
    }
}

/// Moves what changed between two objects to the manager who changed it.
pub(super) fn record(
    ty: &Type,
    before: &Value,
    after: &Value,
    managers: &mut Managers,
    own: &Manager,
    reset: &FieldSet,
    time: &str,
) {
    reconcile::reconcile(ty, managers);
    let change = compare(ty, before, after).without(reset);
    // The write is everybody's rival first, its own manager's too; then it becomes that manager's.
    let nobody = Manager::new("current-operation", Operation::Update, "", "");
    // With force there are no conflicts.
    let _ = ownership::yield_fields(managers, &nobody, &change, true);
    let mut gained = own.clone();
    gained.fields = change.modified.union(&change.added);
    strip(&mut gained);
    if gained.fields.is_empty() {
        return;
    }
    if let Some(known) = managers.get(own) {
        gained.fields = gained.fields.union(&known.fields);
    }
    gained.time = Some(time.to_owned());
    managers.put(gained);
}
