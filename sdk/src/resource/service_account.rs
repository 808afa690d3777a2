//! A service account: who pods are to the API server.

use super::{Link, Meta, Relation, Resource};
use crate::environment::Graph;
use crate::object::{Object, Ref};
use crate::types::Name;
use k8s_openapi::api::core::v1 as core;

/// Who pods are to the API server and to cloud providers (`ServiceAccount`).
///
/// ```
/// use infra_sdk::resource::ServiceAccount;
///
/// let account = ServiceAccount::new("app".parse()?);
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct ServiceAccount {
    meta: Meta,
    image_pull_secrets: Vec<Link>,
    automount_token: Option<bool>,
}

impl ServiceAccount {
    /// A service account without rights.
    #[track_caller]
    pub fn new(name: Name) -> Self {
        Self {
            meta: Meta::new(name),
            image_pull_secrets: Vec::new(),
            automount_token: None,
        }
    }

    /// A secret with which the images of its pods are fetched (`imagePullSecrets[]`).
    pub fn image_pull_secret(mut self, secret: impl Into<Link>) -> Self {
        self.image_pull_secrets.push(secret.into());
        self
    }

    /// Whether its pods get its token where they do not say (`automountServiceAccountToken`).
    /// Default: yes.
    pub fn automount_service_account_token(mut self, yes: bool) -> Self {
        self.automount_token = Some(yes);
        self
    }
}

described!(ServiceAccount);

impl Resource for ServiceAccount {
    origin!();

    fn reference(&self) -> Ref {
        self.meta.reference("", "ServiceAccount")
    }

    fn relations(&self) -> Vec<Relation> {
        let mut relations = self.meta.relations(self.reference());
        for secret in &self.image_pull_secrets {
            relations.uses(secret, self.meta.origin.of_field("imagePullSecrets"));
        }
        relations.done()
    }

    fn lower(&self, graph: &Graph) -> Vec<Object> {
        let secrets = self.image_pull_secrets.iter();
        let secrets: Vec<_> = secrets
            .map(|secret| core::LocalObjectReference {
                name: secret.name().to_owned(),
            })
            .collect();
        let account = core::ServiceAccount {
            metadata: self.meta.object_meta(graph),
            automount_service_account_token: self.automount_token,
            image_pull_secrets: super::meta::some(secrets),
            secrets: None,
        };
        vec![self.meta.object(&account)]
    }
}
