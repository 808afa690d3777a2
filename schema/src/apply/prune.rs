//! Removing what a manager applied before and does not apply now.

use serde_json::Value;

use crate::fields::FieldSet;
use crate::managed::{Manager, Managers};
use crate::merge::{field_set, remove_items, with_named_fields};
use crate::ty::Type;

/// The merged object without the fields that `own` claimed last (`last`), does not claim now, and
/// nobody else claims. `managers` already hold the new claim.
pub(super) fn prune(
    ty: &Type,
    merged: Value,
    managers: &Managers,
    own: &Manager,
    last: &FieldSet,
) -> Value {
    let still = managers
        .get(own)
        .is_some_and(|now| last.is_subset(&now.fields));
    if still {
        return merged;
    }
    let named = |set: &FieldSet| with_named_fields(ty, set);
    let last = named(last);
    let merged_set = named(&field_set(ty, &merged));
    // Everything of the last claim goes, then what anybody claims comes back …
    let pruned = remove_items(ty, merged.clone(), &last);
    let pruned_set = named(&field_set(ty, &pruned));
    let kept = pruned_set.union(&named(&managers.all_fields()));
    let pruned = remove_items(ty, merged.clone(), &merged_set.difference(&kept));
    // … and what was never claimed was taken along only because it stood below: it comes back too.
    let pruned_set = named(&field_set(ty, &pruned));
    let gone = merged_set.difference(&pruned_set).intersection(&last);
    remove_items(ty, merged, &gone)
}
