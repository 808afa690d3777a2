//! Refusals, as the API server words them.

use serde_json::{Map, Value, json};

/// A refusal: what a client receives as a `Status` body, and what a controller receives as an error.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Status {
    /// The HTTP status code.
    pub(crate) code: u16,
    /// The machine-readable reason, such as `NotFound`.
    pub(crate) reason: &'static str,
    /// The sentence for a person.
    pub(crate) message: String,
    /// `details` of the body: name, group, kind, uid and causes.
    pub(crate) details: Map<String, Value>,
    /// What the caller is warned of all the same: fields that nobody knows.
    pub(crate) warnings: Vec<String>,
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Status {}

/// One cause in `details.causes`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cause {
    /// The cause's type, such as `FieldValueInvalid` (the JSON name is `reason`).
    pub(crate) reason: String,
    /// What is wrong, without the field.
    pub(crate) message: String,
    /// The field's path.
    pub(crate) field: String,
}

/// `deployments.apps`, or `pods` for the core group.
pub(crate) fn qualified(group: &str, word: &str) -> String {
    if group.is_empty() {
        word.to_owned()
    } else {
        format!("{word}.{group}")
    }
}

impl Status {
    /// A refusal without details.
    pub(crate) fn new(code: u16, reason: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            reason,
            message: message.into(),
            details: Map::new(),
            warnings: Vec::new(),
        }
    }

    /// The details every refusal about one object carries. `kind` is the plural resource name in
    /// all of them but `Invalid`, which names the kind.
    pub(crate) fn about(mut self, group: &str, kind: &str, name: &str) -> Self {
        for (key, value) in [("name", name), ("group", group), ("kind", kind)] {
            if !value.is_empty() {
                self.details.insert(key.to_owned(), value.into());
            }
        }
        self
    }

    /// With the causes.
    pub(crate) fn causes(mut self, causes: &[Cause]) -> Self {
        let causes: Vec<Value> = causes
            .iter()
            .map(|cause| {
                let mut map = Map::new();
                map.insert("reason".into(), cause.reason.clone().into());
                map.insert("message".into(), cause.message.clone().into());
                if !cause.field.is_empty() {
                    map.insert("field".into(), cause.field.clone().into());
                }
                Value::Object(map)
            })
            .collect();
        self.details.insert("causes".into(), Value::Array(causes));
        self
    }

    /// Shows in another way what is missing at a field.
    pub(crate) fn show(&mut self, field: &str, value: &str) {
        const MISSING: &str = "Invalid value: null";
        let causes = self.details.get_mut("causes").and_then(Value::as_array_mut);
        for cause in causes.into_iter().flatten() {
            let message = cause["message"].as_str().unwrap_or_default();
            if cause["field"] == field
                && let Some(rest) = message.strip_prefix(MISSING)
            {
                cause["message"] = format!("Invalid value: {value}{rest}").into();
                let (told, shown) = (
                    format!("{field}: {MISSING}"),
                    format!("{field}: Invalid value: {value}"),
                );
                self.message = self.message.replace(&told, &shown);
            }
        }
    }

    /// 404: there is no such object.
    pub(crate) fn not_found(group: &str, plural: &str, name: &str) -> Self {
        let what = qualified(group, plural);
        Self::new(404, "NotFound", format!("{what} \"{name}\" not found"))
            .about(group, plural, name)
    }

    /// 404: there is no such route.
    pub(crate) fn no_route() -> Self {
        Self::new(
            404,
            "NotFound",
            "the server could not find the requested resource",
        )
    }

    /// 405: the resource exists, the verb does not.
    pub(crate) fn not_allowed(verb: &str, group: &str, plural: &str) -> Self {
        let what = qualified(group, plural);
        Self::new(
            405,
            "MethodNotAllowed",
            format!("{verb} is not supported on resources of kind \"{what}\""),
        )
        .about(group, plural, "")
    }

    /// 409: the name is taken.
    pub(crate) fn exists(group: &str, plural: &str, name: &str) -> Self {
        let what = qualified(group, plural);
        Self::new(
            409,
            "AlreadyExists",
            format!("{what} \"{name}\" already exists"),
        )
        .about(group, plural, name)
    }

    /// 409: the write is based on an old version, or meets a precondition that does not hold.
    pub(crate) fn conflict(group: &str, plural: &str, name: &str, why: &str) -> Self {
        let what = qualified(group, plural);
        Self::new(
            409,
            "Conflict",
            format!("Operation cannot be fulfilled on {what} \"{name}\": {why}"),
        )
        .about(group, plural, name)
    }

    /// 409: somebody else wrote in between.
    pub(crate) fn modified(group: &str, plural: &str, name: &str) -> Self {
        Self::conflict(
            group,
            plural,
            name,
            "the object has been modified; please apply your changes to the latest version and try again",
        )
    }

    /// 403: an admission rule says no.
    pub(crate) fn forbidden(group: &str, plural: &str, name: &str, why: &str) -> Self {
        let what = qualified(group, plural);
        let message = if name.is_empty() {
            format!("{what} is forbidden: {why}")
        } else {
            format!("{what} \"{name}\" is forbidden: {why}")
        };
        Self::new(403, "Forbidden", message).about(group, plural, name)
    }

    /// 400: the request itself is wrong.
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "BadRequest", message)
    }

    /// 422: the object is wrong. `causes` are the violations; the message lists them.
    pub(crate) fn invalid(group: &str, kind: &str, name: &str, causes: &[Cause]) -> Self {
        let what = qualified(group, kind);
        let mut texts: Vec<String> = Vec::with_capacity(causes.len());
        for cause in causes {
            let text = format!("{}: {}", cause.field, cause.message);
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        let list = if texts.len() == 1 {
            texts.remove(0)
        } else {
            format!("[{}]", texts.join(", "))
        };
        Self::new(
            422,
            "Invalid",
            format!("{what} \"{name}\" is invalid: {list}"),
        )
        .about(group, kind, name)
        .causes(causes)
    }

    /// 410: the version asked for is no longer in the history.
    pub(crate) fn expired(message: impl Into<String>) -> Self {
        Self::new(410, "Expired", message)
    }

    /// 429: not now. `seconds` is when to come back.
    pub(crate) fn too_many(message: impl Into<String>, seconds: u64) -> Self {
        let mut status = Self::new(429, "TooManyRequests", message);
        status
            .details
            .insert("retryAfterSeconds".into(), seconds.into());
        status
    }

    /// 501: a part of the API that the sandbox does not have.
    pub(crate) fn not_implemented(what: &str) -> Self {
        Self::new(
            501,
            "NotImplemented",
            format!("the sandbox does not implement {what}"),
        )
    }

    /// 415: a body in a format that is not taken here.
    pub(crate) fn unsupported(accepted: &str) -> Self {
        Self::new(
            415,
            "UnsupportedMediaType",
            format!(
                "the body of the request was in an unknown format - accepted media types include: {accepted}"
            ),
        )
    }

    /// 500: something that the server could not do.
    pub(crate) fn internal(why: &str) -> Self {
        let mut status = Self::new(
            500,
            "InternalError",
            format!("Internal error occurred: {why}"),
        );
        let cause = serde_json::json!([{"message": why}]);
        status.details.insert("causes".into(), cause);
        status
    }

    /// 500 with an empty reason: a plain error of the server's own, as typed conversion makes it.
    pub(crate) fn plain(message: impl Into<String>) -> Self {
        Self::new(500, "", message)
    }

    /// Whether this says that the object is not there.
    pub(crate) fn is_not_found(&self) -> bool {
        self.code == 404
    }

    /// The body a client receives.
    pub(crate) fn body(&self) -> Value {
        let mut body = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": self.message, "code": self.code,
        });
        if !self.reason.is_empty() {
            body["reason"] = self.reason.into();
        }
        // What is refused as unprocessable has details, if only empty ones.
        if !self.details.is_empty() || self.code == 422 {
            body["details"] = Value::Object(self.details.clone());
        }
        body
    }
}
