//! Pods, requests, limits and storage, as amounts that can be added up.

use infra_schema::quantity::Quantity;
use serde::{Serialize, Serializer};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// So many pods with all that they ask for.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Amounts {
    /// How many pods.
    pub pods: i64,
    /// What is set aside for them, by the name of the resource (`cpu`, `memory`, …).
    #[serde(serialize_with = "as_texts")]
    pub requests: BTreeMap<String, Quantity>,
    /// What they may use, as far as containers have a limit.
    #[serde(serialize_with = "as_texts")]
    pub limits: BTreeMap<String, Quantity>,
    /// Of CPU and memory, what some container has no limit of.
    pub unlimited: BTreeSet<String>,
    /// What claims ask for.
    #[serde(serialize_with = "as_text")]
    pub storage: Quantity,
}

fn as_text<S: Serializer>(quantity: &Quantity, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(quantity)
}

fn as_texts<S: Serializer>(
    quantities: &BTreeMap<String, Quantity>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(
        quantities
            .iter()
            .map(|(name, quantity)| (name, quantity.to_string())),
    )
}

impl Amounts {
    /// These and others together.
    pub(super) fn add(&mut self, other: &Self) {
        self.pods = self.pods.saturating_add(other.pods);
        sum(&mut self.requests, &other.requests);
        sum(&mut self.limits, &other.limits);
        self.unlimited.extend(other.unlimited.iter().cloned());
        self.storage = self.storage + other.storage;
    }

    /// Of each resource whichever is more.
    pub(super) fn most(&mut self, other: &Self) {
        let most = |mine: &mut BTreeMap<String, Quantity>, theirs: &BTreeMap<String, Quantity>| {
            for (name, quantity) in theirs {
                let place = mine.entry(name.clone()).or_default();
                *place = (*place).max(*quantity);
            }
        };
        most(&mut self.requests, &other.requests);
        most(&mut self.limits, &other.limits);
        self.unlimited.extend(other.unlimited.iter().cloned());
    }

    /// The same so many times; nothing for none.
    pub(super) fn times(&self, count: i64) -> Self {
        if count == 0 {
            return Self::default();
        }
        let times = |quantities: &BTreeMap<String, Quantity>| {
            let quantities = quantities.iter();
            quantities
                .map(|(name, quantity)| (name.clone(), quantity.times(count)))
                .collect()
        };
        Self {
            pods: self.pods.saturating_mul(count),
            requests: times(&self.requests),
            limits: times(&self.limits),
            unlimited: self.unlimited.clone(),
            storage: self.storage.times(count),
        }
    }
}

fn sum(mine: &mut BTreeMap<String, Quantity>, theirs: &BTreeMap<String, Quantity>) {
    for (name, quantity) in theirs {
        let place = mine.entry(name.clone()).or_default();
        *place = *place + *quantity;
    }
}

/// The quantities of a map such as `requests`; what is none is left out.
pub(super) fn quantities(map: &Value) -> BTreeMap<String, Quantity> {
    let entries = map.as_object().into_iter().flatten();
    entries
        .filter_map(|(name, value)| Some((name.clone(), quantity(value)?)))
        .collect()
}

/// A quantity, which may stand as a number too.
pub(super) fn quantity(value: &Value) -> Option<Quantity> {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number.to_string().parse().ok(),
        _ => None,
    }
}
