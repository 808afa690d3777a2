//! What is sent back.

use super::body::SandboxBody;
use crate::error::Status;
use crate::write::{self, Written};
use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER, WARNING};
use serde_json::{Value, json};
use std::borrow::Cow;

/// An answer before it becomes a response.
#[derive(Debug)]
pub(super) struct Answer {
    /// The HTTP status.
    pub(super) code: u16,
    content_type: &'static str,
    warnings: Vec<String>,
    retry_after: Option<u64>,
    body: SandboxBody,
}

impl Answer {
    /// An answer that is not about an object.
    pub(super) fn plain(code: u16, content_type: &'static str, body: SandboxBody) -> Self {
        Self {
            code,
            content_type,
            warnings: Vec::new(),
            retry_after: None,
            body,
        }
    }

    /// A JSON value.
    pub(super) fn json(code: u16, value: &Value) -> Self {
        Self::bytes(code, value.to_string().into_bytes())
    }

    /// JSON that is text already.
    pub(super) fn bytes(code: u16, json: Vec<u8>) -> Self {
        Self::plain(code, "application/json", SandboxBody::whole(json))
    }

    /// With another content type.
    pub(super) fn typed(mut self, content_type: &'static str) -> Self {
        self.content_type = content_type;
        self
    }

    /// With warnings.
    pub(super) fn warn(mut self, warnings: Vec<String>) -> Self {
        self.warnings = warnings;
        self
    }

    /// As a response.
    pub(super) fn into_response(self) -> http::Response<SandboxBody> {
        let mut response = http::Response::new(self.body);
        *response.status_mut() = http::StatusCode::from_u16(self.code)
            .unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        for warning in self.warnings {
            let text = warning.replace('\\', "\\\\").replace('"', "\\\"");
            if let Ok(value) = HeaderValue::from_str(&format!("299 - \"{text}\"")) {
                headers.append(WARNING, value);
            }
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<Status> for Answer {
    fn from(status: Status) -> Self {
        let retry_after = status
            .details
            .get("retryAfterSeconds")
            .and_then(Value::as_u64);
        Self {
            retry_after,
            warnings: status.warnings.clone(),
            ..Self::json(status.code, &status.body())
        }
    }
}

/// Plain text.
pub(super) fn text(text: impl Into<String>) -> Answer {
    Answer::plain(
        200,
        "text/plain",
        SandboxBody::whole(text.into().into_bytes()),
    )
}

/// The object in the version that was asked for, or its metadata alone.
pub(super) fn project<'a>(
    object: &'a Value,
    api_version: &str,
    metadata_only: bool,
) -> Cow<'a, Value> {
    if metadata_only {
        return Cow::Owned(json!({
            "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
            "metadata": object["metadata"],
        }));
    }
    if object["apiVersion"] == api_version {
        return read(object);
    }
    // Versions of a custom kind differ in nothing else: there is no conversion but `None`.
    let mut object = object.clone();
    object["apiVersion"] = api_version.into();
    Cow::Owned(object)
}

/// Whether an endpoint shows an object as it is stored: the status endpoint leaves nothing out.
pub(super) fn shows_all(subresource: &str, object: &Value) -> bool {
    subresource == "status" && write::unread(object).is_some()
}

/// The object as reading shows it.
pub(super) fn read(object: &Value) -> Cow<'_, Value> {
    let hidden = write::unread(object).filter(|pointer| object.pointer(pointer).is_some());
    let Some((above, field)) = hidden.and_then(|pointer| pointer.rsplit_once('/')) else {
        return Cow::Borrowed(object);
    };
    let mut object = object.clone();
    if let Some(fields) = object.pointer_mut(above).and_then(Value::as_object_mut) {
        fields.remove(field);
    }
    Cow::Owned(object)
}

/// The answer to a write.
pub(super) fn written(written: Written, api_version: &str, metadata_only: bool) -> Answer {
    let code = if written.created { 201 } else { 200 };
    let object = project(&written.object, api_version, metadata_only);
    Answer::json(code, &object).warn(written.warnings)
}
