//! From objects to a cluster: plan, apply, wait, prune.
//!
//! [`plan`] reads the cluster and says what would change; [`apply`] does it and reports events.
//! Nothing else changes a cluster.

mod adoption;
pub(crate) mod advice;
mod apply;
mod bounded;
mod changes;
mod checksums;
mod conflict;
mod decision;
mod error;
mod event;
mod found;
pub(crate) mod gather;
mod immutable;
pub(crate) mod inventory;
pub(crate) mod kinds;
mod manifest;
pub(crate) mod mask;
mod options;
mod order;
mod outcome;
mod path;
mod plan;
mod refusal;
pub(crate) mod resolve;
mod reveal;
mod rights;
mod secret;
mod status;
mod step;
mod stop;
#[cfg(test)]
mod tests;
pub mod wait;

pub use adoption::{Adoption, Former};
pub use apply::apply;
pub use decision::{Decider, FieldTarget};
pub use error::{EngineError, Refusal};
pub use event::Event;
pub use found::{Found, found};
pub use gather::check_secrets;
pub use options::{ApplyOptions, PlanOptions};
pub use outcome::{Failure, NotReady, Outcome, Skipped};
pub use plan::{choose, plan, removals, share};
pub use reveal::reveal;
pub use secret::{SecretSource, Unread};
pub(crate) use status::status_of;
pub use status::{EnvironmentStatus, ObjectStatus, status};
pub use step::{Action, Change, Contest, Plan, Step};
pub use stop::{Stop, StopLevel};

/// The field manager of everything that we apply.
pub const MANAGER: &str = "infra";

/// The field manager of values that are made once and then left alone.
pub const GENERATED_MANAGER: &str = "infra-generated";

/// The field manager that holds `replicas` between us and an autoscaler.
pub const HANDOVER_MANAGER: &str = "infra-handover";

/// The field manager of what operations change on demand.
pub const OPERATION_MANAGER: &str = "infra-operation";

/// The field manager of the inventory.
pub const INVENTORY_MANAGER: &str = "infra-applyset";
