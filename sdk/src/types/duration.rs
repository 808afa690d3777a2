//! Durations as the operators' kinds write them.

use super::Invalid;
use std::{fmt, str::FromStr};

/// A duration that stays as it was written: `30s`, `5m`, `1h30m`, `500ms`.
///
/// Prometheus, Go and Istio all read hours, minutes, seconds and milliseconds. Days (`30d`) are not
/// read by all of them and become hours.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Duration {
    text: String,
    millis: u64,
}

/// The units, the largest first.
const UNITS: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1000),
    ("ms", 1),
];

impl Duration {
    /// How long it is, in milliseconds.
    pub fn millis(&self) -> u64 {
        self.millis
    }

    /// As it is sent.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

fn error(found: impl Into<String>) -> Invalid {
    Invalid::new(
        "a duration",
        found,
        "days, hours, minutes, seconds or milliseconds, such as `30s`, `5m`, `1h30m` or `30d`",
    )
}

/// The parts, each with its unit's place, the larger units first.
fn parts(text: &str) -> Option<Vec<(u64, usize)>> {
    let (mut rest, mut parts) = (text, Vec::new());
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let after = &rest[digits..];
        let letters = after.find(|c: char| !c.is_ascii_lowercase());
        let (unit, remaining) = after.split_at(letters.unwrap_or(after.len()));
        let place = UNITS.iter().position(|(known, _)| *known == unit)?;
        if parts.last().is_some_and(|(_, last)| *last >= place) {
            return None;
        }
        parts.push((rest[..digits].parse().ok()?, place));
        rest = remaining;
    }
    (!parts.is_empty()).then_some(parts)
}

fn millis(parts: &[(u64, usize)]) -> Option<u64> {
    parts.iter().try_fold(0_u64, |sum, (number, place)| {
        sum.checked_add(number.checked_mul(UNITS[*place].1)?)
    })
}

/// The text without days.
fn written(text: &str, parts: &[(u64, usize)]) -> Option<String> {
    let Some((days, 0)) = parts.first() else {
        return Some(text.to_owned());
    };
    let more = parts[1..].iter().find(|(_, place)| *place == 1);
    let hours = days.checked_mul(24)?;
    let hours = hours.checked_add(more.map_or(0, |(hours, _)| *hours))?;
    let mut text = format!("{hours}h");
    for (number, place) in parts[1..].iter().filter(|(_, place)| *place > 1) {
        text.push_str(&number.to_string());
        text.push_str(UNITS[*place].0);
    }
    Some(text)
}

impl FromStr for Duration {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let read = || {
            let parts = parts(text)?;
            Some(Self {
                millis: millis(&parts)?,
                text: written(text, &parts)?,
            })
        };
        read().ok_or_else(|| error(text))
    }
}

from_text!(Duration);

/// A number of seconds.
impl TryFrom<i64> for Duration {
    type Error = Invalid;

    fn try_from(seconds: i64) -> Result<Self, Invalid> {
        format!("{seconds}s").parse()
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<&Duration> for serde_json::Value {
    fn from(duration: &Duration) -> Self {
        duration.text.as_str().into()
    }
}

impl From<Duration> for serde_json::Value {
    fn from(duration: Duration) -> Self {
        duration.text.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_stay_as_they_are_written_but_for_days() {
        for (text, expected) in [
            ("15s", Some(("15s", 15_000))),
            ("60s", Some(("60s", 60_000))),
            ("5m", Some(("5m", 300_000))),
            ("1h30m", Some(("1h30m", 5_400_000))),
            ("500ms", Some(("500ms", 500))),
            ("30d", Some(("720h", 2_592_000_000))),
            ("1d12h5m", Some(("36h5m", 129_900_000))),
            ("0s", Some(("0s", 0))),
            ("", None),
            ("5", None),
            ("1m1h", None),
            ("1m1m", None),
            ("1.5h", None),
            ("-5s", None),
            ("5 m", None),
            ("1w", None),
            ("5mins", None),
            ("99999999999999999d", None),
            ("99999999999999999999s", None),
        ] {
            let found = text.parse::<Duration>().ok();
            let found = found.as_ref().map(|found| (found.as_str(), found.millis()));
            assert_eq!(found, expected, "{text}");
        }
        assert_eq!(Duration::try_from(30).expect("seconds").as_str(), "30s");
        assert!(Duration::try_from(-30).is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_as_long_and_reads_back(
            days in 0_u64..4000, hours in 0_u64..4000, minutes in 0_u64..4000,
        ) {
            let text = format!("{days}d{hours}h{minutes}m");
            let first: Duration = text.parse().expect("a duration");
            let again: Duration = first.as_str().parse().expect("a duration");
            prop_assert_eq!(first.millis(), days * 86_400_000 + hours * 3_600_000 + minutes * 60_000);
            prop_assert_eq!(again, first);
        }
    }
}
