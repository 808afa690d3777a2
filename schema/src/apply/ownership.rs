//! What a change does to the sets of the other managers.

use super::{ApplyError, Conflict};
use crate::managed::{Manager, Managers};
use crate::merge::Comparison;

/// Takes what a change removed and, where that is forced, what it changed, from everybody but the
/// manager that makes it. Without force, changing what others own is a conflict.
pub(super) fn yield_fields(
    managers: &mut Managers,
    own: &Manager,
    change: &Comparison,
    force: bool,
) -> Result<(), ApplyError> {
    let changed = change.modified.union(&change.added);
    if !force {
        let conflicts = conflicts(managers, own, &changed);
        if !conflicts.is_empty() {
            return Err(ApplyError::Conflicts(conflicts));
        }
    }
    for manager in managers.iter_mut().filter(|m| !m.is(own)) {
        manager.fields = manager
            .fields
            .difference(&changed)
            .difference(&change.removed);
    }
    managers.drop_empty();
    Ok(())
}

/// How a server writes what tells managers apart, by which it tells conflicts in order.
fn identifier(manager: &Manager) -> String {
    let (operation, name, subresource, version) = manager.identity();
    let fields = [
        ("manager", name),
        ("operation", operation.as_str()),
        ("apiVersion", version),
        ("subresource", subresource),
    ];
    let given = fields.iter().filter(|(_, value)| !value.is_empty());
    let given: Vec<String> = given
        .map(|(field, value)| format!("{field:?}:{value:?}"))
        .collect();
    format!("{{{}}}", given.join(","))
}

fn conflicts(
    managers: &Managers,
    own: &Manager,
    changed: &crate::fields::FieldSet,
) -> Vec<Conflict> {
    let mut others: Vec<&Manager> = managers.iter().filter(|m| !m.is(own)).collect();
    others.sort_by_cached_key(|manager| identifier(manager));
    let mut out = Vec::new();
    for other in others {
        let fields = other.fields.intersection(changed);
        for path in fields.paths_by_level() {
            let manager = Manager {
                fields: fields.clone(),
                ..other.clone()
            };
            out.push(Conflict { manager, path });
        }
    }
    out
}
