//! Draining: cordoning, evicting, and waiting until the pods are gone.

use super::super::{OperationError, cordon, cordon::node, find, uncordon};
use super::{DrainError, DrainOptions, Left, Verdict, verdict};
use crate::cluster::{Cluster, Eviction, Selector};
use crate::engine::kinds;
use crate::object::ObjectId;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How long to wait before the node's pods are looked at again.
const ROUND: Duration = Duration::from_secs(1);

/// How long to wait before a pod that its budget keeps is tried again.
const BLOCKED: Duration = Duration::from_secs(5);

/// What a drain tells while it goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DrainEvent {
    /// No new pod comes to the node.
    Cordoned,
    /// A pod goes.
    Evicted(ObjectId),
    /// A pod has to wait, for this reason; told once for each reason.
    Blocked(ObjectId, String),
}

/// What a drain has done, or in a dry run would.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drained {
    /// The pods that were evicted.
    pub evicted: Vec<ObjectId>,
    /// The pods that stay, and why.
    pub stayed: Vec<Left>,
}

/// Empties a node: cordons it and evicts its pods, as far and as fast as their disruption budgets
/// allow. Where a pod must not be evicted, nothing is changed at all.
pub async fn drain(
    cluster: &Cluster,
    name: &str,
    options: &DrainOptions,
    dry_run: bool,
    events: &(dyn Fn(DrainEvent) + Send + Sync),
) -> Result<Drained, DrainError> {
    let found = find(cluster, &node(name), "", &[]).await?;
    let mut sorted = sort(pods(cluster, name).await?, name, options)?;
    if dry_run {
        cordon(cluster, name, true).await?;
        return Ok(sorted.drained());
    }
    let started = cluster.clock().now();
    cordon(cluster, name, false).await?;
    events(DrainEvent::Cordoned);
    // Others may have come before it was cordoned.
    sorted = match sort(pods(cluster, name).await?, name, options) {
        Ok(sorted) => sorted,
        Err(refused) => {
            if found.object["spec"]["unschedulable"] != true {
                uncordon(cluster, name, false).await?;
            }
            return Err(refused);
        }
    };
    let mut drained = Drained {
        evicted: Vec::new(),
        ..sorted.drained()
    };
    let going: BTreeSet<String> = sorted.going.iter().map(uid).collect();
    let mut left = sorted.going;
    let mut blocked: BTreeMap<String, Blocked> = BTreeMap::new();
    loop {
        for pod in &left {
            let now = cluster.clock().now();
            let waits = blocked
                .get(&uid(pod))
                .is_some_and(|blocked| now < blocked.until);
            if waits || pod["metadata"]["deletionTimestamp"].is_string() {
                continue;
            }
            match evict(cluster, pod, options).await? {
                Eviction::Gone => {}
                Eviction::Granted => {
                    blocked.remove(&uid(pod));
                    events(DrainEvent::Evicted(ObjectId::of(pod)));
                    drained.evicted.push(ObjectId::of(pod));
                }
                Eviction::Blocked {
                    reason,
                    retry_after,
                } => {
                    let until = now + retry_after.unwrap_or(BLOCKED);
                    let before = blocked.insert(
                        uid(pod),
                        Blocked {
                            reason: reason.clone(),
                            until,
                        },
                    );
                    if before.is_none_or(|before| before.reason != reason) {
                        events(DrainEvent::Blocked(ObjectId::of(pod), reason));
                    }
                }
            }
        }
        left = pods(cluster, name).await?;
        left.retain(|pod| going.contains(&uid(pod)));
        if left.is_empty() {
            return Ok(drained);
        }
        if cluster.clock().now().saturating_sub(started) >= options.timeout {
            let why = |pod: &Value| Left {
                id: ObjectId::of(pod),
                reason: blocked
                    .get(&uid(pod))
                    .map_or_else(|| "does not end".to_owned(), |one| one.reason.clone()),
            };
            return Err(DrainError::TimedOut {
                node: name.to_owned(),
                pods: left.iter().map(why).collect(),
            });
        }
        cluster.clock().sleep(ROUND).await;
    }
}

struct Blocked {
    reason: String,
    until: Duration,
}

/// The pods of a node by what becomes of them.
struct Sorted {
    going: Vec<Value>,
    stayed: Vec<Left>,
}

impl Sorted {
    fn drained(&self) -> Drained {
        Drained {
            evicted: self.going.iter().map(ObjectId::of).collect(),
            stayed: self.stayed.clone(),
        }
    }
}

fn sort(pods: Vec<Value>, node: &str, options: &DrainOptions) -> Result<Sorted, DrainError> {
    let mut sorted = Sorted {
        going: Vec::new(),
        stayed: Vec::new(),
    };
    let (mut refused, mut say) = (Vec::new(), BTreeSet::new());
    for pod in pods {
        let left = |reason: &str| Left {
            id: ObjectId::of(&pod),
            reason: reason.to_owned(),
        };
        match verdict(&pod, options) {
            Verdict::Evict | Verdict::Await => sorted.going.push(pod),
            Verdict::Stay(reason) => sorted.stayed.push(left(reason)),
            Verdict::Refuse(reason, option) => {
                say.insert(option);
                refused.push(left(reason));
            }
        }
    }
    if refused.is_empty() {
        return Ok(sorted);
    }
    Err(DrainError::Refused {
        node: node.to_owned(),
        pods: refused,
        options: say.into_iter().collect(),
    })
}

fn uid(pod: &Value) -> String {
    pod["metadata"]["uid"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// The pods of a node, by namespace and name.
async fn pods(cluster: &Cluster, node: &str) -> Result<Vec<Value>, OperationError> {
    let selector = Selector::fields(format!("spec.nodeName={node}"));
    let served = kinds::builtin("", "Pod");
    let mut pods = cluster
        .list_all(&served, None, &selector)
        .await
        .map_err(|error| {
            OperationError::api(
                format!("the pods of the node `{node}` cannot be read"),
                error,
            )
        })?;
    pods.sort_by_cached_key(ObjectId::of);
    Ok(pods)
}

async fn evict(
    cluster: &Cluster,
    pod: &Value,
    options: &DrainOptions,
) -> Result<Eviction, OperationError> {
    let id = ObjectId::of(pod);
    let namespace = id.namespace.as_deref().unwrap_or_default();
    let grace = options.grace_period.map(|time| time.as_secs() as i64);
    let evicted = cluster.evict((namespace, &id.name), &uid(pod), grace).await;
    evicted.map_err(|error| OperationError::api(format!("{id} cannot be evicted"), error))
}
