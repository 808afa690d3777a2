//! What a plan and an apply can be told.

use super::FieldTarget;
use crate::object::Ownership;
use std::time::Duration;

/// How to plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanOptions {
    /// Kept things that may be deleted all the same, as `KIND/NAME` (any name of the kind:
    /// `pvc/data-0`) or `NAMESPACE/KIND/NAME`. A target that the plan does not keep is an error, and
    /// so is one that means two objects.
    pub delete: Vec<String>,
    /// Plan these objects alone, named as in `delete`, and leave all others as they are; everything
    /// where nothing is named.
    pub only: Vec<String>,
    /// Keep what is no longer wanted, unless `delete` names it.
    pub no_prune: bool,
    /// Namespaces that are not there yet, and will be when the plan is applied: what is planned for
    /// them is not checked by the API server.
    pub coming: Vec<String>,
    /// What becomes of fields that other field managers set, over what the script says; a later one
    /// wins. What names no object of the environment says nothing.
    pub decisions: Vec<(Ownership, FieldTarget)>,
    /// Take fields from every other field manager instead of stopping at those that are neither
    /// people's tools nor controllers.
    pub force_conflicts: bool,
    /// Plan although secrets cannot be read: what they would be is unknown, and such a plan cannot be
    /// applied. Otherwise that is an error.
    pub unknown_secrets: bool,
}

/// How to apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplyOptions {
    /// How long objects may take to become ready, counted on the cluster's clock from the last
    /// write; 10 minutes by default.
    pub timeout: Duration,
    /// Whether to wait until everything is ready; otherwise only where the order asks for it.
    pub wait: bool,
    /// How many requests may run at a time; 8 by default.
    pub concurrency: usize,
}

impl Default for ApplyOptions {
    fn default() -> Self {
        Self {
            timeout: Duration::from_mins(10),
            wait: true,
            concurrency: 8,
        }
    }
}
