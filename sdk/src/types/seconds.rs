//! Durations in whole seconds.

use super::Invalid;
use std::{fmt, str::FromStr};

/// A duration in whole seconds, from zero to 68 years: what Kubernetes' `…Seconds` fields hold.
///
/// Read from `30s`, `5m`, `1h30m`, `7d` (a day is 24 hours), or from a number of seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seconds(i32);

impl Seconds {
    /// The number of seconds.
    pub fn get(self) -> i32 {
        self.0
    }
}

fn error(found: impl Into<String>) -> Invalid {
    Invalid::new(
        "a duration",
        found,
        "whole seconds, minutes, hours or days, such as `30s`, `5m`, `1h30m` or `7d`",
    )
}

impl FromStr for Seconds {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        parse(text)
            .and_then(|seconds| i32::try_from(seconds).ok())
            .map(Self)
            .ok_or_else(|| error(text))
    }
}

/// The sum of the parts, each unit smaller than the one before it.
fn parse(text: &str) -> Option<i64> {
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(seconds.into());
    }
    let (mut rest, mut sum, mut last) = (text, 0_i64, i64::MAX);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: i64 = rest[..digits].parse().ok()?;
        let mut after = rest[digits..].chars();
        let unit = match after.next()? {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86400,
            _ => return None,
        };
        if unit >= last {
            return None;
        }
        last = unit;
        sum = sum.checked_add(number.checked_mul(unit)?)?;
        rest = after.as_str();
    }
    (last != i64::MAX).then_some(sum)
}

from_text!(Seconds);

impl TryFrom<i64> for Seconds {
    type Error = Invalid;

    fn try_from(seconds: i64) -> Result<Self, Invalid> {
        i32::try_from(seconds)
            .ok()
            .filter(|seconds| *seconds >= 0)
            .map(Self)
            .ok_or_else(|| error(seconds.to_string()))
    }
}

/// `1h30m`: the largest units first, none that are zero.
impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        let mut rest = self.0;
        for (size, unit) in [(86400, 'd'), (3600, 'h'), (60, 'm'), (1, 's')] {
            if rest >= size {
                write!(f, "{}{unit}", rest / size)?;
                rest %= size;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations() {
        for (text, expected) in [
            ("30s", Some(30)),
            ("5m", Some(300)),
            ("1h30m", Some(5400)),
            ("7d", Some(604_800)),
            ("90", Some(90)),
            ("0s", Some(0)),
            ("30", Some(30)),
            ("", None),
            ("500ms", None),
            ("1m1h", None),
            ("1.5h", None),
            ("-5s", None),
            ("5 m", None),
            ("99999999d", None),
        ] {
            let seconds = Seconds::try_from(text).ok().map(Seconds::get);
            assert_eq!(seconds, expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(seconds in 0_i32..) {
            let seconds = Seconds(seconds);
            prop_assert_eq!(Seconds::try_from(seconds.to_string()), Ok(seconds));
        }
    }
}
