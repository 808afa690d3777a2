//! Sequences of operations, made from a seed.

use super::action::{Action, Cell, cells, weight};
use super::dice::Dice;
use super::fault::Fault;
use super::kind::{NAMESPACE, SAMPLES, Sample};
use super::operation::{Operation, Verb};
use super::{read, write};
use serde_json::{Value, json};

/// How much of what makes sense for a kind each of its sequences takes up, in turn: chance alone would
/// leave something out however long it went on.
const AGENDA: usize = 4;

/// The operations of the n-th sequence of a seed.
pub(crate) fn sequence(seed: u64, number: usize) -> Vec<Operation> {
    let mut dice = Dice::new(seed.wrapping_mul(1_000_003).wrapping_add(number as u64));
    let (main, turn) = turn(seed, number);
    let all = cells(main);
    let mut order: Vec<Cell> = all.clone();
    Dice::new(seed).shuffle(&mut order);
    let agenda = (0..AGENDA).map(|at| order[(turn * AGENDA + at) % order.len()]);

    let length = 6 + dice.roll(21);
    let mut steps: Vec<(&Sample, Cell)> = Vec::with_capacity(length + AGENDA);
    for _ in 0..length {
        let (sample, cells) = if dice.percent(8) {
            let other = other(&mut dice);
            (other, cells(other))
        } else {
            (main, all.clone())
        };
        steps.push((sample, by_chance(&mut dice, &cells)));
    }
    for cell in agenda {
        let at = dice.roll(steps.len() + 1);
        steps.insert(at, (main, cell));
    }

    let mut out = vec![opening(&mut dice, main)];
    for (sample, cell) in steps {
        out.push(operation(&mut dice, sample, cell));
    }
    out.push(read::watch(&mut dice, main, "", Fault::None));
    name_all_but_one(&mut out);
    out
}

/// Lists are in the order of names: of those that chance ends, each kind has one in a sequence.
fn name_all_but_one(operations: &mut [Operation]) {
    let mut kinds = Vec::new();
    for operation in operations {
        let Some(metadata) = operation
            .body
            .get_mut("metadata")
            .and_then(Value::as_object_mut)
        else {
            continue;
        };
        if !metadata.contains_key("generateName") {
            continue;
        }
        if kinds.contains(&operation.kind) {
            metadata.remove("generateName");
            // Not all kinds have namespaces, and other sequences have the same.
            let name = format!("{NAMESPACE}-again");
            metadata.insert("name".into(), name.into());
        }
        kinds.push(operation.kind.clone());
    }
}

/// The kind of the n-th sequence, and how many sequences of that kind there were before.
fn turn(seed: u64, number: usize) -> (&'static Sample, usize) {
    let mut deck: Vec<&Sample> = SAMPLES
        .iter()
        .flat_map(|sample| std::iter::repeat_n(sample, sample.at))
        .collect();
    Dice::new(seed).shuffle(&mut deck);
    let at = number % deck.len();
    let main = deck[at];
    let same = |sample: &&Sample| sample.kind == main.kind;
    let before = deck[..at].iter().copied().filter(|one| same(one)).count();
    let each = deck.iter().copied().filter(|one| same(one)).count();
    (main, number / deck.len() * each + before)
}

fn other(dice: &mut Dice) -> &'static Sample {
    let weights: Vec<(usize, &Sample)> = SAMPLES.iter().map(|s| (s.at, s)).collect();
    dice.weighted(&weights)
}

/// An action as often as its weight says, and more often right than wrong.
fn by_chance(dice: &mut Dice, cells: &[Cell]) -> Cell {
    let actions: Vec<(usize, Action)> = cells
        .iter()
        .filter(|(_, fault)| *fault == Fault::None)
        .map(|(action, _)| (weight(*action), *action))
        .collect();
    let action = dice.weighted(&actions);
    let mut faults: Vec<Fault> = cells
        .iter()
        .filter(|(one, fault)| *one == action && *fault != Fault::None)
        .map(|(_, fault)| *fault)
        .collect();
    if !dice.percent(28) {
        faults.clear();
    }
    (action, dice.pick(&faults).copied().unwrap_or_default())
}

/// The first operation: as a rule, what makes the object that the others are about.
fn opening(dice: &mut Dice, sample: &Sample) -> Operation {
    let verb = if dice.percent(50) {
        Verb::Create
    } else {
        Verb::Apply
    };
    let action = Action {
        verb,
        subresource: "",
        how: "",
    };
    let fault = if dice.percent(15) {
        Fault::OutOfRange
    } else {
        Fault::None
    };
    write::operation(dice, sample, &sample.names()[0], (action, fault), true)
}

fn operation(dice: &mut Dice, sample: &Sample, (action, fault): Cell) -> Operation {
    let names = sample.names();
    let name = if dice.percent(75) || fault != Fault::None {
        names[0].clone()
    } else {
        dice.pick(&names).cloned().unwrap_or_default()
    };
    let mut operation = match action.verb {
        Verb::Get => Operation::new(Verb::Get, &sample.kind, &name).sub(action.subresource),
        Verb::List => read::list(dice, sample, action.how, fault),
        Verb::Watch => read::watch(dice, sample, action.how, fault),
        Verb::Delete => read::delete(dice, sample, &name, action.how, fault),
        Verb::DeleteCollection => read::delete_all(dice, sample, action.how),
        _ => write::operation(dice, sample, &name, (action, fault), false),
    };
    if operation.verb.method() == "GET" {
        return operation;
    }
    if action.how == "dry-run" || dice.percent(5) {
        match operation.body.as_object_mut() {
            // With options in its body, a delete is not asked for any others.
            Some(options) if action.verb == Verb::Delete && dice.percent(70) => {
                options.insert("dryRun".into(), json!(["All"]));
            }
            _ => operation = operation.with("dryRun", "All"),
        }
    }
    let decodes = !matches!(operation.verb, Verb::Delete | Verb::DeleteCollection);
    if decodes && dice.percent(20) {
        let how = dice.word(&["Strict", "Warn", "Ignore"]);
        operation = operation.with("fieldValidation", how);
    }
    operation
}

#[test]
fn no_kind_has_two_names_that_chance_ends() {
    let generates =
        |operation: &&Operation| operation.body["metadata"].get("generateName").is_some();
    let mut seen = 0;
    for number in 0..400 {
        let mut kinds: Vec<String> = sequence(1, number)
            .iter()
            .filter(generates)
            .map(|operation| operation.kind.clone())
            .collect();
        seen += kinds.len();
        let all = kinds.len();
        kinds.sort();
        kinds.dedup();
        assert_eq!(kinds.len(), all, "sequence {number}");
    }
    assert!(seen > 50, "names are generated");
}
