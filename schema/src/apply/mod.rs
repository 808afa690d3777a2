//! Server-side apply and the bookkeeping of ownership for every other write, as a kube-apiserver
//! does them.

mod error;
mod ownership;
mod prune;
mod reconcile;
mod reset;
mod run;
mod times;
mod update;
#[cfg(test)]
mod vectors;

pub use error::{ApplyError, Conflict};
pub use reset::reset_fields;
pub use run::{Applied, ApplyOptions, apply, check_body, check_fields, described, kind_of};
pub use times::keep_times;
pub use update::{UpdateOptions, update};
