//! Hiding secret values in texts: in all the forms in which a program or an API server quotes them.

use super::wait::Mask;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::{cmp::Reverse, collections::BTreeSet, fmt::Write as _, sync::Arc};
use zeroize::{Zeroize as _, Zeroizing};

/// What stands in the place of a value.
const HIDDEN: &str = "(secret)";

/// The shortest text that is hidden: shorter ones would hide half of every text.
const SHORTEST: usize = 6;

/// Values to hide.
#[derive(Default)]
pub(crate) struct Hidden(BTreeSet<String>);

impl Hidden {
    /// Adds a value: its lines, as they are and as addresses and JSON write them, and its base64.
    pub(crate) fn add(&mut self, value: &[u8]) {
        let text = Zeroizing::new(String::from_utf8_lossy(value).into_owned());
        for line in text.lines().map(str::trim) {
            self.0.insert(line.to_owned());
            self.0.insert(url_escaped(line));
            self.0.insert(url_escaped(line).replace("%20", "+"));
            let json = Zeroizing::new(serde_json::Value::from(line).to_string());
            self.0.insert(json.trim_matches('"').to_owned());
        }
        let encoded = STANDARD.encode(value);
        self.0.insert(url_escaped(&encoded));
        self.0.insert(encoded);
    }

    /// Hides the values in a text.
    pub(crate) fn mask(self) -> Mask {
        let mut values = Vec::new();
        for mut value in self.0 {
            if value.len() < SHORTEST {
                value.zeroize();
            } else {
                values.push(Zeroizing::new(value));
            }
        }
        // The longest first: a value may hold another.
        values.sort_by_key(|value| Reverse(value.len()));
        Arc::new(move |text| {
            values.iter().fold(text.to_owned(), |text, value| {
                if text.contains(value.as_str()) {
                    text.replace(value.as_str(), HIDDEN)
                } else {
                    text
                }
            })
        })
    }
}

/// A text as addresses hold it (RFC 3986): all but letters, digits and `-._~` escaped.
pub(crate) fn url_escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            // To write into a string never fails.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_hidden_in_every_form() {
        let mut hidden = Hidden::default();
        hidden.add(b"p@ss \"w\"/\xc3\xbc");
        hidden.add(b"first line\n  second line\n");
        hidden.add(b"short");
        let mask = hidden.mask();
        for (text, expected) in [
            ("was p@ss \"w\"/ü here", "was (secret) here"),
            (r#"{"a":"p@ss \"w\"/ü"}"#, r#"{"a":"(secret)"}"#),
            (
                "redis://:p%40ss%20%22w%22%2F%C3%BC@db",
                "redis://:(secret)@db",
            ),
            ("q=p%40ss+%22w%22%2F%C3%BC&x", "q=(secret)&x"),
            ("data: cEBzcyAidyIvw7w=, x", "data: (secret), x"),
            ("data=cEBzcyAidyIvw7w%3D", "data=(secret)"),
            ("the second line.", "the (secret)."),
            ("short", "short"),
            ("nothing", "nothing"),
        ] {
            assert_eq!(mask(text), expected);
        }
    }
}
