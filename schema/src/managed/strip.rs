//! Fields that nobody owns.

use super::Manager;
use crate::fields::{FieldPath, FieldSet};

/// Paths that the server keeps out of every set: identity and what it fills in itself.
const UNOWNED: &[&[&str]] = &[
    &["apiVersion"],
    &["kind"],
    &["metadata"],
    &["metadata", "clusterName"],
    &["metadata", "creationTimestamp"],
    &["metadata", "generation"],
    &["metadata", "managedFields"],
    &["metadata", "name"],
    &["metadata", "namespace"],
    &["metadata", "resourceVersion"],
    &["metadata", "selfLink"],
    &["metadata", "uid"],
];

/// Takes the unowned paths out of a manager's set.
pub(crate) fn strip(manager: &mut Manager) {
    let paths: Vec<FieldPath> = UNOWNED.iter().map(|path| FieldPath::fields(path)).collect();
    manager.fields = manager.fields.difference(&FieldSet::of(&paths));
}
