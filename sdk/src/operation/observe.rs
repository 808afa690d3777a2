//! Looking at objects as they change, for a time.

use super::OperationError;
use crate::cluster::{Cluster, Selector, Served, WatchEvent, Watched};
use futures::StreamExt as _;
use serde_json::Value;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// What was seen.
#[derive(Clone, Debug, PartialEq)]
pub enum Seen {
    /// An object is new, or was there, or has changed.
    Changed(Arc<Value>),
    /// An object is gone; its last state.
    Gone(Arc<Value>),
    /// Everything that was there has been told.
    Listed,
}

/// Objects that are looked at.
pub struct Observation {
    cluster: Cluster,
    resource: String,
    watched: Watched,
    /// When it ends, on the cluster's clock.
    end: Option<Duration>,
    listed: bool,
}

impl Observation {
    /// Looks at what the selector picks of a kind, for a time; without one, for ever. Nothing is sent
    /// before the first look.
    pub fn new(
        cluster: &Cluster,
        served: &Served,
        namespace: Option<&str>,
        selector: &Selector,
        time: Option<Duration>,
    ) -> Self {
        Self {
            cluster: cluster.clone(),
            resource: served.resource(),
            watched: cluster.watch(served, namespace, selector),
            end: time.map(|time| cluster.clock().now().saturating_add(time)),
            listed: false,
        }
    }

    /// Whether everything that was there has been told.
    pub fn is_listed(&self) -> bool {
        self.listed
    }

    /// What is seen next; nothing when the time is over.
    pub async fn next(&mut self) -> Result<Option<Seen>, OperationError> {
        loop {
            let event = match self.end {
                None => self.watched.next().await,
                Some(end) => {
                    let left = end.saturating_sub(self.cluster.clock().now());
                    let over = self.cluster.clock().sleep(left);
                    tokio::select! {
                        biased;
                        event = self.watched.next() => event,
                        () = over => return Ok(None),
                    }
                }
            };
            return Ok(Some(match event {
                Some(Ok(WatchEvent::Changed(object))) => Seen::Changed(object),
                Some(Ok(WatchEvent::Gone(object))) => Seen::Gone(object),
                Some(Ok(WatchEvent::Listed)) => {
                    self.listed = true;
                    Seen::Listed
                }
                Some(Ok(WatchEvent::Interrupted(_))) => continue,
                Some(Err(error)) => {
                    let what = format!("{} cannot be watched", self.resource);
                    return Err(OperationError::api(what, error));
                }
                None => return Ok(None),
            }));
        }
    }
}

impl fmt::Debug for Observation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observation")
            .field("resource", &self.resource)
            .field("end", &self.end)
            .finish_non_exhaustive()
    }
}
