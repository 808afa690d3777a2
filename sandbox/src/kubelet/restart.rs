//! The restart of a container: whether, and how long it waits.

use serde_json::Value;

use super::container::{Role, Step};
use super::run::{Container, End, State};
use crate::controller::json::{later, seconds_between, text};
use crate::controller::meta::{name, namespace, uid};

/// Seconds that an ended container is told of as such before anything becomes of it.
const NOTICE: i64 = 1;

/// When the containers of a pod are restarted: always, unless it says otherwise.
pub(super) fn restart_policy(pod: &Value) -> &str {
    match text(pod, "spec.restartPolicy") {
        "" => "Always",
        policy => policy,
    }
}

/// Seconds before a container that was restarted so often is started again.
pub(super) fn back_off(restarts: i64) -> i64 {
    if restarts <= 0 {
        0
    } else {
        (10_i64 << (restarts - 1).min(5)).min(300)
    }
}

impl Step<'_, '_> {
    /// Whether a container that has ended so is started again.
    pub(super) fn restarts(&self, end: &End) -> bool {
        let policy = match self.role {
            Role::Sidecar => "Always",
            _ => restart_policy(self.pod),
        };
        match policy {
            "Never" => false,
            "OnFailure" => end.exit_code != 0,
            _ => self.role != Role::Init || end.exit_code != 0,
        }
    }

    /// Starts an ended container again, soon the first time, later the next times.
    pub(super) fn restart(&mut self, entry: &mut Container, end: End) -> bool {
        let now = self.view.now;
        let noticed = later(end.finished, NOTICE);
        if noticed > now {
            self.out.look_again(noticed);
            return false;
        }
        // One that ran long enough starts with a clean slate.
        let wait = if seconds_between(end.started, end.finished) >= 600 {
            0
        } else {
            back_off(entry.restarts)
        };
        let until = later(end.finished, wait);
        entry.last = Some(end);
        if until <= now {
            entry.restarts += 1;
            entry.state = State::Waiting;
            return true;
        }
        let who = format!(
            "{}_{}({})",
            name(self.pod),
            namespace(self.pod),
            uid(self.pod)
        );
        let container = self.name().to_owned();
        self.warning(
            "BackOff",
            format!("Back-off restarting failed container {container} in pod {who}"),
        );
        let message = format!(
            "back-off {} restarting failed container={container} pod={who}",
            span(wait)
        );
        entry.state = State::Blocked {
            reason: "CrashLoopBackOff",
            message,
            until,
        };
        true
    }
}

/// Seconds as Go prints a duration.
fn span(seconds: i64) -> String {
    if seconds >= 60 {
        format!("{}m{}s", seconds / 60, seconds % 60)
    } else {
        format!("{seconds}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_off_doubles_up_to_five_minutes() {
        let waits: Vec<i64> = (0..8).map(back_off).collect();
        assert_eq!(waits, [0, 10, 20, 40, 80, 160, 300, 300]);
        assert_eq!(span(10), "10s");
        assert_eq!(span(160), "2m40s");
    }
}
