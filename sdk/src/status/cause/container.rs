//! What is wrong with the containers of a pod, init containers included.

use super::super::Evidence;
use super::super::printed::is_sidecar;
use super::super::read::{flag, int, list, many, name, sentence, text};
use super::finding::Finding;
use super::{Class, LogTail, Verdict, event, hint, image};
use serde_json::Value;
use std::time::Duration;

/// Restarts after which a crash loop is final.
const RESTARTS: i64 = 2;
/// How long a crash loop with fewer restarts may last.
const CRASH_BUDGET: Duration = Duration::from_mins(1);
/// How long a secret, config map or key may be missing: some are made by other controllers.
const CONFIG_BUDGET: Duration = Duration::from_secs(20);

struct Container<'a> {
    pod: &'a Value,
    status: &'a Value,
    name: &'a str,
    /// `container`, `init container` or `sidecar container`.
    role: &'static str,
}

/// What is wrong with each container.
pub(super) fn findings(evidence: &Evidence<'_>, pod: &Value) -> Vec<Finding> {
    let init = list(pod, "/status/initContainerStatuses")
        .iter()
        .map(|status| {
            let sidecar = is_sidecar(pod, text(status, "/name").unwrap_or_default());
            (
                status,
                if sidecar {
                    "sidecar container"
                } else {
                    "init container"
                },
            )
        });
    let app = list(pod, "/status/containerStatuses")
        .iter()
        .map(|status| (status, "container"));
    init.chain(app)
        .filter_map(|(status, role)| {
            let name = text(status, "/name").unwrap_or_default();
            let one = Container {
                pod,
                status,
                name,
                role,
            };
            let mut found = finding(evidence, &one)?;
            found.at.push(format!("{role} `{name}`"));
            Some(found)
        })
        .collect()
}

fn finding(evidence: &Evidence<'_>, one: &Container<'_>) -> Option<Finding> {
    let status = one.status;
    if let Some(reason) = text(status, "/state/waiting/reason") {
        let message = text(status, "/state/waiting/message").unwrap_or_default();
        return waiting(evidence, one, reason, message);
    }
    if let Some(ended) = status.pointer("/state/terminated") {
        let code = int(ended, "/exitCode").unwrap_or(0);
        let stays = one.role == "container" && restarts_always(one.pod);
        return (code != 0 || stays).then(|| crash(evidence, one, ended));
    }
    let is_running = status.pointer("/state/running").is_some();
    if !is_running || flag(status, "/ready") || one.role == "init container" {
        return None;
    }
    Some(unready(evidence, one))
}

fn waiting(
    evidence: &Evidence<'_>,
    one: &Container<'_>,
    reason: &str,
    message: &str,
) -> Option<Finding> {
    let wanted = text(one.status, "/image").unwrap_or_default();
    let wanted = spec(one)
        .and_then(|spec| text(spec, "/image"))
        .unwrap_or(wanted);
    match reason {
        "InvalidImageName" => Some(Finding::new(
            Class::Image,
            Verdict::Fatal,
            format!("image name `{wanted}` is not valid"),
        )),
        "ErrImageNeverPull" => Some(
            Finding::new(
                Class::Image,
                Verdict::Fatal,
                format!("image `{wanted}` is not on the node, and its pull policy is `Never`"),
            )
            .hint("use pull policy `IfNotPresent`"),
        ),
        "ErrImagePull"
        | "ImagePullBackOff"
        | "ImageInspectError"
        | "RegistryUnavailable"
        | "SignatureValidationFailed" => {
            // While the node backs off, only the event of the failed pull says why.
            let said = if message.to_lowercase().starts_with("back-off pulling image")
                && !message.contains("ErrImagePull: ")
            {
                event::matching(evidence, one.pod, |reason, text| {
                    reason == "Failed"
                        && text.contains("Failed to pull image")
                        && text.contains(wanted)
                })
                .unwrap_or(message)
            } else {
                message
            };
            let (short, verdict, advice) = image::classify(said);
            let mut found = Finding::new(
                Class::Image,
                verdict,
                format!("image `{wanted}` cannot be pulled: {short}"),
            );
            found.hint = advice.map(str::to_owned);
            Some(found)
        }
        "CrashLoopBackOff" => {
            let ended = one
                .status
                .pointer("/lastState/terminated")
                .unwrap_or(&Value::Null);
            Some(crash(evidence, one, ended))
        }
        "CreateContainerConfigError" => Some(config(one, message)),
        "CreateContainerError"
        | "RunContainerError"
        | "StartError"
        | "ContainerCannotRun"
        | "PostStartHookError"
        | "PreCreateHookError"
        | "PreStartHookError" => {
            let mut found = Finding::new(
                Class::Crash,
                Verdict::After(CRASH_BUDGET),
                format!(
                    "{} `{}` cannot be started: {}",
                    one.role,
                    one.name,
                    sentence(message)
                ),
            );
            found.hint = hint::start(message);
            Some(found)
        }
        _ => None,
    }
}

/// A secret, config map or key that an environment variable refers to is missing.
fn config(one: &Container<'_>, message: &str) -> Finding {
    let message = sentence(message);
    let quoted = |mark: &str| {
        let (_, rest) = message.split_once(mark)?;
        rest.split_once('"').map(|(name, _)| name.to_owned())
    };
    let place = format!("{} `{}`", one.role, one.name);
    for (mark, kind, field) in [
        ("secret \"", "secret", "secret"),
        ("configmap \"", "config map", "configMap"),
    ] {
        if let Some(name) = quoted(mark).filter(|_| message.contains("not found")) {
            let name = name.rsplit('/').next().unwrap_or_default().to_owned();
            let mut found = Finding::new(
                Class::Config,
                Verdict::After(CONFIG_BUDGET),
                format!("{place} cannot be configured: {kind} `{name}` is not there"),
            );
            found.hint = hint::reader(spec(one), field, &name, None);
            return found;
        }
    }
    // `couldn't find key url in Secret shop/app-db`
    if let Some((_, rest)) = message.split_once("find key ")
        && let Some((key, source)) = rest.split_once(" in ")
        && let Some((kind, name)) = source.split_once(' ')
    {
        let name = name.rsplit('/').next().unwrap_or(name);
        let (kind, field) = if kind == "Secret" {
            ("secret", "secret")
        } else {
            ("config map", "configMap")
        };
        let mut found = Finding::new(
            Class::Config,
            Verdict::After(CONFIG_BUDGET),
            format!("{place} cannot be configured: {kind} `{name}` has no key `{key}`"),
        );
        found.hint = hint::reader(spec(one), field, name, Some(key));
        return found;
    }
    let mut found = Finding::new(
        Class::Config,
        Verdict::After(CONFIG_BUDGET),
        format!("{place} cannot be configured: {message}"),
    );
    found.hint = hint::configuration(&message);
    found
}

/// A container that ended although it should run, or ended badly.
fn crash(evidence: &Evidence<'_>, one: &Container<'_>, ended: &Value) -> Finding {
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
        advice = Some(format!(
            "check the {which} probe's port and path, and give it more time"
        ));
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
        pod: self::pod_name(one),
        container: name.to_owned(),
        // The present run has said nothing yet.
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
fn unready(evidence: &Evidence<'_>, one: &Container<'_>) -> Finding {
    let started = one.status["started"].as_bool() != Some(false);
    let which = if started { "readiness" } else { "startup" };
    let said = event::matching(evidence, one.pod, |reason, message| {
        reason == "Unhealthy" && message.to_lowercase().starts_with(which)
    });
    let restarts = int(one.status, "/restartCount").unwrap_or(0);
    let log = LogTail {
        pod: pod_name(one),
        container: one.name.to_owned(),
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
    if said.is_some() {
        found.log = Some(log);
        found.hint = Some(format!("check the {which} probe's port and path"));
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

fn pod_name(one: &Container<'_>) -> String {
    name(one.pod).to_owned()
}

fn restarts_always(pod: &Value) -> bool {
    text(pod, "/spec/restartPolicy").unwrap_or("Always") == "Always"
}

fn spec<'a>(one: &Container<'a>) -> Option<&'a Value> {
    let list = if one.role == "container" {
        "/spec/containers"
    } else {
        "/spec/initContainers"
    };
    super::super::read::list(one.pod, list)
        .iter()
        .find(|spec| text(spec, "/name") == Some(one.name))
}
