//! What containers have written, for the `log` subresource: of the running instance, and of the
//! one before it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

/// Lines kept for one instance of a container; the oldest go first.
const KEPT: usize = 1000;

/// A line that a container has written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) time: Timestamp,
    pub(crate) text: String,
}

#[derive(Clone, Debug, Default)]
struct Log {
    previous: Option<Vec<Line>>,
    current: Option<Vec<Line>>,
}

/// The logs of all containers, by the pod's uid and the container's name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Logs {
    containers: BTreeMap<(String, String), Log>,
}

impl Logs {
    /// A new instance of a container starts: what was current becomes previous.
    pub(crate) fn start(&mut self, pod: &str, container: &str) {
        let log = self
            .containers
            .entry((pod.to_owned(), container.to_owned()))
            .or_default();
        if let Some(current) = log.current.replace(Vec::new()) {
            log.previous = Some(current);
        }
    }

    /// Adds what a container wrote, line by line.
    pub(crate) fn write(&mut self, pod: &str, container: &str, time: Timestamp, text: &str) {
        let log = self
            .containers
            .entry((pod.to_owned(), container.to_owned()))
            .or_default();
        let lines = log.current.get_or_insert_default();
        lines.extend(text.lines().map(|line| Line {
            time,
            text: line.to_owned(),
        }));
        let surplus = lines.len().saturating_sub(KEPT);
        lines.drain(..surplus);
    }

    /// The lines of a container's instance; none where there was no such instance.
    pub(crate) fn read(&self, pod: &str, container: &str, previous: bool) -> Option<&[Line]> {
        let log = self
            .containers
            .get(&(pod.to_owned(), container.to_owned()))?;
        if previous {
            log.previous.as_deref()
        } else {
            log.current.as_deref()
        }
    }

    /// Forgets a pod that is gone.
    pub(crate) fn forget(&mut self, pod: &str) {
        self.containers.retain(|(uid, _), _| uid != pod);
    }

    /// The logs as JSON, for a state that is kept.
    pub(crate) fn to_json(&self) -> Value {
        let lines = |lines: &Option<Vec<Line>>| {
            lines.as_ref().map(|lines| {
                lines
                    .iter()
                    .map(|line| json!([line.time.to_string(), line.text]))
                    .collect::<Vec<_>>()
            })
        };
        self.containers
            .iter()
            .map(|((pod, container), log)| {
                json!({
                    "pod": pod,
                    "container": container,
                    "previous": lines(&log.previous),
                    "current": lines(&log.current),
                })
            })
            .collect()
    }

    /// The logs of a state that was kept; what does not read as a log is left out.
    pub(crate) fn from_json(value: &Value) -> Self {
        let lines = |value: &Value| {
            value.as_array().map(|lines| {
                lines
                    .iter()
                    .filter_map(|line| {
                        let time = line.get(0)?.as_str()?.parse().ok()?;
                        Some(Line {
                            time,
                            text: line.get(1)?.as_str()?.to_owned(),
                        })
                    })
                    .collect()
            })
        };
        let containers = value.as_array().into_iter().flatten().filter_map(|entry| {
            let key = (
                entry["pod"].as_str()?.to_owned(),
                entry["container"].as_str()?.to_owned(),
            );
            let log = Log {
                previous: lines(&entry["previous"]),
                current: lines(&entry["current"]),
            };
            Some((key, log))
        });
        Self {
            containers: containers.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_restart_makes_the_current_log_the_previous() {
        let now = Timestamp::UNIX_EPOCH;
        let mut logs = Logs::default();
        assert_eq!(logs.read("u", "app", false), None);
        logs.start("u", "app");
        logs.write("u", "app", now, "one\ntwo");
        logs.start("u", "app");
        logs.write("u", "app", now, "three");
        let texts = |logs: &Logs, previous| {
            let lines = logs.read("u", "app", previous).unwrap_or_default();
            lines
                .iter()
                .map(|line| line.text.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(texts(&logs, true), ["one", "two"]);
        assert_eq!(texts(&logs, false), ["three"]);
        let kept = Logs::from_json(&logs.to_json());
        assert_eq!(texts(&kept, true), ["one", "two"]);
        logs.forget("u");
        assert_eq!(logs.read("u", "app", false), None);
    }
}
