//! Reading schedules.

use std::str::FromStr;

use super::duration::parse_duration;
use super::{Fields, Rule, Schedule};

/// A text that is no schedule, in the server's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CronError(String);

fn error<T>(message: String) -> Result<T, CronError> {
    Err(CronError(message))
}

/// The numbers of a field and their names.
struct Bounds {
    min: u32,
    max: u32,
    names: &'static [&'static str],
}

const MINUTE: Bounds = Bounds {
    min: 0,
    max: 59,
    names: &[],
};
const HOUR: Bounds = Bounds {
    min: 0,
    max: 23,
    names: &[],
};
const DAY: Bounds = Bounds {
    min: 1,
    max: 31,
    names: &[],
};
const MONTH: Bounds = Bounds {
    min: 1,
    max: 12,
    names: &[
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ],
};
const WEEKDAY: Bounds = Bounds {
    min: 0,
    max: 6,
    names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
};

impl FromStr for Schedule {
    type Err = CronError;

    fn from_str(text: &str) -> Result<Self, CronError> {
        if text.is_empty() {
            return error("empty spec string".to_owned());
        }
        let rule = if text.starts_with('@') {
            word(text)?
        } else {
            let parts: Vec<&str> = text.split_whitespace().collect();
            let [minute, hour, day, month, weekday] = parts.as_slice() else {
                return error(format!(
                    "expected exactly 5 fields, found {}: [{}]",
                    parts.len(),
                    parts.join(" ")
                ));
            };
            let (minute, _) = field(minute, &MINUTE)?;
            let (hour, _) = field(hour, &HOUR)?;
            let (day, any_day) = field(day, &DAY)?;
            let (month, _) = field(month, &MONTH)?;
            let (weekday, any_weekday) = field(weekday, &WEEKDAY)?;
            Rule::Fields(Fields {
                minute,
                hour,
                day,
                month,
                weekday,
                any_day,
                any_weekday,
            })
        };
        Ok(Self {
            text: text.to_owned(),
            rule,
        })
    }
}

impl Schedule {
    /// Reads a schedule, such as `30 2 * * mon-fri` or `@every 1h30m`.
    pub fn parse(text: &str) -> Result<Self, CronError> {
        text.parse()
    }
}

fn word(text: &str) -> Result<Rule, CronError> {
    let fields = match text {
        "@yearly" | "@annually" => "0 0 1 1 *",
        "@monthly" => "0 0 1 * *",
        "@weekly" => "0 0 * * 0",
        "@daily" | "@midnight" => "0 0 * * *",
        "@hourly" => "0 * * * *",
        _ => {
            let Some(length) = text.strip_prefix("@every ") else {
                return error(format!("unrecognized descriptor: {text}"));
            };
            return match parse_duration(length) {
                Some(seconds) => Ok(Rule::Every((seconds as i64).max(1))),
                None => error(format!(
                    "failed to parse duration {text}: time: invalid duration {length:?}"
                )),
            };
        }
    };
    Ok(fields.parse::<Schedule>()?.rule)
}

/// The bits of a field, and whether it restricts nothing.
fn field(text: &str, bounds: &Bounds) -> Result<(u64, bool), CronError> {
    let mut out = (0, false);
    // Empty parts between commas are passed over.
    for part in text.split(',').filter(|part| !part.is_empty()) {
        let (bits, any) = range(part, bounds)?;
        out = (out.0 | bits, out.1 || any);
    }
    Ok(out)
}

fn range(text: &str, bounds: &Bounds) -> Result<(u64, bool), CronError> {
    let (span, step) = match text.split_once('/') {
        Some((_, step)) if step.contains('/') => {
            return error(format!("too many slashes: {text}"));
        }
        Some((span, step)) => (span, Some(number(step)?)),
        None => (text, None),
    };
    let mut any = false;
    let (start, end) = match span.split_once('-') {
        None if span == "*" || span == "?" => {
            any = true;
            (bounds.min, bounds.max)
        }
        None => {
            let start = number_or_name(span, bounds)?;
            // `5/15` goes on to the end.
            (start, if step.is_some() { bounds.max } else { start })
        }
        Some((_, end)) if end.contains('-') => return error(format!("too many hyphens: {text}")),
        Some((start, end)) => (number_or_name(start, bounds)?, number_or_name(end, bounds)?),
    };
    if step.is_some_and(|step| step > 1) {
        any = false;
    }
    if start < bounds.min {
        let min = bounds.min;
        return error(format!(
            "beginning of range ({start}) below minimum ({min}): {text}"
        ));
    }
    if end > bounds.max {
        let max = bounds.max;
        return error(format!(
            "end of range ({end}) above maximum ({max}): {text}"
        ));
    }
    if start > end {
        return error(format!(
            "beginning of range ({start}) beyond end of range ({end}): {text}"
        ));
    }
    let step = step.unwrap_or(1);
    if step == 0 {
        return error(format!("step of range should be a positive number: {text}"));
    }
    let bits = (start..=end)
        .step_by(step as usize)
        .fold(0, |bits, at| bits | 1 << at);
    Ok((bits, any))
}

fn number_or_name(text: &str, bounds: &Bounds) -> Result<u32, CronError> {
    match bounds
        .names
        .iter()
        .position(|name| name.eq_ignore_ascii_case(text))
    {
        Some(at) => Ok(at as u32 + bounds.min),
        None => number(text),
    }
}

fn number(text: &str) -> Result<u32, CronError> {
    match text.parse::<i64>() {
        Ok(number) if number < 0 => {
            error(format!("negative number ({number}) not allowed: {text}"))
        }
        Ok(number) => Ok(u32::try_from(number).unwrap_or(u32::MAX)),
        Err(_) => error(format!(
            "failed to parse int from {text}: strconv.Atoi: parsing {text:?}: invalid syntax"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_schedules() {
        for text in [
            "* * * * *",
            "0 2 * * *",
            "*/5 0-6,22 1 jan-mar MON-fri",
            "5/15 * ? * ?",
            "@daily",
            "@every 1h30m",
            "@every 90s",
            "0 0 31 2 0",
        ] {
            assert!(Schedule::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn bad_schedules() {
        for (text, message) in [
            ("", "empty spec string"),
            ("* * * *", "expected exactly 5 fields, found 4: [* * * *]"),
            ("61 * * * *", "end of range (61) above maximum (59): 61"),
            ("* * 0 * *", "beginning of range (0) below minimum (1): 0"),
            ("* * * * 7", "end of range (7) above maximum (6): 7"),
            (
                "5-3 * * * *",
                "beginning of range (5) beyond end of range (3): 5-3",
            ),
            (
                "*/0 * * * *",
                "step of range should be a positive number: */0",
            ),
            ("1-2-3 * * * *", "too many hyphens: 1-2-3"),
            ("*/2/3 * * * *", "too many slashes: */2/3"),
            (
                "x * * * *",
                "failed to parse int from x: strconv.Atoi: parsing \"x\": invalid syntax",
            ),
            ("@often", "unrecognized descriptor: @often"),
            (
                "@every x",
                "failed to parse duration @every x: time: invalid duration \"x\"",
            ),
        ] {
            let error = Schedule::parse(text).expect_err(text);
            assert_eq!(error.to_string(), message);
        }
    }
}
