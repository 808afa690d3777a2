//! The volumes of a pod: whether what they are made of is there.

use serde_json::Value;

use super::environment::holds;
use crate::controller::json::{at, flag, has, items, text};
use crate::controller::meta::namespace;
use crate::controller::seam::{Cluster, GroupKind};

const SECRET: GroupKind<'static> = GroupKind::new("", "Secret");
const CONFIG_MAP: GroupKind<'static> = GroupKind::new("", "ConfigMap");

/// What keeps a pod's volumes from being mounted, one sentence per volume.
pub(super) fn problems(pod: &Value, cluster: &dyn Cluster) -> Vec<String> {
    let home = namespace(pod);
    items(pod, "spec.volumes")
        .iter()
        .filter_map(|volume| {
            let problem = problem(volume, home, cluster)?;
            let name = text(volume, "name");
            Some(format!(
                "MountVolume.SetUp failed for volume \"{name}\" : {problem}"
            ))
        })
        .collect()
}

fn problem(volume: &Value, home: &str, cluster: &dyn Cluster) -> Option<String> {
    let secret = at(volume, "secret");
    if !secret.is_null() {
        return object(
            SECRET,
            "secret",
            text(secret, "secretName"),
            secret,
            home,
            cluster,
        );
    }
    let config = at(volume, "configMap");
    if !config.is_null() {
        return object(
            CONFIG_MAP,
            "configmap",
            text(config, "name"),
            config,
            home,
            cluster,
        );
    }
    items(volume, "projected.sources")
        .iter()
        .find_map(|source| {
            let secret = at(source, "secret");
            let config = at(source, "configMap");
            if !secret.is_null() {
                object(
                    SECRET,
                    "secret",
                    text(secret, "name"),
                    secret,
                    home,
                    cluster,
                )
            } else if !config.is_null() {
                object(
                    CONFIG_MAP,
                    "configmap",
                    text(config, "name"),
                    config,
                    home,
                    cluster,
                )
            } else {
                None
            }
        })
}

fn object(
    kind: GroupKind<'static>,
    word: &str,
    name: &str,
    source: &Value,
    home: &str,
    cluster: &dyn Cluster,
) -> Option<String> {
    if flag(source, "optional") {
        return None;
    }
    let Some(object) = cluster.get(kind, home, name) else {
        return Some(format!("{word} \"{name}\" not found"));
    };
    let missing = items(source, "items")
        .iter()
        .map(|item| text(item, "key"))
        .find(|key| !holds(&object, key))?;
    has(&object, "metadata").then(|| {
        if word == "secret" {
            format!("references non-existent secret key: {missing}")
        } else {
            format!("configmap references non-existent config key: {missing}")
        }
    })
}
