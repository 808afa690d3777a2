//! Namespaces: what each has from its start, and its end in the right order.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::condition::{self, Condition};
use super::effect::{perform, status_action};
use super::json::{items, later, set, text};
use super::meta::{is_terminating, name, namespace, own_key, resource};
use super::seam::{Change, Cluster, Controller, GroupKind, Key, Propagation, Writer};

const NAMESPACE: GroupKind<'static> = GroupKind::new("", "Namespace");
const SERVICE_ACCOUNT: GroupKind<'static> = GroupKind::new("", "ServiceAccount");
const CONFIG_MAP: GroupKind<'static> = GroupKind::new("", "ConfigMap");
const ROOT_CERTIFICATE: &str = "kube-root-ca.crt";

/// A certificate that says what it is: nothing in the sandbox is signed.
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nc2FuZGJveA==\n-----END CERTIFICATE-----\n";

/// The controller of namespaces.
pub(crate) struct Namespaces;

impl Controller for Namespaces {
    fn name(&self) -> &'static str {
        "namespace-controller"
    }

    fn keys(&mut self, change: &Change, cluster: &dyn Cluster) -> Vec<Key> {
        if let Some(key) = own_key(change, NAMESPACE) {
            return vec![key];
        }
        let object = change.object();
        let home = namespace(object);
        if home.is_empty() || !change.is_removal() {
            return Vec::new();
        }
        // What a namespace always has comes back; a namespace that ends waits for removals.
        let kept = name(object) == ROOT_CERTIFICATE || name(object) == "default";
        let ends = || {
            cluster
                .get(NAMESPACE, "", home)
                .is_some_and(|home| is_terminating(&home))
        };
        if kept || ends() {
            vec![Key::new("", home)]
        } else {
            Vec::new()
        }
    }

    fn sync(&mut self, key: &Key, cluster: &mut dyn Cluster) -> Option<Timestamp> {
        let home = cluster.get(NAMESPACE, "", &key.name)?;
        if is_terminating(&home) {
            return finish(&home, cluster);
        }
        for (kind, object) in furniture(&key.name) {
            if cluster.get(kind, &key.name, name(&object)).is_none() {
                // A race with a user who makes the same object is lost gladly.
                let _ = cluster.create(Writer::ControllerManager, object);
            }
        }
        None
    }
}

/// The objects that every namespace has.
fn furniture(home: &str) -> [(GroupKind<'static>, Value); 2] {
    [
        (
            SERVICE_ACCOUNT,
            json!({
                "apiVersion": "v1", "kind": "ServiceAccount",
                "metadata": {"name": "default", "namespace": home},
            }),
        ),
        (
            CONFIG_MAP,
            json!({
                "apiVersion": "v1", "kind": "ConfigMap",
                "metadata": {"name": ROOT_CERTIFICATE, "namespace": home, "annotations": {
                    "kubernetes.io/description": "Contains a CA bundle that can be used to verify the \
                     kube-apiserver when using internal endpoints such as the internal service IP or \
                     kubernetes.default.svc. No other usage is guaranteed across distributions of \
                     Kubernetes clusters.",
                }},
                "data": {"ca.crt": CERTIFICATE},
            }),
        ),
    ]
}

/// Deletes what is left in a namespace, pods first, and then lets the namespace go.
fn finish(home: &Value, cluster: &mut dyn Cluster) -> Option<Timestamp> {
    let pods = cluster.list(GroupKind::new("", "Pod"), name(home));
    let mut left = pods;
    if left.is_empty() {
        for (group, kind, namespaced) in cluster.kinds() {
            if namespaced {
                left.extend(cluster.list(GroupKind::new(&group, &kind), name(home)));
            }
        }
    }
    for object in left.iter().filter(|object| !is_terminating(object)) {
        // One that refuses to go is counted among what is left below.
        let _ = cluster.delete(object, Propagation::Background, None);
    }
    let still = |object: &&std::sync::Arc<Value>| {
        cluster
            .get(GroupKind::of(object), name(home), name(object))
            .is_some()
    };
    let rest: Vec<_> = left.iter().filter(still).cloned().collect();
    if !rest.is_empty() {
        let status = ending_status(home, &rest, cluster.now());
        if let Some(action) = status_action(home, status) {
            let _ = perform(
                cluster,
                Writer::ControllerManager,
                "namespace-controller",
                action,
            );
        }
        return Some(later(cluster.now(), 5));
    }
    // Deleting pods came first: the other kinds are looked at once those are gone.
    let others = cluster
        .kinds()
        .into_iter()
        .filter(|(.., namespaced)| *namespaced)
        .any(|(group, kind, _)| {
            !cluster
                .list(GroupKind::new(&group, &kind), name(home))
                .is_empty()
        });
    if others {
        return Some(cluster.now());
    }
    let mut home = home.clone();
    set(&mut home, "spec.finalizers", json!([]));
    super::json::unset(&mut home, "metadata.resourceVersion");
    let _ = cluster.update_subresource(Writer::ControllerManager, "finalize", home);
    None
}

/// The status of a namespace that cannot go yet: how many objects remain, and which finalizers.
fn ending_status(home: &Value, rest: &[std::sync::Arc<Value>], now: Timestamp) -> Value {
    use std::collections::BTreeMap;
    let mut status = home["status"].clone();
    set(&mut status, "phase", "Terminating");
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    let mut finalizers: BTreeMap<String, usize> = BTreeMap::new();
    for object in rest {
        let kind = GroupKind::of(object);
        // The core group leaves its dot.
        let dot = if kind.group.is_empty() { "." } else { "" };
        *kinds.entry(resource(kind) + dot).or_default() += 1;
        for finalizer in items(object, "metadata.finalizers") {
            *finalizers
                .entry(finalizer.as_str().unwrap_or("").to_owned())
                .or_default() += 1;
        }
    }
    let list = |counts: &BTreeMap<String, usize>, what: &str| {
        let parts: Vec<String> = counts
            .iter()
            .map(|(name, count)| format!("{name} {what} {count} resource instances"))
            .collect();
        parts.join(", ")
    };
    let content = format!("Some resources are remaining: {}", list(&kinds, "has"));
    let mut conditions = vec![
        Condition::new(
            "NamespaceDeletionDiscoveryFailure",
            "False",
            "ResourcesDiscovered",
            "All resources successfully discovered",
        ),
        Condition::new(
            "NamespaceDeletionGroupVersionParsingFailure",
            "False",
            "ParsedGroupVersions",
            "All legacy kube types successfully parsed",
        ),
        Condition::new(
            "NamespaceDeletionContentFailure",
            "False",
            "ContentDeleted",
            "All content successfully deleted, may be waiting on finalization",
        ),
        Condition::new(
            "NamespaceContentRemaining",
            "True",
            "SomeResourcesRemain",
            content,
        ),
    ];
    conditions.push(if finalizers.is_empty() {
        Condition::new(
            "NamespaceFinalizersRemaining",
            "False",
            "ContentHasNoFinalizers",
            "All content-preserving finalizers finished",
        )
    } else {
        let message = format!(
            "Some content in the namespace has finalizers remaining: {}",
            list(&finalizers, "in")
        );
        Condition::new(
            "NamespaceFinalizersRemaining",
            "True",
            "SomeFinalizersRemain",
            message,
        )
    });
    for condition in conditions {
        condition::put(&mut status, &condition, now);
    }
    status
}

/// Whether a namespace is there and not going away.
pub(crate) fn is_open(cluster: &dyn Cluster, home: &str) -> bool {
    cluster
        .get(NAMESPACE, "", home)
        .is_some_and(|home| !is_terminating(&home) && text(&home, "status.phase") != "Terminating")
}

#[cfg(test)]
mod tests {
    use super::super::testing::Lab;
    use super::*;

    #[test]
    fn a_namespace_has_its_furniture_and_takes_all_with_it() {
        let mut lab = Lab::new(vec![Box::new(Namespaces)]);
        lab.create(json!({
            "apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"},
            "spec": {"finalizers": ["kubernetes"]},
        }));
        assert!(lab.find("ServiceAccount", "default").is_some());
        assert!(lab.find("ConfigMap", ROOT_CERTIFICATE).is_some());
        lab.create(json!({
            "apiVersion": "v1", "kind": "Secret",
            "metadata": {"name": "held", "namespace": "shop", "finalizers": ["a/b"]},
        }));
        lab.delete("Namespace", "shop", Propagation::Background);
        let home = lab.find("Namespace", "shop").unwrap();
        assert_eq!(text(&home, "status.phase"), "Terminating");
        let held = condition::find(&home["status"], "NamespaceFinalizersRemaining").unwrap();
        assert_eq!(
            text(held, "message"),
            "Some content in the namespace has finalizers remaining: a/b in 1 resource instances"
        );
        lab.change("Secret", "held", |secret| {
            set(secret, "metadata.finalizers", json!([]));
        });
        lab.pass(10);
        assert!(lab.find("Namespace", "shop").is_none());
    }
}
