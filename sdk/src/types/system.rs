//! The operating system's words.

/// An error of the operating system as a part of a sentence, without its number: `No such file or
/// directory (os error 2)` is `no such file or directory`.
pub fn in_words(error: &std::io::Error) -> String {
    if error.kind() == std::io::ErrorKind::InvalidData {
        // The library speaks of streams.
        return "it is not text in UTF-8".to_owned();
    }
    sentence_part(&error.to_string())
}

/// A message of the operating system, or of a library, as a part of a sentence.
pub(crate) fn sentence_part(message: &str) -> String {
    let words = message.split(" (os error ").next().unwrap_or(message);
    let mut letters = words.chars();
    match letters.next() {
        Some(first) if letters.clone().next().is_some_and(char::is_lowercase) => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => words.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_and_abbreviations_stay() {
        for (message, expected) in [
            ("Connection refused (os error 111)", "connection refused"),
            ("TLS is missing", "TLS is missing"),
            ("is a directory", "is a directory"),
            ("", ""),
        ] {
            assert_eq!(sentence_part(message), expected);
        }
        let error = std::io::Error::from_raw_os_error(2);
        assert!(!in_words(&error).contains("os error"), "{error}");
    }
}
