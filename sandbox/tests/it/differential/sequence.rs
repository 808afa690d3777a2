//! Sequences of operations, made from a seed.

use super::dice::Dice;
use super::kind::{SAMPLES, Sample};
use super::operation::{LIVE, Operation, STALE, UID, VERSION, Verb, merged};
use super::value::{add, change, of_type, spoil, valid};
use infra_schema::ty::Type;
use serde_json::{Value, json};

/// Who writes.
const MANAGERS: [&str; 3] = ["alice", "bob", "carol"];

/// The operations of the sequence with this seed.
pub(crate) fn sequence(seed: u64) -> Vec<Operation> {
    let mut dice = Dice::new(seed);
    let weights: Vec<(usize, &Sample)> = SAMPLES.iter().map(|s| (s.at, s)).collect();
    let main = dice.weighted(&weights);
    let length = 10 + dice.roll(21);
    let mut out = Vec::with_capacity(length + 1);
    let mut kinds = vec![main.kind.as_str()];
    for at in 0..length {
        let sample = if at > 0 && dice.percent(8) {
            dice.weighted(&weights)
        } else {
            main
        };
        if !kinds.contains(&sample.kind.as_str()) {
            kinds.push(&sample.kind);
        }
        out.push(operation(&mut dice, sample, at == 0));
    }
    out.push(watch(&mut dice, main, false));
    out
}

fn operation(dice: &mut Dice, sample: &Sample, first: bool) -> Operation {
    let names = sample.names();
    let name = if dice.percent(75) {
        names[0].clone()
    } else {
        dice.pick(&names).cloned().unwrap_or_default()
    };
    if first {
        return if dice.percent(50) {
            create(dice, sample, &name)
        } else {
            apply(dice, sample, &name)
        };
    }
    let schema = sample.schema();
    let has = |subresource: &str| schema.subresource(subresource).is_some();
    let make: fn(&mut Dice, &Sample, &str) -> Operation = dice.weighted(&[
        (12, create as fn(&mut Dice, &Sample, &str) -> Operation),
        (24, apply),
        (14, update),
        (8, json_patch),
        (10, merge_patch),
        (if sample.is_custom() { 1 } else { 8 }, strategic_patch),
        (if has("scale") { 6 } else { 0 }, scale),
        (if has("status") { 8 } else { 0 }, status),
        (6, delete),
        (1, delete_all),
        (2, get),
        (5, list),
    ]);
    let mut operation = make(dice, sample, &name);
    if operation.verb.method() != "GET" && dice.percent(8) {
        operation = operation.with("dryRun", "All");
    }
    let decodes = !matches!(operation.verb, Verb::Delete | Verb::DeleteCollection);
    if operation.verb.method() != "GET" && decodes && dice.percent(20) {
        let how = dice.word(&["Strict", "Warn", "Ignore"]);
        operation = operation.with("fieldValidation", how);
    }
    operation
}

fn body(dice: &mut Dice, sample: &Sample, name: &str, wrong: usize) -> Value {
    let mut body = valid(dice, sample, name);
    if dice.percent(wrong) {
        spoil(dice, &sample.schema().ty(), &mut body);
    }
    body
}

fn managed(dice: &mut Dice, operation: Operation) -> Operation {
    if dice.percent(70) {
        let manager = dice.word(&MANAGERS);
        operation.with("fieldManager", manager)
    } else {
        operation
    }
}

fn create(dice: &mut Dice, sample: &Sample, name: &str) -> Operation {
    let mut body = body(dice, sample, name, 35);
    if dice.percent(4)
        && let Some(metadata) = body["metadata"].as_object_mut()
    {
        metadata.remove("name");
        metadata.insert("generateName".into(), "made-".into());
    }
    let operation = Operation::new(Verb::Create, &sample.kind, "").body(body);
    managed(dice, operation)
}

fn apply(dice: &mut Dice, sample: &Sample, name: &str) -> Operation {
    let mut body = body(dice, sample, name, 20);
    // Who applies beside others sends a part.
    if dice.percent(35) {
        body = change(dice, sample);
        body["apiVersion"] = sample.api.clone().into();
        body["kind"] = sample.kind.clone().into();
        body["metadata"]["name"] = name.into();
    }
    let mut operation = Operation::new(Verb::Apply, &sample.kind, name)
        .with("fieldManager", dice.word(&MANAGERS))
        .body(body);
    if dice.percent(45) {
        operation = operation.with("force", "true");
    }
    operation
}

/// A change, valid or refused.
fn patch(dice: &mut Dice, sample: &Sample) -> Value {
    match dice.roll(10) {
        0 | 1 if !sample.immutable.is_empty() => {
            dice.pick(&sample.immutable).cloned().unwrap_or_default()
        }
        2 => {
            let mut change = change(dice, sample);
            spoil(dice, &sample.schema().ty(), &mut change);
            change
        }
        3 => {
            let mut change = change(dice, sample);
            add(dice, &sample.schema().ty(), &mut change);
            change
        }
        _ => change(dice, sample),
    }
}

fn update(dice: &mut Dice, sample: &Sample, name: &str) -> Operation {
    let mut operation = Operation::new(Verb::Update, &sample.kind, name);
    let whole = dice.percent(20);
    let mut wanted = if whole {
        body(dice, sample, name, 20)
    } else {
        patch(dice, sample)
    };
    match dice.roll(12) {
        0 => merged(
            &mut wanted,
            &json!({"metadata": {"resourceVersion": STALE}}),
        ),
        1 => merged(
            &mut wanted,
            &json!({"metadata": {"resourceVersion": VERSION}}),
        ),
        2 => merged(&mut wanted, &json!({"metadata": {"uid": UID}})),
        3 if !whole => merged(&mut wanted, &json!({"metadata": {"managedFields": []}})),
        _ => {}
    }
    operation = operation.body(if whole { wanted } else { json!({LIVE: wanted}) });
    managed(dice, operation)
}

fn merge_patch(dice: &mut Dice, sample: &Sample, name: &str) -> Operation {
    let mut wanted = patch(dice, sample);
    if dice.percent(5) {
        let version = dice.word(&[VERSION, STALE]);
        merged(
            &mut wanted,
            &json!({"metadata": {"resourceVersion": version}}),
        );
    }
    let operation = Operation::new(Verb::MergePatch, &sample.kind, name).body(wanted);
    managed(dice, operation)
}

fn strategic_patch(dice: &mut Dice, sample: &Sample, name: &str) -> Operation {
    let mut wanted = patch(dice, sample);
    if dice.percent(15) {
        directive(dice, &mut wanted);
    }
    let operation = Operation::new(Verb::StrategicPatch, &sample.kind, name).body(wanted);
    managed(dice, operation)
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

fn json_patch(dice: &mut Dice, sample: &Sample, name: &str) -> Operation {
    let wanted = patch(dice, sample);
    let mut leaves = Vec::new();
    pointers(&wanted, String::new(), &mut leaves);
    let mut steps = Vec::new();
    for _ in 0..=dice.roll(2) {
        let (path, value) = dice
            .pick(&leaves)
            .cloned()
            .unwrap_or(("/metadata/labels".into(), json!({"a": "b"})));
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
    let operation = Operation::new(Verb::JsonPatch, &sample.kind, name).body(steps.into());
    managed(dice, operation)
}

fn pointers(value: &Value, pointer: String, out: &mut Vec<(String, Value)>) {
    if let Value::Object(fields) = value {
        for (name, value) in fields {
            let step = name.replace('~', "~0").replace('/', "~1");
            pointers(value, format!("{pointer}/{step}"), out);
        }
    }
    if let Value::Array(items) = value {
        for (at, value) in items.iter().enumerate() {
            pointers(value, format!("{pointer}/{at}"), out);
        }
        out.push((
            format!("{pointer}/-"),
            items.first().cloned().unwrap_or_default(),
        ));
    }
    if !pointer.is_empty() {
        out.push((pointer, value.clone()));
    }
}

fn scale(dice: &mut Dice, sample: &Sample, name: &str) -> Operation {
    let replicas = dice
        .pick(&[
            json!(0),
            json!(1),
            json!(2),
            json!(5),
            json!(-1),
            json!("2"),
            Value::Null,
        ])
        .cloned()
        .unwrap_or_default();
    let scale = json!({"spec": {"replicas": replicas}});
    let of = |verb| Operation::new(verb, &sample.kind, name).sub("scale");
    let whole = json!({
        "apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": name}, "spec": {"replicas": replicas},
    });
    let operation = match dice.roll(6) {
        0 => return of(Verb::Get),
        1 => of(Verb::Update).body(whole),
        2 => of(Verb::Update).body(json!({LIVE: scale})),
        3 => of(Verb::MergePatch).body(scale),
        4 => of(Verb::JsonPatch)
            .body(json!([{"op": "replace", "path": "/spec/replicas", "value": replicas}])),
        _ => {
            let mut operation = of(Verb::Apply)
                .body(whole)
                .with("fieldManager", dice.word(&MANAGERS));
            if dice.percent(50) {
                operation = operation.with("force", "true");
            }
            return operation;
        }
    };
    managed(dice, operation)
}

fn status(dice: &mut Dice, sample: &Sample, name: &str) -> Operation {
    let ty = sample
        .schema()
        .ty()
        .field("status")
        .unwrap_or(Type::untyped());
    let mut wanted = match dice.pick(&sample.status) {
        Some(known) if dice.percent(85) => known.clone(),
        _ => of_type(dice, &ty, "status", 1),
    };
    if dice.percent(15) {
        spoil(dice, &ty, &mut wanted);
    }
    let mut body = json!({"status": wanted});
    if dice.percent(20) {
        // What is beside the status is not written here.
        merged(&mut body, &change(dice, sample));
    }
    let of = |verb| Operation::new(verb, &sample.kind, name).sub("status");
    let operation = match dice.roll(5) {
        0 | 1 => of(Verb::Update).body(json!({LIVE: body})),
        2 => of(Verb::MergePatch).body(body),
        3 if !sample.is_custom() => of(Verb::StrategicPatch).body(body),
        _ => {
            body["apiVersion"] = sample.api.clone().into();
            body["kind"] = sample.kind.clone().into();
            body["metadata"]["name"] = name.into();
            let operation = of(Verb::Apply)
                .body(body)
                .with("fieldManager", dice.word(&MANAGERS));
            return if dice.percent(50) {
                operation.with("force", "true")
            } else {
                operation
            };
        }
    };
    managed(dice, operation)
}

fn delete(dice: &mut Dice, sample: &Sample, name: &str) -> Operation {
    let options = match dice.roll(8) {
        0 => Value::Null,
        1 => json!({"propagationPolicy": "Background"}),
        2 => json!({"propagationPolicy": "Foreground"}),
        3 => json!({"propagationPolicy": "Orphan"}),
        4 => json!({"gracePeriodSeconds": dice.roll(2)}),
        5 => json!({"preconditions": {"uid": UID}}),
        6 => json!({"preconditions": {"resourceVersion": dice.word(&[VERSION, STALE])}}),
        _ => json!({"propagationPolicy": "Sideways"}),
    };
    Operation::new(Verb::Delete, &sample.kind, name).body(options)
}

fn delete_all(dice: &mut Dice, sample: &Sample, _: &str) -> Operation {
    // Others have namespaces and definitions as well.
    if !sample.schema().namespaced {
        return list(dice, sample, "");
    }
    let selector = dice.word(&["", "app=web", "tier"]);
    let operation = Operation::new(Verb::DeleteCollection, &sample.kind, "");
    if selector.is_empty() {
        operation
    } else {
        operation.with("labelSelector", selector)
    }
}

fn get(_: &mut Dice, sample: &Sample, name: &str) -> Operation {
    Operation::new(Verb::Get, &sample.kind, name)
}

const SELECTORS: [&str; 12] = [
    "app=web",
    "app!=web",
    "tier",
    "!tier",
    "app in (web, db)",
    "app notin (web)",
    "tier=front,app=web",
    "=x",
    "app in ()",
    "a b",
    "tier==back",
    "example.com/x=y",
];

const FIELDS: [&str; 7] = [
    "metadata.name=one",
    "metadata.name!=one",
    "status.phase=Running",
    "type=Opaque",
    "spec.nodeName=",
    "spec.color=red",
    "metadata.namespace=default",
];

fn list(dice: &mut Dice, sample: &Sample, _: &str) -> Operation {
    let mut operation = Operation::new(Verb::List, &sample.kind, "");
    if !sample.schema().namespaced {
        let name = &sample.names()[0];
        return operation.with("fieldSelector", &format!("metadata.name={name}"));
    }
    if dice.percent(50) {
        operation = operation.with("labelSelector", dice.word(&SELECTORS));
    }
    if dice.percent(25) {
        operation = operation.with("fieldSelector", dice.word(&FIELDS));
    }
    if dice.percent(40) {
        operation = operation.with("limit", "1");
    }
    operation
}

fn watch(dice: &mut Dice, sample: &Sample, always: bool) -> Operation {
    let mut operation = Operation::new(Verb::Watch, &sample.kind, "");
    if !sample.schema().namespaced {
        let name = &sample.names()[0];
        return operation.with("fieldSelector", &format!("metadata.name={name}"));
    }
    if !always && dice.percent(30) {
        operation = operation.with("labelSelector", dice.word(&SELECTORS[..7]));
    }
    operation
}
