//! Proposals by kind, one file for each builder.

#![allow(
    clippy::unnecessary_wraps,
    reason = "what can say every object has the form of what cannot"
)]

mod autoscaler;
mod config_map;
mod cron_job;
mod daemon_set;
mod deployment;
mod disruption_budget;
mod ingress;
mod job;
mod limit_range;
mod namespace;
mod network_policy;
mod persistent_volume;
mod priority_class;
mod resource_quota;
mod role;
mod role_binding;
mod secret;
mod service;
mod service_account;
mod stateful_set;
mod storage_class;
mod volume_claim;

pub(super) use ingress::is_setting as is_ingress_setting;
pub(super) use namespace::is_pod_security;

use super::code::Code;
use super::context::Context;
use super::pod::{Pod, fields};
use super::setters::get;
use super::wanted::Wanted;
use serde_json::Value;

/// An object that a builder is proposed for.
pub(super) struct Subject<'a> {
    pub(super) wanted: &'a Wanted,
    /// The object, without what defaults of the product bring.
    pub(super) value: &'a Value,
    /// Its namespace, empty for none.
    pub(super) home: &'a str,
    pub(super) context: &'a Context<'a>,
}

/// A builder's call with its own setters; `None` where the builder cannot say what the object does.
type Propose = fn(&Subject<'_>) -> Option<Code>;

/// The proposal for a kind, and whether its builder has the labels of the object itself.
pub(super) fn of(word: (&str, &str)) -> Option<Propose> {
    Some(match word {
        ("v1", "ConfigMap") => config_map::propose,
        ("v1", "Secret") => secret::propose,
        ("v1", "Service") => service::propose,
        ("v1", "Namespace") => namespace::propose,
        ("v1", "ServiceAccount") => service_account::propose,
        ("v1", "PersistentVolumeClaim") => volume_claim::propose,
        ("v1", "PersistentVolume") => persistent_volume::propose,
        ("v1", "ResourceQuota") => resource_quota::propose,
        ("v1", "LimitRange") => limit_range::propose,
        ("apps/v1", "Deployment") => deployment::propose,
        ("apps/v1", "StatefulSet") => stateful_set::propose,
        ("apps/v1", "DaemonSet") => daemon_set::propose,
        ("batch/v1", "Job") => job::propose,
        ("batch/v1", "CronJob") => cron_job::propose,
        ("networking.k8s.io/v1", "Ingress") => ingress::propose,
        ("networking.k8s.io/v1", "NetworkPolicy") => network_policy::propose,
        ("autoscaling/v2", "HorizontalPodAutoscaler") => autoscaler::propose,
        ("policy/v1", "PodDisruptionBudget") => disruption_budget::propose,
        ("rbac.authorization.k8s.io/v1", "Role" | "ClusterRole") => role::propose,
        ("rbac.authorization.k8s.io/v1", "RoleBinding" | "ClusterRoleBinding") => {
            role_binding::propose
        }
        ("scheduling.k8s.io/v1", "PriorityClass") => priority_class::propose,
        ("storage.k8s.io/v1", "StorageClass") => storage_class::propose,
        _ => return None,
    })
}

impl Subject<'_> {
    fn name(&self) -> &str {
        &self.wanted.id.name
    }

    fn spec(&self) -> &Value {
        &self.value["spec"]
    }

    /// Its pods, where it makes any.
    fn pod<'b>(&'b self, receiver: &'static str, template: &str) -> Pod<'b> {
        Pod {
            receiver,
            object: self.value,
            home: self.home,
            template: get(self.value, template),
            context: self.context,
        }
    }

    /// The workload of its namespace that these labels select, and that selects by them itself.
    fn workload(&self, labels: &Value) -> Option<usize> {
        fields(labels).next()?;
        let mut objects = self.context.objects.iter().enumerate();
        let found = objects.find(|(_, other)| {
            other.id.group == "apps"
                && other.id.namespace.as_deref().unwrap_or_default() == self.home
                && get(&other.value, "spec.selector.matchLabels") == labels
                && get(&other.value, "spec.selector.matchExpressions").is_null()
        });
        found.map(|(index, _)| index)
    }
}

/// A selector of labels alone.
fn labels_alone(selector: &Value) -> Option<&Value> {
    let selector = selector.as_object()?;
    let only = selector.keys().all(|key| key == "matchLabels");
    static NONE: Value = Value::Null;
    only.then(|| selector.get("matchLabels").unwrap_or(&NONE))
}

/// A selector's labels as a map of a script.
fn labels_code(labels: &Value) -> Code {
    match labels {
        Value::Null => Code::Map(Vec::new()),
        labels => super::code::json(labels),
    }
}
