//! PodSecurity: the Pod Security Standards that a namespace's labels ask for.

mod checks;

use super::Attempt;
use crate::error::Status;
use crate::world::World;
use checks::violations;
use serde_json::Value;

/// A standard. Each includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Privileged,
    Baseline,
    Restricted,
}

impl Level {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "privileged" => Some(Self::Privileged),
            "baseline" => Some(Self::Baseline),
            "restricted" => Some(Self::Restricted),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Privileged => "privileged",
            Self::Baseline => "baseline",
            Self::Restricted => "restricted",
        }
    }
}

/// The pod template in a workload, where there is one.
fn template(attempt: &Attempt<'_>) -> Option<&'static str> {
    match (attempt.kind.group.as_ref(), attempt.kind.kind.as_ref()) {
        ("apps", "Deployment" | "ReplicaSet" | "StatefulSet" | "DaemonSet")
        | ("batch", "Job")
        | ("", "ReplicationController") => Some("/spec/template"),
        ("batch", "CronJob") => Some("/spec/jobTemplate/spec/template"),
        ("", "PodTemplate") => Some("/template"),
        _ => None,
    }
}

/// What a namespace's labels ask for in a mode: the level, and the version as messages print it.
fn policy(namespace: &Value, mode: &str) -> Option<(Level, String)> {
    let labels = &namespace["metadata"]["labels"];
    let level = labels[format!("pod-security.kubernetes.io/{mode}")].as_str()?;
    // A level nobody knows is held to the strictest one, as the server does.
    let level = Level::parse(level).unwrap_or(Level::Restricted);
    let version = labels[format!("pod-security.kubernetes.io/{mode}-version")].as_str();
    Some((level, version.unwrap_or("latest").to_owned()))
}

/// The violations as one sentence; `None` when there are none.
fn sentence(level: Level, version: &str, pod: &Value) -> Option<String> {
    let violations = violations(level, pod);
    (!violations.is_empty()).then(|| {
        format!(
            "violate PodSecurity \"{}:{version}\": {}",
            level.name(),
            violations.join(", ")
        )
    })
}

/// Refuses pods that the namespace does not allow; warns about workloads whose pods it would not.
pub(super) fn check(
    world: &World,
    attempt: &Attempt<'_>,
    object: &Value,
) -> Result<Vec<String>, Status> {
    let name = object["metadata"]["namespace"].as_str().unwrap_or_default();
    let Some(namespace) = world.objects.get("", "Namespace", "", name) else {
        return Ok(Vec::new());
    };
    if !attempt.write.subresource.is_empty() && attempt.write.subresource != "ephemeralcontainers" {
        return Ok(Vec::new());
    }
    if attempt.is("", "Pod") {
        if let Some((level, version)) = policy(namespace, "enforce")
            && let Some(why) = sentence(level, &version, object)
            && !is_unchanged(attempt, object)
        {
            return Err(attempt.forbid(object, &why.replacen("violate", "violates", 1)));
        }
        let warning = policy(namespace, "warn")
            .and_then(|(level, version)| sentence(level, &version, object))
            .map(|why| format!("would {why}"));
        return Ok(warning.into_iter().collect());
    }
    let Some(pod) = template(attempt).and_then(|path| object.pointer(path)) else {
        return Ok(Vec::new());
    };
    let warning = policy(namespace, "warn")
        .and_then(|(level, version)| sentence(level, &version, pod))
        .map(|why| format!("would {why}"));
    Ok(warning.into_iter().collect())
}

/// An update that leaves the specification alone is not judged.
fn is_unchanged(attempt: &Attempt<'_>, object: &Value) -> bool {
    attempt.old.is_some_and(|old| old["spec"] == object["spec"])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_bare_pod_violates_the_restricted_standard_in_the_servers_words() {
        let pod = json!({"spec": {"containers": [{"name": "app"}]}});
        assert_eq!(sentence(Level::Baseline, "latest", &pod), None);
        assert_eq!(
            sentence(Level::Restricted, "latest", &pod).as_deref(),
            Some(
                "violate PodSecurity \"restricted:latest\": \
                 allowPrivilegeEscalation != false (container \"app\" must set securityContext.allowPrivilegeEscalation=false), \
                 unrestricted capabilities (container \"app\" must set securityContext.capabilities.drop=[\"ALL\"]), \
                 runAsNonRoot != true (pod or container \"app\" must set securityContext.runAsNonRoot=true), \
                 seccompProfile (pod or container \"app\" must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\")"
            )
        );
    }

    #[test]
    fn a_hardened_pod_passes_and_a_privileged_one_does_not() {
        let hardened = json!({"spec": {
            "securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}},
            "volumes": [{"name": "tmp", "emptyDir": {}}],
            "containers": [{"name": "a", "securityContext": {
                "allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}}}],
        }});
        assert_eq!(sentence(Level::Restricted, "latest", &hardened), None);
        let privileged = json!({"spec": {
            "hostNetwork": true,
            "volumes": [{"name": "root", "hostPath": {"path": "/"}}],
            "containers": [
                {"name": "a", "securityContext": {"privileged": true}},
                {"name": "b", "securityContext": {"privileged": true}},
            ],
        }});
        assert_eq!(
            sentence(Level::Baseline, "latest", &privileged).as_deref(),
            Some(
                "violate PodSecurity \"baseline:latest\": host namespaces (hostNetwork=true), \
                 hostPath volumes (volume \"root\"), \
                 privileged (containers \"a\", \"b\" must not set securityContext.privileged=true)"
            )
        );
    }

    /// The words of a real API server, every check that a pod can violate.
    #[test]
    fn everything_at_once_in_the_servers_words_and_order() {
        let pod = json!({"spec": {
            "hostNetwork": true, "hostPID": true,
            "securityContext": {
                "runAsUser": 0, "runAsNonRoot": false, "seccompProfile": {"type": "Unconfined"},
                "sysctls": [{"name": "kernel.msgmax", "value": "1"}, {"name": "net.ipv4.tcp_rmem", "value": "1"}],
                "appArmorProfile": {"type": "Unconfined"},
                "seLinuxOptions": {"type": "foo", "user": "u", "role": "r"},
            },
            "volumes": [{"name": "v", "hostPath": {"path": "/"}}, {"name": "w", "secret": {"secretName": "x"}}],
            "containers": [
                {
                    "name": "a", "ports": [{"containerPort": 80, "hostPort": 80}],
                    "securityContext": {
                        "privileged": true, "seLinuxOptions": {"type": "bar"},
                        "appArmorProfile": {"type": "Unconfined"}, "capabilities": {"add": ["NET_ADMIN"]},
                    },
                    "livenessProbe": {"httpGet": {"port": 80, "host": "1.2.3.4"}},
                },
                {
                    "name": "b",
                    "securityContext": {"seLinuxOptions": {"role": "bar"}, "appArmorProfile": {"type": "Unconfined"}},
                    "livenessProbe": {"tcpSocket": {"port": 81, "host": "1.2.3.5"}},
                    "readinessProbe": {"tcpSocket": {"port": 81, "host": "1.2.3.4"}},
                    "lifecycle": {"postStart": {"httpGet": {"port": 1, "host": "a.b"}}},
                },
            ],
        }});
        assert_eq!(
            sentence(Level::Restricted, "latest", &pod).as_deref(),
            Some(
                "violate PodSecurity \"restricted:latest\": \
                 forbidden AppArmor profile (pod and containers \"a\", \"b\" must not set AppArmor profile type to \"Unconfined\"), \
                 host namespaces (hostNetwork=true, hostPID=true), hostPort (container \"a\" uses hostPort 80), \
                 probe or lifecycle host (containers \"a\", \"b\" use probe or lifecycle hosts \"1.2.3.4\", \"1.2.3.5\", \"a.b\"), \
                 privileged (container \"a\" must not set securityContext.privileged=true), \
                 seLinuxOptions (pod and containers \"a\", \"b\" set forbidden securityContext.seLinuxOptions: types \"bar\", \"foo\"; user may not be set; role may not be set), \
                 forbidden sysctls (kernel.msgmax), \
                 allowPrivilegeEscalation != false (containers \"a\", \"b\" must set securityContext.allowPrivilegeEscalation=false), \
                 unrestricted capabilities (containers \"a\", \"b\" must set securityContext.capabilities.drop=[\"ALL\"]; container \"a\" must not include \"NET_ADMIN\" in securityContext.capabilities.add), \
                 restricted volume types (volume \"v\" uses restricted volume type \"hostPath\"), \
                 runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false), \
                 runAsUser=0 (pod must not set runAsUser=0), \
                 seccompProfile (pod must not set securityContext.seccompProfile.type to \"Unconfined\")"
            )
        );
    }
}
