//! What Prometheus reads: expressions, and names of labels.

use super::Invalid;
use std::{fmt, str::FromStr};

/// An expression of Prometheus' query language whose brackets and quotes are closed. What it means is
/// Prometheus' to say.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Promql(String);

impl Promql {
    /// The expression.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Promql {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match trouble(text) {
            None => Ok(Self(text.trim().to_owned())),
            Some(trouble) => Err(Invalid::new(
                "an expression of Prometheus",
                text,
                format!("one such as `rate(errors_total[5m]) > 0.05` ({trouble})"),
            )),
        }
    }
}

from_text!(Promql);

impl fmt::Display for Promql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is wrong with an expression's outer form.
fn trouble(text: &str) -> Option<String> {
    let mut open = Vec::new();
    let mut rest = text.chars();
    let mut empty = true;
    while let Some(c) = rest.next() {
        match c {
            '#' => {
                rest.by_ref().find(|c| *c == '\n');
                continue;
            }
            '"' | '\'' | '`' if !closes(&mut rest, c) => {
                return Some(format!("a `{c}` is not closed"));
            }
            '(' => open.push(')'),
            '[' => open.push(']'),
            '{' => open.push('}'),
            ')' | ']' | '}' if open.pop() != Some(c) => {
                return Some(format!("`{c}` closes nothing"));
            }
            _ => {}
        }
        empty &= c.is_whitespace();
    }
    match open.pop() {
        Some(missing) => Some(format!("a `{missing}` is missing")),
        None => empty.then(|| "it is empty".to_owned()),
    }
}

/// Reads to the end of a quoted text. Only backticks know no escapes.
fn closes(rest: &mut std::str::Chars<'_>, quote: char) -> bool {
    while let Some(c) = rest.next() {
        if c == quote {
            return true;
        }
        if c == '\\' && quote != '`' {
            rest.next();
        }
    }
    false
}

text_type! {
    /// The name of a label or annotation of an alert.
    AlertLabel, "the name of a label of an alert", is_label_name,
    "letters, digits and `_`, not starting with a digit, such as `severity` or `runbook_url`"
}

fn is_label_name(text: &str) -> bool {
    let start = |c: char| c.is_ascii_alphabetic() || c == '_';
    text.starts_with(start) && text.chars().all(|c| start(c) || c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_closed() {
        for (text, expected) in [
            (
                r#"rate(http_requests_total{status=~"5.."}[5m]) > 0.05"#,
                None,
            ),
            ("up == 0 # all (of them", None),
            (r#"{__name__=~"a[(]\"b"}"#, None),
            ("label_replace(up, 'a', `$1\\`, 'b', '.*')", None),
            ("rate(x[5m]", Some("a `)` is missing")),
            ("rate(x[5m)]", Some("`)` closes nothing")),
            ("up)", Some("`)` closes nothing")),
            (r#"up{job="a}"#, Some("a `\"` is not closed")),
            ("  ", Some("it is empty")),
            ("# nothing", Some("it is empty")),
        ] {
            assert_eq!(trouble(text).as_deref(), expected, "{text}");
        }
        let error = Promql::try_from("up)").expect_err("no expression");
        assert_eq!(
            error.to_string(),
            "`up)` is not an expression of Prometheus: expected one such as \
             `rate(errors_total[5m]) > 0.05` (`)` closes nothing)"
        );
    }

    #[test]
    fn names_of_labels() {
        for (text, expected) in [
            ("severity", true),
            ("_x1", true),
            ("1x", false),
            ("runbook-url", false),
            ("", false),
        ] {
            assert_eq!(AlertLabel::try_from(text).is_ok(), expected, "{text}");
        }
    }
}
