//! Probes: when a container counts as started and as ready, and which attempts fail.
//!
//! The times follow from the start of the container alone, so nothing has to be remembered.

use jiff::Timestamp;
use serde_json::Value;

use super::fault;
use crate::controller::json::{at, has, int, later, seconds_between, strings, text};

/// How a running container is seen by its probes at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Health {
    /// Whether its startup probe has succeeded, or it has none.
    pub(crate) started: bool,
    /// Whether it is ready.
    pub(crate) ready: bool,
    /// The probe that fails right now: `Startup` or `Readiness`, and the message of the event.
    pub(crate) failing: Option<(&'static str, String)>,
    /// Whether its startup probe has failed so often that it is killed.
    pub(crate) kill: bool,
    /// When this changes, or the next attempt fails.
    pub(crate) next: Option<Timestamp>,
}

/// The attempts of one probe: at `first`, and every `period` seconds after.
struct Ticks {
    first: Timestamp,
    period: i64,
}

impl Ticks {
    fn of(probe: &Value, since: Timestamp) -> Self {
        let delay = int(probe, "initialDelaySeconds").unwrap_or(0);
        let period = int(probe, "periodSeconds").unwrap_or(10).max(1);
        Self {
            first: later(since, delay),
            period,
        }
    }

    /// The first attempt at or after a time.
    fn at_or_after(&self, time: Timestamp) -> Timestamp {
        let behind = seconds_between(self.first, time);
        if behind <= 0 && time <= self.first {
            return self.first;
        }
        let behind = if later(self.first, behind) < time {
            behind + 1
        } else {
            behind
        };
        later(
            self.first,
            (behind + self.period - 1) / self.period * self.period,
        )
    }

    fn after(&self, time: Timestamp) -> Timestamp {
        if time < self.first {
            self.first
        } else {
            self.at_or_after(later(time, 1))
        }
    }

    fn is_at(&self, time: Timestamp) -> bool {
        time >= self.first && self.at_or_after(time) == time
    }
}

/// How the container of a pod that runs since then stands now.
pub(crate) fn health(pod: &Value, container: &Value, since: Timestamp, now: Timestamp) -> Health {
    let name = text(container, "name");
    // The program answers nothing before this.
    let answers = later(since, fault::slow_start(pod));
    let ip = text(pod, "status.podIP");
    let startup = at(container, "startupProbe");
    let started_at = if startup.is_null() {
        since
    } else {
        let ticks = Ticks::of(startup, since);
        let success = ticks.at_or_after(answers);
        let attempts = int(startup, "failureThreshold").unwrap_or(3).max(1);
        let last = later(ticks.first, (attempts - 1) * ticks.period);
        if now < success {
            let failing = ticks.is_at(now).then(|| ("Startup", failure(startup, ip)));
            let kill = now >= last && success > last;
            let next = Some(ticks.after(now).min(success));
            return Health {
                started: false,
                ready: false,
                failing,
                kill,
                next,
            };
        }
        success
    };
    if fault::crash(pod, name).is_some() {
        // It ends before it gets as far as answering.
        return Health {
            started: true,
            ready: false,
            failing: None,
            kill: false,
            next: None,
        };
    }
    let readiness = at(container, "readinessProbe");
    let never = fault::is_never_ready(pod, name);
    if readiness.is_null() && !never {
        let ready = now >= answers && now >= started_at;
        let next = (!ready).then_some(answers);
        return Health {
            started: true,
            ready,
            failing: None,
            kill: false,
            next,
        };
    }
    let mut ticks = Ticks::of(readiness, since);
    ticks.first = ticks.first.max(started_at);
    let needed = int(readiness, "successThreshold").unwrap_or(1).max(1);
    let first_success = ticks.at_or_after(answers.max(ticks.first));
    let ready_at = later(first_success, (needed - 1) * ticks.period);
    if !never && now >= ready_at {
        return Health {
            started: true,
            ready: true,
            failing: None,
            kill: false,
            next: None,
        };
    }
    let fails = never || now < first_success;
    let failing = (fails && ticks.is_at(now)).then(|| ("Readiness", failure(readiness, ip)));
    let mut next = ticks.after(now);
    if !never {
        next = next.min(ready_at);
    }
    Health {
        started: true,
        ready: false,
        failing,
        kill: false,
        next: Some(next),
    }
}

/// What an attempt fails with, in the kubelet's words.
fn failure(probe: &Value, ip: &str) -> String {
    let port = |path: &str| {
        let port = at(probe, path);
        port.as_str()
            .map_or_else(|| port.to_string(), str::to_owned)
    };
    if has(probe, "httpGet") {
        return "HTTP probe failed with statuscode: 503".to_owned();
    }
    if has(probe, "tcpSocket") {
        return format!(
            "dial tcp {ip}:{}: connect: connection refused",
            port("tcpSocket.port")
        );
    }
    if has(probe, "grpc") {
        let seconds = int(probe, "timeoutSeconds").unwrap_or(1);
        return format!(
            "timeout: failed to connect service \"{ip}:{}\" within {seconds}s: context deadline exceeded",
            port("grpc.port")
        );
    }
    let command = strings(probe, "exec.command").join(" ");
    if command.is_empty() {
        "not ready".to_owned()
    } else {
        format!("{command}: exit status 1")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn start() -> Timestamp {
        "2026-01-01T00:00:00Z".parse().unwrap()
    }

    /// Seconds after the start at which the container becomes started and ready, following `next`.
    fn course(pod: &Value, container: &Value) -> (Option<i64>, Option<i64>, usize, bool) {
        let mut now = start();
        let (mut started, mut ready, mut failures, mut killed) = (None, None, 0, false);
        for _ in 0..50 {
            let health = health(pod, container, start(), now);
            let passed = seconds_between(start(), now);
            if health.started && started.is_none() {
                started = Some(passed);
            }
            if health.ready && ready.is_none() {
                ready = Some(passed);
            }
            failures += usize::from(health.failing.is_some());
            killed |= health.kill;
            match health.next {
                Some(next) if !killed => now = next,
                _ => break,
            }
        }
        (started, ready, failures, killed)
    }

    #[test]
    fn courses() {
        let slow = |time: &str| json!({"metadata": {"annotations": {"sandbox.infra.dev/slow-start": time}}});
        let probe = |delay: i64, period: i64| json!({"initialDelaySeconds": delay, "periodSeconds": period, "httpGet": {}});
        let plain = json!({});
        let mut twice = probe(5, 10);
        twice["successThreshold"] = 2.into();
        for (what, pod, container, wanted) in [
            ("no probe", &plain, json!({}), (Some(0), Some(0), 0, false)),
            (
                "slow, no probe",
                &slow("30s"),
                json!({}),
                (Some(0), Some(30), 0, false),
            ),
            (
                "delay",
                &plain,
                json!({"readinessProbe": probe(30, 10)}),
                (Some(0), Some(30), 0, false),
            ),
            (
                "twice",
                &plain,
                json!({"readinessProbe": twice}),
                (Some(0), Some(15), 0, false),
            ),
            (
                "slow",
                &slow("32s"),
                json!({"readinessProbe": probe(5, 10)}),
                (Some(0), Some(35), 3, false),
            ),
            (
                "startup first",
                &plain,
                json!({"startupProbe": probe(20, 10), "readinessProbe": probe(5, 10)}),
                (Some(20), Some(20), 0, false),
            ),
            (
                "too slow to start",
                &slow("5m"),
                json!({"startupProbe": probe(0, 10)}),
                (None, None, 3, true),
            ),
        ] {
            assert_eq!(course(pod, &container), wanted, "{what}");
        }
    }

    #[test]
    fn never_ready_fails_at_every_attempt() {
        let pod = json!({"metadata": {"annotations": {"sandbox.infra.dev/never-ready": "app"}}});
        let container =
            json!({"name": "app", "readinessProbe": {"periodSeconds": 5, "httpGet": {}}});
        let at = |seconds| health(&pod, &container, start(), later(start(), seconds));
        assert_eq!(
            at(5).failing,
            Some((
                "Readiness",
                "HTTP probe failed with statuscode: 503".to_owned()
            ))
        );
        assert_eq!(at(7).failing, None);
        assert_eq!(at(7).next, Some(later(start(), 10)));
    }
}
