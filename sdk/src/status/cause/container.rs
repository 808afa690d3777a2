//! What is wrong with the containers of a pod, init containers included.

use super::super::Evidence;
use super::super::printed::is_sidecar;
use super::super::read::{flag, int, list, name, sentence, text};
use super::crash::{CRASH_BUDGET, crash, unready};
use super::finding::Finding;
use super::{Class, Verdict, event, hint, image};
use serde_json::Value;
use std::time::Duration;

/// How long a secret, config map or key may be missing: some are made by other controllers.
const CONFIG_BUDGET: Duration = Duration::from_secs(20);

pub(super) struct Container<'a> {
    pub(super) pod: &'a Value,
    pub(super) status: &'a Value,
    pub(super) name: &'a str,
    /// `container`, `init container` or `sidecar container`.
    pub(super) role: &'static str,
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

pub(super) fn pod_name(one: &Container<'_>) -> String {
    name(one.pod).to_owned()
}

fn restarts_always(pod: &Value) -> bool {
    text(pod, "/spec/restartPolicy").unwrap_or("Always") == "Always"
}

pub(super) fn spec<'a>(one: &Container<'a>) -> Option<&'a Value> {
    let list = if one.role == "container" {
        "/spec/containers"
    } else {
        "/spec/initContainers"
    };
    super::super::read::list(one.pod, list)
        .iter()
        .find(|spec| text(spec, "/name") == Some(one.name))
}

#[cfg(test)]
mod tests {
    use crate::status::cause::world::{after, containers, events, waiting};
    use crate::status::cause::{Class, Verdict};

    #[test]
    fn missing_settings_and_slow_starts_are_told() {
        containers(&[
            (
                waiting("CreateContainerConfigError", "secret \"app-db\" not found"),
                Class::Config,
                after(20),
                "container `app` cannot be configured: secret `app-db` is not there",
            ),
            (
                waiting(
                    "CreateContainerConfigError",
                    "couldn''t find key url in Secret shop/app-db",
                ),
                Class::Config,
                after(20),
                "container `app` cannot be configured: secret `app-db` has no key `url`",
            ),
            (
                waiting(
                    "CreateContainerConfigError",
                    "couldn''t find key a in ConfigMap shop/conf",
                ),
                Class::Config,
                after(20),
                "container `app` cannot be configured: config map `conf` has no key `a`",
            ),
            (
                "state: {waiting: {reason: ContainerCreating}}".to_owned(),
                Class::Starting,
                Verdict::Wait,
                "pod is ContainerCreating",
            ),
            (
                "ready: false, started: true, state: {running: {}}".to_owned(),
                Class::Starting,
                Verdict::Wait,
                "container `app` is running but not ready yet",
            ),
        ]);
    }

    #[test]
    fn a_readiness_probe_is_quoted() {
        let running = "{phase: Running, containerStatuses: [{name: app, ready: false, started: true, state: {running: {}}}]}";
        events(&[(
            running,
            &[(
                "Unhealthy",
                "Readiness probe failed: HTTP probe failed with statuscode: 500",
            )],
            Class::NotReady,
            "container `app` is running but not ready: readiness probe failed: HTTP probe failed with statuscode: 500",
        )]);
    }
}
