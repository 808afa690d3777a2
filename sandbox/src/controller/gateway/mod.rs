//! The Gateway API, as far as its users see it: classes that are there are accepted, gateways of them
//! get an address, and routes are told whether they are taken. No request is ever sent through them.

mod class;
mod door;
mod route;

pub(crate) use class::Classes;
pub(crate) use door::Gateways;
pub(crate) use route::Routes;

use jiff::Timestamp;
use serde_json::Value;

use super::condition::{self, Condition};
use super::json::{child_list, items, set, text};
use super::seam::{Cluster, GroupKind};

const GROUP: &str = "gateway.networking.k8s.io";
const CLASS: GroupKind<'static> = GroupKind::new(GROUP, "GatewayClass");
const GATEWAY: GroupKind<'static> = GroupKind::new(GROUP, "Gateway");
const ROUTE: GroupKind<'static> = GroupKind::new(GROUP, "HTTPRoute");
const GRANT: GroupKind<'static> = GroupKind::new(GROUP, "ReferenceGrant");
const COMPONENT: &str = "gateway-controller";

/// Sets a condition that says which generation of the object it is about.
fn judge(holder: &mut Value, said: &Condition, object: &Value, now: Timestamp) {
    condition::put(holder, said, now);
    for one in child_list(holder, "conditions") {
        if text(one, "type") == said.kind {
            set(
                one,
                "observedGeneration",
                object["metadata"]["generation"].clone(),
            );
        }
    }
}

/// `namespace` of a reference, which is the object's own where it says none.
fn home<'a>(reference: &'a Value, object: &'a Value) -> &'a str {
    match text(reference, "namespace") {
        "" => text(object, "metadata.namespace"),
        namespace => namespace,
    }
}

/// Whether an object may name something: it stands in its own namespace, or that of the other allows
/// it.
fn may_name(
    cluster: &dyn Cluster,
    object: &Value,
    (kind, namespace, name): (&str, &str, &str),
) -> bool {
    let own = text(object, "metadata.namespace");
    if own == namespace {
        return true;
    }
    let grants = cluster.list(GRANT, namespace);
    grants.iter().any(|grant| {
        let from = items(grant, "spec.from").iter().any(|from| {
            text(from, "group") == GROUP
                && text(from, "kind") == text(object, "kind")
                && text(from, "namespace") == own
        });
        let to = items(grant, "spec.to").iter().any(|to| {
            text(to, "group").is_empty()
                && text(to, "kind") == kind
                && [name, ""].contains(&text(to, "name"))
        });
        from && to
    })
}
