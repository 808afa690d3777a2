//! What two answers do not have in common.

use super::play::Answer;
use serde_json::{Value, json};
use std::fmt;

/// One difference.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Difference {
    /// Where: `code`, `warnings`, or a path in the body.
    pub(crate) field: String,
    /// What the sandbox answers; null for nothing.
    pub(crate) sandbox: Value,
    /// What the server answers.
    pub(crate) server: Value,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}\n      sandbox {}\n      server  {}",
            self.field, self.sandbox, self.server
        )
    }
}

/// The differences between two answers to the same operation.
pub(crate) fn differences(sandbox: &Answer, server: &Answer) -> Vec<Difference> {
    let mut found = Vec::new();
    if sandbox.code != server.code {
        // With another code the bodies have nothing in common; the messages say why.
        let said = |answer: &Answer| json!([answer.code, answer.body["message"]]);
        found.push(Difference {
            field: "code".into(),
            sandbox: said(sandbox),
            server: said(server),
        });
        return found;
    }
    if sandbox.warnings != server.warnings {
        found.push(Difference {
            field: "warnings".into(),
            sandbox: json!(sandbox.warnings),
            server: json!(server.warnings),
        });
    }
    walk("", &sandbox.body, &server.body, &mut found);
    found
}

fn walk(path: &str, sandbox: &Value, server: &Value, found: &mut Vec<Difference>) {
    match (sandbox, server) {
        (Value::Object(one), Value::Object(two)) => {
            let names = one
                .keys()
                .chain(two.keys().filter(|name| !one.contains_key(*name)));
            for name in names {
                let below = format!("{path}.{name}");
                let of = |fields: &serde_json::Map<String, Value>| {
                    fields.get(name).cloned().unwrap_or_default()
                };
                // A null that is written is another thing than nothing.
                match (one.get(name), two.get(name)) {
                    (Some(_), Some(_)) => walk(&below, &of(one), &of(two), found),
                    _ => found.push(Difference {
                        field: below,
                        sandbox: of(one),
                        server: of(two),
                    }),
                }
            }
        }
        (Value::Array(one), Value::Array(two)) if one.len() == two.len() => {
            for (at, (one, two)) in one.iter().zip(two).enumerate() {
                walk(&format!("{path}[{at}]"), one, two, found);
            }
        }
        _ if sandbox == server => {}
        _ => found.push(Difference {
            field: path.to_owned(),
            sandbox: sandbox.clone(),
            server: server.clone(),
        }),
    }
}
