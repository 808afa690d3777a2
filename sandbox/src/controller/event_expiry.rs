//! Events are forgotten an hour after they were last told, as an API server does.

use jiff::Timestamp;

use super::json::{later, time};
use super::meta::own_key;
use super::seam::{Change, Cluster, Controller, GroupKind, Key, Propagation};

const EVENT: GroupKind<'static> = GroupKind::new("", "Event");
/// Seconds for which an event is kept.
const KEPT: i64 = 3600;

/// What makes events go.
pub(crate) struct EventExpiry;

impl Controller for EventExpiry {
    fn name(&self) -> &'static str {
        "event-expiry"
    }

    fn keys(&mut self, change: &Change, _: &dyn Cluster) -> Vec<Key> {
        if change.is_removal() {
            return Vec::new();
        }
        own_key(change, EVENT).into_iter().collect()
    }

    fn sync(&mut self, key: &Key, cluster: &mut dyn Cluster) -> Option<Timestamp> {
        let event = cluster.get(EVENT, &key.namespace, &key.name)?;
        let told = time(&event, "lastTimestamp")
            .or_else(|| time(&event, "eventTime"))
            .or_else(|| time(&event, "metadata.creationTimestamp"))?;
        let end = later(told, KEPT);
        if end > cluster.now() {
            return Some(end);
        }
        // One that stays for a finalizer is not looked at again.
        let _ = cluster.delete(&event, Propagation::Background, None);
        None
    }
}
