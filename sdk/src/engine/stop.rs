//! Stopping a run: cleanly first, at once when asked again.

use tokio::sync::watch;

/// How urgently a run is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StopLevel {
    /// It goes on.
    Run,
    /// What runs is finished, nothing new begins.
    Finish,
    /// What runs is dropped.
    AtOnce,
}

/// Asks a run to stop. Clones share one state.
#[derive(Clone, Debug)]
pub struct Stop {
    level: watch::Sender<StopLevel>,
}

impl Stop {
    /// A run that goes on.
    pub fn new() -> Self {
        Self {
            level: watch::Sender::new(StopLevel::Run),
        }
    }

    /// Asks to stop: the first time cleanly, the second time at once.
    pub fn stop(&self) {
        self.level.send_modify(|level| {
            *level = match level {
                StopLevel::Run => StopLevel::Finish,
                StopLevel::Finish | StopLevel::AtOnce => StopLevel::AtOnce,
            };
        });
    }

    /// How urgently.
    pub fn level(&self) -> StopLevel {
        *self.level.borrow()
    }

    /// Whether a stop was asked for.
    pub fn is_asked(&self) -> bool {
        self.level() > StopLevel::Run
    }

    /// Resolves once the stop is at least this urgent.
    pub async fn reached(&self, wanted: StopLevel) {
        let mut level = self.level.subscribe();
        // The sender lives in `self`: the channel cannot close while this runs.
        let _ = level.wait_for(|level| *level >= wanted).await;
    }
}

impl Default for Stop {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_time_is_at_once() {
        let stop = Stop::new();
        let other = stop.clone();
        assert_eq!(stop.level(), StopLevel::Run);
        other.stop();
        assert_eq!(stop.level(), StopLevel::Finish);
        other.stop();
        assert_eq!(stop.level(), StopLevel::AtOnce);
    }
}
