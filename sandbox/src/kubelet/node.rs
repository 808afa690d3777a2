//! Nodes: a kubelet reports each node that is there as ready.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::controller::condition::{self, Condition};
use crate::controller::effect::{perform, status_action};
use crate::controller::json::{at, has, items, label, set, stamp};
use crate::controller::meta::{name, own_key};
use crate::controller::seam::{Change, Cluster, Controller, GroupKind, Key, Writer};
use crate::controller::template::fnv64;

const NODE: GroupKind<'static> = GroupKind::new("", "Node");

/// The reports of all nodes.
pub(crate) struct Nodes;

impl Controller for Nodes {
    fn name(&self) -> &'static str {
        "kubelet"
    }

    fn keys(&mut self, change: &Change, _: &dyn Cluster) -> Vec<Key> {
        own_key(change, NODE).into_iter().collect()
    }

    fn sync(&mut self, key: &Key, cluster: &mut dyn Cluster) -> Option<Timestamp> {
        let node = cluster.get(NODE, "", &key.name)?;
        if let Some(action) = status_action(&node, report(&node, cluster.now())) {
            let _ = perform(cluster, Writer::Kubelet, "kubelet", action);
        }
        None
    }
}

/// A node's status with all that a kubelet says and the node did not have yet.
fn report(node: &Value, now: Timestamp) -> Value {
    let mut status = node["status"].clone();
    for resource in [("cpu", "8"), ("memory", "32Gi"), ("pods", "110")] {
        // A node given by its capacity alone can give all of it.
        for list in ["capacity", "allocatable"] {
            let other = if list == "capacity" {
                "allocatable"
            } else {
                "capacity"
            };
            if status[list][resource.0].is_null() {
                let value = at(&status, other).get(resource.0).cloned();
                let path = format!("{list}.{}", resource.0);
                set(
                    &mut status,
                    &path,
                    value.unwrap_or_else(|| resource.1.into()),
                );
            }
        }
    }
    if items(&status, "addresses").is_empty() {
        let number = fnv64(&[name(node)]) % 254 + 1;
        let host = label(node, "kubernetes.io/hostname").unwrap_or_else(|| name(node));
        let addresses = json!([
            {"type": "InternalIP", "address": format!("192.0.2.{number}")},
            {"type": "Hostname", "address": host},
        ]);
        set(&mut status, "addresses", addresses);
    }
    if !has(&status, "nodeInfo") {
        let info = json!({
            "machineID": name(node), "systemUUID": name(node), "bootID": name(node),
            "kernelVersion": "6.12.0-sandbox", "osImage": "infra sandbox",
            "containerRuntimeVersion": "containerd://2.1.0", "kubeletVersion": "v1.36.0",
            "kubeProxyVersion": "", "operatingSystem": "linux", "architecture": "amd64",
        });
        set(&mut status, "nodeInfo", info);
    }
    for (kind, reason, message) in [
        (
            "MemoryPressure",
            "KubeletHasSufficientMemory",
            "kubelet has sufficient memory available",
        ),
        (
            "DiskPressure",
            "KubeletHasNoDiskPressure",
            "kubelet has no disk pressure",
        ),
        (
            "PIDPressure",
            "KubeletHasSufficientPID",
            "kubelet has sufficient PID available",
        ),
        ("Ready", "KubeletReady", "kubelet is posting ready status"),
    ] {
        if condition::find(&status, kind).is_none() {
            let holds = if kind == "Ready" { "True" } else { "False" };
            condition::put(
                &mut status,
                &Condition::new(kind, holds, reason, message),
                now,
            );
            if let Some(list) = status["conditions"].as_array_mut()
                && let Some(last) = list.last_mut()
            {
                last["lastHeartbeatTime"] = stamp(now).into();
            }
        }
    }
    status
}
