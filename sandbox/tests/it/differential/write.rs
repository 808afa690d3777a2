//! Creates, applies, updates and patches, of objects and of their subresources.

use super::action::Cell;
use super::dice::Dice;
use super::fault::{Fault, spoil};
use super::kind::Sample;
use super::operation::{LIVE, Operation, STALE, UID, VERSION, Verb, difference, escaped, merged};
use super::value::{add, change, named, of_type, valid};
use infra_schema::ty::Type;
use serde_json::{Value, json};

/// Who writes.
const MANAGERS: [&str; 3] = ["alice", "bob", "carol"];

/// What is to be written: as a whole, and as a merge patch to what is there.
struct Wanted {
    whole: Value,
    part: Value,
    /// What is wrong with it after all.
    fault: Fault,
}

pub(crate) fn operation(
    dice: &mut Dice,
    sample: &Sample,
    name: &str,
    (action, fault): Cell,
    opening: bool,
) -> Operation {
    let wanted = match action.subresource {
        "status" => status(dice, sample, name, fault),
        "scale" => scale(dice, name, fault),
        _ => object(dice, sample, name, fault),
    };
    let own = action.subresource.is_empty();
    let fault = wanted.fault;
    let operation = Operation::new(action.verb, &sample.kind, name)
        .sub(action.subresource)
        .wrong(fault);
    let operation = match action.verb {
        Verb::Create => {
            let mut body = wanted.whole;
            if action.how == "generate"
                && let Some(metadata) = body.get_mut("metadata").and_then(Value::as_object_mut)
            {
                metadata.remove("name");
                metadata.insert("generateName".into(), "made-".into());
            }
            let mut operation = operation.body(body);
            operation.name.clear();
            operation
        }
        Verb::Apply => {
            let mut body = wanted.whole;
            // Who applies beside others sends a part.
            if own && !opening && fault != Fault::Missing && dice.percent(35) {
                body = wanted.part;
                named(&mut body, sample, name);
            }
            let operation = operation
                .with("fieldManager", dice.word(&MANAGERS))
                .body(body);
            return if action.how == "force" || (opening && dice.percent(45)) {
                operation.with("force", "true")
            } else {
                operation
            };
        }
        Verb::Update => {
            let whole = dice.percent(20);
            let mut body = if whole { wanted.whole } else { wanted.part };
            if own && fault == Fault::None {
                versions(dice, &mut body, whole);
            }
            operation.body(if whole { body } else { json!({LIVE: body}) })
        }
        Verb::JsonPatch => {
            let steps = if fault == Fault::None {
                steps(dice, &wanted.part)
            } else {
                wrong_steps(dice, &wanted.part, fault)
            };
            operation.body(steps)
        }
        Verb::StrategicPatch => {
            let mut body = wanted.part;
            if fault == Fault::None && dice.percent(15) {
                directive(dice, &mut body);
            }
            operation.body(body)
        }
        _ => {
            let mut body = wanted.part;
            if own && fault == Fault::None && dice.percent(5) {
                let version = dice.word(&[VERSION, STALE]);
                let metadata = json!({"metadata": {"resourceVersion": version}});
                merged(&mut body, &metadata);
            }
            operation.body(body)
        }
    };
    if dice.percent(70) {
        let manager = dice.word(&MANAGERS);
        operation.with("fieldManager", manager)
    } else {
        operation
    }
}

/// The versions and uids that an update can name.
fn versions(dice: &mut Dice, body: &mut Value, whole: bool) {
    let metadata = match dice.roll(12) {
        0 => json!({"resourceVersion": STALE}),
        1 => json!({"resourceVersion": VERSION}),
        2 => json!({"uid": UID}),
        3 if !whole => json!({"managedFields": []}),
        _ => return,
    };
    merged(body, &json!({"metadata": metadata}));
}

fn object(dice: &mut Dice, sample: &Sample, name: &str, fault: Fault) -> Wanted {
    let ty = sample.schema().ty();
    let right = valid(dice, sample, name);
    let mut whole = right.clone();
    let mut fault = fault;
    let part = match fault {
        Fault::None => {
            let mut part = change(dice, sample);
            if dice.percent(10) {
                add(dice, &ty, &mut part);
            }
            part
        }
        Fault::Immutable => {
            let change = dice.pick(&sample.immutable).cloned().unwrap_or_default();
            merged(&mut whole, &change);
            change
        }
        wanted => {
            if !spoil(dice, &ty, &mut whole, wanted) {
                fault = Fault::None;
            }
            difference(&right, &whole)
        }
    };
    Wanted { whole, part, fault }
}

fn status(dice: &mut Dice, sample: &Sample, name: &str, mut fault: Fault) -> Wanted {
    let ty = sample.schema().ty().field("status");
    let ty = ty.unwrap_or(Type::untyped());
    let mut wanted = match dice.pick(&sample.status) {
        Some(known) if dice.percent(85) => known.clone(),
        _ => of_type(dice, &ty, "status", 1),
    };
    if !spoil(dice, &ty, &mut wanted, fault) && fault != Fault::None {
        // What is generated may be empty; what is known is not.
        wanted = dice.pick(&sample.status).cloned().unwrap_or_default();
        if !spoil(dice, &ty, &mut wanted, fault) {
            fault = Fault::None;
        }
    }
    let mut part = json!({"status": wanted});
    if fault == Fault::None && dice.percent(20) {
        // What is beside the status is not written here.
        merged(&mut part, &change(dice, sample));
    }
    let mut whole = part.clone();
    named(&mut whole, sample, name);
    Wanted { whole, part, fault }
}

fn scale(dice: &mut Dice, name: &str, fault: Fault) -> Wanted {
    let right = json!(dice.roll(6));
    let spec = match fault {
        Fault::Missing => dice.pick(&[json!({}), Value::Null]).cloned(),
        Fault::Unknown => Some(json!({"replicas": right, "bogus": "x"})),
        Fault::Mistyped => dice
            .pick(&[
                json!({"replicas": "2"}),
                json!({"replicas": true}),
                json!(3),
            ])
            .cloned(),
        Fault::OutOfRange => dice
            .pick(&[
                json!({"replicas": -1}),
                json!({"replicas": 4_000_000_000_u64}),
            ])
            .cloned(),
        _ => Some(json!({"replicas": right})),
    };
    let part = match spec.unwrap_or_default() {
        // Where there is nothing, a patch must take it away.
        Value::Object(spec) if spec.is_empty() => json!({"spec": {"replicas": null}}),
        spec => json!({"spec": spec}),
    };
    let mut whole = json!({
        "apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": name},
    });
    merged(&mut whole, &part);
    Wanted { whole, part, fault }
}

/// Puts a directive of strategic merge patches somewhere.
fn directive(dice: &mut Dice, wanted: &mut Value) {
    match wanted {
        Value::Object(fields) => {
            let directives = [
                ("$patch", json!("replace")),
                ("$patch", json!("delete")),
                ("$patch", json!("merge")),
                ("$retainKeys", json!(["name"])),
            ];
            let at = dice.roll(fields.len() + 1);
            match fields.values_mut().nth(at) {
                Some(below) if below.is_object() || below.is_array() => directive(dice, below),
                _ => {
                    if let Some((name, value)) = dice.pick(&directives) {
                        fields.insert((*name).into(), value.clone());
                    }
                }
            }
        }
        Value::Array(items) => {
            let at = dice.roll(items.len());
            if let Some(item) = items.get_mut(at) {
                directive(dice, item);
            }
        }
        _ => {}
    }
}

/// Steps of a JSON patch around what a merge patch would change.
fn steps(dice: &mut Dice, wanted: &Value) -> Value {
    let mut all = Vec::new();
    pointers(wanted, String::new(), &mut all);
    let mut steps = Vec::new();
    for _ in 0..=dice.roll(2) {
        let labels = ("/metadata/labels".to_owned(), json!({"a": "b"}));
        let (path, value) = dice.pick(&all).cloned().unwrap_or(labels);
        let op = dice.weighted(&[
            (4, "add"),
            (3, "replace"),
            (2, "remove"),
            (2, "test"),
            (1, "copy"),
            (1, "move"),
        ]);
        steps.push(match op {
            "remove" => json!({"op": op, "path": path}),
            "copy" | "move" => json!({"op": op, "from": path, "path": "/metadata/annotations"}),
            _ => json!({"op": op, "path": path, "value": value}),
        });
    }
    steps.into()
}

fn pointers(value: &Value, pointer: String, out: &mut Vec<(String, Value)>) {
    if let Value::Object(fields) = value {
        for (name, value) in fields {
            pointers(value, format!("{pointer}/{}", escaped(name)), out);
        }
    }
    if let Value::Array(items) = value {
        for (at, value) in items.iter().enumerate() {
            pointers(value, format!("{pointer}/{at}"), out);
        }
        let first = items.first().cloned().unwrap_or_default();
        out.push((format!("{pointer}/-"), first));
    }
    if !pointer.is_empty() {
        out.push((pointer, value.clone()));
    }
}

/// The steps that do what a merge patch does; now and then the steps themselves are wrong.
fn wrong_steps(dice: &mut Dice, wanted: &Value, fault: Fault) -> Value {
    if dice.percent(15) {
        match fault {
            Fault::Missing => return json!([{"op": "remove"}]),
            Fault::Unknown => return json!([{"op": "sideways", "path": "/metadata/labels"}]),
            Fault::Mistyped => return json!({"op": "remove", "path": "/metadata/labels"}),
            Fault::OutOfRange => {
                return json!([{"op": "add", "path": "metadata/labels", "value": {}}]);
            }
            _ => {}
        }
    }
    let mut leaves = Vec::new();
    changes(wanted, String::new(), &mut leaves);
    let step = |(path, value): (String, Value)| match value {
        Value::Null => json!({"op": "remove", "path": path}),
        value => json!({"op": "add", "path": path, "value": value}),
    };
    leaves.into_iter().map(step).collect()
}

fn changes(value: &Value, pointer: String, out: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, value) in fields {
                changes(value, format!("{pointer}/{}", escaped(name)), out);
            }
        }
        _ => out.push((pointer, value.clone())),
    }
}
