//! Names of objects and of their parts.

use infra_schema::names;

text_type! {
    /// The name of an object (`metadata.name`): a DNS subdomain of at most 253 characters.
    Name, "a name", is_subdomain,
    "lower case letters, digits, `-` and `.`, that start and end with a letter or digit, at most 253 of them, such as `web-1`"
}

text_type! {
    /// The name of a container, volume, service or namespace: a DNS label of at most 63 characters.
    DnsLabel, "a name", is_label,
    "lower case letters, digits and `-`, that start and end with a letter or digit, at most 63 of them, such as `web-1`"
}

impl Name {
    /// The name of an object that others described: some kinds take more than a DNS subdomain.
    pub fn of_object(text: &str) -> Option<Self> {
        (!text.is_empty() && names::path_segment(text).is_empty()).then(|| Self(text.to_owned()))
    }
}

impl Name {
    /// The name that a reference holds: it was a name before.
    pub(crate) fn referred(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<DnsLabel> for Name {
    fn from(label: DnsLabel) -> Self {
        Self(label.0)
    }
}

pub(super) fn is_subdomain(text: &str) -> bool {
    names::dns1123_subdomain(text).is_empty()
}

fn is_label(text: &str) -> bool {
    names::dns1123_label(text).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_subdomains_and_labels() {
        let long = "a".repeat(64);
        for (text, name, label) in [
            ("web", true, true),
            ("web-1.example", true, false),
            ("1", true, true),
            (long.as_str(), true, false),
            ("", false, false),
            ("Web", false, false),
            ("-web", false, false),
            ("web-", false, false),
            ("a..b", false, false),
            ("a_b", false, false),
        ] {
            assert_eq!(Name::try_from(text).is_ok(), name, "{text}");
            assert_eq!(DnsLabel::try_from(text).is_ok(), label, "{text}");
        }
    }

    #[test]
    fn an_error_says_what_was_expected() {
        let error = Name::try_from("My_App").expect_err("upper case");
        assert!(
            error
                .to_string()
                .starts_with("`My_App` is not a name: expected lower case letters"),
            "{error}"
        );
    }
}
