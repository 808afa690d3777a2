//! YAML as Kubernetes reads and writes it: the one place that knows the YAML crate.

mod located;
mod plain;

pub use located::{Located, LocatedKey, LocatedValue, located, located_documents};

use serde_json::Value;
use std::fmt;

/// Why a text is not YAML.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct YamlError {
    /// The line and column, from one.
    pub at: Option<(u32, u32)>,
    /// What is wrong, without the text around it.
    pub message: String,
}

impl fmt::Display for YamlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            Some((line, column)) => write!(f, "line {line}, column {column}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl YamlError {
    /// The place in a file, as an editor takes it: `platform.yaml:3:5`.
    pub fn place(&self, file: &str) -> String {
        match self.at {
            Some((line, column)) => format!("{file}:{line}:{column}"),
            None => file.to_owned(),
        }
    }
}

/// The documents of a text, in order; documents that hold nothing are passed over, and a `List` is
/// as many documents as it has items.
///
/// Octal numbers are read as `kubectl` does (`0644` is 420).
///
/// # Errors
/// A text that is not YAML, or a key that stands twice in a map.
pub fn documents(text: &str) -> Result<Vec<Value>, YamlError> {
    let documents: Vec<Value> =
        serde_saphyr::from_multiple_with_options(text, options()).map_err(|found| error(&found))?;
    Ok(documents
        .into_iter()
        .filter(|document| !document.is_null())
        .flat_map(items)
        .collect())
}

/// Limits that a file which people write never meets.
fn options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        legacy_octal_numbers: true,
        budget: serde_saphyr::budget! {
            max_nodes: 50_000_000,
            max_events: 200_000_000,
            max_documents: 1_000_000,
            max_depth: 256,
            max_total_scalar_bytes: 1 << 30,
        },
    }
}

fn error(error: &serde_saphyr::Error) -> YamlError {
    YamlError {
        at: error.location().and_then(|location| {
            let line = u32::try_from(location.line()).ok()?;
            Some((line, u32::try_from(location.column()).ok()?))
        }),
        message: first_line(&error.to_string()),
    }
}

/// The first line of what the parser says, without its place and without advice to programmers: the
/// rest shows the text itself, which may be secret.
fn first_line(message: &str) -> String {
    let first = message.lines().next().unwrap_or_default();
    let first = first.trim_start_matches("error: ");
    let first = match first.split_once(": ") {
        Some((place, rest)) if place.starts_with("line ") && place.contains(" column ") => rest,
        _ => first,
    };
    let first = first.split(" at line ").next().unwrap_or_default();
    if let Some(twice) = first.strip_prefix("duplicate mapping key: ") {
        let key = twice.split(", set DuplicateKeyPolicy").next();
        return format!("the key `{}` stands twice", key.unwrap_or_default());
    }
    let known = [
        ("recursion limit", "it is nested too deeply"),
        ("budget breached: Depth", "it is nested too deeply"),
        (
            "budget breached",
            "it is larger than a file of objects may be",
        ),
        (
            "cannot deserialize null into string",
            "a key of a map is missing",
        ),
        ("expected string scalar", "a key of a map must be a string"),
        ("non-finite float", "a number must be finite"),
    ];
    let ours = known.iter().find(|(theirs, _)| first.starts_with(theirs));
    match ours {
        Some((_, ours)) => (*ours).to_owned(),
        None => first.to_owned(),
    }
}

fn items(mut document: Value) -> Vec<Value> {
    let is_list = document["kind"]
        .as_str()
        .is_some_and(|kind| kind.ends_with("List"));
    match document.get_mut("items").map(Value::take) {
        Some(Value::Array(items)) if is_list => items,
        Some(other) => {
            document["items"] = other;
            vec![document]
        }
        None => vec![document],
    }
}

/// A value as YAML, with a newline at its end.
///
/// Texts that an older reader would take for something else (`yes`, `1:30`) are quoted.
pub fn to_string(value: &Value) -> String {
    plain::plain(value).unwrap_or_else(|| by_crate(value))
}

fn by_crate(value: &impl serde::Serialize) -> String {
    let options = serde_saphyr::ser_options! {
        compact_list_indent: true,
        folded_wrap_chars: 1_000_000,
    };
    // Values of ours have string keys, and a text takes whatever is written to it.
    let mut text = serde_saphyr::to_string_with_options(value, options).unwrap_or_default();
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn documents_are_read_as_kubectl_reads_them() {
        let text = "# nothing\n---\na: 0644\nb: yes\nc: 'yes'\n---\n---\nkind: List\nitems:\n- kind: A\n- kind: B\n";
        assert_eq!(
            documents(text).unwrap(),
            [
                json!({"a": 420, "b": true, "c": "yes"}),
                json!({"kind": "A"}),
                json!({"kind": "B"})
            ]
        );
    }

    #[test]
    fn an_error_has_a_line_and_none_of_the_text() {
        let error = documents("a: 1\npassword: {hunter2\n").unwrap_err();
        assert_eq!(error.at.map(|(line, _)| line), Some(2));
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }

    #[test]
    fn an_error_is_in_words_with_its_place_once() {
        let deep = "[".repeat(300) + &"]".repeat(300);
        for (text, expected) in [
            ("a: 1\na: 2\n", "f:2:1 the key `a` stands twice"),
            ("a: {b: }}", "f:1:9"),
            ("~: 1", "f:1:1 a key of a map is missing"),
            ("[1]: 1", "f:1:1 a key of a map must be a string"),
            ("a: .nan", "f:1:4 a number must be finite"),
            (deep.as_str(), "it is nested too deeply"),
        ] {
            let error = documents(text).unwrap_err();
            let said = format!("{} {}", error.place("f"), error.message);
            assert!(said.contains(expected), "{text}: {said}");
            assert!(!error.message.contains("line "), "{said}");
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let value = json!({
            "quoted": ["yes", "no", "on", "1:30", "0644", "1e3", "", "null", "~"],
            "lines": "a\nb\n",
            "long": "word ".repeat(60),
            "empty": {"map": {}, "list": []},
        });
        let text = to_string(&value);
        assert_eq!(documents(&text).unwrap(), [value]);
        assert!(!text.contains(">-"), "{text}");
    }
}
