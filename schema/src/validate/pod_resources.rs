//! Resources of a pod as a whole, beside those of its containers.

use std::collections::BTreeMap;

use serde_json::Value;

use super::container::{self, amount};
use super::look::{entries, field, items, text};
use super::path::{Found, Path};
use super::quota;
use crate::names;
use crate::quantity::Quantity;

type Amounts = BTreeMap<String, Quantity>;

/// Resources of the pod as a whole.
pub(super) fn check(spec: &Value, path: &Path<'_>, found: &mut Found) {
    let Some(given) = field(spec, "resources") else {
        return;
    };
    let path = path.field("resources");
    if field(given, "claims").is_some() {
        let detail = "claims may not be set for Resources at pod-level";
        path.field("claims").forbidden(found, detail);
    }
    let names = container::claimed(spec);
    container::requirements(given, &names, &path, found, |name, path, found| {
        let shown = Value::from(name);
        let wrong = names::label_key(name);
        let huge = name.starts_with("hugepages-");
        if !wrong.is_empty() {
            path.invalid_each(found, &shown, wrong);
        } else if !name.contains('/') && !huge && !quota::is_standard(name) && name != "storage" {
            let detail = "must be a standard resource type or fully qualified";
            path.invalid(found, &shown, detail);
        } else if !huge && !matches!(name, "cpu" | "memory") {
            path.unsupported(found, &shown, &["cpu", "hugepages-", "memory"]);
        }
    });
    sums(spec, given, &path, found);
    for (at, container) in items(spec, "containers").iter().enumerate() {
        for (name, value) in entries(&container["resources"], "limits") {
            let Some(limit) = given.pointer("/limits").and_then(|all| all.get(name)) else {
                continue;
            };
            if let (Some(one), Some(all)) = (amount(value), amount(limit))
                && one > all
            {
                let detail = format!("must be less than or equal to pod limits of {all}");
                let path = path.field("containers");
                let path = path.index(at);
                path.key(name)
                    .field("limits")
                    .invalid(found, value, &detail);
            }
        }
    }
}

/// Refuses less for the whole than its parts come to. Limits may come to more, but those of large pages.
fn sums(spec: &Value, given: &Value, path: &Path<'_>, found: &mut Found) {
    for (list, detail) in [
        (
            "requests",
            "must be greater than or equal to aggregate container requests of",
        ),
        (
            "limits",
            "must be greater than or equal to aggregate container limits of",
        ),
    ] {
        let path = path.field(list);
        for (name, sum) in sum(spec, list) {
            let counts = list == "requests" || name.starts_with("hugepages-");
            let whole = field(&given[list], &name);
            if counts
                && let Some(whole) = whole
                && amount(whole).is_some_and(|whole| sum > whole)
            {
                path.key(&name)
                    .invalid(found, whole, &format!("{detail} {sum}"));
            }
        }
    }
}

/// What the containers of a pod come to at most: those that run side by side together, and each of
/// those before them with the ones that stay.
fn sum(spec: &Value, list: &str) -> Amounts {
    let of = |container: &Value| -> Amounts {
        let all = entries(&container["resources"], list);
        all.filter_map(|(name, value)| Some((name.clone(), amount(value)?)))
            .collect()
    };
    let mut together = Amounts::new();
    for container in items(spec, "containers") {
        add(&mut together, &of(container));
    }
    let (mut staying, mut most) = (Amounts::new(), Amounts::new());
    for container in items(spec, "initContainers") {
        let own = of(container);
        let mut now = staying.clone();
        add(&mut now, &own);
        if text(container, "restartPolicy") == "Always" {
            add(&mut together, &own);
            add(&mut staying, &own);
        }
        for (name, value) in now {
            let most = most.entry(name).or_insert(value);
            *most = (*most).max(value);
        }
    }
    for (name, value) in most {
        let sum = together.entry(name).or_insert(value);
        *sum = (*sum).max(value);
    }
    together
}

fn add(sum: &mut Amounts, more: &Amounts) {
    for (name, value) in more {
        let now = sum.get(name).copied();
        sum.insert(name.clone(), now.map_or(*value, |now| now + *value));
    }
}
