//! Security contexts of pods and containers. Source: `pkg/apis/core/validation/validation.go`,
//! Kubernetes 1.36.

use serde_json::Value;

use super::inner;
use super::look::{field, items, text};
use super::path::{Found, Path};
use super::volume::relative;

/// The kinds of profiles, seccomp's and AppArmor's.
const PROFILES: [&str; 3] = ["Localhost", "RuntimeDefault", "Unconfined"];

/// `securityContext` of a pod.
pub(super) fn of_pod(context: &Value, path: &Path<'_>, found: &mut Found) {
    for name in ["fsGroup", "runAsUser", "runAsGroup"] {
        identity(&context[name], &path.field(name), found);
    }
    let list = path.field("supplementalGroups");
    for (at, group) in items(context, "supplementalGroups").iter().enumerate() {
        identity(group, &list.index(at), found);
    }
    for (name, allowed) in [
        ("fsGroupChangePolicy", &["Always", "OnRootMismatch"]),
        ("supplementalGroupsPolicy", &["Merge", "Strict"]),
        ("seLinuxChangePolicy", &["MountOption", "Recursive"]),
    ] {
        if let Some(given) = field(context, name)
            && !given.as_str().is_some_and(|given| allowed.contains(&given))
        {
            path.field(name).unsupported(found, given, allowed);
        }
    }
    profiles(context, path, found);
}

/// Settings of the kernel. Those of a namespace that the pod shares with its node are not its own.
pub(super) fn kernel(pod: &Value, path: &Path<'_>, found: &mut Found) {
    const LONGEST: usize = 253;
    const FORM: &str = r"^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$";
    let all = items(&pod["securityContext"], "sysctls");
    let list = path.field("securityContext");
    let list = list.field("sysctls");
    for (at, setting) in all.iter().enumerate() {
        let name = text(setting, "name");
        let path = list.index(at);
        let path = path.field("name");
        let shown = Value::from(name);
        if name.is_empty() {
            path.required(found, "");
        } else if name.len() > LONGEST || !name.split(['.', '/']).all(is_segment) {
            let detail = format!("must have at most {LONGEST} characters and match regex {FORM}");
            path.invalid(found, &shown, &detail);
        } else if all[..at].iter().any(|before| text(before, "name") == name) {
            path.duplicate(found, &shown);
        }
        if let Some(shared) = namespace(name).filter(|shared| pod[*shared] == true) {
            let detail = format!("may not be specified when '{shared}' is true");
            path.invalid(found, &shown, &detail);
        }
    }
}

/// The field by which a pod shares with its node what a setting is about.
fn namespace(name: &str) -> Option<&'static str> {
    const OF_PROCESSES: [&str; 10] = [
        "kernel.msg",
        "kernel.msgmax",
        "kernel.msgmnb",
        "kernel.msgmni",
        "kernel.sem",
        "kernel.shm",
        "kernel.shm_rmid_forced",
        "kernel.shmall",
        "kernel.shmmax",
        "kernel.shmmni",
    ];
    // Where a slash comes first, slashes part the name, and points are part of it.
    let by_slashes = name
        .find(['.', '/'])
        .is_some_and(|at| name[at..].starts_with('/'));
    let swapped = |letter| match letter {
        '.' => '/',
        '/' => '.',
        other => other,
    };
    let name: String = if by_slashes {
        name.chars().map(swapped).collect()
    } else {
        name.to_owned()
    };
    if name.starts_with("net.") {
        Some("hostNetwork")
    } else if name.starts_with("fs.mqueue.") || OF_PROCESSES.contains(&name.as_str()) {
        Some("hostIPC")
    } else {
        None
    }
}

fn is_segment(text: &str) -> bool {
    let is_end = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = text.as_bytes();
    bytes.first().copied().is_some_and(is_end)
        && bytes.last().copied().is_some_and(is_end)
        && bytes
            .iter()
            .all(|byte| is_end(*byte) || matches!(byte, b'-' | b'_'))
}

/// `securityContext` of a container.
pub(super) fn of_container(context: &Value, host_users: bool, path: &Path<'_>, found: &mut Found) {
    for name in ["runAsUser", "runAsGroup"] {
        identity(&context[name], &path.field(name), found);
    }
    if let Some(mount) = field(context, "procMount") {
        let path = path.field("procMount");
        if !matches!(mount.as_str(), Some("Default" | "Unmasked")) {
            path.unsupported(found, mount, &["Default", "Unmasked"]);
        }
        if host_users && *mount == "Unmasked" {
            path.invalid(found, mount, "`hostUsers` must be false to use `Unmasked`");
        }
    }
    profiles(context, path, found);
    if context["allowPrivilegeEscalation"] != false {
        return;
    }
    if context["privileged"] == true {
        let detail = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true";
        path.invalid(found, context, detail);
    }
    for capability in items(&context["capabilities"], "add") {
        if *capability == "CAP_SYS_ADMIN" {
            let detail = "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN";
            path.invalid(found, context, detail);
        }
    }
}

/// The number of a user or group.
fn identity(value: &Value, path: &Path<'_>, found: &mut Found) {
    let most = i64::from(i32::MAX);
    if value.as_i64().is_some_and(|id| !(0..=most).contains(&id)) {
        let detail = format!("must be between 0 and {most}, inclusive");
        path.invalid(found, value, &detail);
    }
}

fn profiles(context: &Value, path: &Path<'_>, found: &mut Found) {
    if let Some(profile) = field(context, "seccompProfile") {
        seccomp(profile, &path.field("seccompProfile"), found);
    }
    if let Some(profile) = field(context, "appArmorProfile") {
        app_armor(profile, &path.field("appArmorProfile"), found);
    }
}

/// The kind of a profile, which has to be one.
fn profile_type(profile: &Value, name: &str, path: &Path<'_>, found: &mut Found) {
    let path = path.field("type");
    match text(profile, "type") {
        "" => path.required(found, &format!("type is required when {name} is set")),
        ty if !PROFILES.contains(&ty) => path.unsupported(found, &profile["type"], &PROFILES),
        _ => {}
    }
}

fn seccomp(profile: &Value, path: &Path<'_>, found: &mut Found) {
    profile_type(profile, "seccompProfile", path, found);
    let file = field(profile, "localhostProfile");
    let path = path.field("localhostProfile");
    match (text(profile, "type"), file) {
        ("Localhost", None) => {
            path.required(found, "must be set when seccomp type is Localhost");
        }
        ("Localhost", Some(file)) => {
            relative(file.as_str().unwrap_or_default(), &path, found);
        }
        (_, None) => {}
        (_, Some(_)) => {
            let shown = inner::record(
                profile,
                &[("Type", "type"), ("LocalhostProfile", "localhostProfile")],
            );
            let detail = "can only be set when seccomp type is Localhost";
            path.invalid_text(found, &shown, detail);
        }
    }
}

fn app_armor(profile: &Value, path: &Path<'_>, found: &mut Found) {
    profile_type(profile, "appArmorProfile", path, found);
    let file = field(profile, "localhostProfile");
    let path = path.field("localhostProfile");
    match (text(profile, "type"), file) {
        ("Localhost", file) => {
            let file = file.and_then(Value::as_str).unwrap_or_default();
            if file.trim() != file {
                path.invalid(
                    found,
                    &Value::from(file),
                    "must not be padded with whitespace",
                );
            } else if file.is_empty() {
                path.required(found, "must be set when AppArmor type is Localhost");
            }
        }
        ("RuntimeDefault" | "Unconfined", Some(file)) => {
            let detail = "can only be set when AppArmor type is Localhost";
            path.invalid(found, file, detail);
        }
        _ => {}
    }
}
