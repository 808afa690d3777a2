//! Lists, watches and deletes: what has no body of the kind.

use super::dice::Dice;
use super::fault::Fault;
use super::kind::Sample;
use super::operation::{NEXT, Operation, STALE, UID, VERSION, Verb};
use serde_json::{Value, json};

const SELECTORS: [&str; 8] = [
    "app=web",
    "app!=web",
    "tier",
    "!tier",
    "app in (web, db)",
    "app notin (web)",
    "tier=front,app=web",
    "tier==back",
];

const BROKEN: [&str; 5] = ["=x", "app in ()", "a b", "app in web", "example.com/=x"];

const FIELDS: [&str; 6] = [
    "metadata.name=one",
    "metadata.name!=one",
    "status.phase=Running",
    "type=Opaque",
    "spec.nodeName=",
    "metadata.namespace=default",
];

/// Asks for those of one name alone where others have some as well.
fn of(sample: &Sample, verb: Verb) -> Operation {
    let operation = Operation::new(verb, &sample.kind, "");
    if sample.schema().namespaced {
        return operation;
    }
    let name = &sample.names()[0];
    operation.with("fieldSelector", &format!("metadata.name={name}"))
}

pub(crate) fn list(dice: &mut Dice, sample: &Sample, how: &str, fault: Fault) -> Operation {
    let mut operation = of(sample, Verb::List).wrong(fault);
    match fault {
        Fault::Mistyped => {
            return match dice.roll(3) {
                0 => operation.with("limit", "many"),
                _ => operation.with("labelSelector", dice.word(&BROKEN)),
            };
        }
        Fault::Unknown => {
            return operation.with("fieldSelector", dice.word(&["spec.color=red", "bogus=1"]));
        }
        Fault::OutOfRange => {
            return match dice.roll(3) {
                0 => operation.with("limit", "-1"),
                1 => operation.with("limit", "1").with("continue", "bogus"),
                _ => operation.with("resourceVersion", "-1"),
            };
        }
        _ => {}
    }
    if how == "labels" || dice.percent(20) {
        operation = operation.with("labelSelector", dice.word(&SELECTORS));
    }
    if how == "fields" && sample.schema().namespaced {
        operation = operation.with("fieldSelector", dice.word(&FIELDS));
    }
    match how {
        "limit" => operation.with("limit", dice.word(&["1", "2"])),
        // One page, and the one after it: what is written in between is not in it.
        "page" => operation.with("limit", "1").with("continue", ""),
        "next" => operation.with("limit", "1").with("continue", NEXT),
        _ => operation,
    }
}

pub(crate) fn watch(dice: &mut Dice, sample: &Sample, how: &str, fault: Fault) -> Operation {
    let operation = of(sample, Verb::Watch).wrong(fault);
    if fault == Fault::Mistyped {
        return operation.with("labelSelector", dice.word(&BROKEN));
    }
    match how {
        "labels" => operation.with("labelSelector", dice.word(&SELECTORS)),
        "initial" => operation
            .with("sendInitialEvents", "true")
            .with("resourceVersionMatch", "NotOlderThan")
            .with("allowWatchBookmarks", "true"),
        _ => operation,
    }
}

pub(crate) fn delete(
    dice: &mut Dice,
    sample: &Sample,
    name: &str,
    how: &str,
    fault: Fault,
) -> Operation {
    let options = match (how, fault) {
        (_, Fault::Unknown) => json!({"bogus": "x"}),
        (_, Fault::Mistyped) => dice
            .pick(&[
                json!({"gracePeriodSeconds": "soon"}),
                json!({"propagationPolicy": 3}),
                json!({"preconditions": "none"}),
            ])
            .cloned()
            .unwrap_or_default(),
        (_, Fault::OutOfRange) => dice
            .pick(&[
                json!({"propagationPolicy": "Sideways"}),
                json!({"propagationPolicy": "Orphan", "orphanDependents": true}),
                json!({"dryRun": ["Some"]}),
            ])
            .cloned()
            .unwrap_or_default(),
        ("grace", _) => json!({"gracePeriodSeconds": dice.roll(2)}),
        ("preconditions", _) => dice
            .pick(&[
                json!({"preconditions": {"uid": UID}}),
                json!({"preconditions": {"resourceVersion": VERSION}}),
                json!({"preconditions": {"resourceVersion": STALE}}),
            ])
            .cloned()
            .unwrap_or_default(),
        ("" | "dry-run", _) => Value::Null,
        (propagation, _) => json!({"propagationPolicy": propagation}),
    };
    Operation::new(Verb::Delete, &sample.kind, name)
        .body(options)
        .wrong(fault)
}

pub(crate) fn delete_all(dice: &mut Dice, sample: &Sample, how: &str) -> Operation {
    let operation = Operation::new(Verb::DeleteCollection, &sample.kind, "");
    if how == "labels" {
        operation.with("labelSelector", dice.word(&SELECTORS))
    } else {
        operation
    }
}
