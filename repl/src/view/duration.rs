//! Durations as people read them.

use std::time::Duration;

/// `1h5m`, `2m30s`, `45s`, `3s`, `0s`: whole seconds, at most two units.
pub(crate) fn human(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes, rest) {
        (0, 0, s) => format!("{s}s"),
        (0, m, 0) => format!("{m}m"),
        (0, m, s) => format!("{m}m{s}s"),
        (h, 0, _) => format!("{h}h"),
        (h, m, _) => format!("{h}h{m}m"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_most_two_units() {
        for (seconds, text) in [
            (0, "0s"),
            (59, "59s"),
            (60, "1m"),
            (95, "1m35s"),
            (3600, "1h"),
            (3659, "1h"),
            (7325, "2h2m"),
        ] {
            assert_eq!(human(Duration::from_secs(seconds)), text);
        }
    }
}
