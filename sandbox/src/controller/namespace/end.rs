//! The end of a namespace: pods first, then all else, then the namespace.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::condition::{self, Condition};
use super::super::effect::{perform, status_action};
use super::super::json::{int, items, seconds_between, set, text, time};
use super::super::meta::{is_terminating, name, resource};
use super::super::pod::{POD, is_finished};
use super::super::seam::{Cluster, GroupKind, Propagation, Writer};

const COMPONENT: &str = "namespace-controller";
/// How many seconds are reckoned with for what finalizers hold.
const FOR_FINALIZERS: i64 = 15;

/// What a look at a namespace that ends came to.
pub(super) enum End {
    /// Nothing was left in it.
    Gone,
    /// Something goes in its time: look again after so many seconds.
    Waits(i64),
    /// Something stays though nothing holds it.
    Failed,
}

/// What is left of a kind, or of all.
#[derive(Default)]
struct Left {
    /// Seconds until it may be gone.
    estimate: i64,
    kinds: BTreeMap<String, usize>,
    finalizers: BTreeMap<String, usize>,
    errors: Vec<String>,
}

/// Deletes what is in a namespace; lets the namespace go when nothing is left.
pub(super) fn end(home: &Value, cluster: &mut dyn Cluster) -> End {
    let pods = Left::of(home, POD, cluster);
    // What the conditions tell is counted when the pods are gone.
    let (left, told) = if pods.kinds.is_empty() {
        let mut left = Left::default();
        for (group, kind, namespaced) in cluster.kinds() {
            let kind = GroupKind::new(&group, &kind);
            if namespaced && kind != POD {
                left.add(Left::of(home, kind, cluster));
            }
        }
        let told = conditions(&left.kinds, &left.finalizers, &left.errors);
        (left, told)
    } else {
        let none = BTreeMap::new();
        let told = conditions(&none, &none, &pods.errors);
        (pods, told)
    };
    let status = status(home, &told, cluster.now());
    if let Some(action) = status_action(home, status) {
        let _ = perform(cluster, Writer::ControllerManager, COMPONENT, action);
    }
    if !left.errors.is_empty() {
        return End::Failed;
    }
    if left.estimate > 0 {
        return End::Waits(left.estimate / 2 + 1);
    }
    let mut home = home.clone();
    set(&mut home, "spec.finalizers", json!([]));
    super::super::json::unset(&mut home, "metadata.resourceVersion");
    let _ = cluster.update_subresource(Writer::ControllerManager, "finalize", home);
    End::Gone
}

impl Left {
    /// Deletes all objects of a kind. Answers what stays for now.
    fn of(home: &Value, kind: GroupKind<'_>, cluster: &mut dyn Cluster) -> Self {
        let objects = cluster.list(kind, name(home));
        if objects.is_empty() {
            return Self::default();
        }
        let grace = patience(home, &objects, cluster.now());
        for object in objects.iter().filter(|object| !is_terminating(object)) {
            // One that refuses to go is counted among what is left.
            let _ = cluster.delete(object, Propagation::Background, None);
        }
        let objects = cluster.list(kind, name(home));
        let mut left = Self::default();
        let Some(first) = objects.first() else {
            return left;
        };
        // The core group leaves its dot.
        let dot = if kind.group.is_empty() { "." } else { "" };
        left.kinds.insert(resource(kind) + dot, objects.len());
        for finalizer in objects
            .iter()
            .flat_map(|object| items(object, "metadata.finalizers"))
        {
            let finalizer = finalizer.as_str().unwrap_or_default().to_owned();
            *left.finalizers.entry(finalizer).or_default() += 1;
        }
        left.estimate = match grace {
            0 if left.finalizers.is_empty() => 0,
            0 => FOR_FINALIZERS,
            grace => grace,
        };
        if left.estimate == 0 {
            let version = text(first, "apiVersion");
            // A version without a group is written with the slash before it.
            let slash = if version.contains('/') { "" } else { "/" };
            let plural = resource(kind);
            let plural = plural.split('.').next().unwrap_or_default();
            left.errors.push(format!(
                "unexpected items still remain in namespace: {} for gvr: {slash}{version}, Resource={plural}",
                name(home)
            ));
        }
        left
    }

    fn add(&mut self, other: Self) {
        self.estimate = self.estimate.max(other.estimate);
        self.kinds.extend(other.kinds);
        for (finalizer, number) in other.finalizers {
            *self.finalizers.entry(finalizer).or_default() += number;
        }
        self.errors.extend(other.errors);
    }
}

/// How many seconds pods may still take to stop, from the namespace's deletion on.
fn patience(home: &Value, objects: &[Arc<Value>], now: Timestamp) -> i64 {
    let longest = objects
        .iter()
        .filter(|object| text(object, "kind") == "Pod" && !is_finished(object))
        .filter_map(|pod| int(pod, "spec.terminationGracePeriodSeconds"))
        .max()
        .unwrap_or(0);
    let since = time(home, "metadata.deletionTimestamp").unwrap_or(now);
    if seconds_between(since, now) >= longest {
        0
    } else {
        longest
    }
}

fn list(counts: &BTreeMap<String, usize>, what: &str) -> String {
    let parts: Vec<String> = counts
        .iter()
        .map(|(name, count)| format!("{name} {what} {count} resource instances"))
        .collect();
    parts.join(", ")
}

/// What is said of a namespace that ends, in the order of its conditions.
fn conditions(
    kinds: &BTreeMap<String, usize>,
    finalizers: &BTreeMap<String, usize>,
    errors: &[String],
) -> Vec<Condition> {
    let good = |kind, reason, message: &str| Condition::new(kind, "False", reason, message);
    let mut told = vec![
        good(
            "NamespaceDeletionDiscoveryFailure",
            "ResourcesDiscovered",
            "All resources successfully discovered",
        ),
        good(
            "NamespaceDeletionGroupVersionParsingFailure",
            "ParsedGroupVersions",
            "All legacy kube types successfully parsed",
        ),
    ];
    let kind = "NamespaceDeletionContentFailure";
    told.push(if errors.is_empty() {
        let message = "All content successfully deleted, may be waiting on finalization";
        good(kind, "ContentDeleted", message)
    } else {
        let mut errors = errors.to_vec();
        errors.sort();
        let (number, errors) = (errors.len(), errors.join(", "));
        let message = format!("Failed to delete all resource types, {number} remaining: {errors}");
        Condition::new(kind, "True", "ContentDeletionFailed", message)
    });
    let kind = "NamespaceContentRemaining";
    told.push(if kinds.is_empty() {
        good(kind, "ContentRemoved", "All content successfully removed")
    } else {
        let message = format!("Some resources are remaining: {}", list(kinds, "has"));
        Condition::new(kind, "True", "SomeResourcesRemain", message)
    });
    let kind = "NamespaceFinalizersRemaining";
    told.push(if finalizers.is_empty() {
        let message = "All content-preserving finalizers finished";
        good(kind, "ContentHasNoFinalizers", message)
    } else {
        let left = list(finalizers, "in");
        let message = format!("Some content in the namespace has finalizers remaining: {left}");
        Condition::new(kind, "True", "SomeFinalizersRemain", message)
    });
    told
}

fn status(home: &Value, told: &[Condition], now: Timestamp) -> Value {
    let mut status = home["status"].clone();
    set(&mut status, "phase", "Terminating");
    for condition in told {
        condition::put(&mut status, condition, now);
    }
    status
}
