//! Labels and annotations.

use infra_schema::names;
use std::collections::BTreeMap;

text_type! {
    /// The key of a label or annotation: an optional DNS prefix and `/`, and a name of at most 63
    /// characters.
    LabelKey, "a label key", is_key,
    "letters, digits, `-`, `_` and `.`, at most 63 of them, after an optional DNS prefix and `/`, such as `app` or `example.com/team`"
}

text_type! {
    /// The value of a label: at most 63 characters, empty allowed.
    LabelValue, "a label value", is_value,
    "at most 63 letters, digits, `-`, `_` and `.`, that start and end with a letter or digit, such as `v1.4.2`"
}

fn is_key(text: &str) -> bool {
    names::label_key(text).is_empty()
}

fn is_value(text: &str) -> bool {
    names::label_value(text).is_empty()
}

/// A name as a label's value: itself, as far as its characters may stand there, or cut to 63 that
/// still tell it from others.
pub fn label_value_of(name: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let ends = |c: char| !c.is_ascii_alphanumeric();
    let value: String = name
        .chars()
        .map(|c| if fits(c) { c } else { '-' })
        .collect();
    if value.len() <= 63 {
        return value.trim_matches(ends).to_owned();
    }
    let hash = crate::resource::short_hash(name);
    format!("{}-{hash}", value[..54].trim_matches(ends))
}

/// Labels as an object has them.
pub(crate) fn label_map(
    labels: impl IntoIterator<Item = (LabelKey, LabelValue)>,
) -> BTreeMap<String, String> {
    let labels = labels.into_iter();
    labels
        .map(|(key, value)| (key.into(), value.into()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_values() {
        for (text, key, value) in [
            ("app", true, true),
            ("app.kubernetes.io/name", true, false),
            ("A_b.c-9", true, true),
            ("", false, true),
            ("/app", false, false),
            ("example.com/", false, false),
            ("Example.com/app", false, false),
            ("-a", false, false),
            ("a b", false, false),
        ] {
            assert_eq!(LabelKey::try_from(text).is_ok(), key, "{text}");
            assert_eq!(LabelValue::try_from(text).is_ok(), value, "{text}");
        }
    }

    #[test]
    fn a_long_name_is_still_a_label_value() {
        let value = label_value_of(&"long.".repeat(40));
        assert!(LabelValue::try_from(value.as_str()).is_ok(), "{value}");
        assert_ne!(value, label_value_of(&"long.".repeat(41)));
        // Names that others gave need not be what labels are made of, nor ASCII.
        for (name, expected) in [
            ("app:reader", "app-reader"),
            ("system:node-", "system-node"),
            (&format!("a{}", "é".repeat(64)), "a-"),
        ] {
            let value = label_value_of(name);
            assert!(value.starts_with(expected), "{value}");
            assert!(LabelValue::try_from(value.as_str()).is_ok(), "{value}");
        }
    }
}
