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
    match (&sandbox.body, &server.body) {
        // Of events and pages the first that differs tells more than all of them.
        (Value::Array(one), Value::Array(two)) => {
            for at in 0..one.len().max(two.len()) {
                let path = format!("[{at}]");
                pair(path, one.get(at), two.get(at), &mut found);
            }
        }
        (one, two) => walk("", one, two, &mut found),
    }
    found
}

/// A null that is written is another thing than nothing.
fn pair(
    path: String,
    sandbox: Option<&Value>,
    server: Option<&Value>,
    found: &mut Vec<Difference>,
) {
    match (sandbox, server) {
        (Some(one), Some(two)) => walk(&path, one, two, found),
        (one, two) => found.push(Difference {
            field: path,
            sandbox: one.cloned(),
            server: two.cloned(),
        }),
    }
}

/// Causes have no order: those that both sides tell are the same, those of one field belong together.
fn causes(path: &str, sandbox: &[Value], server: &[Value], found: &mut Vec<Difference>) {
    let path = format!("{path}[]");
    let mut theirs = server.to_vec();
    let mut ours = sandbox.to_vec();
    ours.retain(|one| match theirs.iter().position(|other| other == one) {
        Some(at) => {
            theirs.remove(at);
            false
        }
        None => true,
    });
    for one in ours {
        let same = theirs
            .iter()
            .position(|other| other["field"] == one["field"]);
        let other = same.map(|at| theirs.remove(at));
        pair(path.clone(), Some(&one), other.as_ref(), found);
    }
    for other in theirs {
        pair(path.clone(), None, Some(&other), found);
    }
}

fn walk(path: &str, sandbox: &Value, server: &Value, found: &mut Vec<Difference>) {
    match (sandbox, server) {
        (Value::Object(one), Value::Object(two)) => {
            let names = one
                .keys()
                .chain(two.keys().filter(|name| !one.contains_key(*name)));
            for name in names {
                let below = format!("{path}.{name}");
                pair(below, one.get(name), two.get(name), found);
            }
        }
        (Value::Array(one), Value::Array(two)) if path.ends_with(".causes") => {
            causes(path, one, two, found);
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

#[test]
fn causes_are_compared_without_their_order() {
    let cause = |field: &str, message: &str| json!({"field": field, "message": message});
    let refusal = |causes: &[Value]| Answer {
        code: 422,
        warnings: Vec::new(),
        body: json!({"details": {"causes": causes}}),
    };
    let (a, b, c) = (cause("a", "1"), cause("b", "1"), cause("c", "1"));
    let ours = refusal(&[a.clone(), b.clone(), cause("c", "2")]);
    let theirs = refusal(&[c, a.clone(), a]);
    let found = differences(&ours, &theirs);
    let told: Vec<String> = found
        .iter()
        .map(|one| {
            format!(
                "{} {} {}",
                one.field,
                one.sandbox.is_some(),
                one.server.is_some()
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ".details.causes[] true false",
            ".details.causes[].message true true",
            ".details.causes[] false true",
        ]
    );
}
