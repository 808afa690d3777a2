//! The characters of a value that is made at random.

use super::Invalid;
use std::{fmt, str::FromStr};
use zeroize::{Zeroize as _, Zeroizing};

/// The fewest characters that a choice is made from: fewer are a mistake.
const FEWEST: usize = 8;

/// Characters to choose from: `A-Za-z0-9`, `0-9a-f`. A `-` at the beginning or the end means itself.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Alphabet(Vec<u8>);

impl Alphabet {
    /// A text of so many characters, each as likely as any other.
    pub(crate) fn random(&self, length: usize) -> Result<Zeroizing<String>, getrandom::Error> {
        // Bytes from the largest multiple of the number of characters on would favour the first.
        let fair = 256 - 256 % self.0.len();
        let mut text = Zeroizing::new(String::with_capacity(length));
        let mut bytes = [0_u8; 64];
        while text.len() < length {
            getrandom::fill(&mut bytes)?;
            let letters = bytes
                .iter()
                .map(|byte| usize::from(*byte))
                .filter(|byte| *byte < fair)
                .map(|byte| char::from(self.0[byte % self.0.len()]));
            let missing = length - text.len();
            text.extend(letters.take(missing));
        }
        bytes.zeroize();
        Ok(text)
    }
}

/// Letters and digits.
impl Default for Alphabet {
    fn default() -> Self {
        let characters = (b'A'..=b'Z').chain(b'a'..=b'z').chain(b'0'..=b'9');
        Self(characters.collect())
    }
}

impl FromStr for Alphabet {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = |expected: String| Err(Invalid::new("an alphabet", text, expected));
        if let Some(found) = text.chars().find(|c| !c.is_ascii_graphic()) {
            return invalid(format!(
                "visible characters of ASCII, and `{}` is none",
                found.escape_debug()
            ));
        }
        let mut characters = Vec::new();
        let mut rest = text.as_bytes();
        while let Some(first) = rest.first() {
            let (range, more) = match rest {
                [first, b'-', last, more @ ..] if first <= last => (*first..=*last, more),
                [first, b'-', last, ..] => {
                    let (first, last) = (char::from(*first), char::from(*last));
                    return invalid(format!("the range `{last}-{first}`, the smaller one first"));
                }
                _ => (*first..=*first, &rest[1..]),
            };
            characters.extend(range);
            rest = more;
        }
        characters.sort_unstable();
        characters.dedup();
        if characters.len() < FEWEST {
            return invalid(format!(
                "at least {FEWEST} different characters, such as `0-9a-f`"
            ));
        }
        Ok(Self(characters))
    }
}

/// Its characters, in the order of ASCII.
impl fmt::Debug for Alphabet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_characters_are_an_alphabet() {
        for (text, expected) in [
            ("0-9a-f", Ok("0123456789abcdef")),
            ("f-fa-e0-90", Ok("0123456789abcdef")),
            ("-_a-f", Ok("-_abcdef")),
            ("a-g-", Ok("-abcdefg")),
            ("0-7", Ok("01234567")),
            ("0-6", Err("at least 8 different")),
            ("hex", Err("at least 8 different")),
            ("", Err("at least 8 different")),
            ("z-a0-9", Err("the range `a-z`")),
            ("abcdefgh ij", Err("` ` is none")),
            ("abcdefghü", Err("`ü` is none")),
        ] {
            match (text.parse::<Alphabet>(), expected) {
                (Ok(found), Ok(expected)) => assert_eq!(format!("{found:?}"), expected, "{text}"),
                (Err(error), Err(expected)) => {
                    assert!(error.to_string().contains(expected), "{text}: {error}");
                }
                (found, expected) => panic!("{text}: {found:?} {expected:?}"),
            }
        }
    }

    #[test]
    fn a_text_has_characters_of_its_alphabet_and_in_time_all_of_them() {
        for alphabet in ["0-9a-f", "!-~", "a-zA-Z0-9"] {
            let alphabet: Alphabet = alphabet.parse().expect("an alphabet");
            let text = alphabet.random(1 << 14).expect("randomness");
            assert_eq!(text.len(), 1 << 14);
            let mut found = text.as_bytes().to_vec();
            found.sort_unstable();
            found.dedup();
            assert_eq!(found, alphabet.0);
        }
        let all = Alphabet::default();
        assert_eq!(all.0.len(), 62);
        assert_ne!(
            *all.random(32).expect("randomness"),
            *all.random(32).expect("randomness")
        );
    }
}
