//! The `tower` service.

use super::answer::Answer;
use super::body::SandboxBody;
use super::handle::{LARGEST_BODY, handle};
use crate::error::Status;
use crate::world::Shared;
use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use std::convert::Infallible;
use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// The API as a `tower` service: what `kube::Client::new` takes.
#[derive(Clone, Debug)]
pub struct Service {
    shared: Arc<Shared>,
}

impl Service {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }
}

/// While it lives, a request is in flight and time stands still.
struct InFlight(Arc<Shared>);

impl InFlight {
    fn new(shared: Arc<Shared>) -> Self {
        shared.with(|world| world.waiting.begin());
        Self(shared)
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.with(|world| world.waiting.end());
    }
}

/// The whole body, if it is not too large.
async fn collect<B>(body: B) -> Result<Bytes, Status>
where
    B: Body,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let collected = Limited::new(body, LARGEST_BODY).collect().await;
    collected
        .map(http_body_util::Collected::to_bytes)
        .map_err(|error| {
            if error.is::<LengthLimitError>() {
                let message = format!("Request entity too large: limit is {LARGEST_BODY}");
                Status::new(413, "RequestEntityTooLarge", message)
            } else {
                Status::bad_request("the body of the request could not be read")
            }
        })
}

impl<B> tower::Service<Request<B>> for Service
where
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    type Response = Response<SandboxBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let in_flight = InFlight::new(self.shared.clone());
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let answer = match collect(body).await {
                Ok(body) => handle(&in_flight.0, &parts, body),
                Err(status) => Answer::from(status),
            };
            Ok(answer.into_response())
        })
    }
}
