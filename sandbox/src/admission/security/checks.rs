//! The single checks of the standards, in the order and the words of `k8s.io/pod-security-admission`.

use super::Level;
use infra_schema::pod_security::{
    BASELINE_CAPABILITIES, RESTRICTED_CAPABILITIES, RESTRICTED_VOLUMES, SAFE_SYSCTLS,
    SE_LINUX_TYPES,
};
use serde_json::Value;
use std::collections::BTreeSet;

type Check = fn(&Value) -> Option<String>;

/// Those of the baseline standard, in the order of their names; those that the restricted standard has a
/// stricter one for are marked.
const BASELINE: [(Check, bool); 11] = [
    (app_armor, false),
    (capabilities_added, true),
    (host_namespaces, false),
    (host_path, true),
    (host_ports, false),
    (hosts, false),
    (privileged, false),
    (proc_mount, false),
    (se_linux, false),
    (seccomp_unconfined, true),
    (sysctls, false),
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
    let strict = level >= Level::Restricted;
    let mut checks: Vec<Check> = Vec::new();
    if level >= Level::Baseline {
        let baseline = BASELINE
            .iter()
            .filter(|(_, stricter)| !(strict && *stricter));
        checks.extend(baseline.map(|(check, _)| *check));
    }
    if strict {
        checks.extend(RESTRICTED);
    }
    checks
        .into_iter()
        .filter_map(|check| check(&pod["spec"]))
        .collect()
}

/// "pod", "container \"a\"", "pod and containers \"a\", \"b\"": whose security contexts fail a test.
fn holders(spec: &Value, fails: impl Fn(&Value) -> bool) -> Option<String> {
    let names = failing(spec, |container| fails(&container["securityContext"]));
    match (fails(&spec["securityContext"]), names.is_empty()) {
        (false, true) => None,
        (true, true) => Some("pod".to_owned()),
        (false, false) => Some(who(&names)),
        (true, false) => Some(format!("pod and {}", who(&names))),
    }
}

/// Every security context.
fn contexts(spec: &Value) -> impl Iterator<Item = &Value> {
    std::iter::once(&spec["securityContext"])
        .chain(containers(spec).map(|container| &container["securityContext"]))
}

fn app_armor(spec: &Value) -> Option<String> {
    let wrong = |context: &Value| {
        let profile = context["appArmorProfile"]["type"].as_str();
        profile
            .filter(|profile| !matches!(*profile, "RuntimeDefault" | "Localhost"))
            .map(str::to_owned)
    };
    let holders = holders(spec, |context| wrong(context).is_some())?;
    let types: BTreeSet<String> = contexts(spec).filter_map(wrong).collect();
    let types: Vec<&str> = types.iter().map(String::as_str).collect();
    Some(format!(
        "forbidden AppArmor profile ({holders} must not set AppArmor profile type to {})",
        quoted(&types)
    ))
}

fn se_linux(spec: &Value) -> Option<String> {
    let options = |context: &Value, field: &str| {
        let text = context["seLinuxOptions"][field].as_str();
        text.unwrap_or_default().to_owned()
    };
    let bad_type = |context: &Value| {
        let kind = options(context, "type");
        (!SE_LINUX_TYPES.contains(&kind.as_str())).then_some(kind)
    };
    let set = |context: &Value, field: &str| !options(context, field).is_empty();
    let holders_of = holders(spec, |context| {
        bad_type(context).is_some() || set(context, "user") || set(context, "role")
    })?;
    let types: BTreeSet<String> = contexts(spec).filter_map(bad_type).collect();
    let types: Vec<&str> = types.iter().map(String::as_str).collect();
    let mut parts = Vec::new();
    if !types.is_empty() {
        let plural = if types.len() == 1 { "" } else { "s" };
        parts.push(format!("type{plural} {}", quoted(&types)));
    }
    for field in ["user", "role"] {
        if contexts(spec).any(|context| set(context, field)) {
            parts.push(format!("{field} may not be set"));
        }
    }
    Some(format!(
        "seLinuxOptions ({holders_of} set forbidden securityContext.seLinuxOptions: {})",
        parts.join("; ")
    ))
}

/// The hosts that a container's probes and hooks name: none may.
fn named_hosts(container: &Value) -> Vec<&str> {
    let lifecycle = &container["lifecycle"];
    [
        &container["livenessProbe"],
        &container["readinessProbe"],
        &container["startupProbe"],
        &lifecycle["postStart"],
        &lifecycle["preStop"],
    ]
    .into_iter()
    .flat_map(|action| [&action["httpGet"]["host"], &action["tcpSocket"]["host"]])
    .filter_map(|host| host.as_str().filter(|host| !host.is_empty()))
    .collect()
}

fn hosts(spec: &Value) -> Option<String> {
    let names = failing(spec, |container| !named_hosts(container).is_empty());
    let used: BTreeSet<&str> = containers(spec).flat_map(named_hosts).collect();
    let used: Vec<&str> = used.into_iter().collect();
    let (verb, plural) = (
        if names.len() == 1 { "uses" } else { "use" },
        if used.len() == 1 { "" } else { "s" },
    );
    (!names.is_empty()).then(|| {
        format!(
            "probe or lifecycle host ({} {verb} probe or lifecycle host{plural} {})",
            who(&names),
            quoted(&used)
        )
    })
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
    let unconfined =
        |context: &Value| context["seccompProfile"]["type"].as_str() == Some("Unconfined");
    let holders = holders(spec, unconfined)?;
    Some(format!(
        "seccompProfile ({holders} must not set securityContext.seccompProfile.type to \"Unconfined\")"
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
        added(container, &RESTRICTED_CAPABILITIES).next().is_some()
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
            .flat_map(|container| added(container, &RESTRICTED_CAPABILITIES))
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
    let holders = holders(spec, |context| context["runAsUser"] == 0)?;
    Some(format!("runAsUser=0 ({holders} must not set runAsUser=0)"))
}

fn seccomp_missing(spec: &Value) -> Option<String> {
    if let Some(unconfined) = seccomp_unconfined(spec) {
        return Some(unconfined);
    }
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
