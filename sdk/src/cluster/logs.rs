//! Logs of containers: what was written, and what is.

use super::{ApiError, Cluster, request::Call};
use bytes::Bytes;
use futures::{StreamExt as _, stream::BoxStream};
use http_body_util::BodyExt as _;

/// Which log, and what of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogQuery {
    /// The container.
    pub container: String,
    /// The run before the last restart instead of the present one.
    pub previous: bool,
    /// How many of the last lines; all where nothing is said.
    pub tail: Option<u64>,
    /// What was written in the last so many seconds; all where nothing is said.
    pub since_seconds: Option<u64>,
    /// Whether each line begins with its time.
    pub timestamps: bool,
}

impl LogQuery {
    fn call(&self, namespace: &str, pod: &str, follow: bool) -> Call {
        let mut call = Call::get(format!("/api/v1/namespaces/{namespace}/pods/{pod}/log"));
        call.accept = "*/*";
        call.query = vec![("container", self.container.clone())];
        let flags = [
            ("previous", self.previous),
            ("timestamps", self.timestamps),
            ("follow", follow),
        ];
        let flags = flags.into_iter().filter(|(_, set)| *set);
        call.query
            .extend(flags.map(|(name, _)| (name, "true".to_owned())));
        let numbers = [
            ("tailLines", self.tail),
            ("sinceSeconds", self.since_seconds),
        ];
        let numbers = numbers
            .into_iter()
            .filter_map(|(name, set)| Some((name, set?)));
        call.query
            .extend(numbers.map(|(name, number)| (name, number.to_string())));
        call
    }
}

impl Cluster {
    /// The last lines of a container's log. `previous` asks for the instance before a restart.
    pub async fn log(
        &self,
        namespace: &str,
        pod: &str,
        container: &str,
        previous: bool,
        lines: usize,
    ) -> Result<String, ApiError> {
        let query = LogQuery {
            container: container.to_owned(),
            previous,
            tail: Some(lines as u64),
            ..LogQuery::default()
        };
        self.log_of(namespace, pod, &query).await
    }

    /// A container's log.
    pub async fn log_of(
        &self,
        namespace: &str,
        pod: &str,
        query: &LogQuery,
    ) -> Result<String, ApiError> {
        let bytes = self.call_bytes(&query.call(namespace, pod, false)).await?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// A container's log as it is written, in pieces, until the container ends.
    pub async fn follow_log(
        &self,
        namespace: &str,
        pod: &str,
        query: &LogQuery,
    ) -> Result<BoxStream<'static, Result<Bytes, ApiError>>, ApiError> {
        let call = query.call(namespace, pod, true);
        let request = call.name();
        let body = self.open(&call).await?.into_body().into_data_stream();
        Ok(body
            .map(move |piece| piece.map_err(|error| ApiError::unanswered(&request, &error)))
            .boxed())
    }
}
