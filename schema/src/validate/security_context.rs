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
