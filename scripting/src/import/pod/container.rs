//! Containers: the main one of a workload, and others.

use super::super::code::{Code, call, json, text};
use super::super::setters::{set, texts};
use super::{Pod, env, fields, items, probe, seccomp, volume};
use serde_json::Value;

/// Setters of a container that are fields of it and no more, in two groups: what runs, and how.
const RUNS: [&str; 5] = [
    "image",
    "image_pull_policy",
    "command",
    "args",
    "working_dir",
];
const MAY: [&str; 7] = [
    "privileged",
    "allow_privilege_escalation",
    "read_only_root_filesystem",
    "add_capability",
    "drop_capability",
    "stdin",
    "tty",
];
/// Setters of the security of one container; those of the main one are the pod's.
const OWN: [&str; 4] = [
    "run_as_user",
    "run_as_group",
    "run_as_non_root",
    "se_linux_level",
];

/// Adds the main container to a workload.
pub(super) fn main_container(pod: &Pod<'_>, mut code: Code, container: &Value) -> Code {
    let named_alike = container["name"] == pod.object["metadata"]["name"];
    code = set(code, pod.receiver, container, "containers.", |name| {
        name == "image"
    });
    if !named_alike && let Some(name) = container["name"].as_str() {
        code = code.then("container_name", [text(name)]);
    }
    settings(pod, code, pod.receiver, container)
}

/// Another container.
pub(super) fn container(pod: &Pod<'_>, container: &Value) -> Code {
    let mut code = call("container", [json(&container["name"])]);
    code = set(code, "container", container, "containers.", |name| {
        name == "image"
    });
    code = settings(pod, code, "container", container);
    code = set(code, "container", container, "", |name| OWN.contains(&name));
    match seccomp(&container["securityContext"]["seccompProfile"]) {
        Some(profile) => code.then("seccomp_profile", [profile]),
        None => code,
    }
}

fn settings(pod: &Pod<'_>, mut code: Code, receiver: &str, container: &Value) -> Code {
    let plain = |code: Code, group: &[&str]| {
        set(code, receiver, container, "containers.", |name| {
            name != "image" && group.contains(&name)
        })
    };
    code = plain(code, &RUNS);
    for port in items(&container["ports"]) {
        code = code.then("port", self::port(port));
    }
    code = env::from(pod, code, &container["envFrom"]);
    code = env::variables(pod, code, &container["env"]);
    for (field, setter) in [("requests", "requests"), ("limits", "limits")] {
        if let Some(quantities) = quantities(&container["resources"][field]) {
            code = code.then(setter, [quantities]);
        }
    }
    for (field, setter) in [
        ("startupProbe", "startup_probe"),
        ("livenessProbe", "liveness_probe"),
        ("readinessProbe", "readiness_probe"),
    ] {
        if let Some(probe) = probe::probe(&container[field]) {
            code = code.then(setter, [probe]);
        }
    }
    for (field, setter) in [("postStart", "post_start"), ("preStop", "pre_stop")] {
        if let Some(hook) = probe::hook(&container["lifecycle"][field]) {
            code = code.then(setter, [hook]);
        }
    }
    code = volume::mounts(pod, code, container);
    code = plain(code, &MAY);
    for one in items(&container["resizePolicy"]) {
        let arguments = [json(&one["resourceName"]), json(&one["restartPolicy"])];
        code = code.then("resize_policy", arguments);
    }
    if container["terminationMessagePolicy"] == "FallbackToLogsOnError" {
        code = code.then("log_as_termination_message", []);
    }
    code
}

fn port(port: &Value) -> Vec<Code> {
    let number = json(&port["containerPort"]);
    let name = port["name"].as_str().map(text);
    let other = port["protocol"]
        .as_str()
        .is_some_and(|protocol| protocol != "TCP");
    if !other && port["hostPort"].is_null() {
        return name.into_iter().chain([number]).collect();
    }
    let mut code = call("container_port", name.into_iter().chain([number]));
    if other {
        code = code.then("protocol", [json(&port["protocol"])]);
    }
    if port["hostPort"].is_number() {
        code = code.then("host_port", [json(&port["hostPort"])]);
    }
    vec![code]
}

/// Quantities by resource, as texts or numbers.
fn quantities(map: &Value) -> Option<Code> {
    texts(map).or_else(|| {
        let pairs: Vec<(String, Code)> = fields(map)
            .map(|(key, value)| (key.clone(), json(value)))
            .collect();
        (!pairs.is_empty()).then_some(Code::Map(pairs))
    })
}
