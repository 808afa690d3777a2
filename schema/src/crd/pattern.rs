//! Patterns of texts, in the notation of Go's regular expressions.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use regex::Regex;

/// The patterns that were met: a pattern is as many times dearer to read than to ask. None for what
/// cannot be read.
static MET: LazyLock<Mutex<HashMap<String, Option<Regex>>>> = LazyLock::new(Mutex::default);

/// How large a pattern may become when it is read.
const LARGEST: usize = 1 << 20;

/// Whether a text certainly does not match a pattern. Where Go may see it otherwise, it does not.
pub(super) fn fails(pattern: &str, text: &str) -> bool {
    // What counts as a digit, a letter or a space differs outside ASCII.
    let classes = ["\\d", "\\w", "\\s", "\\b", "\\D", "\\W", "\\S", "\\B"];
    if !text.is_ascii() && classes.iter().any(|class| pattern.contains(class)) {
        return false;
    }
    let mut met = MET.lock().unwrap_or_else(PoisonError::into_inner);
    let read = met
        .entry(pattern.to_owned())
        .or_insert_with(|| read(pattern));
    read.as_ref().is_some_and(|read| !read.is_match(text))
}

fn read(pattern: &str) -> Option<Regex> {
    // Sets that are joined inside a set, and what begins with `[[` or `&&`, are ours alone.
    let ours = ["&&", "--", "~~"].iter().any(|join| {
        let within = pattern
            .split('[')
            .skip(1)
            .filter_map(|set| set.split(']').next());
        within.into_iter().any(|set| set.contains(join))
    });
    if ours {
        return None;
    }
    regex::RegexBuilder::new(pattern)
        .size_limit(LARGEST)
        .build()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_match_or_not_and_nothing_is_claimed_of_what_may_be_read_otherwise() {
        for (pattern, text, expected) in [
            (r"^(\d+|\*)(/\d+)?$", "*/5", false),
            (r"^(\d+|\*)(/\d+)?$", "five", true),
            ("^[a-z]+$", "Abc", true),
            ("b", "abc", false),
            // Go's digits are ASCII's.
            (r"^\d$", "٣", false),
            ("^é$", "e", true),
            // What Go reads and this does not, and the other way round.
            (r"^(?<n>a)\1$", "x", false),
            ("^[a&&b]$", "&", false),
            ("(", "x", false),
            ("^a{1000}{1000}{1000}$", "x", false),
        ] {
            assert_eq!(fails(pattern, text), expected, "{pattern} {text}");
        }
    }
}
