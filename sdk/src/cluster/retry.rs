//! When a request is tried again.

use super::ApiError;
use std::time::Duration;

/// How often a request is sent at most.
pub(crate) const ATTEMPTS: u32 = 6;

/// The same for one that was met with silence: once more, over a new connection (the old one may have
/// been forgotten on the way), because each costs the whole time allowed.
const SILENT_ATTEMPTS: u32 = 2;

const FIRST: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(30);

/// What a request does when it is sent twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// The same as once: reads, server-side applies, deletions with a uid.
    Harmless,
    /// Something else, unless the API server said that it did nothing.
    Harmful,
    /// Whoever sends it decides.
    Never,
}

/// How long to wait before sending again after `error`; `None` when it is final.
pub(crate) fn delay(error: &ApiError, repeat: Repeat, attempt: u32) -> Option<Duration> {
    let attempts = if error.silent_for.is_some() {
        SILENT_ATTEMPTS
    } else {
        ATTEMPTS
    };
    if attempt >= attempts || !is_transient(error, repeat) {
        return None;
    }
    let backoff = FIRST.saturating_mul(2_u32.saturating_pow(attempt.saturating_sub(1)));
    Some(error.retry_after.unwrap_or(backoff).min(LONGEST))
}

/// Whether the same request may succeed later.
///
/// A 500 is retried only where Kubernetes says that it is passing: a field that server-side apply
/// does not know is a 500 too, and stays one.
pub(crate) fn is_transient(error: &ApiError, repeat: Repeat) -> bool {
    match error.code {
        _ if repeat == Repeat::Never => false,
        429 | 503 => true,
        0 | 502 | 504 => repeat == Repeat::Harmless,
        500 => error.reason == "ServerTimeout" || is_passing(&error.message),
        409 => error
            .message
            .starts_with("Operation cannot be fulfilled on resourcequotas"),
        _ => false,
    }
}

fn is_passing(message: &str) -> bool {
    let webhook = message.contains("failed calling webhook")
        && ["connection refused", "no endpoints available", "x509"]
            .iter()
            .any(|cause| message.contains(cause));
    webhook
        || message.contains("etcdserver: leader changed")
        || message.contains("etcdserver: request timed out")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(code: u16, reason: &str, message: &str) -> ApiError {
        let body = serde_json::json!({"reason": reason, "message": message}).to_string();
        ApiError::answered("GET /x", code, None, body.as_bytes())
    }

    #[test]
    fn only_what_passes_is_tried_again() {
        for (code, reason, message, harmless, harmful) in [
            (429, "TooManyRequests", "slow", true, true),
            (503, "", "", true, true),
            (504, "Timeout", "", true, false),
            (
                500,
                "",
                ".spec.foo: field not declared in schema",
                false,
                false,
            ),
            (
                500,
                "InternalError",
                "failed calling webhook \"w\": connection refused",
                true,
                true,
            ),
            (
                409,
                "Conflict",
                "Operation cannot be fulfilled on resourcequotas \"q\": …",
                true,
                true,
            ),
            (409, "Conflict", "Apply failed", false, false),
            (404, "NotFound", "", false, false),
        ] {
            let error = error(code, reason, message);
            assert_eq!(
                is_transient(&error, Repeat::Harmless),
                harmless,
                "{error:?}"
            );
            assert_eq!(is_transient(&error, Repeat::Harmful), harmful, "{error:?}");
        }
    }

    #[test]
    fn waits_double_and_end_and_the_servers_word_wins() {
        let error = error(429, "", "");
        let delays: Vec<_> = (1..=ATTEMPTS)
            .map(|attempt| delay(&error, Repeat::Harmless, attempt).map(|d| d.as_millis()))
            .collect();
        assert_eq!(
            delays,
            [
                Some(200),
                Some(400),
                Some(800),
                Some(1600),
                Some(3200),
                None
            ]
        );
        let silent = ApiError::silent("GET /x", "https://a", Duration::from_secs(70));
        assert!(delay(&silent, Repeat::Harmless, 1).is_some());
        assert_eq!(delay(&silent, Repeat::Harmless, 2), None);
        assert_eq!(delay(&silent, Repeat::Harmful, 1), None);
        let error = ApiError::answered("GET /x", 429, Some(Duration::from_secs(7)), b"");
        assert_eq!(
            delay(&error, Repeat::Harmless, 1),
            Some(Duration::from_secs(7))
        );
    }
}
