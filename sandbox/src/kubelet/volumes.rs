//! The volumes of a pod: whether what they are made of is there.

use std::sync::Arc;

use serde_json::Value;

use super::container::View;
use super::environment::holds;
use super::run::Run;
use crate::controller::json::{at, flag, has, items, strings, text};
use crate::controller::meta::{name, namespace};
use crate::controller::pod::{POD, is_finished};
use crate::controller::scheduler::claim_names;
use crate::controller::seam::{Cluster, GroupKind, Key};

const SECRET: GroupKind<'static> = GroupKind::new("", "Secret");
const CLAIM: GroupKind<'static> = GroupKind::new("", "PersistentVolumeClaim");
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

/// What keeps a pod's volumes from being attached to its node: one that a single node may have is
/// at another node already.
pub(super) fn attached_elsewhere(pod: &Value, view: &View<'_>) -> Vec<String> {
    let home = namespace(pod);
    let node = text(pod, "spec.nodeName");
    let mut problems = Vec::new();
    for claim_name in claim_names(pod) {
        let Some(claim) = view.cluster.get(CLAIM, home, &claim_name) else {
            continue;
        };
        let one_node = |mode: &str| matches!(mode, "ReadWriteOnce" | "ReadWriteOncePod");
        if !strings(&claim, "spec.accessModes")
            .into_iter()
            .all(one_node)
        {
            continue;
        }
        let has_it = |other: &&Arc<Value>| {
            !is_finished(other)
                && text(other, "spec.nodeName") != node
                && view
                    .runs
                    .get(&Key::of(other))
                    .map_or(has(other, "status.podIP"), Run::is_mounted)
                && claim_names(other).contains(&claim_name)
        };
        let pods = view.cluster.list(POD, home);
        let holders: Vec<&str> = pods
            .iter()
            .filter(has_it)
            .map(|other| name(other))
            .collect();
        if !holders.is_empty() {
            problems.push(format!(
                "Multi-Attach error for volume \"{}\" Volume is already used by pod(s) {}",
                text(&claim, "spec.volumeName"),
                holders.join(", ")
            ));
        }
    }
    problems
}

fn problem(volume: &Value, home: &str, cluster: &dyn Cluster) -> Option<String> {
    source(volume, "secretName", home, cluster).or_else(|| {
        items(volume, "projected.sources")
            .iter()
            .find_map(|part| source(part, "name", home, cluster))
    })
}

/// What is wrong with the secret or the config map that a volume, or a part of a projected one, shows.
/// Only the field that names the secret differs between the two.
fn source(volume: &Value, secret_name: &str, home: &str, cluster: &dyn Cluster) -> Option<String> {
    let [secret, config] = ["secret", "configMap"].map(|field| at(volume, field));
    if !secret.is_null() {
        let name = text(secret, secret_name);
        object(SECRET, "secret", name, secret, home, cluster)
    } else if !config.is_null() {
        let name = text(config, "name");
        object(CONFIG_MAP, "configmap", name, config, home, cluster)
    } else {
        None
    }
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
