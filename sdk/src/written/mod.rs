//! What people wrote of an object: without what servers and controllers add, and whether two objects
//! come to the same.

mod bare;
mod clean;
mod patch;
mod people;
mod same;

pub use bare::bare;
pub use clean::{SecretContent, clean, take_secret};
pub use patch::patch;
pub use people::{by_people, may_be_written};
pub use same::settled;
