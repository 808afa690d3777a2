//! Makes a sequence that differs as small as it can be and still differ in the same way.

use super::finding::Finding;
use super::operation::{Operation, Verb, escaped, remove_at};
use serde_json::Value;

/// How often a sequence is played again to make it smaller.
const PATIENCE: usize = 600;

/// The finding with as few operations and fields as show it. `play` tells in what a sequence differs.
pub(crate) async fn shrink(
    finding: Finding,
    mut play: impl AsyncFnMut(&[Operation]) -> Vec<Finding>,
) -> Finding {
    let mut best = finding;
    let mut left = PATIENCE;
    loop {
        // Operations first: each that is gone takes its fields with it.
        let shorter = smaller(&best.operations, best.at);
        let plainer = simpler(&best.operations);
        let mut better = None;
        for operations in shorter.into_iter().chain(plainer) {
            if left == 0 {
                return best;
            }
            left -= 1;
            let found = play(&operations).await;
            let wanted = best.signature();
            better = found.into_iter().find(|one| one.signature() == wanted);
            if better.is_some() {
                break;
            }
        }
        match better {
            Some(found) => best = found,
            None => return best,
        }
    }
}

/// Smaller sequences than this one, the smallest first.
fn smaller(operations: &[Operation], at: usize) -> Vec<Vec<Operation>> {
    let mut out = Vec::new();
    // Only what comes before the difference can matter, in halves first, then one by one.
    let (before, rest) = operations.split_at(at);
    let last = &rest[..1];
    let mut size = before.len();
    while size > 0 {
        for from in (0..before.len()).step_by(size) {
            let to = (from + size).min(before.len());
            out.push([&before[..from], &before[to..], last].concat());
        }
        size /= 2;
    }
    out
}

/// The same sequence with one field or item less in one body, or without one parameter.
fn simpler(operations: &[Operation]) -> Vec<Vec<Operation>> {
    let mut out = Vec::new();
    for (at, operation) in operations.iter().enumerate() {
        let mut with = |changed: Operation| {
            let mut sequence = operations.to_vec();
            sequence[at] = changed;
            out.push(sequence);
        };
        for parameter in operation.query.keys() {
            if parameter != "fieldManager" {
                let mut changed = operation.clone();
                changed.query.remove(parameter);
                with(changed);
            }
        }
        // A step of a JSON patch without its operation is another fault.
        let is_kept = |place: &str| {
            operation.verb == Verb::JsonPatch
                && (place.ends_with("/op") || place.ends_with("/path"))
        };
        let mut places = Vec::new();
        pointers(&operation.body, String::new(), &mut places);
        for place in places.iter().filter(|place| !is_kept(place)) {
            let mut changed = operation.clone();
            if remove_at(&mut changed.body, place) {
                with(changed);
            }
        }
    }
    out
}

/// The places of a body, the large ones first.
fn pointers(value: &Value, pointer: String, out: &mut Vec<String>) {
    let kept = ["", "/apiVersion", "/kind", "/metadata", "/metadata/name"];
    if !kept.contains(&pointer.as_str()) {
        out.push(pointer.clone());
    }
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                pointers(value, format!("{pointer}/{}", escaped(name)), out);
            }
        }
        Value::Array(items) => {
            for (at, value) in items.iter().enumerate() {
                pointers(value, format!("{pointer}/{at}"), out);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::compare::Difference;
    use super::super::sequence::sequence;
    use super::*;
    use serde_json::json;

    /// An end that takes offence at the first update after an apply whose body has a deep field.
    fn differs(operations: &[Operation]) -> Option<Finding> {
        let is_deep = |operation: &Operation| {
            operation.verb == Verb::Apply && operation.body.pointer("/spec/deep/a~1b/1").is_some()
        };
        let deep = operations.iter().position(is_deep)?;
        let later = |operation: &Operation| {
            operation.verb == Verb::Update && operation.query.contains_key("fieldManager")
        };
        let at = deep + operations[deep..].iter().position(later)?;
        Some(Finding {
            number: 7,
            operations: operations[..=at].to_vec(),
            at,
            differences: vec![Difference {
                field: ".spec".into(),
                sandbox: None,
                server: Some(json!(1)),
            }],
        })
    }

    #[tokio::test]
    async fn what_does_not_matter_goes() {
        for number in 0..20 {
            let mut operations = sequence(1, number);
            let apply = Operation::new(Verb::Apply, "ConfigMap", "one")
                .with("fieldManager", "bob")
                .with("force", "true")
                .body(json!({
                    "apiVersion": "v1", "kind": "ConfigMap",
                    "spec": {"other": [1, 2], "deep": {"a/b": [1, 2, 3], "c": {}}},
                }));
            let update = Operation::new(Verb::Update, "ConfigMap", "one")
                .with("dryRun", "All")
                .with("fieldManager", "bob")
                .body(json!({"data": {"a": "b"}}));
            let middle = operations.len() / 2;
            operations.insert(middle, apply);
            operations.insert(middle + 2, update);
            let finding = differs(&operations).expect("a difference");
            let small = shrink(finding, async |operations: &[Operation]| {
                differs(operations).into_iter().collect()
            })
            .await;
            let [apply, update] = small.operations.as_slice() else {
                panic!("{small}");
            };
            let bare = json!({
                "apiVersion": "v1", "kind": "ConfigMap", "spec": {"deep": {"a/b": [2, 3]}},
            });
            let others = json!({
                "apiVersion": "v1", "kind": "ConfigMap", "spec": {"deep": {"a/b": [1, 3]}},
            });
            let last = json!({
                "apiVersion": "v1", "kind": "ConfigMap", "spec": {"deep": {"a/b": [1, 2]}},
            });
            assert!([bare, others, last].contains(&apply.body), "{small}");
            assert!(!apply.query.contains_key("force"), "{small}");
            assert_eq!(update.query.len(), 1, "{small}");
            // An update that the sequence had by chance may be as small.
            assert_eq!(update.verb, Verb::Update, "{small}");
            assert_eq!(small.at, 1);
        }
    }

    #[tokio::test]
    async fn another_difference_is_not_taken_for_it() {
        let operations = sequence(1, 3);
        let finding = |operations: &[Operation], field: &str| Finding {
            number: 3,
            operations: operations.to_vec(),
            at: operations.len() - 1,
            differences: vec![Difference {
                field: field.into(),
                sandbox: None,
                server: Some(json!(1)),
            }],
        };
        let whole = finding(&operations, ".spec");
        let length = operations.len();
        let small = shrink(whole, async |operations: &[Operation]| {
            vec![finding(operations, ".status")]
        })
        .await;
        assert_eq!(small.operations.len(), length);
    }
}
