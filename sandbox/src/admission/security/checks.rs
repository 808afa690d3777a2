//! The single checks of the standards, in the order and the words of `k8s.io/pod-security-admission`.

use super::Level;
use serde_json::Value;

/// Capabilities that the baseline standard lets containers add.
const BASELINE_CAPABILITIES: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// Kernel settings that the baseline standard lets pods change.
const SAFE_SYSCTLS: [&str; 10] = [
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_syncookies",
];

/// Sources of volumes that the restricted standard allows.
const RESTRICTED_VOLUMES: [&str; 8] = [
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
];

type Check = fn(&Value) -> Option<String>;

const BASELINE: [Check; 8] = [
    host_namespaces,
    host_path,
    host_ports,
    privileged,
    capabilities_added,
    sysctls,
    seccomp_unconfined,
    proc_mount,
];

const RESTRICTED: [Check; 6] = [
    privilege_escalation,
    capabilities_kept,
    volume_types,
    run_as_non_root,
    run_as_root,
    seccomp_missing,
];

/// What a pod (or the template of one) violates.
pub(super) fn violations(level: Level, pod: &Value) -> Vec<String> {
    let mut checks: Vec<Check> = Vec::new();
    if level >= Level::Baseline {
        checks.extend(BASELINE);
    }
    if level >= Level::Restricted {
        checks.extend(RESTRICTED);
    }
    checks
        .into_iter()
        .filter_map(|check| check(&pod["spec"]))
        .collect()
}

fn containers(spec: &Value) -> impl Iterator<Item = &Value> {
    ["initContainers", "containers", "ephemeralContainers"]
        .into_iter()
        .flat_map(|list| spec[list].as_array().into_iter().flatten())
}

/// The names of the containers that fail a test.
fn failing(spec: &Value, fails: impl Fn(&Value) -> bool) -> Vec<&str> {
    containers(spec)
        .filter(|container| fails(container))
        .filter_map(|container| container["name"].as_str())
        .collect()
}

fn quoted(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    names.join(", ")
}

/// `container "a"`, `containers "a", "b"`.
fn who(names: &[&str]) -> String {
    format!(
        "container{} {}",
        if names.len() == 1 { "" } else { "s" },
        quoted(names)
    )
}

fn host_namespaces(spec: &Value) -> Option<String> {
    let shared: Vec<String> = ["hostNetwork", "hostPID", "hostIPC"]
        .into_iter()
        .filter(|field| spec[field] == true)
        .map(|field| format!("{field}=true"))
        .collect();
    (!shared.is_empty()).then(|| format!("host namespaces ({})", shared.join(", ")))
}

fn host_path(spec: &Value) -> Option<String> {
    let names: Vec<&str> = volumes(spec)
        .filter(|volume| !volume["hostPath"].is_null())
        .filter_map(|volume| volume["name"].as_str())
        .collect();
    let plural = if names.len() == 1 { "" } else { "s" };
    (!names.is_empty()).then(|| format!("hostPath volumes (volume{plural} {})", quoted(&names)))
}

fn volumes(spec: &Value) -> impl Iterator<Item = &Value> {
    spec["volumes"].as_array().into_iter().flatten()
}

fn host_ports(spec: &Value) -> Option<String> {
    let ports = |container: &Value| -> Vec<String> {
        let ports = container["ports"].as_array().into_iter().flatten();
        ports
            .filter_map(|port| port["hostPort"].as_u64().filter(|port| *port != 0))
            .map(|port| port.to_string())
            .collect()
    };
    let names = failing(spec, |container| !ports(container).is_empty());
    let used: Vec<String> = containers(spec).flat_map(ports).collect();
    let (verb, plural) = (
        if names.len() == 1 { "uses" } else { "use" },
        if used.len() == 1 { "" } else { "s" },
    );
    (!names.is_empty()).then(|| {
        format!(
            "hostPort ({} {verb} hostPort{plural} {})",
            who(&names),
            used.join(", ")
        )
    })
}

fn privileged(spec: &Value) -> Option<String> {
    let names = failing(spec, |container| {
        container["securityContext"]["privileged"] == true
    });
    (!names.is_empty()).then(|| {
        format!(
            "privileged ({} must not set securityContext.privileged=true)",
            who(&names)
        )
    })
}

fn added<'a>(container: &'a Value, allowed: &'a [&str]) -> impl Iterator<Item = &'a str> {
    let added = container["securityContext"]["capabilities"]["add"].as_array();
    let added = added.into_iter().flatten().filter_map(Value::as_str);
    added.filter(move |capability| !allowed.contains(capability))
}

fn capabilities_added(spec: &Value) -> Option<String> {
    let names = failing(spec, |container| {
        added(container, &BASELINE_CAPABILITIES).next().is_some()
    });
    let mut capabilities: Vec<&str> = containers(spec)
        .flat_map(|container| added(container, &BASELINE_CAPABILITIES))
        .collect();
    capabilities.sort_unstable();
    capabilities.dedup();
    (!names.is_empty()).then(|| {
        format!(
            "non-default capabilities ({} must not include {} in securityContext.capabilities.add)",
            who(&names),
            quoted(&capabilities)
        )
    })
}

fn sysctls(spec: &Value) -> Option<String> {
    let unsafe_ones: Vec<&str> = spec["securityContext"]["sysctls"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|sysctl| sysctl["name"].as_str())
        .filter(|name| !SAFE_SYSCTLS.contains(name))
        .collect();
    (!unsafe_ones.is_empty()).then(|| format!("forbidden sysctls ({})", unsafe_ones.join(", ")))
}

/// The seccomp profile that a security context sets.
fn seccomp(holder: &Value) -> Option<&str> {
    holder["securityContext"]["seccompProfile"]["type"].as_str()
}

fn seccomp_unconfined(spec: &Value) -> Option<String> {
    let unconfined = |holder: &Value| seccomp(holder) == Some("Unconfined");
    let names = failing(spec, unconfined);
    let who = match (unconfined(spec), names.is_empty()) {
        (false, true) => return None,
        (true, true) => "pod".to_owned(),
        (false, false) => who(&names),
        (true, false) => format!("pod and {}", who(&names)),
    };
    Some(format!(
        "seccompProfile ({who} must not set securityContext.seccompProfile.type to \"Unconfined\")"
    ))
}

fn proc_mount(spec: &Value) -> Option<String> {
    let names = failing(spec, |container| {
        let mount = container["securityContext"]["procMount"].as_str();
        mount.is_some_and(|mount| mount != "Default")
    });
    (!names.is_empty()).then(|| {
        format!(
            "procMount ({} must not set securityContext.procMount to \"Unmasked\")",
            who(&names)
        )
    })
}

fn privilege_escalation(spec: &Value) -> Option<String> {
    let names = failing(spec, |container| {
        container["securityContext"]["allowPrivilegeEscalation"] != false
    });
    (!names.is_empty()).then(|| {
        format!(
            "allowPrivilegeEscalation != false ({} must set securityContext.allowPrivilegeEscalation=false)",
            who(&names)
        )
    })
}

fn capabilities_kept(spec: &Value) -> Option<String> {
    let drops_all = |container: &Value| {
        let dropped = container["securityContext"]["capabilities"]["drop"].as_array();
        dropped.is_some_and(|dropped| dropped.iter().any(|name| name == "ALL"))
    };
    let keeping = failing(spec, |container| !drops_all(container));
    let adding = failing(spec, |container| {
        added(container, &["NET_BIND_SERVICE"]).next().is_some()
    });
    let mut texts = Vec::new();
    if !keeping.is_empty() {
        texts.push(format!(
            "{} must set securityContext.capabilities.drop=[\"ALL\"]",
            who(&keeping)
        ));
    }
    if !adding.is_empty() {
        let mut capabilities: Vec<&str> = containers(spec)
            .flat_map(|container| added(container, &["NET_BIND_SERVICE"]))
            .collect();
        capabilities.sort_unstable();
        capabilities.dedup();
        texts.push(format!(
            "{} must not include {} in securityContext.capabilities.add",
            who(&adding),
            quoted(&capabilities)
        ));
    }
    (!texts.is_empty()).then(|| format!("unrestricted capabilities ({})", texts.join("; ")))
}

fn volume_types(spec: &Value) -> Option<String> {
    let source = |volume: &Value| -> Option<String> {
        let source = volume.as_object()?.keys().find(|field| *field != "name")?;
        (!RESTRICTED_VOLUMES.contains(&source.as_str())).then(|| source.clone())
    };
    let bad: Vec<(&str, String)> = volumes(spec)
        .filter_map(|volume| Some((volume["name"].as_str()?, source(volume)?)))
        .collect();
    let names: Vec<&str> = bad.iter().map(|(name, _)| *name).collect();
    let mut types: Vec<&str> = bad.iter().map(|(_, source)| source.as_str()).collect();
    types.sort_unstable();
    types.dedup();
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    (!bad.is_empty()).then(|| {
        format!(
            "restricted volume types (volume{} {} use{} restricted volume type{} {})",
            plural(names.len()),
            quoted(&names),
            if names.len() == 1 { "s" } else { "" },
            plural(types.len()),
            quoted(&types)
        )
    })
}

fn run_as_non_root(spec: &Value) -> Option<String> {
    let of = |holder: &Value| holder["securityContext"]["runAsNonRoot"].as_bool();
    let refusing = failing(spec, |container| of(container) == Some(false));
    let silent = failing(spec, |container| of(container).is_none());
    let mut texts = Vec::new();
    if of(spec) == Some(false) {
        texts.push("pod must not set securityContext.runAsNonRoot=false".to_owned());
    } else if of(spec).is_none() && !silent.is_empty() {
        texts.push(format!(
            "pod or {} must set securityContext.runAsNonRoot=true",
            who(&silent)
        ));
    }
    if !refusing.is_empty() {
        texts.push(format!(
            "{} must not set securityContext.runAsNonRoot=false",
            who(&refusing)
        ));
    }
    (!texts.is_empty()).then(|| format!("runAsNonRoot != true ({})", texts.join("; ")))
}

fn run_as_root(spec: &Value) -> Option<String> {
    let root = |holder: &Value| holder["securityContext"]["runAsUser"] == 0;
    let names = failing(spec, root);
    let who = match (root(spec), names.is_empty()) {
        (false, true) => return None,
        (true, true) => "pod".to_owned(),
        (false, false) => who(&names),
        (true, false) => format!("pod and {}", who(&names)),
    };
    Some(format!("runAsUser=0 ({who} must not set runAsUser=0)"))
}

fn seccomp_missing(spec: &Value) -> Option<String> {
    let fine = |holder: &Value| matches!(seccomp(holder), Some("RuntimeDefault" | "Localhost"));
    if fine(spec) {
        return None;
    }
    let names = failing(spec, |container| !fine(container));
    (!names.is_empty()).then(|| {
        format!(
            "seccompProfile (pod or {} must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\")",
            who(&names)
        )
    })
}
