//! The controller of quotas: counts anew what is used when something goes or needs less.

use super::super::usage::Amounts;
use super::uses::{covers, usage};
use crate::controller::seam::{Change, Cluster, Controller, GroupKind, Key, Writer};
use infra_schema::kind::Kind;
use infra_schema::quantity::Quantity;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::sync::Arc;

const QUOTA: GroupKind<'static> = GroupKind::new("", "ResourceQuota");

const DEFINITION: GroupKind<'static> =
    GroupKind::new("apiextensions.k8s.io", "CustomResourceDefinition");

/// What these objects, all of a quota's namespace, use of what the quota bounds.
fn used<'a>(
    objects: impl Iterator<Item = &'a Arc<Value>>,
    plural: impl Fn(&str, &str) -> String,
    quota: &Value,
) -> Amounts {
    let hard = Amounts::of(&quota["spec"]["hard"]);
    let mut total = Amounts::default();
    for (name, _) in hard.iter() {
        total.add(name, Quantity::from(0));
    }
    for object in objects {
        let group = crate::store::group_of(object);
        let kind = object["kind"].as_str().unwrap_or_default();
        if covers(quota, kind, object) {
            let own = usage(group, kind, &plural(group, kind), object);
            total.add_all(&own.only(|name| hard.get(name).is_some()));
        }
    }
    total
}

/// The plural of a kind.
fn plural_of<'a>(
    get: impl Fn(&str, &str) -> Option<String> + 'a,
) -> impl Fn(&str, &str) -> String + 'a {
    move |group, kind| {
        let built_in = Kind::find_latest(group, kind).map(|kind| kind.plural.to_string());
        built_in.or_else(|| get(group, kind)).unwrap_or_default()
    }
}

/// Whether an object uses something else than before.
fn counts_otherwise(before: &Value, after: &Value) -> bool {
    let kind = after["kind"].as_str().unwrap_or_default();
    if !matches!(kind, "Pod" | "PersistentVolumeClaim" | "Service") {
        return false;
    }
    let deadline = |object: &Value| object["spec"]["activeDeadlineSeconds"].is_number();
    usage("", kind, "", before) != usage("", kind, "", after) || deadline(before) != deadline(after)
}

/// Keeps the status of quotas: what they bound, and what is used of it.
pub(crate) struct Quotas;

impl Controller for Quotas {
    fn name(&self) -> &'static str {
        "resourcequota-controller"
    }

    fn keys(&mut self, change: &Change, cluster: &dyn Cluster) -> Vec<Key> {
        let object = change.object();
        let namespace = object["metadata"]["namespace"].as_str().unwrap_or_default();
        // What is new was noted when it came.
        let is_quota = object["kind"] == "ResourceQuota";
        let counts = match (&change.before, &change.after) {
            _ if namespace.is_empty() => false,
            (_, None) => true,
            (None, Some(_)) => is_quota,
            (Some(before), Some(after)) => is_quota || counts_otherwise(before, after),
        };
        if !counts {
            return Vec::new();
        }
        cluster
            .list(QUOTA, namespace)
            .iter()
            .map(|quota| Key::of(quota))
            .collect()
    }

    fn sync(&mut self, key: &Key, cluster: &mut dyn Cluster) -> Option<Timestamp> {
        let quota = cluster.get(QUOTA, &key.namespace, &key.name)?;
        let objects: Vec<Arc<Value>> = cluster
            .kinds()
            .iter()
            .filter(|(_, _, namespaced)| *namespaced)
            .flat_map(|(group, kind, _)| cluster.list(GroupKind::new(group, kind), &key.namespace))
            .collect();
        let definitions = cluster.list(DEFINITION, "");
        let custom = |group: &str, kind: &str| {
            let found = definitions.iter().find(|definition| {
                let spec = &definition["spec"];
                spec["group"] == group && spec["names"]["kind"] == kind
            })?;
            found["spec"]["names"]["plural"].as_str().map(str::to_owned)
        };
        let used = used(objects.iter(), plural_of(custom), &quota).to_json();
        let status = json!({"hard": quota["spec"]["hard"], "used": used});
        if quota["status"] != status {
            let mut quota = Value::clone(&quota);
            quota["status"] = status;
            // Whoever wrote in between brings the quota back into the queue.
            let _ = cluster.update_subresource(Writer::ControllerManager, "status", quota);
        }
        None
    }
}
