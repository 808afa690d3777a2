//! Evicting a pod: deleting it as far as its disruption budget allows.

use super::{
    ApiError, Cluster,
    request::{Call, JSON},
    retry::Repeat,
};
use http::Method;
use serde_json::json;
use std::time::Duration;

/// What became of an eviction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Eviction {
    /// It was granted: the pod goes.
    Granted,
    /// The pod is gone, or another one has its name.
    Gone,
    /// Not now: why, and after how long to ask again.
    Blocked {
        /// The budget's words.
        reason: String,
        /// What the API server asks to wait.
        retry_after: Option<Duration>,
    },
}

impl Cluster {
    /// Asks once for the eviction of a pod, if it still is the one with `uid`.
    pub async fn evict(
        &self,
        (namespace, name): (&str, &str),
        uid: &str,
        grace_seconds: Option<i64>,
    ) -> Result<Eviction, ApiError> {
        let mut options = json!({ "preconditions": { "uid": uid } });
        if let Some(seconds) = grace_seconds {
            options["gracePeriodSeconds"] = seconds.into();
        }
        let eviction = json!({
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": { "name": name, "namespace": namespace },
            "deleteOptions": options,
        });
        let answer = self
            .call(&Call {
                method: Method::POST,
                path: format!("/api/v1/namespaces/{namespace}/pods/{name}/eviction"),
                query: Vec::new(),
                accept: JSON,
                body: Some((JSON, eviction.to_string().into_bytes())),
                repeat: Repeat::Never,
            })
            .await;
        match answer {
            Ok(_) => Ok(Eviction::Granted),
            Err(error) if error.is_not_found() || error.is_precondition_failed() => {
                Ok(Eviction::Gone)
            }
            Err(error) if error.code == 429 => Ok(Eviction::Blocked {
                reason: blocked(&error),
                retry_after: error.retry_after.filter(|time| !time.is_zero()),
            }),
            Err(error) => Err(error),
        }
    }
}

/// Which budget is in the way; what the API server says where it names none.
fn blocked(error: &ApiError) -> String {
    let mut causes = error.causes.iter();
    let budget = causes.find(|cause| cause.reason == "DisruptionBudget");
    let reason = budget.map_or(&error.message, |cause| &cause.message);
    let reason = reason.trim_end_matches('.');
    reason
        .strip_prefix("The ")
        .map_or_else(|| reason.to_owned(), |rest| format!("the {rest}"))
}
