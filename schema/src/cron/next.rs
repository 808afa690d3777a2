//! When a schedule is due.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan, Zoned};

use super::{Fields, Rule, Schedule};

/// Years after which a schedule that was not due never will be (`0 0 30 2 *`).
const HORIZON: i16 = 5;

impl Schedule {
    /// The first time after `after` at which it is due, by the clocks of a time zone. A time that
    /// clocks skip is not due that day. `None` when it is not due within five years.
    pub fn next_after(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        match &self.rule {
            Rule::Every(seconds) => {
                let whole = Timestamp::from_second(after.as_second()).ok()?;
                whole.checked_add(SignedDuration::from_secs(*seconds)).ok()
            }
            Rule::Fields(fields) => fields.next_after(after, zone),
        }
    }
}

fn has(bits: u64, at: i8) -> bool {
    bits & (1 << at) != 0
}

impl Fields {
    fn next_after(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let second = after.as_second();
        let start = Timestamp::from_second(second - second.rem_euclid(60) + 60).ok()?;
        let mut at = start.to_zoned(zone.clone());
        let last_year = at.year() + HORIZON;
        while at.year() <= last_year {
            if !has(self.month, at.month()) {
                at = start_of(&at, 1.month())?;
            } else if !self.is_day(&at) {
                at = start_of(&at, 1.day())?;
            } else if !has(self.hour, at.hour()) {
                at = at.checked_add(i64::from(60 - at.minute()).minutes()).ok()?;
            } else if !has(self.minute, at.minute()) {
                at = at.checked_add(1.minute()).ok()?;
            } else {
                return Some(at.timestamp());
            }
        }
        None
    }

    /// Both day fields must allow the day when one of them allows every day, else one is enough.
    fn is_day(&self, at: &Zoned) -> bool {
        let day = has(self.day, at.day());
        let weekday = has(self.weekday, at.weekday().to_sunday_zero_offset());
        if self.any_day || self.any_weekday {
            day && weekday
        } else {
            day || weekday
        }
    }
}

/// The first moment of the next month or day.
fn start_of(at: &Zoned, span: jiff::Span) -> Option<Zoned> {
    let day = if span.get_months() == 1 {
        at.date().first_of_month()
    } else {
        at.date()
    };
    let day = day.checked_add(span).ok()?;
    day.to_zoned(at.time_zone().clone())
        .ok()?
        .start_of_day()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(schedule: &str, after: &str, zone: &str) -> String {
        let zone = TimeZone::get(zone).expect("zone");
        let after: Timestamp = after.parse().expect("time");
        let schedule = Schedule::parse(schedule).expect("schedule");
        schedule
            .next_after(after, &zone)
            .map_or_else(|| "never".to_owned(), |t| t.to_string())
    }

    #[test]
    fn the_next_time() {
        for (schedule, after, zone, due) in [
            (
                "0 2 * * *",
                "2026-01-26T01:59:59Z",
                "UTC",
                "2026-01-26T02:00:00Z",
            ),
            (
                "0 2 * * *",
                "2026-01-26T02:00:00Z",
                "UTC",
                "2026-01-27T02:00:00Z",
            ),
            (
                "*/15 * * * *",
                "2026-01-26T10:07:31Z",
                "UTC",
                "2026-01-26T10:15:00Z",
            ),
            (
                "0 0 31 * *",
                "2026-02-01T00:00:00Z",
                "UTC",
                "2026-03-31T00:00:00Z",
            ),
            (
                "0 0 1 * 1",
                "2026-01-27T00:00:00Z",
                "UTC",
                "2026-02-01T00:00:00Z",
            ),
            (
                "0 0 1 * 1",
                "2026-02-01T00:00:00Z",
                "UTC",
                "2026-02-02T00:00:00Z",
            ),
            ("0 0 30 2 *", "2026-01-01T00:00:00Z", "UTC", "never"),
            (
                "0 0 29 2 *",
                "2026-01-01T00:00:00Z",
                "UTC",
                "2028-02-29T00:00:00Z",
            ),
            (
                "@every 90s",
                "2026-01-01T00:00:00.5Z",
                "UTC",
                "2026-01-01T00:01:30Z",
            ),
            (
                "@hourly",
                "2026-12-31T23:30:00Z",
                "UTC",
                "2027-01-01T00:00:00Z",
            ),
            // 02:30 does not exist on the day on which summer time begins.
            (
                "30 2 * * *",
                "2026-03-28T12:00:00Z",
                "Europe/Berlin",
                "2026-03-30T00:30:00Z",
            ),
            (
                "0 3 * * *",
                "2026-03-28T12:00:00Z",
                "Europe/Berlin",
                "2026-03-29T01:00:00Z",
            ),
        ] {
            assert_eq!(next(schedule, after, zone), due, "{schedule} after {after}");
        }
    }
}
