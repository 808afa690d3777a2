//! When a cron job runs.

use super::Invalid;
use infra_schema::cron;
use jiff::tz::TimeZoneDatabase;
use std::{fmt, str::FromStr, sync::LazyLock};

/// A cron schedule, and the time zone in which it is meant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Schedule {
    cron: String,
    time_zone: Option<String>,
}

impl Schedule {
    /// The five fields, or a macro such as `@hourly` (`spec.schedule`).
    pub fn cron(&self) -> &str {
        &self.cron
    }

    /// The time zone by its IANA name (`spec.timeZone`). Default: that of the control plane, UTC
    /// nearly everywhere.
    pub fn time_zone(&self) -> Option<&str> {
        self.time_zone.as_deref()
    }

    /// The same schedule in a time zone.
    #[must_use]
    pub fn in_time_zone(mut self, zone: TimeZone) -> Self {
        self.time_zone = Some(zone.0);
        self
    }
}

impl FromStr for Schedule {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match cron::Schedule::parse(text) {
            Ok(_) => Ok(Self {
                cron: text.to_owned(),
                time_zone: None,
            }),
            Err(error) => Err(Invalid::new(
                "a schedule",
                text,
                format!(
                    "minute, hour, day of month, month and day of week, such as `0 2 * * *` or `*/5 * * * *`, or `@hourly`, `@daily`, `@weekly`, `@monthly` ({error})"
                ),
            )),
        }
    }
}

from_text!(Schedule);

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cron)?;
        match &self.time_zone {
            Some(zone) => write!(f, " ({zone})"),
            None => Ok(()),
        }
    }
}

text_type! {
    /// A time zone by its IANA name.
    TimeZone, "a time zone", is_time_zone,
    "a name of the IANA time zone database, such as `Europe/Berlin` or `UTC`"
}

fn is_time_zone(text: &str) -> bool {
    // The database that is built in, so that no machine's own decides; the API server minds the case.
    static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);
    ZONES
        .get(text)
        .is_ok_and(|zone| zone.iana_name() == Some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_and_zones() {
        for (text, ok) in [
            ("0 2 * * *", true),
            ("*/5 * * * *", true),
            ("@hourly", true),
            ("0 2 * *", false),
            ("60 2 * * *", false),
            ("TZ=UTC 0 2 * * *", false),
            ("every day", false),
        ] {
            assert_eq!(Schedule::try_from(text).is_ok(), ok, "{text}");
        }
        for (text, ok) in [
            ("Europe/Berlin", true),
            ("UTC", true),
            ("europe/berlin", false),
            ("Local", false),
            ("Berlin", false),
            ("", false),
        ] {
            assert_eq!(TimeZone::try_from(text).is_ok(), ok, "{text}");
        }
    }
}
