//! Why something is as it is.

text_type! {
    /// A reason: a text that says something.
    Reason, "a reason", says_something,
    "words that tell the next reader why, such as `docker in docker needs the host's devices`"
}

/// One word is no reason.
fn says_something(text: &str) -> bool {
    text.split_whitespace().count() > 1
}

#[cfg(test)]
mod tests {
    use super::Reason;

    #[test]
    fn a_reason_says_something() {
        for (text, expected) in [
            ("the host's devices are needed", true),
            ("", false),
            ("  ", false),
            ("TODO", false),
        ] {
            assert_eq!(text.parse::<Reason>().is_ok(), expected, "{text:?}");
        }
    }
}
