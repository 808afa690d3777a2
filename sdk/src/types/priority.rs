//! How much pods matter.

use super::Invalid;
use std::{fmt, str::FromStr};

/// How much the pods of a priority class matter: a whole number of at most a billion. What is above
/// is Kubernetes' own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Priority(i32);

/// The highest that is not Kubernetes' own.
const HIGHEST: i64 = 1_000_000_000;

impl Priority {
    /// The number.
    pub fn get(self) -> i32 {
        self.0
    }
}

impl TryFrom<i64> for Priority {
    type Error = Invalid;

    fn try_from(number: i64) -> Result<Self, Invalid> {
        i32::try_from(number)
            .ok()
            .filter(|number| i64::from(*number) <= HIGHEST)
            .map(Self)
            .ok_or_else(|| error(number.to_string()))
    }
}

impl FromStr for Priority {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let number: i64 = text.parse().map_err(|_| error(text))?;
        number.try_into()
    }
}

from_text!(Priority);

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

fn error(found: impl Into<String>) -> Invalid {
    Invalid::new(
        "a priority",
        found,
        "a whole number from -2147483648 to 1000000000: what is higher is kept for Kubernetes' own",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn priorities_end_at_a_billion() {
        for (text, right) in [
            ("1000000000", true),
            ("1000000001", false),
            ("-2147483648", true),
            ("-2147483649", false),
            ("0", true),
            ("high", false),
            ("", false),
        ] {
            assert_eq!(Priority::try_from(text).is_ok(), right, "{text}");
        }
    }
}
