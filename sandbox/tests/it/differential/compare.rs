//! What two answers do not have in common.

use super::play::Answer;
use serde_json::{Value, json};
use std::fmt;

/// One difference.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Difference {
    /// Where: `code`, `warnings`, or a path in the body.
    pub(crate) field: String,
    /// What the sandbox answers, if anything.
    pub(crate) sandbox: Option<Value>,
    /// What the server answers, if anything.
    pub(crate) server: Option<Value>,
}

impl Difference {
    /// The field, items without their number.
    pub(crate) fn place(&self) -> String {
        let mut out = String::with_capacity(self.field.len());
        let mut rest = self.field.as_str();
        while let Some(at) = rest.find('[') {
            let (head, tail) = rest.split_at(at + 1);
            out.push_str(head);
            rest = tail.trim_start_matches(|letter: char| letter.is_ascii_digit());
        }
        out + rest
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |value: &Option<Value>| {
            value
                .as_ref()
                .map_or_else(|| "nothing".to_owned(), Value::to_string)
        };
        let (sandbox, server) = (text(&self.sandbox), text(&self.server));
        write!(
            f,
            "{}\n      sandbox {sandbox}\n      server  {server}",
            self.field
        )
    }
}

/// The differences between two answers to the same operation.
pub(crate) fn differences(sandbox: &Answer, server: &Answer) -> Vec<Difference> {
    let mut found = Vec::new();
    if sandbox.code != server.code {
        // With another code the bodies have nothing in common; the messages say why.
        let said = |answer: &Answer| Some(json!([answer.code, answer.body["message"]]));
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
            sandbox: Some(json!(sandbox.warnings)),
            server: Some(json!(server.warnings)),
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
                // A null that is written is another thing than nothing.
                match (one.get(name), two.get(name)) {
                    (Some(one), Some(two)) => walk(&below, one, two, found),
                    (one, two) => found.push(Difference {
                        field: below,
                        sandbox: one.cloned(),
                        server: two.cloned(),
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
            sandbox: Some(sandbox.clone()),
            server: Some(server.clone()),
        }),
    }
}
