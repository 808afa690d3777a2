//! DNS names.

use super::messages::{expected, is_made_of, too_long};

const LABEL: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN: &str = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";

fn is_lower(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

fn is_inner(byte: u8) -> bool {
    is_lower(byte) || byte == b'-'
}

fn is_label(text: &str) -> bool {
    is_made_of(text, is_lower, is_inner, is_lower)
}

fn is_subdomain(text: &str) -> bool {
    text.split('.').all(is_label)
}

/// An RFC 1123 label: most names that become part of a host name. At most 63 characters.
pub fn dns1123_label(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    if text.len() > 63 {
        out.push(too_long(63));
    }
    if !is_label(text) {
        out.push(if is_subdomain(text) {
            "must not contain dots".to_owned()
        } else {
            expected(
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
                LABEL,
                &["my-name", "123-abc"],
            )
        });
    }
    out
}

/// An RFC 1123 subdomain: the name of most objects. At most 253 characters.
pub fn dns1123_subdomain(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    if text.len() > 253 {
        out.push(too_long(253));
    }
    if !is_subdomain(text) {
        out.push(expected(
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
            SUBDOMAIN,
            &["example.com"],
        ));
    }
    out
}

/// A domain in which names are searched: a subdomain that may have underscores.
pub fn search_domain(text: &str) -> Vec<String> {
    const LABEL: &str = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
    let mut out = Vec::new();
    if text.len() > 253 {
        out.push(too_long(253));
    }
    let is_label = |label: &str| {
        let label = label.strip_prefix('_').unwrap_or(label);
        is_made_of(label, is_lower, |b| is_inner(b) || b == b'_', is_lower)
    };
    if !text.split('.').all(is_label) {
        out.push(expected(
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
            &format!(r"{LABEL}(\.{LABEL})*"),
            &["example.com"],
        ));
    }
    out
}

/// A subdomain behind `*.`.
pub fn wildcard_dns1123_subdomain(text: &str) -> Vec<String> {
    if text.strip_prefix("*.").is_some_and(is_subdomain) {
        return Vec::new();
    }
    vec![expected(
        "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
        &format!(r"\*\.{SUBDOMAIN}"),
        &["*.example.com"],
    )]
}

/// An RFC 1035 label: the name of a service. It starts with a letter; at most 63 characters.
pub fn dns1035_label(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    if text.len() > 63 {
        out.push(too_long(63));
    }
    if !is_made_of(text, |b| b.is_ascii_lowercase(), is_inner, is_lower) {
        out.push(expected(
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
            "[a-z]([-a-z0-9]*[a-z0-9])?",
            &["my-name", "abc-123"],
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_and_bad_names() {
        for (text, label, subdomain, rfc1035) in [
            ("app", true, true, true),
            ("a", true, true, true),
            ("1app", true, true, false),
            ("app-2", true, true, true),
            ("app.example", false, true, false),
            ("-app", false, false, false),
            ("app-", false, false, false),
            ("App", false, false, false),
            ("a..b", false, false, false),
            ("", false, false, false),
            ("ä", false, false, false),
        ] {
            assert_eq!(dns1123_label(text).is_empty(), label, "{text}");
            assert_eq!(dns1123_subdomain(text).is_empty(), subdomain, "{text}");
            assert_eq!(dns1035_label(text).is_empty(), rfc1035, "{text}");
        }
        assert_eq!(
            dns1123_label(&"a".repeat(64)),
            ["must be no more than 63 characters"]
        );
        assert!(wildcard_dns1123_subdomain("*.example.com").is_empty());
        assert!(!wildcard_dns1123_subdomain("*example.com").is_empty());
    }

    #[test]
    fn messages_are_the_servers() {
        assert_eq!(
            dns1123_label("My_App"),
            [
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
            ]
        );
    }
}
