//! Pods that their namespace does not allow: what the cluster would only say of each pod, when it is
//! too late, is said of the workload, at the line that asks for it.

use super::{problem, suggest::listed};
use crate::environment::{Problem, pods::Pods, refs::items, view::View};
use crate::object::Object;
use infra_schema::pod_security::{
    BASELINE_CAPABILITIES, RESTRICTED_CAPABILITIES, RESTRICTED_VOLUMES, SAFE_SYSCTLS,
};
use serde_json::Value;

pub(super) fn check(view: &View<'_>, problems: &mut Vec<Problem>) {
    for (position, object) in view.objects.iter().enumerate() {
        let Some(pods) = view.pods(position) else {
            continue;
        };
        let home = object.id.namespace.as_deref().unwrap_or_default();
        let Some(namespace) = view.index.get(("", "Namespace", "", home)) else {
            continue;
        };
        let Some(standard) = standard(&view.objects[namespace]) else {
            continue;
        };
        let id = object.id.short();
        for Violation { what, path, help } in violations(pods, standard == "restricted") {
            let path = format!("{}.{path}", pods.path);
            problems.push(problem(
                format!("`{id}` {what}, which the namespace `{home}` refuses (pod security `{standard}`)"),
                view.at(position, &path, None),
                format!(
                    "{help}, let it with `namespace(\"{home}\").pod_security(\"privileged\")`, or run it in a namespace of its own"
                ),
            ));
        }
    }
}

/// The standard that a namespace enforces, where it enforces one.
fn standard(namespace: &Object) -> Option<&str> {
    let labels = &namespace.value["metadata"]["labels"];
    let standard = labels["pod-security.kubernetes.io/enforce"].as_str()?;
    // What an older version of a standard forbids is not known here.
    let version = labels["pod-security.kubernetes.io/enforce-version"].as_str();
    let known = matches!(standard, "baseline" | "restricted")
        && version.is_none_or(|version| version == "latest");
    known.then_some(standard)
}

/// What a pod does that a standard forbids, as the middle of a sentence.
struct Violation {
    what: String,
    /// The field, without indices, below the pod's `spec`.
    path: String,
    help: String,
}

fn violations(pods: Pods<'_>, strict: bool) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut add = |what: String, path: &str, help: &str| {
        found.push(Violation {
            what,
            path: path.to_owned(),
            help: help.to_owned(),
        });
    };
    for (field, what, setter) in [
        (
            "hostNetwork",
            "uses the network of its node",
            "host_network",
        ),
        ("hostPID", "sees the processes of its node", "host_pid"),
        (
            "hostIPC",
            "shares the memory of its node's processes",
            "host_ipc",
        ),
    ] {
        if pods.spec[field] == true {
            add(
                what.to_owned(),
                field,
                &format!("take `.{setter}(true)` away"),
            );
        }
    }
    let volumes = items(&pods.spec["volumes"]).iter();
    let paths: Vec<&str> = volumes
        .clone()
        .filter_map(|volume| volume["hostPath"]["path"].as_str())
        .collect();
    if !paths.is_empty() {
        add(
            format!("mounts {} of its node", listed(paths)),
            "containers.volumeMounts",
            "mount another volume, such as `empty_dir()`",
        );
    }
    let others: Vec<&str> = volumes
        .filter_map(kind_of)
        .filter(|kind| *kind != "hostPath" && !RESTRICTED_VOLUMES.contains(kind))
        .collect();
    if strict && !others.is_empty() {
        add(
            format!("mounts volumes of the kind {}", listed(others)),
            "containers.volumeMounts",
            "claim it with a `volume_claim`",
        );
    }
    for sysctl in items(&pods.spec["securityContext"]["sysctls"]) {
        let name = sysctl["name"].as_str().unwrap_or_default();
        if !SAFE_SYSCTLS.contains(&name) {
            add(
                format!("sets `{name}`"),
                "securityContext.sysctls",
                "leave it out",
            );
        }
    }
    for (list, container) in pods.containers() {
        of_container(pods.spec, list, container, strict, &mut found);
    }
    found
}

/// The key that says what a volume is.
fn kind_of(volume: &Value) -> Option<&str> {
    let mut keys = volume.as_object()?.keys();
    keys.find(|key| *key != "name").map(String::as_str)
}

fn of_container(
    pod: &Value,
    list: &str,
    container: &Value,
    strict: bool,
    found: &mut Vec<Violation>,
) {
    let name = container["name"].as_str().unwrap_or_default();
    let context = &container["securityContext"];
    let mut add = |what: &str, path: &str, help: &str| {
        found.push(Violation {
            what: format!("has a container `{name}` that {what}"),
            path: format!("{list}.{path}"),
            help: help.to_owned(),
        });
    };
    // On the node's network every port is the node's, and that is said already.
    let opens = |port: &Value| port["hostPort"].as_u64().is_some_and(|port| port != 0);
    if items(&container["ports"]).iter().any(opens) && pod["hostNetwork"] != true {
        add(
            "opens a port of its node",
            "ports",
            "take `.host_port(…)` away",
        );
    }
    if context["procMount"]
        .as_str()
        .is_some_and(|mount| mount != "Default")
    {
        add(
            "sees all of `/proc`",
            "securityContext.procMount",
            "leave it out",
        );
    }
    if context["privileged"] == true {
        // All that follows from it goes with it.
        return add(
            "is privileged",
            "securityContext.privileged",
            "take `.privileged(true)` away",
        );
    }
    let allowed = if strict {
        &RESTRICTED_CAPABILITIES[..]
    } else {
        &BASELINE_CAPABILITIES[..]
    };
    for capability in items(&context["capabilities"]["add"]) {
        let capability = capability.as_str().unwrap_or_default();
        if !allowed.contains(&capability) {
            add(
                &format!("has the capability `{capability}`"),
                "securityContext.capabilities.add",
                &format!("take `.add_capability(\"{capability}\")` away"),
            );
        }
    }
    // What a container does not say, its pod says.
    let either = |field: &str| match &context[field] {
        Value::Null => pod["securityContext"][field].clone(),
        own => own.clone(),
    };
    let seccomp = either("seccompProfile");
    if seccomp["type"] == "Unconfined" {
        add(
            "may make every system call",
            "securityContext.seccompProfile",
            "leave it to the default, `RuntimeDefault`",
        );
    }
    if !strict {
        return;
    }
    if context["allowPrivilegeEscalation"] != false {
        add(
            "may gain rights that its parent has not",
            "securityContext.allowPrivilegeEscalation",
            "say `.allow_privilege_escalation(false)`, which is the default",
        );
    }
    if !items(&context["capabilities"]["drop"])
        .iter()
        .any(|one| one == "ALL")
    {
        add(
            "keeps capabilities",
            "securityContext.capabilities.drop",
            "say `.drop_capability(\"ALL\")`, which is the default",
        );
    }
    if either("runAsUser") == 0 {
        add(
            "runs as root",
            "securityContext.runAsUser",
            "run it as another user, such as `.run_as_user(1000)`",
        );
    } else if either("runAsNonRoot") != true {
        add(
            "may run as root",
            "securityContext.runAsNonRoot",
            "say `.run_as_non_root(true)`, which is the default",
        );
    }
    if seccomp.is_null() {
        add(
            "has no list of system calls that it may make",
            "securityContext.seccompProfile",
            "say `.seccomp_profile(\"RuntimeDefault\")`, which is the default",
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::environment::Environment;
    use crate::resource::pod::{Container, HasContainer, HostPath, Mounting, Workload};
    use crate::resource::{Convention, DaemonSet, Deployment, Described, Namespace, PodSecurity};
    use crate::types::{LabelKey, LabelValue};

    fn problems(standard: PodSecurity, daemon: DaemonSet) -> Vec<String> {
        let namespace = Namespace::new("shop".parse().expect("a name")).pod_security(standard);
        let environment = Environment::new("shop").add(namespace).add(daemon);
        let Err(problems) = environment.render() else {
            return Vec::new();
        };
        problems.0.into_iter().map(|one| one.message).collect()
    }

    fn agent() -> DaemonSet {
        let agent = DaemonSet::new("agent".parse().expect("a name"));
        agent.image("agent:1.9".parse().expect("an image"))
    }

    fn path(text: &str) -> crate::types::MountPath {
        text.parse().expect("a path")
    }

    #[test]
    fn what_a_namespace_forbids_is_said_of_the_workload() {
        use PodSecurity::{Baseline, Privileged, Restricted};
        let host = HostPath::new("/var/log").read_only();
        for (standard, daemon, expected) in vec![
            (Restricted, agent(), vec![]),
            (
                Privileged,
                agent().privileged(true).host_network(true),
                vec![],
            ),
            (
                Baseline,
                agent().privileged(true),
                vec!["has a container `agent` that is privileged"],
            ),
            (
                Restricted,
                agent()
                    .privileged(true)
                    .host_pid(true)
                    .volume(path("/log"), host),
                vec![
                    "sees the processes of its node",
                    "mounts `/var/log` of its node",
                    "has a container `agent` that is privileged",
                ],
            ),
            (
                Restricted,
                agent().run_as_user(0),
                vec!["has a container `agent` that runs as root"],
            ),
            (Baseline, agent().run_as_user(0), vec![]),
            (
                Restricted,
                agent()
                    .without(Convention::Seccomp)
                    .without(Convention::NonRoot)
                    .without(Convention::DroppedCapabilities)
                    .without(Convention::NoPrivilegeEscalation),
                vec![
                    "has a container `agent` that may gain rights that its parent has not",
                    "has a container `agent` that keeps capabilities",
                    "has a container `agent` that may run as root",
                    "has a container `agent` that has no list of system calls that it may make",
                ],
            ),
            (
                Baseline,
                agent().add_capability("NET_ADMIN").add_capability("KILL"),
                vec!["has a container `agent` that has the capability `NET_ADMIN`"],
            ),
            (
                Restricted,
                agent().init(
                    Container::new("setup".parse().expect("a name"))
                        .image("setup:1".parse().expect("an image"))
                        .run_as_user(0),
                ),
                vec!["has a container `setup` that runs as root"],
            ),
            (
                Baseline,
                agent().sysctl("net.core.somaxconn", "1024"),
                vec!["sets `net.core.somaxconn`"],
            ),
        ] {
            let what = match standard {
                Restricted => "restricted",
                _ => "baseline",
            };
            let expected: Vec<String> = expected
                .into_iter()
                .map(|one| {
                    format!(
                        "`daemonset/agent` {one}, which the namespace `shop` refuses (pod security `{what}`)"
                    )
                })
                .collect();
            let mut found = problems(standard, daemon);
            found.sort_by_key(|one| expected.iter().position(|known| known == one));
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_label_counts_as_the_setter_does_and_other_namespaces_do_not() {
        let key: LabelKey = "pod-security.kubernetes.io/enforce".parse().expect("a key");
        let value: LabelValue = "baseline".parse().expect("a value");
        let tools = Namespace::new("tools".parse().expect("a name")).label(key, value);
        let app = || {
            let app = Deployment::new("app".parse().expect("a name"));
            app.image("app:1".parse().expect("an image"))
                .privileged(true)
        };
        let shop = || Environment::new("shop").add(tools.clone());
        assert!(shop().add(app()).render().is_ok());
        let there = app().namespace("tools".parse().expect("a name"));
        assert!(shop().add(there).render().is_err());
    }
}
