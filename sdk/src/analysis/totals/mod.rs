//! What an environment asks for: requests, limits and storage, for each workload and in all.

mod amounts;
mod pod;
mod workload;

#[cfg(test)]
mod tests;

pub use amounts::Amounts;
pub use workload::{Counted, WorkloadTotal};

use serde::Serialize;
use serde_json::Value;

/// What the workloads and claims of an environment ask for.
///
/// One pod is counted as the scheduler counts it: its containers and sidecars together, or what its
/// init containers need before them, whatever is more; a limit stands for a request that is not
/// there. What a runtime class adds to a pod is not known here.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Totals {
    /// Each workload, and each claim that stands alone, in the order of the objects.
    pub workloads: Vec<WorkloadTotal>,
    /// What is there all the time, where autoscalers keep it at its least.
    pub min: Amounts,
    /// The same at its most.
    pub max: Amounts,
    /// What each node has besides: daemon sets whose nodes are not known.
    pub per_node: Amounts,
    /// What jobs and cron jobs need besides, while all of them run.
    pub while_running: Amounts,
}

impl Totals {
    /// Whether nothing in it asks for anything.
    pub fn is_empty(&self) -> bool {
        self.workloads.is_empty()
    }
}

/// The sum of objects: those of a plan, or those that were read from a cluster. A daemon set counts
/// once for each of its nodes where its status says how many they are, else [per
/// node](Totals::per_node).
pub fn totals<'a>(objects: impl IntoIterator<Item = &'a Value>) -> Totals {
    let objects: Vec<&Value> = objects.into_iter().collect();
    let bounds = workload::bounds(&objects);
    let mut totals = Totals::default();
    for object in objects {
        let Some(one) = workload::of(object, &bounds) else {
            continue;
        };
        match one.counted {
            Counted::Always => {
                totals.min.add(&one.min);
                totals.max.add(&one.max);
            }
            Counted::PerNode => totals.per_node.add(&one.max),
            Counted::WhileRunning => totals.while_running.add(&one.max),
        }
        totals.workloads.push(one);
    }
    totals
}
