//! One request: sent, answered, and sent again where that helps.

use super::{
    Answer, ApiError, Cluster, certificate,
    retry::{self, Repeat},
    selector::encode_query,
    words::root_cause,
};
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use kube::client::Body;
use serde_json::Value;
use std::{sync::atomic::Ordering, time::Duration};

/// A request in the making.
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) accept: &'static str,
    pub(crate) body: Option<(&'static str, Vec<u8>)>,
    pub(crate) repeat: Repeat,
}

pub(crate) const JSON: &str = "application/json";

impl Call {
    pub(crate) fn get(path: String) -> Self {
        Self {
            method: Method::GET,
            path,
            query: Vec::new(),
            accept: JSON,
            body: None,
            repeat: Repeat::Harmless,
        }
    }

    /// `GET /api/v1/namespaces`, as errors name it.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    pub(crate) fn http(&self) -> Result<Request<Body>, ApiError> {
        let mut builder = Request::builder()
            .method(self.method.clone())
            .uri(format!("{}{}", self.path, encode_query(&self.query)))
            .header(header::ACCEPT, self.accept)
            .header(
                header::USER_AGENT,
                concat!("infra/", env!("CARGO_PKG_VERSION")),
            );
        if self.query.iter().any(|(key, _)| *key == "watch") {
            // A compressed stream arrives in lumps.
            builder = builder.header(header::ACCEPT_ENCODING, "identity");
        }
        let body = match &self.body {
            Some((content_type, body)) => {
                builder = builder.header(header::CONTENT_TYPE, *content_type);
                Body::from(body.clone())
            }
            None => Body::empty(),
        };
        builder
            .body(body)
            .map_err(|error| ApiError::without_answer(&self.name(), error.to_string()))
    }
}

impl Cluster {
    /// Sends a request, again where its failure is transient, and reads the answer as JSON.
    pub(crate) async fn call(&self, call: &Call) -> Result<Value, ApiError> {
        let bytes = self.call_bytes(call).await?;
        serde_json::from_slice(&bytes).map_err(|error| {
            ApiError::from(Answer {
                request: call.name(),
                reason: certificate::NO_API_SERVER.to_owned(),
                message: format!(
                    "the answer is not JSON (line {}, column {})",
                    error.line(),
                    error.column()
                ),
                ..Answer::default()
            })
        })
    }

    /// The same, with the answer as it came.
    pub(crate) async fn call_bytes(&self, call: &Call) -> Result<Vec<u8>, ApiError> {
        let mut attempt = 1;
        loop {
            let error = match self.call_once(call).await {
                Ok(bytes) => return Ok(bytes),
                Err(error) => error,
            };
            // One that never answered is not there; one that did is away for a moment.
            let away = error.is_unreachable() && !self.inner.answered.load(Ordering::Relaxed);
            let delay = retry::delay(&error, call.repeat, attempt).filter(|_| !away);
            let Some(delay) = delay else {
                return Err(error);
            };
            self.clock().sleep(delay).await;
            attempt += 1;
        }
    }

    async fn call_once(&self, call: &Call) -> Result<Vec<u8>, ApiError> {
        let mut body = self.patiently(call, self.open(call)).await?.into_body();
        let mut bytes = Vec::new();
        loop {
            // Each piece for itself: a long answer over a slow line is not silence.
            let piece = async { Ok(body.frame().await) };
            let Some(frame) = self.patiently(call, piece).await? else {
                return Ok(bytes);
            };
            let frame = frame.map_err(|error| ApiError::unanswered(&call.name(), &error))?;
            if let Ok(data) = frame.into_data() {
                bytes.extend_from_slice(&data);
            }
        }
    }

    /// Waits for an answer as long as the connection allows.
    async fn patiently<T>(
        &self,
        call: &Call,
        answer: impl Future<Output = Result<T, ApiError>>,
    ) -> Result<T, ApiError> {
        let Some(limit) = self.inner.patience else {
            return answer.await;
        };
        tokio::time::timeout(limit, answer)
            .await
            .unwrap_or_else(|_| Err(ApiError::silent(&call.name(), &self.name().server, limit)))
    }

    /// Sends a request and returns the answer with its body unread, if it is a success. Where the
    /// login is not accepted any more and can be had anew, it is, and the request is sent once more.
    pub(crate) async fn open(&self, call: &Call) -> Result<http::Response<Body>, ApiError> {
        let (client, used) = self.inner.connection.client();
        let response = self.send(client, call).await?;
        if response.status() != StatusCode::UNAUTHORIZED {
            return accepted(call, response).await;
        }
        let renewed = self.inner.connection.renew(used).await;
        if !renewed.map_err(|problem| unauthorized(&call.name(), problem))? {
            return accepted(call, response).await;
        }
        let (client, _) = self.inner.connection.client();
        accepted(call, self.send(client, call).await?).await
    }

    async fn send(
        &self,
        client: kube::Client,
        call: &Call,
    ) -> Result<http::Response<Body>, ApiError> {
        let mut observed = self.watch_over(call);
        let response = client
            .send(call.http()?)
            .await
            .map_err(|error| from_client(&call.name(), &error))?;
        observed.answered(response.status().as_u16());
        self.inner.answered.store(true, Ordering::Relaxed);
        Ok(response)
    }
}

/// A success, or the API server's words.
async fn accepted(
    call: &Call,
    response: http::Response<Body>,
) -> Result<http::Response<Body>, ApiError> {
    if response.status().is_success() {
        return Ok(response);
    }
    let (status, retry_after) = (response.status(), retry_after(response.headers()));
    let body = response
        .into_body()
        .collect_bytes()
        .await
        .unwrap_or_default();
    Err(ApiError::answered(
        &call.name(),
        status.as_u16(),
        retry_after,
        &body,
    ))
}

/// `Retry-After` in seconds; the form with a date is not used by API servers.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?;
    value.trim().parse().ok().map(Duration::from_secs)
}

fn from_client(request: &str, error: &kube::Error) -> ApiError {
    match error {
        kube::Error::Api(status) => ApiError::from(Answer {
            request: request.to_owned(),
            message: status.message.clone(),
            reason: status.reason.clone(),
            code: status.code,
            ..Answer::default()
        }),
        kube::Error::Auth(error) => unauthorized(request, root_cause(error)),
        error => ApiError::unanswered(request, error),
    }
}

/// There is nothing to log in with.
fn unauthorized(request: &str, problem: String) -> ApiError {
    ApiError::from(Answer {
        request: request.to_owned(),
        message: problem,
        reason: "Unauthorized".to_owned(),
        code: StatusCode::UNAUTHORIZED.as_u16(),
        ..Answer::default()
    })
}
