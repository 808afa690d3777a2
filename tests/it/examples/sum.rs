//! What workloads ask for together, as the product sums it: the resource tables of the documents.

use super::example::Objects;
use infra_sdk::analysis::{Amounts, Counted, totals};
use serde_json::Value;

/// A sum over pods.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sum {
    /// `requests.cpu`, `limits.memory`, …, or `storage`: what its claims ask for.
    what: String,
    /// `Kind/name` of each workload, and of claims that stand alone; all that are always there,
    /// where none is named.
    #[serde(default)]
    of: Vec<String>,
    /// As autoscalers keep them at their least, or at their most; or one pod of each.
    #[serde(default)]
    pods: Pods,
    /// On how many nodes daemon sets run.
    nodes: Option<i128>,
}

#[derive(Clone, Copy, Debug, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum Pods {
    #[default]
    Least,
    Most,
    One,
}

impl Sum {
    /// As a quantity.
    pub(super) fn over(&self, objects: &Objects) -> Result<Value, String> {
        let totals = totals(&objects.0);
        let name =
            |one: &infra_sdk::analysis::WorkloadTotal| format!("{}/{}", one.id.kind, one.id.name);
        for wanted in &self.of {
            let count = totals
                .workloads
                .iter()
                .filter(|one| name(one) == *wanted)
                .count();
            if count != 1 {
                return Err(format!("there are {count} workloads `{wanted}`"));
            }
        }
        let meant = totals.workloads.iter().filter(|one| {
            self.of.contains(&name(one))
                || (self.of.is_empty() && one.counted != Counted::WhileRunning)
        });
        let mut milli = 0;
        for one in meant {
            let amounts = match self.pods {
                Pods::Least => &one.min,
                Pods::Most => &one.max,
                Pods::One => &one.pod,
            };
            let times = match (one.counted, self.nodes) {
                (Counted::PerNode, None) => {
                    return Err(format!("say on how many `nodes` {} runs", name(one)));
                }
                (Counted::PerNode, Some(nodes)) => nodes,
                _ => 1,
            };
            milli += times * self.milli(amounts);
        }
        Ok(match milli % 1000 {
            0 => (milli / 1000).to_string(),
            _ => format!("{milli}m"),
        }
        .into())
    }

    fn milli(&self, amounts: &Amounts) -> i128 {
        let quantity = match self.what.split_once('.') {
            Some(("requests", resource)) => amounts.requests.get(resource),
            Some(("limits", resource)) => amounts.limits.get(resource),
            _ if self.what == "storage" => Some(&amounts.storage),
            _ => panic!("`{}` is nothing that can be summed", self.what),
        };
        quantity.map_or(0, |quantity| quantity.as_milli().into())
    }
}
