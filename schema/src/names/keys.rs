//! Keys of labels, data, ports and environments.

use super::dns::dns1123_subdomain;
use super::messages::{expected, is_made_of, too_long, too_many_bytes};

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

fn is_qualified(text: &str) -> bool {
    is_made_of(
        text,
        |b| b.is_ascii_alphanumeric(),
        is_word,
        |b| b.is_ascii_alphanumeric(),
    )
}

/// The key of a label or annotation: `name` or `prefix/name`.
pub fn label_key(text: &str) -> Vec<String> {
    let shape = || {
        expected(
            "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
            "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]",
            &["MyName", "my.name", "123-abc"],
        )
    };
    let mut out = Vec::new();
    let name = match text.split_once('/') {
        None => text,
        Some((_, name)) if name.contains('/') => {
            return vec![format!(
                "a valid label key {} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
                shape()
            )];
        }
        Some((prefix, name)) => {
            if prefix.is_empty() {
                out.push("prefix part must be non-empty".to_owned());
            } else {
                let wrong = dns1123_subdomain(prefix);
                out.extend(
                    wrong
                        .into_iter()
                        .map(|message| format!("prefix part {message}")),
                );
            }
            name
        }
    };
    if name.is_empty() {
        out.push("name part must be non-empty".to_owned());
    } else if name.len() > 63 {
        out.push(format!("name part {}", too_many_bytes(63)));
    }
    if !is_qualified(name) {
        out.push(format!("name part {}", shape()));
    }
    out
}

/// The value of a label; it may be empty. At most 63 characters.
pub fn label_value(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    if text.len() > 63 {
        out.push(too_many_bytes(63));
    }
    if !text.is_empty() && !is_qualified(text) {
        out.push(expected(
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
            "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?",
            &["MyValue", "my_value", "12345"],
        ));
    }
    out
}

/// The name of a port (RFC 6335). At most 15 characters.
pub fn port_name(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    if text.len() > 15 {
        out.push(too_long(15));
    }
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if text.is_empty() || !text.bytes().all(allowed) {
        out.push(
            "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)".to_owned(),
        );
    }
    if !text.bytes().any(|b| b.is_ascii_lowercase()) {
        out.push("must contain at least one letter (a-z)".to_owned());
    }
    if text.contains("--") {
        out.push("must not contain consecutive hyphens".to_owned());
    }
    if text.starts_with('-') || text.ends_with('-') {
        out.push("must not begin or end with a hyphen".to_owned());
    }
    out
}

/// The number of a port.
pub fn port_number(number: i64) -> Vec<String> {
    if (1..=65535).contains(&number) {
        return Vec::new();
    }
    vec!["must be between 1 and 65535, inclusive".to_owned()]
}

/// A key of a config map or secret: it becomes a file name. At most 253 characters.
pub fn config_key(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    if text.len() > 253 {
        out.push(too_long(253));
    }
    if text.is_empty() || !text.bytes().all(is_word) {
        out.push(expected(
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
            "[-._a-zA-Z0-9]+",
            &["key.name", "KEY_NAME", "key-name"],
        ));
    }
    out.extend(dots(text));
    out
}

/// Names that mean folders.
fn dots(text: &str) -> Option<String> {
    match text {
        "." => Some("must not be '.'".to_owned()),
        ".." => Some("must not be '..'".to_owned()),
        _ if text.starts_with("..") => Some("must not start with '..'".to_owned()),
        _ => None,
    }
}

/// The name of a header of HTTP.
pub fn http_header(text: &str) -> Vec<String> {
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Vec::new();
    }
    vec![expected(
        "a valid HTTP header must consist of alphanumeric characters or '-'",
        "[-A-Za-z0-9]+",
        &["X-Header-Name"],
    )]
}

/// The name of an environment variable as shells take it.
pub fn env_var_name(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let start = |b: u8| is_word(b) && !b.is_ascii_digit();
    if !is_made_of(text, start, is_word, is_word) {
        out.push(expected(
            "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit",
            "[-._a-zA-Z][-._a-zA-Z0-9]*",
            &["my.env-name", "MY_ENV.NAME", "MyEnvName1"],
        ));
    }
    out.extend(dots(text));
    out
}

/// The name of an environment variable as servers since 1.34 take it.
pub fn relaxed_env_var_name(text: &str) -> Vec<String> {
    if text.is_empty() {
        return vec!["environment variable name must be non-empty".to_owned()];
    }
    if text
        .bytes()
        .all(|b| (b' '..=b'~').contains(&b) && b != b'=')
    {
        return Vec::new();
    }
    vec![
        "a valid environment variable name must consist only of printable ASCII characters other than '='"
            .to_owned(),
    ]
}

/// A name that stands in paths and is free otherwise, such as that of a role.
pub fn path_segment(text: &str) -> Vec<String> {
    if matches!(text, "." | "..") {
        return vec![format!("may not be '{text}'")];
    }
    ["/", "%"]
        .iter()
        .filter(|part| text.contains(**part))
        .map(|part| format!("may not contain '{part}'"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_values() {
        for (text, good) in [
            ("app", true),
            ("app.kubernetes.io/name", true),
            ("My_Name.1", true),
            ("/name", false),
            ("a/b/c", false),
            ("Example.com/name", false),
            ("", false),
            ("a/", false),
            ("-a", false),
        ] {
            assert_eq!(label_key(text).is_empty(), good, "{text}");
        }
        for (text, good) in [("", true), ("a_b", true), ("a b", false), ("_a", false)] {
            assert_eq!(label_value(text).is_empty(), good, "{text}");
        }
        for (text, good) in [
            ("http", true),
            ("8080", false),
            ("a--b", false),
            ("metrics-endpoint-1", false),
            ("", false),
        ] {
            assert_eq!(port_name(text).is_empty(), good, "{text}");
        }
        for (text, good) in [
            ("a.b_c", true),
            ("..a", false),
            ("a/b", false),
            ("", false),
            (".", false),
        ] {
            assert_eq!(config_key(text).is_empty(), good, "{text}");
        }
        for (text, strict, relaxed) in [
            ("A_B", true, true),
            ("1A", false, true),
            ("A=B", false, false),
            ("", false, false),
        ] {
            assert_eq!(env_var_name(text).is_empty(), strict, "{text}");
            assert_eq!(relaxed_env_var_name(text).is_empty(), relaxed, "{text}");
        }
        assert_eq!(path_segment("a/b"), ["may not contain '/'"]);
        assert_eq!(port_number(0), ["must be between 1 and 65535, inclusive"]);
    }
}
