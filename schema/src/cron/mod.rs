//! Schedules of cron jobs: Kubernetes' grammar, five fields or a word such as `@daily`.

mod duration;
mod next;
mod parse;

pub use parse::CronError;

use std::fmt;

/// A parsed schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    text: String,
    rule: Rule,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Rule {
    Fields(Fields),
    /// Every so many seconds after the last time.
    Every(i64),
}

/// What each field allows, a bit for each number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fields {
    minute: u64,
    hour: u64,
    day: u64,
    month: u64,
    weekday: u64,
    /// Whether the day of the month is unrestricted (`*` or `?`).
    any_day: bool,
    /// Whether the day of the week is unrestricted.
    any_weekday: bool,
}

impl Schedule {
    /// The schedule as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
