//! Containers that end, crash, or run without being ready.

use super::super::Evidence;
use super::super::read::{int, many, sentence, text};
use super::container::{Container, pod_name, spec};
use super::finding::Finding;
use super::{Class, LogTail, Verdict, event, hint};
use serde_json::Value;
use std::time::Duration;

/// Restarts after which a crash loop is final.
const RESTARTS: i64 = 2;
/// How long a crash loop with fewer restarts may last.
pub(super) const CRASH_BUDGET: Duration = Duration::from_mins(1);
/// A container that ended although it should run, or ended badly.
pub(super) fn crash(evidence: &Evidence<'_>, one: &Container<'_>, ended: &Value) -> Finding {
    let restarts = int(one.status, "/restartCount").unwrap_or(0);
    let code = int(ended, "/exitCode");
    let (role, name) = (one.role, one.name);
    let times = if restarts > 0 {
        format!(", {}", many(restarts, "restart"))
    } else {
        String::new()
    };

    let probe = event::matching(evidence, one.pod, |reason, message| {
        reason == "Killing"
            && message.contains("probe, will be restarted")
            && message.contains(name)
    });
    let mut advice = hint::exit(code);
    let summary = if text(ended, "/reason") == Some("OOMKilled") {
        let limit = spec(one).and_then(|spec| text(spec, "/resources/limits/memory"));
        advice = Some("raise its memory limit, or let it use less".to_owned());
        match limit {
            Some(limit) => format!("{role} `{name}` runs out of memory (limit {limit}){times}"),
            None => format!("{role} `{name}` runs out of memory{times}"),
        }
    } else if let Some(probe) = probe {
        let which = if probe.contains("startup") {
            "startup"
        } else {
            "liveness"
        };
        let said = event::matching(evidence, one.pod, |reason, message| {
            reason == "Unhealthy" && message.to_lowercase().starts_with(which)
        });
        advice = Some(match said {
            Some(said) if which == "startup" => {
                hint::probe(which, said, "a larger `failure_threshold`")
            }
            _ => format!("check the {which} probe's port and path, and give it more time"),
        });
        match said {
            Some(said) => format!(
                "{role} `{name}` is restarted by its {which} probe: {}{times}",
                probe_words(said)
            ),
            None => format!("{role} `{name}` is restarted by its {which} probe{times}"),
        }
    } else {
        let signal = int(ended, "/signal").filter(|signal| *signal != 0);
        match (code, signal) {
            (_, Some(signal)) => format!("{role} `{name}` was killed by signal {signal}{times}"),
            (Some(0), _) => {
                format!("{role} `{name}` ends (exit code 0) instead of running on{times}")
            }
            (Some(code), _) if restarts > 0 => {
                format!("{role} `{name}` keeps crashing: exit code {code}{times}")
            }
            (Some(code), _) => format!("{role} `{name}` has crashed: exit code {code}"),
            (None, _) => format!("{role} `{name}` keeps crashing{times}"),
        }
    };
    if matches!(
        text(ended, "/reason"),
        Some("StartError" | "ContainerCannotRun")
    ) {
        let message = text(ended, "/message").unwrap_or_default();
        let summary = format!("{role} `{name}` cannot be started: {}", sentence(message));
        let mut found = Finding::new(Class::Crash, crash_verdict(one, restarts), summary);
        found.hint = hint::start(message);
        return found;
    }
    let mut found = Finding::new(Class::Crash, crash_verdict(one, restarts), summary);
    found.hint = advice;
    found.log = Some(LogTail {
        pod: pod_name(one),
        container: name.to_owned(),
        ended: true,
        // It is the present run until the container is to be restarted.
        previous: one.status.pointer("/state/terminated").is_none(),
        lines: Vec::new(),
    });
    found
}

fn crash_verdict(one: &Container<'_>, restarts: i64) -> Verdict {
    let again = text(one.pod, "/spec/restartPolicy") != Some("Never");
    if restarts >= RESTARTS || !again {
        Verdict::Fatal
    } else {
        Verdict::After(CRASH_BUDGET)
    }
}

/// A container that runs and is not ready.
pub(super) fn unready(evidence: &Evidence<'_>, one: &Container<'_>) -> Finding {
    let started = one.status["started"].as_bool() != Some(false);
    let which = if started { "readiness" } else { "startup" };
    let said = event::matching(evidence, one.pod, |reason, message| {
        reason == "Unhealthy" && message.to_lowercase().starts_with(which)
    });
    let restarts = int(one.status, "/restartCount").unwrap_or(0);
    let log = LogTail {
        pod: pod_name(one),
        container: one.name.to_owned(),
        ended: false,
        previous: false,
        lines: Vec::new(),
    };
    // It runs again, but has crashed before: the crash says more.
    if let Some(ended) = one.status.pointer("/lastState/terminated")
        && restarts >= RESTARTS
        && said.is_none()
    {
        let mut found = crash(evidence, one, ended);
        found.verdict = Verdict::After(CRASH_BUDGET);
        return found;
    }
    let mut found = Finding::new(
        if said.is_some() {
            Class::NotReady
        } else {
            Class::Starting
        },
        Verdict::Wait,
        match said {
            Some(said) => format!(
                "{} `{}` is running but not {}: {which} probe failed: {}",
                one.role,
                one.name,
                if started { "ready" } else { "started" },
                probe_words(said)
            ),
            None => format!("{} `{}` is running but not ready yet", one.role, one.name),
        },
    );
    if let Some(said) = said {
        found.log = Some(log);
        found.hint = Some(hint::probe(which, said, "`--timeout`"));
    }
    found
}

/// `Readiness probe failed: HTTP probe failed with statuscode: 500` → its end.
fn probe_words(message: &str) -> String {
    sentence(
        message
            .split_once(" probe failed: ")
            .map_or(message, |(_, rest)| rest),
    )
}

#[cfg(test)]
mod tests {
    use crate::status::cause::world::{after, containers, deployment, events};
    use crate::status::cause::{Class, LogTail, Verdict};

    #[test]
    fn crashes_are_told_with_how_they_ended() {
        let loops = |restarts: u32, ended: &str| {
            format!(
                "restartCount: {restarts}, state: {{waiting: {{reason: CrashLoopBackOff}}}}, lastState: {{terminated: {{{ended}}}}}"
            )
        };
        containers(&[
            (
                loops(1, "exitCode: 1"),
                Class::Crash,
                after(60),
                "container `app` keeps crashing: exit code 1, 1 restart",
            ),
            (
                loops(3, "exitCode: 1"),
                Class::Crash,
                Verdict::Fatal,
                "container `app` keeps crashing: exit code 1, 3 restarts",
            ),
            (
                loops(2, "exitCode: 137, reason: OOMKilled"),
                Class::Crash,
                Verdict::Fatal,
                "container `app` runs out of memory, 2 restarts",
            ),
            (
                loops(2, "exitCode: 0, reason: Completed"),
                Class::Crash,
                Verdict::Fatal,
                "container `app` ends (exit code 0) instead of running on, 2 restarts",
            ),
            (
                loops(
                    2,
                    "exitCode: 128, reason: StartError, message: \"exec: nope: executable file not found in $PATH\"",
                ),
                Class::Crash,
                Verdict::Fatal,
                "container `app` cannot be started: exec: nope: executable file not found in $PATH",
            ),
        ]);
    }

    #[test]
    fn a_liveness_probe_that_restarts_is_named() {
        let restarted = "{phase: Running, containerStatuses: [{name: app, restartCount: 3, ready: false, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 137}}}]}";
        events(&[(
            restarted,
            &[
                ("Unhealthy", "Liveness probe failed: connection refused"),
                (
                    "Killing",
                    "Container app failed liveness probe, will be restarted",
                ),
            ],
            Class::Crash,
            "container `app` is restarted by its liveness probe: connection refused, 3 restarts",
        )]);
    }

    #[test]
    fn a_crash_shows_the_log_of_the_run_that_ended_whatever_comes_next() {
        let ended = deployment()
            .container("restartCount: 2, state: {terminated: {exitCode: 127, reason: Error}}");
        let backing_off = deployment().container(
        "restartCount: 2, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 127}}",
    );
        let wanted = |previous| LogTail {
            pod: "app-2-x".into(),
            container: "app".into(),
            ended: true,
            previous,
            lines: Vec::new(),
        };
        assert_eq!(ended.cause().log, Some(wanted(false)));
        assert_eq!(backing_off.cause().log, Some(wanted(true)));
        // It may go from one to the other while its log is read.
        for (world, state) in [(ended, "Error"), (backing_off, "CrashLoopBackOff")] {
            for asked in [false, true] {
                let read = LogTail {
                    lines: vec!["boom".into()],
                    ..wanted(asked)
                };
                assert_eq!(
                    world.cause_with_logs(vec![read]).lines(),
                    [
                        "container `app` keeps crashing: exit code 127, 2 restarts",
                        "at deployment/app → pod/app-2-x → container `app`",
                        &format!("pod/app-2-x is {state} (2 restarts)"),
                        "log of `app` in app-2-x, last lines before it ended:",
                        "  boom",
                        "hint: exit code 127: the command is not in the image",
                    ]
                );
            }
        }
    }
}
