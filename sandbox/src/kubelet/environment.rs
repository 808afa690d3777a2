//! The environment of a container: whether what it refers to is there.

use serde_json::Value;

use crate::controller::json::{at, flag, has, items, text};
use crate::controller::seam::{Cluster, GroupKind};

const SECRET: GroupKind<'static> = GroupKind::new("", "Secret");
const CONFIG_MAP: GroupKind<'static> = GroupKind::new("", "ConfigMap");

/// The first thing that a container's environment refers to and that is not there, in the
/// kubelet's words.
pub(super) fn problem(container: &Value, home: &str, cluster: &dyn Cluster) -> Option<String> {
    let sources = items(container, "envFrom").iter().find_map(|source| {
        whole(SECRET, "secret", at(source, "secretRef"), home, cluster).or_else(|| {
            whole(
                CONFIG_MAP,
                "configmap",
                at(source, "configMapRef"),
                home,
                cluster,
            )
        })
    });
    sources.or_else(|| {
        items(container, "env").iter().find_map(|variable| {
            let from = at(variable, "valueFrom");
            key(SECRET, "Secret", at(from, "secretKeyRef"), home, cluster).or_else(|| {
                key(
                    CONFIG_MAP,
                    "ConfigMap",
                    at(from, "configMapKeyRef"),
                    home,
                    cluster,
                )
            })
        })
    })
}

fn whole(
    kind: GroupKind<'static>,
    word: &str,
    reference: &Value,
    home: &str,
    cluster: &dyn Cluster,
) -> Option<String> {
    let name = text(reference, "name");
    let missing = !reference.is_null()
        && !flag(reference, "optional")
        && cluster.get(kind, home, name).is_none();
    missing.then(|| format!("{word} \"{name}\" not found"))
}

fn key(
    kind: GroupKind<'static>,
    word: &str,
    reference: &Value,
    home: &str,
    cluster: &dyn Cluster,
) -> Option<String> {
    if reference.is_null() || flag(reference, "optional") {
        return None;
    }
    let (name, key) = (text(reference, "name"), text(reference, "key"));
    let Some(object) = cluster.get(kind, home, name) else {
        return Some(format!("{} \"{name}\" not found", word.to_lowercase()));
    };
    (!holds(&object, key)).then(|| format!("couldn't find key {key} in {word} {home}/{name}"))
}

/// Whether a secret or config map has a key.
pub(super) fn holds(object: &Value, key: &str) -> bool {
    ["data", "binaryData"]
        .iter()
        .any(|part| at(object, part).get(key).is_some())
        || (has(object, "stringData") && object["stringData"].get(key).is_some())
}
