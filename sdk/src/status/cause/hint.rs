//! What to do about it.

use super::super::Evidence;
use super::super::read::{flag, list, text};
use serde_json::Value;

/// What an exit code says by convention.
pub(super) fn exit(code: Option<i64>) -> Option<String> {
    let text = match code? {
        0 => "the container of a service must keep running in the foreground",
        126 => "exit code 126: the command is there but may not be executed",
        127 => "exit code 127: the command is not in the image",
        134 => "exit code 134: it aborted itself (SIGABRT)",
        137 => "exit code 137: it was killed (SIGKILL), often for using too much memory",
        139 => "exit code 139: it crashed (SIGSEGV)",
        143 => "exit code 143: it was asked to end (SIGTERM)",
        _ => return None,
    };
    Some(text.to_owned())
}

/// Who reads a secret or config map that is missing: the environment variable that names it.
/// `field` is `secret` or `configMap`, as in `secretKeyRef`.
pub(super) fn reader(
    container: Option<&Value>,
    field: &str,
    name: &str,
    key: Option<&str>,
) -> Option<String> {
    let container = container?;
    let key_ref = format!("/valueFrom/{field}KeyRef");
    let variable = list(container, "/env").iter().find_map(|variable| {
        let source = variable.pointer(&key_ref)?;
        let same = text(source, "/name") == Some(name)
            && key.is_none_or(|key| text(source, "/key") == Some(key))
            && !flag(source, "/optional");
        same.then(|| {
            (
                text(variable, "/name").unwrap_or_default(),
                text(source, "/key"),
            )
        })
    });
    if let Some((variable, key)) = variable {
        return Some(match key {
            Some(key) => format!("environment variable `{variable}` reads its key `{key}`"),
            None => format!("environment variable `{variable}` reads it"),
        });
    }
    let all = format!("/{field}Ref/name");
    list(container, "/envFrom")
        .iter()
        .any(|from| text(from, &all) == Some(name))
        .then(|| "all its keys are read as environment variables".to_owned())
}

/// What the answer to a startup or readiness probe tells about a container that runs. `more` is what
/// gives it more time.
pub(super) fn probe(which: &str, said: &str, more: &str) -> String {
    let said = said.to_lowercase();
    if said.contains("statuscode: 404") {
        format!("the application answers, and does not know the {which} probe's path")
    } else if said.contains("statuscode: ") {
        format!(
            "the application answers that it is not ready: where it only starts slowly, give it \
             more time ({more})"
        )
    } else if said.contains("refused") {
        format!(
            "nothing listens on the {which} probe's port: check it or, where the application only \
             starts slowly, give it more time ({more})"
        )
    } else if said.contains("deadline exceeded") || said.contains("timed out") {
        format!("the application does not answer within the {which} probe's timeout")
    } else {
        format!("check what the {which} probe asks for")
    }
}

/// Other reasons why a container cannot be configured.
pub(super) fn configuration(message: &str) -> Option<String> {
    message.contains("runAsNonRoot").then(|| {
        "the image runs as root: name a user (`run_as_user`), or allow root for this container"
            .to_owned()
    })
}

/// Why a container cannot be started.
pub(super) fn start(message: &str) -> Option<String> {
    let lower = message.to_lowercase();
    let text = if lower.contains("executable file not found") || lower.contains("no such file") {
        "the command is not in the image"
    } else if lower.contains("permission denied") {
        "the command may not be executed by the container's user"
    } else if lower.contains("read-only file system") {
        "the root file system is read-only: mount a volume where it writes"
    } else {
        return None;
    };
    Some(text.to_owned())
}

/// For objects whose state has no pods behind it.
pub(super) fn of_status(evidence: &Evidence<'_>) -> Option<String> {
    let object = evidence.object;
    match text(object, "/kind")? {
        "Service" if text(object, "/spec/type") == Some("LoadBalancer") => {
            Some("the cluster may have no controller that makes load balancers".to_owned())
        }
        "Namespace" if text(object, "/metadata/deletionTimestamp").is_some() => {
            Some("objects in it wait for their finalizers".to_owned())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::probe;
    use crate::status::cause::world::{deployment, yaml};

    #[test]
    fn an_answer_of_a_probe_is_not_blamed_on_its_port() {
        for (said, hint) in [
            (
                "Readiness probe failed: HTTP probe failed with statuscode: 503",
                "the application answers that it is not ready: where it only starts slowly, give \
                 it more time (`--timeout`)",
            ),
            (
                "Readiness probe failed: HTTP probe failed with statuscode: 404",
                "the application answers, and does not know the readiness probe's path",
            ),
            (
                "Readiness probe failed: dial tcp 10.0.0.1:80: connect: connection refused",
                "nothing listens on the readiness probe's port: check it or, where the application \
                 only starts slowly, give it more time (`--timeout`)",
            ),
            (
                "Readiness probe failed: Get \"http://10.0.0.1/\": context deadline exceeded",
                "the application does not answer within the readiness probe's timeout",
            ),
            (
                "Readiness probe failed: no such table",
                "check what the readiness probe asks for",
            ),
        ] {
            assert_eq!(probe("readiness", said, "`--timeout`"), hint);
        }
    }

    #[test]
    fn a_cause_names_the_way_down_and_what_to_do() {
        let mut world = deployment().container(
        "state: {waiting: {reason: CreateContainerConfigError, message: 'secret \"app-db\" not found'}}",
    );
        world.pods[0]["spec"]["containers"][0]["env"] = yaml(
            "[{name: PLAIN, value: hunter2}, {name: DB_URL, valueFrom: {secretKeyRef: {name: app-db, key: url}}}]",
        );
        let cause = world.cause();
        assert_eq!(
            cause.at,
            ["deployment/app", "pod/app-2-x", "container `app`"]
        );
        assert_eq!(
            cause.pod.as_deref(),
            Some("pod/app-2-x is CreateContainerConfigError")
        );
        assert_eq!(
            cause.hint.as_deref(),
            Some("environment variable `DB_URL` reads its key `url`")
        );
        assert!(!cause.to_string().contains("hunter2"));
    }
}
