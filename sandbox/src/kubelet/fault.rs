//! Faults that are planted: annotations on the pod (on the template, for what makes pods).
//!
//! | annotation | value | what happens |
//! | --- | --- | --- |
//! | `sandbox.infra.dev/image-not-found` | container | its image is not in the registry: `ErrImagePull`, `ImagePullBackOff` |
//! | `sandbox.infra.dev/crash` | container | it exits a second after each start: `CrashLoopBackOff` |
//! | `sandbox.infra.dev/crash-exit-code` | number | with this exit code; 1 without it |
//! | `sandbox.infra.dev/crash-log` | text | having written these lines |
//! | `sandbox.infra.dev/slow-start` | duration (`90s`, `5m`) | its startup and readiness probes fail for so long after each start |
//! | `sandbox.infra.dev/never-ready` | container | its readiness probe always fails |
//!
//! A container is given by name; several are separated by commas. `slow-start` holds for all
//! containers of the pod that are not init containers.

use serde_json::Value;

use crate::controller::json::annotation;

const PREFIX: &str = "sandbox.infra.dev/";

/// A planted crash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Crash {
    /// The exit code.
    pub(crate) exit_code: i64,
    /// What is written before.
    pub(crate) log: String,
}

fn read<'a>(pod: &'a Value, word: &str) -> Option<&'a str> {
    annotation(pod, &format!("{PREFIX}{word}"))
}

fn names(pod: &Value, word: &str, container: &str) -> bool {
    read(pod, word).is_some_and(|list| list.split(',').any(|name| name.trim() == container))
}

/// Whether a container's image cannot be pulled.
pub(crate) fn image_is_missing(pod: &Value, container: &str) -> bool {
    names(pod, "image-not-found", container)
}

/// How a container crashes, if it does.
pub(crate) fn crash(pod: &Value, container: &str) -> Option<Crash> {
    names(pod, "crash", container).then(|| Crash {
        exit_code: read(pod, "crash-exit-code")
            .and_then(|code| code.trim().parse().ok())
            .unwrap_or(1),
        log: read(pod, "crash-log").unwrap_or_default().to_owned(),
    })
}

/// Whether a container never becomes ready.
pub(crate) fn is_never_ready(pod: &Value, container: &str) -> bool {
    names(pod, "never-ready", container)
}

/// For how many seconds after a start the probes fail.
pub(crate) fn slow_start(pod: &Value) -> i64 {
    read(pod, "slow-start").and_then(seconds).unwrap_or(0)
}

/// A duration such as `90`, `90s`, `5m` or `1h30m`, in seconds.
fn seconds(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let mut total: i64 = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: i64 = rest[..end].parse().ok()?;
        let unit = match rest[end..].chars().next()? {
            'h' => 3600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        total = total.checked_add(number.checked_mul(unit)?)?;
        rest = &rest[end + 1..];
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn durations() {
        for (text, wanted) in [
            ("90", Some(90)),
            ("90s", Some(90)),
            ("1h30m", Some(5400)),
            ("", Some(0)),
            ("5x", None),
            ("m", None),
        ] {
            assert_eq!(seconds(text), wanted, "{text}");
        }
    }

    #[test]
    fn containers_are_named() {
        let pod = json!({"metadata": {"annotations": {
            "sandbox.infra.dev/crash": "app, worker",
            "sandbox.infra.dev/crash-exit-code": "3",
            "sandbox.infra.dev/crash-log": "no database",
        }}});
        let wanted = Crash {
            exit_code: 3,
            log: "no database".to_owned(),
        };
        assert_eq!(crash(&pod, "worker"), Some(wanted));
        assert_eq!(crash(&pod, "other"), None);
        assert!(!image_is_missing(&pod, "app"));
    }
}
