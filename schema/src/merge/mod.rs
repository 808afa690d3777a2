//! Structured merge: what an object owns, and how two of them are merged and compared along their
//! type. The rules are those of `sigs.k8s.io/structured-merge-diff` v6.

mod atom;
mod combine;
mod compare;
mod conform;
mod element;
mod keyed;
mod members;
mod owned;
mod remove;

pub(crate) use atom::{Atom, atom};
pub use combine::merge;
pub use compare::{Comparison, compare};
pub use conform::{conform, shown};
pub(crate) use element::{child_field, item_element};
pub(crate) use keyed::is_keyed;
pub(crate) use members::with_named_fields;
pub use owned::field_set;
pub use remove::remove_items;
