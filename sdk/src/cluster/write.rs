//! Writing: server-side apply, create, delete.

use super::{
    ApiError, Cluster, Served,
    request::{Call, JSON},
    retry::Repeat,
};
use http::Method;
use serde_json::{Value, json};

/// A server-side apply.
#[derive(Clone, Copy, Debug)]
pub struct ApplyRequest<'a> {
    /// The field manager, such as `infra`.
    pub manager: &'a str,
    /// Take fields from other managers.
    pub force: bool,
    /// Only say what would happen.
    pub dry_run: bool,
}

/// How a patch is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatchForm {
    /// JSON merge patch (RFC 7386): lists are replaced, `null` removes.
    Merge,
    /// The same, with lists merged by their keys; built-in kinds alone take it.
    Strategic,
    /// JSON patch (RFC 6902): a list of steps.
    Json,
}

impl PatchForm {
    fn content_type(self) -> &'static str {
        match self {
            Self::Merge => "application/merge-patch+json",
            Self::Strategic => "application/strategic-merge-patch+json",
            Self::Json => "application/json-patch+json",
        }
    }
}

/// A patch.
#[derive(Clone, Copy, Debug)]
pub struct PatchRequest<'a> {
    /// How it is written.
    pub form: PatchForm,
    /// The field manager.
    pub manager: &'a str,
    /// What of the object it is for, such as `scale`; empty for the object itself.
    pub subresource: &'static str,
    /// Only say what would happen.
    pub dry_run: bool,
}

/// What becomes of the objects that a deleted one owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Propagation {
    /// They go after it.
    Background,
    /// They go before it.
    Foreground,
    /// They stay.
    Orphan,
}

impl Propagation {
    fn as_str(self) -> &'static str {
        match self {
            Self::Background => "Background",
            Self::Foreground => "Foreground",
            Self::Orphan => "Orphan",
        }
    }
}

/// A deletion.
#[derive(Clone, Copy, Debug)]
pub struct DeleteRequest<'a> {
    /// Only if it still is the one with this uid.
    pub uid: Option<&'a str>,
    /// Only if nothing has changed since this version.
    pub resource_version: Option<&'a str>,
    /// What becomes of the objects that it owns.
    pub propagation: Propagation,
    /// How many seconds a pod has to end; its own setting where nothing is said.
    pub grace_period: Option<u32>,
    /// Only say what would happen.
    pub dry_run: bool,
}

impl DeleteRequest<'_> {
    /// A deletion without conditions.
    pub fn new(propagation: Propagation) -> Self {
        Self {
            uid: None,
            resource_version: None,
            propagation,
            grace_period: None,
            dry_run: false,
        }
    }
}

/// How a deletion was answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Deletion {
    /// It is gone.
    Gone,
    /// It is marked, and stays until its finalizers are done; the object as it is now.
    Marked(Value),
}

impl Cluster {
    /// Server-side apply of `object` (complete, or only the fields to own). Unknown fields are
    /// errors. The object as the API server has it afterwards.
    pub async fn apply(
        &self,
        served: &Served,
        object: &Value,
        request: ApplyRequest<'_>,
    ) -> Result<Value, ApiError> {
        let metadata = &object["metadata"];
        let name = metadata["name"].as_str().unwrap_or_default();
        let mut query = vec![
            ("fieldManager", request.manager.to_owned()),
            ("fieldValidation", "Strict".to_owned()),
        ];
        if request.force {
            query.push(("force", "true".into()));
        }
        if request.dry_run {
            query.push(("dryRun", "All".into()));
        }
        self.call(&Call {
            method: Method::PATCH,
            path: served.object_path(metadata["namespace"].as_str(), name),
            query,
            accept: JSON,
            body: Some((
                "application/apply-patch+yaml",
                object.to_string().into_bytes(),
            )),
            repeat: Repeat::Harmless,
        })
        .await
    }

    /// Creates an object; unknown fields are errors.
    pub async fn create(
        &self,
        served: &Served,
        object: &Value,
        manager: &str,
    ) -> Result<Value, ApiError> {
        self.call(&Call {
            method: Method::POST,
            path: served.collection_path(object["metadata"]["namespace"].as_str()),
            query: vec![
                ("fieldManager", manager.to_owned()),
                ("fieldValidation", "Strict".to_owned()),
            ],
            accept: JSON,
            body: Some((JSON, object.to_string().into_bytes())),
            repeat: Repeat::Harmful,
        })
        .await
    }

    /// A patch of an object or, with a subresource such as `scale`, of that. Unknown fields are
    /// errors. The object as the API server has it afterwards.
    pub async fn patch(
        &self,
        served: &Served,
        namespace: Option<&str>,
        name: &str,
        body: &Value,
        request: PatchRequest<'_>,
    ) -> Result<Value, ApiError> {
        let mut query = vec![
            ("fieldManager", request.manager.to_owned()),
            ("fieldValidation", "Strict".to_owned()),
        ];
        if request.dry_run {
            query.push(("dryRun", "All".into()));
        }
        let mut path = served.object_path(namespace, name);
        if !request.subresource.is_empty() {
            path = format!("{path}/{}", request.subresource);
        }
        let mut patched = self
            .call(&Call {
                method: Method::PATCH,
                path,
                query,
                accept: JSON,
                body: Some((request.form.content_type(), body.to_string().into_bytes())),
                repeat: match request.form {
                    // Sent twice, they may add to a list twice.
                    PatchForm::Json => Repeat::Harmful,
                    PatchForm::Merge | PatchForm::Strategic => Repeat::Harmless,
                },
            })
            .await?;
        if request.subresource.is_empty() {
            served.stamp(&mut patched);
        }
        Ok(patched)
    }

    /// A JSON patch, as `manager`.
    pub async fn json_patch(
        &self,
        served: &Served,
        namespace: Option<&str>,
        name: &str,
        patch: &Value,
        manager: &str,
        dry_run: bool,
    ) -> Result<Value, ApiError> {
        let mut query = vec![("fieldManager", manager.to_owned())];
        if dry_run {
            query.push(("dryRun", "All".into()));
        }
        self.call(&Call {
            method: Method::PATCH,
            path: served.object_path(namespace, name),
            query,
            accept: JSON,
            body: Some((
                "application/json-patch+json",
                patch.to_string().into_bytes(),
            )),
            // Of a second one that comes after all, the resource version of the first is gone.
            repeat: Repeat::Harmless,
        })
        .await
    }

    /// A JSON merge patch, as `manager`.
    pub async fn merge_patch(
        &self,
        served: &Served,
        namespace: Option<&str>,
        name: &str,
        patch: &Value,
        manager: &str,
    ) -> Result<Value, ApiError> {
        self.call(&Call {
            method: Method::PATCH,
            path: served.object_path(namespace, name),
            query: vec![("fieldManager", manager.to_owned())],
            accept: JSON,
            body: Some((
                "application/merge-patch+json",
                patch.to_string().into_bytes(),
            )),
            repeat: Repeat::Harmless,
        })
        .await
    }

    /// Deletes an object, only if it still is the one with `uid`. The propagation policy is always
    /// sent: without one, deleting a job leaves its pods behind. Gone already counts as gone.
    pub async fn delete(
        &self,
        served: &Served,
        namespace: Option<&str>,
        name: &str,
        uid: Option<&str>,
        propagation: Propagation,
    ) -> Result<Deletion, ApiError> {
        let request = DeleteRequest {
            uid,
            ..DeleteRequest::new(propagation)
        };
        self.delete_with(served, namespace, name, request).await
    }

    /// The same with everything that can be said about it.
    pub async fn delete_with(
        &self,
        served: &Served,
        namespace: Option<&str>,
        name: &str,
        request: DeleteRequest<'_>,
    ) -> Result<Deletion, ApiError> {
        let mut options = json!({
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "propagationPolicy": request.propagation.as_str(),
        });
        let preconditions = [
            ("uid", request.uid),
            ("resourceVersion", request.resource_version),
        ];
        for (key, value) in preconditions {
            if let Some(value) = value {
                options["preconditions"][key] = value.into();
            }
        }
        if let Some(seconds) = request.grace_period {
            options["gracePeriodSeconds"] = seconds.into();
        }
        if request.dry_run {
            options["dryRun"] = json!(["All"]);
        }
        let uid = request.uid;
        let answer = self
            .call(&Call {
                method: Method::DELETE,
                path: served.object_path(namespace, name),
                query: Vec::new(),
                accept: JSON,
                body: Some((JSON, options.to_string().into_bytes())),
                repeat: if uid.is_some() {
                    Repeat::Harmless
                } else {
                    Repeat::Harmful
                },
            })
            .await;
        match answer {
            Ok(object) if object["metadata"]["deletionTimestamp"].is_string() => {
                Ok(Deletion::Marked(object))
            }
            Ok(_) => Ok(Deletion::Gone),
            Err(error) if error.is_not_found() => Ok(Deletion::Gone),
            Err(error) => Err(error),
        }
    }
}
