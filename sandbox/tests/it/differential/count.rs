//! How often each kind met each verb with each fault.

use super::action::{Action, cells};
use super::fault::{FAULTS, Fault};
use super::kind::SAMPLES;
use super::operation::{NEXT, Operation};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Kind, verb in one of its ways, and fault.
type Cell = (String, String, Fault);

/// The count.
#[derive(Default)]
pub(crate) struct Count(BTreeMap<Cell, usize>);

impl Action {
    /// The row in which it is counted.
    fn row(self) -> String {
        let word = Operation::new(self.verb, "", "")
            .sub(self.subresource)
            .word();
        match self.how {
            "" => word,
            how => format!("{word} {how}"),
        }
    }
}

/// In which ways an operation asks; each has a row of its own beside the plain one.
fn ways(operation: &Operation) -> Vec<String> {
    let mut out = Vec::new();
    for (parameter, value) in &operation.query {
        let way = match (parameter.as_str(), value.as_str()) {
            ("force", _) => "force",
            ("dryRun", _) => "dry-run",
            ("fieldValidation", how) => how,
            ("labelSelector", _) => "labels",
            ("fieldSelector", _) => "fields",
            ("limit", _) => "limit",
            ("continue", "") => "page",
            ("continue", NEXT) => "next",
            ("sendInitialEvents", _) => "initial",
            _ => continue,
        };
        out.push(way.to_owned());
    }
    let body = &operation.body;
    if body["metadata"].get("generateName").is_some() {
        out.push("generate".into());
    }
    if let Some(propagation) = body["propagationPolicy"].as_str() {
        out.push(propagation.to_owned());
    }
    for (field, way) in [
        ("gracePeriodSeconds", "grace"),
        ("preconditions", "preconditions"),
    ] {
        if body.get(field).is_some_and(|value| !Value::is_null(value)) {
            out.push(way.into());
        }
    }
    out
}

impl Count {
    pub(crate) fn of(sequences: &[Vec<Operation>]) -> Self {
        let mut count = Self::default();
        for operation in sequences.iter().flatten() {
            let word = operation.word();
            let mut rows = vec![word.clone()];
            rows.extend(ways(operation).iter().map(|way| format!("{word} {way}")));
            for row in rows {
                let cell = (operation.kind.clone(), row, operation.fault);
                *count.0.entry(cell).or_default() += 1;
            }
        }
        count
    }

    fn times(&self, kind: &str, row: &str, fault: Fault) -> usize {
        let cell = (kind.to_owned(), row.to_owned(), fault);
        self.0.get(&cell).copied().unwrap_or(0)
    }

    /// What makes sense and did not occur.
    fn absent(&self) -> Vec<String> {
        let mut out = Vec::new();
        for sample in SAMPLES.iter() {
            for (action, fault) in cells(sample) {
                let row = action.row();
                if self.times(&sample.kind, &row, fault) == 0 {
                    out.push(format!("{} {row} {}", sample.kind, fault.word()));
                }
            }
        }
        out
    }

    /// A table: the verbs in all their ways, and how often with each fault over all kinds; and, for
    /// each kind, the faults over all verbs.
    pub(crate) fn table(&self) -> String {
        let head: Vec<String> = FAULTS.iter().map(|f| format!("{:>9}", f.word())).collect();
        let mut out = format!("{:32}{}\n", "", head.concat());
        let mut rows: BTreeMap<(bool, &str), [usize; FAULTS.len()]> = BTreeMap::new();
        for ((kind, row, fault), times) in &self.0 {
            let at = FAULTS.iter().position(|one| one == fault).unwrap_or(0);
            rows.entry((false, row)).or_default()[at] += times;
            if !row.contains(' ') {
                rows.entry((true, kind)).or_default()[at] += times;
            }
        }
        for ((_, row), times) in rows {
            let cells: Vec<String> = times.iter().map(|times| format!("{times:>9}")).collect();
            let _ = writeln!(out, "{row:32}{}", cells.concat());
        }
        out
    }
}

#[test]
fn a_long_run_leaves_nothing_out_that_makes_sense() {
    for seed in [1, 2] {
        let sequences = super::run::sequences(seed, 20_000);
        let count = Count::of(&sequences);
        let absent = count.absent();
        assert!(
            absent.is_empty(),
            "seed {seed}: never: {}\n{}",
            absent.join(", "),
            count.table()
        );
    }
}

#[test]
fn the_same_seed_makes_the_same_sequences() {
    let one = super::run::sequences(7, 500);
    assert_eq!(one, super::run::sequences(7, 500));
    assert_ne!(one, super::run::sequences(8, 500));
}
