//! What pods may do to their node and to themselves.

use super::look::{Container, Findings, Look, Workload, containers};
use super::{Rule, Severity};
use crate::environment::items;
use infra_schema::pod_security::BASELINE_CAPABILITIES;
use serde_json::Value;

pub(super) static PRIVILEGED: Rule = Rule {
    id: "privileged",
    severity: Severity::Error,
    title: "a privileged container",
    why: "it is root on its node: who breaks into it has the node, and the secrets of every pod there",
    cure: "take `.privileged()` away and add the single capability that is needed",
};

pub(super) static HOST_NAMESPACES: Rule = Rule {
    id: "host-namespaces",
    severity: Severity::Error,
    title: "a pod in the network, processes or memory of its node",
    why: "it sees and reaches what the node does, and network policies do not hold it",
    cure: "take `hostNetwork`, `hostPID` and `hostIPC` away",
};

pub(super) static RUNTIME_SOCKET: Rule = Rule {
    id: "runtime-socket",
    severity: Severity::Error,
    title: "a pod has the socket of the container runtime, or all files of its node",
    why: "with it any container can be started, a privileged one too: it is root on the node",
    cure: "build images without a daemon (BuildKit rootless, Kaniko), and mount single folders",
};

pub(super) static HOST_PATH: Rule = Rule {
    id: "host-path",
    severity: Severity::Warning,
    title: "a pod mounts a folder of its node",
    why: "what it reads and writes there is the node's: it is not isolated, and it is elsewhere on another node",
    cure: "use a claim or an `empty_dir`, or mount it read-only",
};

pub(super) static ADDED_CAPABILITY: Rule = Rule {
    id: "added-capability",
    severity: Severity::Warning,
    title: "a capability beyond those that containers have",
    why: "many of them (`SYS_ADMIN`, `NET_ADMIN`, `SYS_PTRACE`) are a way out of the container",
    cure: "take the capability away",
};

pub(super) static RUNS_AS_ROOT: Rule = Rule {
    id: "runs-as-root",
    severity: Severity::Warning,
    title: "a container may run as root",
    why: "a hole in its program or in the runtime is then a hole in the node",
    cure: "give the workload `.run_as_user(1000)`, or an image that is not root and `runAsNonRoot: true`",
};

pub(super) static PRIVILEGE_ESCALATION: Rule = Rule {
    id: "privilege-escalation",
    severity: Severity::Warning,
    title: "a container may gain privileges",
    why: "a setuid program in its image makes any user root",
    cure: "set `allowPrivilegeEscalation: false`, as the builders do",
};

pub(super) static UNCONFINED: Rule = Rule {
    id: "unconfined",
    severity: Severity::Warning,
    title: "a pod without seccomp or AppArmor, by its own words",
    why: "every system call of the kernel is open to it",
    cure: "use the profile `RuntimeDefault`",
};

pub(super) static NO_SECCOMP: Rule = Rule {
    id: "no-seccomp",
    severity: Severity::Info,
    title: "a pod names no seccomp profile",
    why: "on most clusters it runs without one",
    cure: "set `seccompProfile: {type: RuntimeDefault}`, as the builders do",
};

pub(super) static KEPT_CAPABILITIES: Rule = Rule {
    id: "kept-capabilities",
    severity: Severity::Info,
    title: "a container keeps the capabilities of its runtime",
    why: "few programs need any of the fourteen",
    cure: "drop `ALL`, as the builders do, and add what is needed",
};

pub(super) static WRITABLE_ROOT: Rule = Rule {
    id: "writable-root",
    severity: Severity::Info,
    title: "a container can write to its own file system",
    why: "who breaks in can leave programs there",
    cure: "set `readOnlyRootFilesystem: true`, with an `empty_dir` where it writes",
};

pub(super) static UNUSED_TOKEN: Rule = Rule {
    id: "unused-token",
    severity: Severity::Info,
    title: "a pod has a token of the API server and no right",
    why: "who breaks in can ask the API server whatever every account may",
    cure: "set `automountServiceAccountToken: false`, as the builders do",
};

pub(super) static NO_POD_SECURITY: Rule = Rule {
    id: "no-pod-security",
    severity: Severity::Info,
    title: "a namespace enforces no Pod Security Standard",
    why: "any pod may be made in it, a privileged one too",
    cure: "describe it: `namespace(\"shop\").pod_security(\"restricted\")`",
};

const SOCKETS: [&str; 5] = [
    "docker.sock",
    "containerd.sock",
    "crio.sock",
    "podman.sock",
    "cri-dockerd.sock",
];

pub(super) fn check(look: &Look<'_>, findings: &mut Findings<'_>) {
    for workload in &look.workloads {
        privileged(workload, findings);
        host(workload, findings);
        identity(workload, findings);
        confinement(workload, findings);
        token(look, workload, findings);
    }
    for (position, namespace) in look.of_kind("", "Namespace") {
        let labels = &namespace.value["metadata"]["labels"];
        let pods = !look.view.index.makers(&namespace.id.name).is_empty();
        if pods && labels["pod-security.kubernetes.io/enforce"].is_null() {
            let message = format!("the namespace `{}` takes any pod", namespace.id.name);
            findings.add(&NO_POD_SECURITY, position, "", message);
        }
    }
}

fn privileged(workload: &Workload<'_>, findings: &mut Findings<'_>) {
    for container in workload.containers() {
        let path = format!("{}.securityContext", container.path);
        let name = containers(&[container.name]);
        if container.is_privileged() {
            let message = format!("`{}` runs {name} privileged", workload.short());
            let path = format!("{path}.privileged");
            findings.add(&PRIVILEGED, workload.position, &path, message);
        }
        let added = items(&container.value["securityContext"]["capabilities"]["add"]).iter();
        let added = added.filter_map(Value::as_str);
        let beyond: Vec<&str> = added
            .filter(|one| !BASELINE_CAPABILITIES.contains(&one.trim_start_matches("CAP_")))
            .collect();
        if !beyond.is_empty() {
            let message = format!(
                "`{}` adds {} to {name}",
                workload.short(),
                beyond.join(", ")
            );
            let path = format!("{path}.capabilities.add");
            findings.add(&ADDED_CAPABILITY, workload.position, &path, message);
        }
    }
}

fn host(workload: &Workload<'_>, findings: &mut Findings<'_>) {
    let spec = workload.pods.spec;
    for (field, what) in [
        ("hostNetwork", "network"),
        ("hostPID", "processes"),
        ("hostIPC", "shared memory"),
    ] {
        if spec[field] == true {
            let message = format!("`{}` runs in the {what} of its node", workload.short());
            findings.add(
                &HOST_NAMESPACES,
                workload.position,
                &workload.path(field),
                message,
            );
        }
    }
    for (index, volume) in items(&spec["volumes"]).iter().enumerate() {
        let Some(path) = volume["hostPath"]["path"].as_str() else {
            continue;
        };
        let field = workload.path(&format!("volumes[{index}].hostPath"));
        let socket = SOCKETS.iter().any(|socket| path.ends_with(socket));
        if socket || path == "/" {
            let message = format!("`{}` mounts `{path}` of its node", workload.short());
            findings.add(&RUNTIME_SOCKET, workload.position, &field, message);
        } else if !is_read_only(workload, volume["name"].as_str().unwrap_or_default()) {
            let message = format!(
                "`{}` mounts `{path}` of its node, and can write there",
                workload.short()
            );
            findings.add(&HOST_PATH, workload.position, &field, message);
        } else {
            let message = format!("`{}` mounts `{path}` of its node", workload.short());
            findings.add(&HOST_PATH, workload.position, &field, message);
        }
    }
}

fn is_read_only(workload: &Workload<'_>, volume: &str) -> bool {
    workload.containers().iter().all(|container| {
        let mounts = items(&container.value["volumeMounts"]).iter();
        let mut mounts = mounts.filter(|mount| mount["name"] == volume);
        mounts.all(|mount| mount["readOnly"] == true)
    })
}

fn identity(workload: &Workload<'_>, findings: &mut Findings<'_>) {
    let all = workload.containers();
    // Who is privileged is told of already.
    let plain: Vec<&Container<'_>> = all.iter().filter(|one| !one.is_privileged()).collect();
    let spec = workload.pods.spec;
    let may_be_root = |container: &&&Container<'_>| {
        let user = container.security(spec, "runAsUser");
        user == 0 || user.is_null() && container.security(spec, "runAsNonRoot") != true
    };
    let root: Vec<&str> = plain
        .iter()
        .filter(may_be_root)
        .map(|one| one.name)
        .collect();
    if !root.is_empty() {
        let message = format!(
            "`{}` may run {} as root",
            workload.short(),
            containers(&root)
        );
        let path = workload.path("securityContext.runAsUser");
        findings.add(&RUNS_AS_ROOT, workload.position, &path, message);
    }
    let gains = |container: &&&Container<'_>| {
        container.value["securityContext"]["allowPrivilegeEscalation"] != false
    };
    let gaining: Vec<&str> = plain.iter().filter(gains).map(|one| one.name).collect();
    if !gaining.is_empty() {
        let message = format!(
            "`{}` lets {} gain privileges",
            workload.short(),
            containers(&gaining)
        );
        let path = workload.path("containers.securityContext.allowPrivilegeEscalation");
        findings.add(&PRIVILEGE_ESCALATION, workload.position, &path, message);
    }
}

fn confinement(workload: &Workload<'_>, findings: &mut Findings<'_>) {
    let spec = workload.pods.spec;
    let all = workload.containers();
    let plain: Vec<&Container<'_>> = all.iter().filter(|one| !one.is_privileged()).collect();
    for profile in ["seccompProfile", "appArmorProfile"] {
        let unconfined =
            |one: &&&Container<'_>| one.security(spec, profile)["type"] == "Unconfined";
        let free: Vec<&str> = plain
            .iter()
            .filter(unconfined)
            .map(|one| one.name)
            .collect();
        if !free.is_empty() {
            let message = format!(
                "`{}` turns `{profile}` off for {}",
                workload.short(),
                containers(&free)
            );
            let path = workload.path(&format!("securityContext.{profile}"));
            findings.add(&UNCONFINED, workload.position, &path, message);
        }
    }
    let mut notes = |rule, holds: &dyn Fn(&Container<'_>) -> bool, what: &str| {
        let names: Vec<&str> = plain
            .iter()
            .filter(|one| holds(one))
            .map(|one| one.name)
            .collect();
        if !names.is_empty() {
            let message = format!("`{}` {what} {}", workload.short(), containers(&names));
            findings.add(rule, workload.position, "", message);
        }
    };
    notes(
        &NO_SECCOMP,
        &|one| one.security(spec, "seccompProfile").is_null(),
        "names no seccomp profile for",
    );
    notes(
        &KEPT_CAPABILITIES,
        &|one| {
            let dropped = items(&one.value["securityContext"]["capabilities"]["drop"]);
            !dropped.iter().any(|one| {
                one.as_str()
                    .is_some_and(|one| one.eq_ignore_ascii_case("all"))
            })
        },
        "leaves its runtime's capabilities to",
    );
    notes(
        &WRITABLE_ROOT,
        &|one| one.value["securityContext"]["readOnlyRootFilesystem"] != true,
        "leaves the root file system open to",
    );
}

fn token(look: &Look<'_>, workload: &Workload<'_>, findings: &mut Findings<'_>) {
    let spec = workload.pods.spec;
    let name = spec["serviceAccountName"].as_str().unwrap_or("default");
    let home = crate::environment::namespace(workload.object);
    let account = look.view.index.get(("", "ServiceAccount", home, name));
    let account =
        account.map(|position| &look.view.objects[position].value["automountServiceAccountToken"]);
    let own = &spec["automountServiceAccountToken"];
    let mounted = if own.is_null() {
        account.is_none_or(|own| *own != false)
    } else {
        *own != false
    };
    if !mounted || has_rights(look, home, name) {
        return;
    }
    // An account that others made may have rights that nobody here knows of.
    if account.is_none() && name != "default" {
        return;
    }
    let message = format!(
        "`{}` has a token of the account `{name}`, which has no right",
        workload.short()
    );
    let path = workload.path("automountServiceAccountToken");
    findings.add(&UNUSED_TOKEN, workload.position, &path, message);
}

fn has_rights(look: &Look<'_>, home: &str, account: &str) -> bool {
    look.view.objects.iter().any(|object| {
        object.id.kind.ends_with("RoleBinding")
            && items(&object.value["subjects"]).iter().any(|subject| {
                let namespace = subject["namespace"].as_str();
                let namespace = namespace.unwrap_or_else(|| crate::environment::namespace(object));
                subject["kind"] == "ServiceAccount"
                    && subject["name"] == account
                    && namespace == home
            })
    })
}
