//! A number of pods, or a share of them.

use super::Invalid;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use std::{fmt, str::FromStr};

/// A number (`1`) or a percentage (`25%`) of pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Amount {
    /// So many.
    Count(u16),
    /// So many of a hundred, 0 to 100.
    Percent(u8),
}

impl Amount {
    /// Whether it is none at all.
    pub(crate) fn is_zero(self) -> bool {
        matches!(self, Self::Count(0) | Self::Percent(0))
    }

    pub(crate) fn int_or_string(self) -> IntOrString {
        match self {
            Self::Count(count) => IntOrString::Int(count.into()),
            Self::Percent(_) => IntOrString::String(self.to_string()),
        }
    }
}

fn error(found: impl Into<String>) -> Invalid {
    let expected = "a number such as `1`, or a percentage such as `25%`";
    Invalid::new("an amount of pods", found, expected)
}

impl FromStr for Amount {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text.strip_suffix('%') {
            Some(percent) => percent
                .parse()
                .ok()
                .filter(|percent| *percent <= 100)
                .map(Self::Percent),
            None => text.parse().ok().map(Self::Count),
        }
        .ok_or_else(|| error(text))
    }
}

from_text!(Amount);

impl TryFrom<i64> for Amount {
    type Error = Invalid;

    fn try_from(count: i64) -> Result<Self, Invalid> {
        u16::try_from(count)
            .map(Self::Count)
            .map_err(|_| error(count.to_string()))
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => count.fmt(f),
            Self::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_percentages() {
        for (text, expected) in [
            ("1", Some(Amount::Count(1))),
            ("0", Some(Amount::Count(0))),
            ("25%", Some(Amount::Percent(25))),
            ("101%", None),
            ("-1", None),
            ("half", None),
        ] {
            assert_eq!(Amount::try_from(text).ok(), expected, "{text}");
        }
    }
}
