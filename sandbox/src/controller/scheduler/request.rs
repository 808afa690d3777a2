//! What pods need and nodes have, in whole units: thousandths of a CPU, bytes, pieces.

use std::collections::BTreeMap;

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
                .filter_map(|(name, value)| {
                    let scale = if name == "cpu" { 1000 } else { 1 };
                    Some((name.clone(), quantity(value, scale)?))
                })
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

/// A quantity in units of 1/`scale`, rounded up; none where it does not read as one.
pub(crate) fn quantity(value: &Value, scale: i128) -> Option<i128> {
    if let Some(number) = value.as_i64() {
        return Some(i128::from(number) * scale);
    }
    let text = value.as_str()?;
    let split = text.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-' || c == '+'));
    let (number, suffix) = text.split_at(split.unwrap_or(text.len()));
    let (multiply, divide): (i128, i128) = match suffix {
        "" => (1, 1),
        "n" => (1, 1_000_000_000),
        "u" => (1, 1_000_000),
        "m" => (1, 1000),
        "k" => (1000, 1),
        "M" => (1_000_000, 1),
        "G" => (1_000_000_000, 1),
        "T" => (1_000_000_000_000, 1),
        "P" => (1_000_000_000_000_000, 1),
        "E" => (1_000_000_000_000_000_000, 1),
        "Ki" => (1 << 10, 1),
        "Mi" => (1 << 20, 1),
        "Gi" => (1 << 30, 1),
        "Ti" => (1 << 40, 1),
        "Pi" => (1 << 50, 1),
        "Ei" => (1 << 60, 1),
        exponent => {
            let power: u32 = exponent.strip_prefix(['e', 'E'])?.parse().ok()?;
            (10_i128.checked_pow(power)?, 1)
        }
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let fraction = fraction.get(..fraction.len().min(9))?;
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let divide = divide * 10_i128.pow(fraction.len() as u32);
    let scaled = digits.checked_mul(multiply)?.checked_mul(scale)?;
    Some(scaled.div_euclid(divide) + i128::from(scaled.rem_euclid(divide) != 0))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn quantities() {
        for (text, scale, wanted) in [
            ("500m", 1000, Some(500)),
            ("2", 1000, Some(2000)),
            ("1.5", 1000, Some(1500)),
            ("1Gi", 1, Some(1 << 30)),
            ("1e3", 1, Some(1000)),
            ("100u", 1000, Some(1)),
            ("x", 1, None),
        ] {
            assert_eq!(quantity(&json!(text), scale), wanted, "{text}");
        }
    }

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
