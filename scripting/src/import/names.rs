//! What constants are called.

use super::wanted::Wanted;
use std::collections::{HashMap, HashSet};

/// A constant's name for every object: its own name in capitals, with its kind where several have one
/// name.
pub(super) fn constants(objects: &[Wanted]) -> Vec<String> {
    let mut used: HashMap<String, usize> = HashMap::new();
    for object in objects {
        *used.entry(plain(&object.id.name)).or_default() += usize::from(is_main(object));
    }
    let mut taken = HashSet::new();
    let mut names = vec![String::new(); objects.len()];
    // Workloads first: they have the best claim to the bare name.
    let order = |index: &usize| !is_main(&objects[*index]);
    let mut indices: Vec<usize> = (0..objects.len()).collect();
    indices.sort_by_key(order);
    for index in indices {
        let object = &objects[index];
        let base = plain(&object.id.name);
        let word = word(&object.id.kind);
        let with_kind = if base.ends_with(word) {
            base.clone()
        } else {
            format!("{base}_{word}")
        };
        let bare_first = is_main(object) || used[&base] == 0;
        let mut name = if bare_first && !taken.contains(&base) {
            base
        } else {
            with_kind.clone()
        };
        let mut number = 2;
        while !taken.insert(name.clone()) {
            name = format!("{with_kind}_{number}");
            number += 1;
        }
        names[index] = name;
    }
    names
}

fn is_main(object: &Wanted) -> bool {
    matches!(
        object.id.kind.as_str(),
        "Deployment" | "StatefulSet" | "DaemonSet" | "Job" | "CronJob"
    )
}

/// A name in capitals, of letters, digits and `_`.
fn plain(name: &str) -> String {
    let mut plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_uppercase()
            } else {
                '_'
            }
        })
        .collect();
    if !plain.starts_with(|c: char| c.is_ascii_alphabetic()) {
        plain.insert_str(0, "N_");
    }
    plain
}

fn word(kind: &str) -> &'static str {
    match kind {
        "ConfigMap" => "SETTINGS",
        "Secret" => "SECRET",
        "Service" => "SERVICE",
        "ServiceAccount" => "ACCOUNT",
        "PersistentVolumeClaim" => "CLAIM",
        "PersistentVolume" => "VOLUME",
        "Deployment" => "DEPLOYMENT",
        "StatefulSet" => "STATEFUL_SET",
        "DaemonSet" => "DAEMON_SET",
        "CronJob" => "CRON_JOB",
        "Job" => "JOB",
        "Role" | "ClusterRole" => "ROLE",
        "RoleBinding" | "ClusterRoleBinding" => "BINDING",
        "Ingress" => "INGRESS",
        "Namespace" => "NAMESPACE",
        "StorageClass" | "PriorityClass" => "CLASS",
        _ => "OBJECT",
    }
}

/// The name of a variable for a secret's value.
pub(super) fn variable(text: &str) -> String {
    plain(text)
}

/// Whether a secret's key is a name of a variable already.
pub(super) fn is_variable(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_uppercase())
        && key
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}
