//! When a request is sent again.

use http::{HeaderMap, Method, StatusCode, header};
use std::time::Duration;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(30);

/// How a request was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Met {
    /// It was answered, and was asked to wait so long.
    Answered(StatusCode, Option<Duration>),
    /// It was not answered, and may have been read.
    Silence,
    /// It never left.
    Unsent,
}

/// How long to wait before it is sent again; nothing where that does not help, or might do twice
/// what was to be done once.
pub(super) fn delay(method: &Method, met: Met, attempt: u32, retries: u32) -> Option<Duration> {
    if attempt > retries {
        return None;
    }
    let idempotent = method.is_idempotent();
    let asked = match met {
        Met::Answered(status, asked) => {
            let passes = matches!(status.as_u16(), 429 | 502 | 503 | 504);
            (passes && idempotent).then_some(asked)?
        }
        Met::Silence => idempotent.then_some(None)?,
        Met::Unsent => None,
    };
    let own = FIRST.saturating_mul(2_u32.saturating_pow(attempt.saturating_sub(1)));
    Some(asked.unwrap_or(own).min(LONGEST))
}

/// `Retry-After` in seconds; its other form, a date, is taken for none.
pub(super) fn asked(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?;
    value.trim().parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_passes_and_what_does_no_harm_is_sent_again() {
        let status = |code: u16| Met::Answered(StatusCode::from_u16(code).unwrap(), None);
        let wait = Met::Answered(StatusCode::TOO_MANY_REQUESTS, Some(Duration::from_secs(7)));
        let long = Met::Answered(StatusCode::TOO_MANY_REQUESTS, Some(Duration::from_hours(1)));
        for (method, met, attempt, expected) in [
            (Method::GET, status(503), 1, Some(1)),
            (Method::GET, status(503), 2, Some(2)),
            (Method::GET, status(503), 3, None),
            (Method::GET, status(200), 1, None),
            (Method::GET, status(500), 1, None),
            (Method::GET, status(404), 1, None),
            (Method::GET, wait, 1, Some(7)),
            (Method::GET, long, 1, Some(30)),
            (Method::PUT, status(502), 1, Some(1)),
            (Method::DELETE, Met::Silence, 1, Some(1)),
            (Method::POST, status(503), 1, None),
            (Method::POST, Met::Silence, 1, None),
            (Method::POST, Met::Unsent, 1, Some(1)),
            (Method::PATCH, wait, 1, None),
        ] {
            let found = delay(&method, met, attempt, 2);
            assert_eq!(
                found.map(|time| time.as_secs()),
                expected,
                "{method} {met:?} {attempt}"
            );
        }
    }
}
