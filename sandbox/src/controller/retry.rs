//! When to try again what was refused: later and later, as the queues of controllers do.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::seam::Key;

const FIRST: SignedDuration = SignedDuration::from_millis(5);
const LONGEST: SignedDuration = SignedDuration::from_secs(1000);

/// The keys whose last try failed. Forgetting them all only means trying sooner.
#[derive(Debug, Default)]
pub(crate) struct Retries {
    failed: HashMap<Key, (u32, Timestamp)>,
}

impl Retries {
    /// Whether a try is due.
    pub(crate) fn is_due(&self, key: &Key, now: Timestamp) -> bool {
        self.failed.get(key).is_none_or(|(_, next)| *next <= now)
    }

    /// Notes that a try failed. Answers when the next one is due.
    pub(crate) fn failed(&mut self, key: &Key, now: Timestamp) -> Timestamp {
        let tries = self.failed.get(key).map_or(0, |(tries, _)| *tries);
        let wait = 1_i32
            .checked_shl(tries)
            .and_then(|times| FIRST.checked_mul(times))
            .filter(|wait| *wait < LONGEST && tries < 31)
            .unwrap_or(LONGEST);
        let next = now.checked_add(wait).unwrap_or(Timestamp::MAX);
        self.failed.insert(key.clone(), (tries + 1, next));
        next
    }

    /// When the next try of a key is due, if its last one failed.
    pub(crate) fn next(&self, key: &Key) -> Option<Timestamp> {
        self.failed.get(key).map(|(_, next)| *next)
    }

    /// Forgets a key: it succeeded, or is gone.
    pub(crate) fn forget(&mut self, key: &Key) {
        self.failed.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_a_quarter_of_an_hour() {
        let mut retries = Retries::default();
        let key = Key::new("n", "a");
        let now = "2026-01-01T00:00:00Z".parse().unwrap();
        assert!(retries.is_due(&key, now));
        let mut wait = || retries.failed(&key, now).duration_since(now).as_millis();
        let waits: Vec<i128> = (0..3).map(|_| wait()).collect();
        assert_eq!(waits, [5, 10, 20]);
        assert_eq!((0..40).map(|_| wait()).last(), Some(1_000_000));
        assert!(!retries.is_due(&key, now));
        retries.forget(&key);
        assert!(retries.is_due(&key, now));
    }
}
