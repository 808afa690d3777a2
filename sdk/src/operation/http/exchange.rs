//! The seam to the network: one request, one answer.

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};
use std::time::Duration;

/// The most bytes that an answer may have: what a script can hold as one string.
pub(super) const LARGEST: usize = 4 << 20;

/// A request as it is sent.
pub type WireRequest = Request<Bytes>;

/// An answer as it comes.
pub type WireAnswer = Response<Bytes>;

/// What sends one request and gives its answer. It follows no redirect and repeats nothing.
pub trait Exchange: Send + Sync {
    /// Sends a request and reads its whole answer, in `timeout` at most, on the wall's clock: how
    /// patient one is with another machine is no matter of a cluster's time.
    fn exchange(
        &self,
        request: WireRequest,
        timeout: Duration,
    ) -> BoxFuture<'_, Result<WireAnswer, Unanswered>>;
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unanswered {
    /// What is wrong, in words that follow a colon. It names no address.
    pub problem: String,
    /// Whether the other side may have read the request.
    pub sent: bool,
}

/// A machine without a network.
#[derive(Clone, Copy, Debug)]
pub struct NoNetwork;

impl Exchange for NoNetwork {
    fn exchange(
        &self,
        _: WireRequest,
        _: Duration,
    ) -> BoxFuture<'_, Result<WireAnswer, Unanswered>> {
        Box::pin(std::future::ready(Err(Unanswered {
            problem: "there is no network here".to_owned(),
            sent: false,
        })))
    }
}
