//! What a cluster refuses, and how it says so.

use super::{certificate, words::root_cause};
use serde_json::Value;
use std::{error::Error, fmt, ops::Deref, time::Duration};

/// A request that failed: what was asked, and the API server's own words.
///
/// Its fields are those of [`Answer`], behind one pointer: errors are rare and large.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    answer: Box<Answer>,
}

/// What was asked, and what was answered. It never holds a body. `code` 0 means that there was no
/// answer at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// What was asked, as `GET /api/v1/namespaces/shop`, without its query.
    pub request: String,
    /// The HTTP status; 0 when the API server did not answer.
    pub code: u16,
    /// The machine's reason, such as `NotFound`; empty where it gave none. Ours where there was no
    /// answer, and it is known why.
    pub reason: String,
    /// The human's message.
    pub message: String,
    /// `details.kind`: a kind or a plural, depending on the reason.
    pub kind: String,
    /// `details.name`.
    pub name: String,
    /// What exactly was wrong, per field.
    pub causes: Vec<Cause>,
    /// How long it asks us to wait before trying again.
    pub retry_after: Option<Duration>,
    /// The request was accepted, and there was no answer for so long.
    pub silent_for: Option<Duration>,
}

/// One cause of a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The field, such as `spec.replicas`; empty where none is named.
    pub field: String,
    /// The machine's reason, such as `FieldValueInvalid` or `FieldManagerConflict`.
    pub reason: String,
    /// The message about this field.
    pub message: String,
}

/// A message without the diff of whole objects, in the server's own field names, that validation of
/// immutable fields appends.
fn without_diff(message: &str) -> &str {
    match message.split_once('\n') {
        Some((said, rest)) if rest.trim_start().starts_with("@@ ") => said,
        _ => message,
    }
}

impl ApiError {
    /// The API server's answer to `request`, read from a `Status` body where there is one.
    pub(crate) fn answered(
        request: &str,
        code: u16,
        retry_after: Option<Duration>,
        body: &[u8],
    ) -> Self {
        let status: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
        let text = |value: &Value| without_diff(value.as_str().unwrap_or_default()).to_owned();
        let details = &status["details"];
        let causes = details["causes"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|cause| Cause {
                field: text(&cause["field"]),
                reason: text(&cause["reason"]),
                message: text(&cause["message"]),
            })
            .collect();
        let message = match status["message"].as_str() {
            Some(message) if !message.is_empty() => without_diff(message).to_owned(),
            _ if status.is_object() => status_text(code).to_owned(),
            _ => plain_text(code, body),
        };
        Self::from(Answer {
            request: request.to_owned(),
            code,
            reason: text(&status["reason"]),
            message,
            kind: text(&details["kind"]),
            name: text(&details["name"]),
            causes,
            retry_after: retry_after.or_else(|| {
                details["retryAfterSeconds"]
                    .as_u64()
                    .map(Duration::from_secs)
            }),
            ..Answer::default()
        })
    }

    /// No answer: the connection failed or broke.
    pub(crate) fn unanswered(request: &str, error: &(dyn Error + 'static)) -> Self {
        let (reason, message) =
            certificate::distrust(error).unwrap_or_else(|| ("", root_cause(error)));
        Self::from(Answer {
            request: request.to_owned(),
            reason: reason.to_owned(),
            message,
            ..Answer::default()
        })
    }

    /// No answer, or one that cannot be read, for a reason of our own.
    pub(crate) fn without_answer(request: &str, message: impl Into<String>) -> Self {
        Self::from(Answer {
            request: request.to_owned(),
            message: message.into(),
            ..Answer::default()
        })
    }

    /// The API server took the request, and is silent.
    pub(crate) fn silent(request: &str, server: &str, waited: Duration) -> Self {
        Self::from(Answer {
            request: request.to_owned(),
            message: format!(
                "the API server at {server} accepted the request and did not answer for {waited:?}"
            ),
            silent_for: Some(waited),
            ..Answer::default()
        })
    }

    /// The API server did not answer.
    pub fn is_unreachable(&self) -> bool {
        self.code == 0
    }

    /// 404 for the object itself (or for its kind or namespace: ask those first).
    pub fn is_not_found(&self) -> bool {
        self.code == 404
    }

    /// 404 because the namespace is not there, which says nothing about the object's kind.
    pub fn is_namespace_missing(&self) -> bool {
        self.code == 404 && self.kind == "namespaces"
    }

    /// 404 because the API server does not serve the kind (a definition that is missing, or was
    /// established a moment ago).
    pub fn is_kind_missing(&self) -> bool {
        self.code == 404 && self.name.is_empty() && self.kind != "namespaces"
    }

    /// 403 because the namespace is being deleted.
    pub fn is_namespace_terminating(&self) -> bool {
        self.code == 403
            && (self
                .causes
                .iter()
                .any(|cause| cause.reason == "NamespaceTerminating")
                || self.message.contains("because it is being terminated"))
    }

    /// 409 because other field managers own fields that we would change.
    pub fn is_apply_conflict(&self) -> bool {
        self.code == 409
            && self
                .causes
                .iter()
                .any(|cause| cause.reason == "FieldManagerConflict")
    }

    /// 409 because it is there already.
    pub fn is_already_exists(&self) -> bool {
        self.code == 409 && self.reason == "AlreadyExists"
    }

    /// 409 because it changed meanwhile, or is not the one that we meant (uid).
    pub fn is_precondition_failed(&self) -> bool {
        self.code == 409 && !self.is_apply_conflict() && !self.is_already_exists()
    }

    /// 403: no permission, or a policy or quota refuses.
    pub fn is_forbidden(&self) -> bool {
        self.code == 403
    }

    /// 422: the object is not valid.
    pub fn is_invalid(&self) -> bool {
        self.code == 422
    }

    /// 410: the resource version or the continuation is too old.
    pub fn is_gone(&self) -> bool {
        self.code == 410
    }
}

impl From<Answer> for ApiError {
    fn from(answer: Answer) -> Self {
        Self {
            answer: Box::new(answer),
        }
    }
}

impl Deref for ApiError {
    type Target = Answer;

    fn deref(&self) -> &Answer {
        &self.answer
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_unreachable() && self.silent_for.is_none() {
            write!(f, "no answer to `{}`: {}", self.request, self.message)
        } else {
            f.write_str(&self.message)
        }
    }
}

impl Error for ApiError {}

fn status_text(code: u16) -> &'static str {
    http::StatusCode::from_u16(code)
        .ok()
        .and_then(|code| code.canonical_reason())
        .unwrap_or("the request failed")
}

/// A short plain-text answer (a proxy's, a load balancer's) is worth showing; a page is not.
fn plain_text(code: u16, body: &[u8]) -> String {
    match std::str::from_utf8(body).map(str::trim) {
        Ok(text) if !text.is_empty() && text.len() <= 200 && !text.starts_with('<') => {
            text.to_owned()
        }
        _ => format!("{code} {}", status_text(code)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(code: u16, body: &str) -> ApiError {
        ApiError::answered("GET /x", code, None, body.as_bytes())
    }

    #[test]
    fn the_four_meanings_of_409_and_three_of_404_are_told_apart() {
        let conflict = answered(
            409,
            r#"{"kind":"Status","reason":"Conflict","message":"Apply failed with 1 conflict",
            "details":{"causes":[{"reason":"FieldManagerConflict","message":"conflict with \"x\"","field":".spec.replicas"}]}}"#,
        );
        assert!(conflict.is_apply_conflict() && !conflict.is_precondition_failed());
        let exists = answered(409, r#"{"reason":"AlreadyExists","message":"m"}"#);
        assert!(exists.is_already_exists() && !exists.is_precondition_failed());
        assert!(answered(409, r#"{"reason":"Conflict","message":"m"}"#).is_precondition_failed());
        let object = answered(
            404,
            r#"{"reason":"NotFound","details":{"name":"a","kind":"configmaps"}}"#,
        );
        assert!(object.is_not_found() && !object.is_kind_missing());
        assert!(answered(404, "404 page not found").is_kind_missing());
        assert!(
            answered(
                404,
                r#"{"reason":"NotFound","details":{"name":"a","kind":"namespaces"}}"#
            )
            .is_namespace_missing()
        );
    }

    #[test]
    fn a_page_of_html_is_not_shown() {
        assert_eq!(answered(502, "<html>…").message, "502 Bad Gateway");
        assert_eq!(answered(403, "no").message, "no");
    }
}
