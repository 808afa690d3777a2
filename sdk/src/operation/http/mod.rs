//! HTTP requests: what they are, how they are sent, and when again.

mod answer;
mod error;
mod exchange;
mod internet;
mod redirect;
mod repeat;
mod request;
mod send;

pub use answer::HttpAnswer;
pub use error::HttpError;
pub use exchange::{Exchange, NoNetwork, Unanswered, WireAnswer, WireRequest};
pub use internet::{Internet, InternetOptions};
pub use request::HttpRequest;

#[cfg(test)]
mod tests;
