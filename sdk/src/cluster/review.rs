//! Asking whether something is allowed.

use super::{
    ApiError, Cluster, Served,
    request::{Call, JSON},
    retry::Repeat,
};
use http::Method;
use serde_json::json;

impl Cluster {
    /// Whether who we are may do this to a kind, in a namespace or in the whole cluster.
    pub(crate) async fn may(
        &self,
        verb: &str,
        served: &Served,
        namespace: Option<&str>,
    ) -> Result<bool, ApiError> {
        let review = json!({
            "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": {
                "verb": verb, "group": served.group, "version": served.version,
                "resource": served.plural, "namespace": namespace.unwrap_or_default(),
            }},
        });
        let call = Call {
            method: Method::POST,
            body: Some((JSON, review.to_string().into_bytes())),
            // It changes nothing.
            repeat: Repeat::Harmless,
            ..Call::get("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews".to_owned())
        };
        Ok(self.call(&call).await?["status"]["allowed"] == true)
    }
}
