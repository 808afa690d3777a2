//! Namespaces: what each has from its start, and its end in the right order.

mod end;

use jiff::Timestamp;
use serde_json::{Value, json};

use self::end::End;
use super::json::{later, text};
use super::meta::{is_terminating, name, namespace, own_key};
use super::retry::Retries;
use super::seam::{Change, Cluster, Controller, GroupKind, Key, Writer};

const NAMESPACE: GroupKind<'static> = GroupKind::new("", "Namespace");
const SERVICE_ACCOUNT: GroupKind<'static> = GroupKind::new("", "ServiceAccount");
const CONFIG_MAP: GroupKind<'static> = GroupKind::new("", "ConfigMap");
const ROOT_CERTIFICATE: &str = "kube-root-ca.crt";

/// A certificate that says what it is: nothing in the sandbox is signed.
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nc2FuZGJveA==\n-----END CERTIFICATE-----\n";

/// The controller of namespaces.
#[derive(Default)]
pub(crate) struct Namespaces {
    retries: Retries,
}

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
        // What a namespace always has comes back.
        let kept = name(object) == ROOT_CERTIFICATE || name(object) == "default";
        if kept && change.is_removal() && is_open(cluster, home) {
            vec![Key::new("", home)]
        } else {
            Vec::new()
        }
    }

    fn sync(&mut self, key: &Key, cluster: &mut dyn Cluster) -> Option<Timestamp> {
        let Some(home) = cluster.get(NAMESPACE, "", &key.name) else {
            self.retries.forget(key);
            return None;
        };
        if is_terminating(&home) {
            return match end::end(&home, cluster) {
                End::Gone => None,
                End::Waits(seconds) => Some(later(cluster.now(), seconds)),
                End::Failed => Some(self.retries.failed(key, cluster.now())),
            };
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

/// Whether a namespace is there and not going away.
pub(crate) fn is_open(cluster: &dyn Cluster, home: &str) -> bool {
    cluster
        .get(NAMESPACE, "", home)
        .is_some_and(|home| !is_terminating(&home) && text(&home, "status.phase") != "Terminating")
}

#[cfg(test)]
mod tests {
    use super::super::condition;
    use super::super::json::set;
    use super::super::seam::Propagation;
    use super::super::testing::Lab;
    use super::*;

    #[test]
    fn a_namespace_has_its_furniture_and_takes_all_with_it() {
        let mut lab = Lab::new(vec![Box::new(Namespaces::default())]);
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
