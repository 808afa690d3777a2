//! Why an object is not ready: from its owner down to pods, containers, events and log lines.
//!
//! [`find`] is pure. It looks at the pods of the *new* revision only: a crashing pod of the release
//! that is being replaced must not fail the fix.

mod claim;
mod container;
mod crash;
mod creation;
mod event;
mod finding;
mod hint;
mod image;
mod owner;
mod pod;
mod revision;
mod scheduling;
mod volume;
#[cfg(test)]
mod world;

pub use event::relevant;
pub use revision::pods;

use super::{Evidence, State, Status};
use finding::Finding;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::fmt;
use std::time::Duration;

/// How many log lines a cause shows.
pub const LOG_LINES: usize = 20;

/// Whether waiting longer can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Time may heal it.
    Wait,
    /// It may heal, but hardly when it has lasted this long.
    After(Duration),
    /// Time does not heal it: something must be changed.
    Fatal,
}

/// What sort of thing is wrong, the least telling first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// On its way: nothing is known to be wrong.
    Starting,
    /// It runs, and a probe or a gate says that it is not ready.
    NotReady,
    /// No node takes the pod, or its claim is not bound.
    Unscheduled,
    /// A volume cannot be mounted.
    Mount,
    /// A container ends, crashes or cannot be started.
    Crash,
    /// An image cannot be pulled.
    Image,
    /// Something that it refers to is missing or wrong: a secret, a key, a storage class.
    Config,
    /// Its pods cannot be made: quota, admission.
    Creation,
    /// Its own controller has given up.
    Failed,
}

/// The last lines of a container's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogTail {
    /// The pod.
    pub pod: String,
    /// The container.
    pub container: String,
    /// Whether that run has ended.
    pub ended: bool,
    /// Whether it is the run before the present one.
    pub previous: bool,
    /// The lines, the last one last. Empty until they are read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<String>,
}

/// Why an object is not ready.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// What sort of thing is wrong.
    pub class: Class,
    /// What is wrong, in one line: ``image `x:y` cannot be pulled: manifest unknown``.
    pub summary: String,
    /// Where, from the object down: `deployment/app`, `pod/app-7c…`, ``container `app` ``.
    pub at: Vec<String>,
    /// The worst pod and what `kubectl get pods` prints for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod: Option<String>,
    /// The newest warnings of the object, its pods and its claims: at most five, each once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<String>,
    /// Which log tells more, with its last lines once they are read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<LogTail>,
    /// What to do, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Whether waiting longer can help.
    #[serde(skip)]
    pub verdict: Verdict,
}

impl Cause {
    /// Whether waiting longer is of no use.
    pub fn is_fatal(&self) -> bool {
        self.verdict == Verdict::Fatal
    }

    /// A cause without any surroundings.
    pub fn plain(object: &crate::object::ObjectId, summary: impl Into<String>) -> Self {
        Self {
            class: Class::Starting,
            summary: summary.into(),
            at: vec![object.short()],
            pod: None,
            details: Vec::new(),
            log: None,
            hint: None,
            verdict: Verdict::Wait,
        }
    }

    /// Everything, as lines: the summary, then the details.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.summary.clone()];
        lines.extend(self.details());
        lines
    }

    /// What stands below the summary, as lines: where, the worst pod, warnings, log lines, the hint.
    pub fn details(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if self.at.len() > 1 {
            lines.push(format!("at {}", self.at.join(" → ")));
        }
        lines.extend(self.pod.clone());
        lines.extend(self.details.iter().map(|line| format!("event: {line}")));
        if let Some(log) = &self.log
            && !log.lines.is_empty()
        {
            let which = if log.ended {
                "last lines before it ended"
            } else {
                "last lines"
            };
            lines.push(format!(
                "log of `{}` in {}, {which}:",
                log.container, log.pod
            ));
            lines.extend(log.lines.iter().map(|line| format!("  {line}")));
        }
        lines.extend(self.hint.iter().map(|hint| format!("hint: {hint}")));
        lines
    }

    /// The same with every text passed through `mask`, which hides secret values.
    #[must_use]
    pub fn masked(mut self, mask: &dyn Fn(&str) -> String) -> Self {
        let hide = |text: &mut String| *text = mask(text);
        hide(&mut self.summary);
        self.details.iter_mut().for_each(hide);
        if let Some(log) = &mut self.log {
            log.lines.iter_mut().for_each(hide);
        }
        if let Some(text) = &mut self.hint {
            hide(text);
        }
        self
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines().join("\n"))
    }
}

/// Why the object in `evidence` is as `status` says; `None` when it is settled.
pub fn find(evidence: &Evidence<'_>, status: &Status) -> Option<Cause> {
    if status.state.is_settled() {
        return None;
    }
    let object = evidence.object;
    let mut findings: Vec<Finding> = owner::findings(evidence);
    let pods = revision::pods(evidence);
    for &pod in &pods {
        findings.extend(pod::findings(evidence, pod));
    }
    // Of equal ones, the one whose log was read, else the first.
    let worst = findings
        .into_iter()
        .enumerate()
        .max_by_key(|(index, one)| {
            let read = one
                .log
                .as_ref()
                .is_some_and(|log| known(evidence, log).is_some());
            (one.weight(), read, Reverse(*index))
        })
        .map(|(_, worst)| worst);

    let mut at = vec![super::read::short(object)];
    let mut cause = match worst {
        Some(worst) => {
            at.extend(worst.at.clone());
            let log = worst
                .log
                .map(|log| known(evidence, &log).cloned().unwrap_or(log));
            Cause {
                class: worst.class,
                summary: worst.summary,
                at,
                pod: worst.pod,
                details: Vec::new(),
                log,
                hint: worst.hint,
                verdict: worst.verdict,
            }
        }
        None => Cause {
            class: Class::Starting,
            summary: status.reason.clone(),
            at,
            pod: None,
            details: Vec::new(),
            log: None,
            hint: hint::of_status(evidence),
            verdict: Verdict::Wait,
        },
    };
    cause.details = event::warnings(evidence, &pods, &cause.summary);
    if status.state == State::Failed {
        cause.verdict = Verdict::Fatal;
        if cause.class == Class::Starting {
            cause.class = Class::Failed;
            cause.summary.clone_from(&status.reason);
        }
    }
    Some(cause)
}

/// The lines of a log that were read. A run that has ended becomes the previous one when the container
/// is to be restarted; its log is the same.
fn known<'a>(evidence: &'a Evidence<'_>, log: &LogTail) -> Option<&'a LogTail> {
    evidence
        .logs
        .iter()
        .find(|one| one.pod == log.pod && one.container == log.container && one.ended == log.ended)
}

#[cfg(test)]
mod tests {
    use crate::status::cause::LogTail;
    use crate::status::cause::world::deployment;

    #[test]
    fn causes_are_masked_everywhere() {
        let world = deployment()
        .container("restartCount: 2, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 1}}")
        .event("app-2-x", "Odd", "password is hunter2");
        let log = LogTail {
            pod: "app-2-x".into(),
            container: "app".into(),
            ended: true,
            previous: true,
            lines: vec!["hunter2 refused".into()],
        };
        let cause = world
            .cause_with_logs(vec![log])
            .masked(&|text| text.replace("hunter2", "***"));
        assert!(!cause.to_string().contains("hunter2"));
        assert_eq!(cause.details, ["Odd: password is ***"]);
    }
}
