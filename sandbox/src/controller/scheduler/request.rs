//! What pods need and nodes have, in whole units: thousandths of a CPU, bytes, pieces.

use std::collections::BTreeMap;

use infra_schema::quantity::Quantity;
use serde_json::Value;

use super::super::json::{at, items, text};

/// Amounts by resource name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Request(BTreeMap<String, i128>);

impl Request {
    /// What a pod needs: its containers and side containers together, or its largest init
    /// container if that is more, and its overhead.
    pub(crate) fn of_pod(pod: &Value) -> Self {
        let mut running = Self::default();
        for container in items(pod, "spec.containers") {
            running.add(&Self::of(at(container, "resources.requests")), 1);
        }
        let mut sidecars = Self::default();
        let mut peak = Self::default();
        for container in items(pod, "spec.initContainers") {
            let own = Self::of(at(container, "resources.requests"));
            if text(container, "restartPolicy") == "Always" {
                sidecars.add(&own, 1);
                peak.raise(&sidecars);
            } else {
                let mut here = sidecars.clone();
                here.add(&own, 1);
                peak.raise(&here);
            }
        }
        running.add(&sidecars, 1);
        running.raise(&peak);
        running.add(&Self::of(at(pod, "spec.overhead")), 1);
        running
    }

    /// What a node can give to pods.
    pub(crate) fn allocatable(node: &Value) -> Self {
        let list = at(node, "status.allocatable");
        Self::of(if list.is_null() {
            at(node, "status.capacity")
        } else {
            list
        })
    }

    fn of(list: &Value) -> Self {
        Self(
            list.as_object()
                .into_iter()
                .flatten()
                .filter_map(|(name, value)| Some((name.clone(), amount(value, name == "cpu")?)))
                .collect(),
        )
    }

    /// Adds (or, with -1, takes away) another amount.
    pub(crate) fn add(&mut self, other: &Self, sign: i64) {
        for (name, amount) in &other.0 {
            *self.0.entry(name.clone()).or_default() += amount * i128::from(sign);
        }
    }

    fn raise(&mut self, other: &Self) {
        for (name, amount) in &other.0 {
            let own = self.0.entry(name.clone()).or_default();
            *own = (*own).max(*amount);
        }
    }

    /// An amount; zero where it is not named.
    pub(crate) fn get(&self, name: &str) -> i128 {
        self.0.get(name).copied().unwrap_or(0)
    }

    /// The amounts, in order of the names.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, i128)> {
        self.0.iter().map(|(name, amount)| (name.as_str(), *amount))
    }

    /// The larger share of CPU and memory that this is of a whole, in thousandths.
    pub(crate) fn permille_of(&self, whole: &Self) -> i128 {
        let share = |name| {
            let whole = whole.get(name);
            if whole > 0 {
                self.get(name) * 1000 / whole
            } else {
                0
            }
        };
        share("cpu").max(share("memory"))
    }
}

/// A quantity in whole units, rounded up, or in thousandths; none where it does not read as one.
fn amount(value: &Value, in_thousandths: bool) -> Option<i128> {
    let quantity = match value {
        Value::String(text) => Quantity::parse(text).ok()?,
        number => Quantity::from(number.as_i64()?),
    };
    Some(i128::from(if in_thousandths {
        quantity.as_milli()
    } else {
        quantity.value()
    }))
}

/// A size in bytes.
pub(crate) fn bytes(value: &Value) -> Option<i128> {
    amount(value, false)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn init_containers_count_by_their_peak() {
        let cpu = |cpu: &str| json!({"requests": {"cpu": cpu}});
        let pod = json!({"spec": {
            "containers": [{"resources": cpu("1")}, {"resources": cpu("500m")}],
            "initContainers": [
                {"resources": cpu("200m"), "restartPolicy": "Always"},
                {"resources": cpu("3")},
            ],
        }});
        assert_eq!(Request::of_pod(&pod).get("cpu"), 3200);
    }
}
