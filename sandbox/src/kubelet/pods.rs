//! The kubelets of all nodes: drives each pod on a node, and reports.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use serde_json::Value;

use super::container::View;
use super::run::Run;
use super::status::status;
use super::step::step;
use super::stop::{Stop, stop};
use crate::controller::effect::{Action, perform, status_action};
use crate::controller::json::{flag, items, text};
use crate::controller::meta::{is_terminating, own_key, uid};
use crate::controller::pod::{POD, is_finished};
use crate::controller::recorder::record;
use crate::controller::seam::{Change, Cluster, Controller, GroupKind, Key, Propagation, Writer};

const COMPONENT: &str = "kubelet";

/// The kubelets.
#[derive(Default)]
pub(crate) struct Kubelet {
    runs: BTreeMap<Key, Run>,
    /// The images that were pulled, by node.
    images: HashMap<String, BTreeSet<String>>,
}

impl Controller for Kubelet {
    fn name(&self) -> &'static str {
        COMPONENT
    }

    fn keys(&mut self, change: &Change, _: &dyn Cluster) -> Vec<Key> {
        let Some(key) = own_key(change, POD) else {
            return Vec::new();
        };
        if text(change.object(), "spec.nodeName").is_empty() {
            Vec::new()
        } else {
            vec![key]
        }
    }

    fn sync(&mut self, key: &Key, cluster: &mut dyn Cluster) -> Option<Timestamp> {
        let pod = cluster.get(POD, &key.namespace, &key.name);
        let known = self.runs.get(key).map(|run| run.uid.clone());
        if let Some(known) = known
            && pod.as_ref().is_none_or(|pod| uid(pod) != known)
        {
            self.runs.remove(key);
            cluster.logs().forget(&known);
        }
        let pod = pod.filter(|pod| !text(pod, "spec.nodeName").is_empty())?;
        if is_finished(&pod) {
            if is_terminating(&pod) {
                let _ = cluster.delete(&pod, Propagation::Background, Some(0));
            }
            return None;
        }
        let mut run = self.runs.remove(key).unwrap_or_else(|| Run::of(&pod));
        let next = self.drive(&pod, &mut run, cluster);
        self.runs.insert(key.clone(), run);
        next
    }
}

impl Kubelet {
    fn drive(
        &mut self,
        pod: &Value,
        run: &mut Run,
        cluster: &mut dyn Cluster,
    ) -> Option<Timestamp> {
        let now = cluster.now();
        let node = text(pod, "spec.nodeName");
        let images = self.images.entry(node.to_owned()).or_default();
        let host = host_address(node, cluster);
        if is_terminating(pod) {
            let view = View {
                cluster,
                images,
                runs: &self.runs,
                now,
            };
            return match stop(pod, run, &view) {
                Stop::Wait(until, events) => {
                    for event in events {
                        record(cluster, Writer::Kubelet, COMPONENT, &event);
                    }
                    Some(until)
                }
                Stop::Done => {
                    run.stopped = true;
                    report(pod, run, &host, cluster);
                    let _ = cluster.delete(pod, Propagation::Background, Some(0));
                    None
                }
            };
        }
        let number = if run.ip.is_empty() {
            cluster.next_number()
        } else {
            0
        };
        let mut address = || {
            if flag(pod, "spec.hostNetwork") {
                host.clone()
            } else {
                pod_address(number)
            }
        };
        let view = View {
            cluster,
            images,
            runs: &self.runs,
            now,
        };
        let out = step(pod, run, &view, &mut address);
        images.extend(out.pulled);
        for event in &out.events {
            record(cluster, Writer::Kubelet, COMPONENT, event);
        }
        for (container, log) in &out.logs {
            match log {
                None => cluster.logs().start(uid(pod), container),
                Some(log) => cluster.logs().write(uid(pod), container, now, log),
            }
        }
        report(pod, run, &host, cluster);
        out.next
    }
}

fn report(pod: &Value, run: &Run, host: &str, cluster: &mut dyn Cluster) {
    let now = cluster.now();
    if let Some(action) = status_action(pod, status(pod, run, host, now)) {
        debug_assert!(matches!(action, Action::Status(_)));
        let _ = perform(cluster, Writer::Kubelet, COMPONENT, action);
    }
}

/// The address of a node.
fn host_address(node: &str, cluster: &dyn Cluster) -> String {
    let node = cluster.get(GroupKind::new("", "Node"), "", node);
    let addresses = node
        .as_deref()
        .map(|node| items(node, "status.addresses"))
        .unwrap_or_default();
    let internal = addresses
        .iter()
        .find(|address| text(address, "type") == "InternalIP");
    internal
        .map_or("192.0.2.1", |address| text(address, "address"))
        .to_owned()
}

/// The address of the pod with a number, from 10.244.0.0/16.
fn pod_address(number: u64) -> String {
    let number = number % (254 * 254);
    format!("10.244.{}.{}", number / 254 + 1, number % 254 + 1)
}
