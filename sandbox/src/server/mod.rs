//! The API over HTTP, without a socket: a `tower` service.

mod answer;
mod body;
mod collection;
mod delete_options;
mod discovery;
mod handle;
mod journal;
mod labels;
mod log;
mod options;
mod query;
mod read;
mod route;
mod select;
mod service;
mod stream;
mod write;

pub use body::SandboxBody;
pub(crate) use journal::Journal;
pub use journal::{Request, Requests};
pub use service::Service;
