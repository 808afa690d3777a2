//! A secret from standard input.

use super::Read;
use infra_sdk::engine::Unread;
use infra_sdk::types::in_words;
use std::io::{self, IsTerminal as _, Read as _};

/// The most that a Secret can hold; who pipes in more has mistaken something.
const MOST: u64 = 1 << 20;

pub(super) fn read() -> Read {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        return Err(missing("standard input is a terminal"));
    }
    let mut bytes = Vec::new();
    let read = stdin.lock().take(MOST + 1).read_to_end(&mut bytes);
    if let Err(error) = read {
        return Err(Unread::new(format!(
            "standard input cannot be read: {}",
            in_words(&error)
        )));
    }
    if bytes.len() as u64 > MOST {
        return Err(Unread::new(
            "standard input has more than the 1 MiB that a Secret can hold",
        ));
    }
    let length = without_line_break(&bytes).len();
    bytes.truncate(length);
    if bytes.is_empty() {
        return Err(missing("standard input is empty"));
    }
    Ok(bytes.into())
}

fn missing(problem: &str) -> Unread {
    Unread::new(problem).help("pipe the value in: `pass show db | infra run … --yes`")
}

/// What programs print ends with a line break that is no part of it.
fn without_line_break(bytes: &[u8]) -> &[u8] {
    let text = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    text.strip_suffix(b"\r")
        .filter(|_| text.len() < bytes.len())
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_break_at_the_end_goes() {
        for (text, expected) in [
            ("a", "a"),
            ("a\n", "a"),
            ("a\r\n", "a"),
            ("a\n\n", "a\n"),
            ("a\r", "a\r"),
            (" a ", " a "),
            ("\n", ""),
            ("", ""),
        ] {
            assert_eq!(
                without_line_break(text.as_bytes()),
                expected.as_bytes(),
                "{text:?}"
            );
        }
    }
}
