//! Amounts of resources, as limits and quotas count them.

use infra_schema::quantity::Quantity;
use serde_json::Value;
use std::collections::BTreeMap;

/// Quantities by the name of the resource.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Amounts(BTreeMap<String, Quantity>);

fn quantity(value: &Value) -> Option<Quantity> {
    match value {
        Value::String(text) => Quantity::parse(text).ok(),
        Value::Number(number) => Quantity::parse(&number.to_string()).ok(),
        _ => None,
    }
}

impl Amounts {
    /// The amounts in a JSON map of quantities; what is none is left out.
    pub(super) fn of(map: &Value) -> Self {
        let entries = map.as_object().into_iter().flatten();
        Self(
            entries
                .filter_map(|(name, value)| Some((name.clone(), quantity(value)?)))
                .collect(),
        )
    }

    pub(super) fn get(&self, name: &str) -> Option<&Quantity> {
        self.0.get(name)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Quantity)> {
        self.0.iter().map(|(name, amount)| (name.as_str(), amount))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds to one amount.
    pub(super) fn add(&mut self, name: &str, amount: Quantity) {
        let sum = self.0.get(name).map_or(amount, |known| *known + amount);
        self.0.insert(name.to_owned(), sum);
    }

    /// Adds all of the other's amounts.
    pub(super) fn add_all(&mut self, other: &Self) {
        for (name, amount) in other.iter() {
            self.add(name, *amount);
        }
    }

    /// Raises amounts to the other's where that has more.
    pub(super) fn raise(&mut self, other: &Self) {
        for (name, amount) in other.iter() {
            if self.get(name).is_none_or(|known| known < amount) {
                self.0.insert(name.to_owned(), *amount);
            }
        }
    }

    /// Only the amounts whose name fits.
    pub(super) fn only(&self, fits: impl Fn(&str) -> bool) -> Self {
        Self(
            self.0
                .iter()
                .filter(|(name, _)| fits(name))
                .map(|(n, a)| (n.clone(), *a))
                .collect(),
        )
    }

    /// As a JSON map.
    pub(super) fn to_json(&self) -> Value {
        self.0
            .iter()
            .map(|(name, amount)| (name.clone(), Value::from(amount.to_string())))
            .collect()
    }

    /// `cpu=1,memory=2Gi`, as messages print them.
    pub(super) fn print(&self) -> String {
        let texts: Vec<String> = self
            .iter()
            .map(|(name, amount)| format!("{name}={amount}"))
            .collect();
        texts.join(",")
    }
}

/// The containers of a pod, those that run before it included.
pub(super) fn containers(pod: &Value) -> impl Iterator<Item = &Value> {
    ["containers", "initContainers"]
        .into_iter()
        .flat_map(|list| pod["spec"][list].as_array().into_iter().flatten())
}

/// A pod's `requests` or `limits`: its containers together, or more where an init container needs
/// more, and its overhead.
pub(super) fn of_pod(pod: &Value, part: &str) -> Amounts {
    let list = |name: &str| pod["spec"][name].as_array().into_iter().flatten();
    let own = |container: &Value| Amounts::of(&container["resources"][part]);
    let mut total = Amounts::default();
    for container in list("containers") {
        total.add_all(&own(container));
    }
    let (mut sidecars, mut peak) = (Amounts::default(), Amounts::default());
    for container in list("initContainers") {
        if container["restartPolicy"] == "Always" {
            sidecars.add_all(&own(container));
            peak.raise(&sidecars);
        } else {
            let mut here = sidecars.clone();
            here.add_all(&own(container));
            peak.raise(&here);
        }
    }
    total.add_all(&sidecars);
    total.raise(&peak);
    let overhead = Amounts::of(&pod["spec"]["overhead"]);
    if !total.is_empty() {
        total.add_all(&overhead);
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_pod_needs_its_containers_or_its_largest_beginning() {
        let pod = json!({"spec": {
            "containers": [
                {"resources": {"requests": {"cpu": "100m"}}},
                {"resources": {"requests": {"cpu": "200m", "memory": "1Gi"}}},
            ],
            "initContainers": [{"resources": {"requests": {"cpu": "1"}}}],
        }});
        assert_eq!(of_pod(&pod, "requests").print(), "cpu=1,memory=1Gi");
    }
}
