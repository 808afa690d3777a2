//! What the API server refuses, told at the script's own place.

use super::{Failure, Refusal, Unread, advice::advice, rights};
use crate::{cluster::ApiError, object::Object};

/// The API server's word for whichever field says where a persistent volume is.
const SOURCE: &str = "spec.persistentvolumesource";
const SOURCES: [&str; 4] = ["spec.csi", "spec.nfs", "spec.hostPath", "spec.local"];

const UNKNOWN: &str = "the API server does not know this field";
/// The API server's own words for the same, of a server-side apply.
const NOT_DECLARED: &str = "field not declared in schema";
const OLDER: &str = "is it written right? a server that is older than the field does not know it: leave it out there";

/// A refusal of `object`, once per field that it names.
pub(crate) fn refusals(object: &Object, error: &ApiError) -> Vec<Refusal> {
    if let Some((message, help)) = rights::escalation(object, error) {
        return vec![Refusal {
            help: Some(help),
            ..refusal(object, None, message)
        }];
    }
    let fields = fields(error);
    if fields.is_empty() {
        return vec![Refusal {
            help: advice(error),
            ..refusal(object, None, error.to_string())
        }];
    }
    fields
        .into_iter()
        .map(|(field, message)| {
            let unknown = message == UNKNOWN || message == NOT_DECLARED;
            Refusal {
                help: unknown.then(|| OLDER.to_owned()),
                ..refusal(object, Some(field), message)
            }
        })
        .collect()
}

/// A refusal of ours.
pub(crate) fn refusal(object: &Object, field: Option<String>, message: String) -> Refusal {
    let at = match &field {
        Some(field) if field == SOURCE => {
            let made = object.origin.made.as_ref();
            let mut set = SOURCES
                .iter()
                .filter_map(|source| object.origin.of_field(source));
            set.find(|at| Some(*at) != made).or(made).cloned()
        }
        Some(field) => object.origin.place(field),
        None => object.origin.made.clone(),
    };
    Refusal {
        id: object.id.clone(),
        at,
        help: None,
        field,
        message,
    }
}

/// A secret under this key that cannot be read.
pub(crate) fn unread(object: &Object, key: &str, unread: Unread) -> Refusal {
    let mut refused = refusal(object, Some(format!("data.{key}")), unread.problem);
    refused.help = unread.help;
    refused
}

/// The same as the failure of a write: the first field, and everything that was said.
pub(crate) fn failure(object: &Object, error: &ApiError) -> Failure {
    let mut refusals = refusals(object, error).into_iter();
    let first = refusals
        .next()
        .unwrap_or_else(|| refusal(object, None, error.to_string()));
    let message = refusals.fold(first.message, |message, other| {
        let field = other
            .field
            .map(|field| format!("{field}: "))
            .unwrap_or_default();
        format!("{message}; {field}{}", other.message)
    });
    Failure {
        id: first.id,
        field: first.field,
        message,
        help: first.help,
        at: first.at,
    }
}

/// The fields that an error names, with what is wrong with each.
fn fields(error: &ApiError) -> Vec<(String, String)> {
    let causes: Vec<_> = error
        .causes
        .iter()
        .filter(|cause| !cause.field.is_empty() && cause.field != "<nil>")
        .map(|cause| {
            let field = cause.field.trim_start_matches('.');
            (field.to_owned(), cause.message.clone())
        })
        .collect();
    if !causes.is_empty() {
        return causes;
    }
    if let Some(rest) = error.message.split_once("strict decoding error: ") {
        return decoding_errors(rest.1);
    }
    // `failed to create typed patch object (ns/web; apps/v1, Kind=Deployment): .spec.foo: field
    // not declared in schema`, where several are joined with lines.
    if let Some((_, rest)) = error
        .message
        .split_once("failed to create typed patch object")
        && let Some((_, rest)) = rest.split_once("): ")
    {
        return rest
            .lines()
            .map(|line| line.trim_start_matches([' ', '-']))
            .filter(|line| line.starts_with('.'))
            .filter_map(|line| line.split_once(": "))
            .map(|(field, message)| (field.trim_start_matches('.').to_owned(), message.to_owned()))
            .collect();
    }
    Vec::new()
}

/// `unknown field "spec.foo", duplicate field "spec.bar"`.
fn decoding_errors(text: &str) -> Vec<(String, String)> {
    text.split(", ")
        .filter_map(|part| {
            let mut quotes = part.split('"');
            let what = quotes.next()?.trim();
            let field = quotes.next()?;
            let (known, message) = match what {
                "unknown field" => (true, UNKNOWN.to_owned()),
                "duplicate field" => (true, "this field stands here twice".to_owned()),
                _ => (false, String::new()),
            };
            known.then(|| (field.to_owned(), message))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::{Location, Origin};
    use serde_json::{Value, json};

    fn object() -> Object {
        let at = |line| Location {
            file: "a.rhai".into(),
            line,
            column: 1,
            inside: None,
        };
        let mut origin = Origin::at(at(1));
        origin.set("replicas", at(7));
        Object::new(
            json!({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"}}),
            origin,
        )
    }

    fn told(code: u16, body: Value) -> Vec<String> {
        let error = ApiError::answered("PATCH /x", code, None, body.to_string().as_bytes());
        refusals(&object(), &error)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn refusals_name_field_and_place() {
        for (code, body, expected) in [
            (
                422,
                json!({"reason":"Invalid","message":"m","details":{"causes":[{"reason":"FieldValueInvalid",
                    "message":"Invalid value: -1: must be greater than or equal to 0","field":"spec.replicas"}]}}),
                "deployment/web: spec.replicas: Invalid value: -1: must be greater than or equal to 0 (a.rhai:7:1)",
            ),
            (
                400,
                json!({"message":"strict decoding error: unknown field \"spec.foo\""}),
                "deployment/web: spec.foo: the API server does not know this field; is it written right? a server that \
                 is older than the field does not know it: leave it out there (a.rhai:1:1)",
            ),
            (
                500,
                json!({"message":"failed to create typed patch object (d/web; apps/v1, Kind=Deployment): .spec.replicas: expected numeric (int or float), got string"}),
                "deployment/web: spec.replicas: expected numeric (int or float), got string (a.rhai:7:1)",
            ),
            (
                403,
                json!({"message":"deployments.apps \"web\" is forbidden: exceeded quota: q"}),
                "deployment/web: deployments.apps \"web\" is forbidden: exceeded quota: q (a.rhai:1:1)",
            ),
        ] {
            assert_eq!(told(code, body), [expected]);
        }
    }
}
