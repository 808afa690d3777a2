//! What can be asked of a kind, and in which ways it can be wrong.

use super::fault::{Fault, OF_BODIES, is_keyed};
use super::kind::Sample;
use super::operation::Verb;

/// A request in general: on an object or a subresource, in one of its ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Action {
    pub(crate) verb: Verb,
    pub(crate) subresource: &'static str,
    /// One of [`HOWS`]; empty for the plain one.
    pub(crate) how: &'static str,
}

/// An action with one thing wrong, or nothing.
pub(crate) type Cell = (Action, Fault);

const fn action(verb: Verb, subresource: &'static str, how: &'static str) -> Action {
    Action {
        verb,
        subresource,
        how,
    }
}

/// How deletes can be asked for.
const DELETES: [&str; 6] = [
    "",
    "Background",
    "Foreground",
    "Orphan",
    "grace",
    "preconditions",
];

/// Everything that makes sense for a kind.
pub(crate) fn cells(sample: &Sample) -> Vec<Cell> {
    let mut out = Vec::new();
    let mut add = |action: Action, faults: &[Fault]| {
        out.push((action, Fault::None));
        out.extend(faults.iter().map(|fault| (action, *fault)));
    };
    let namespaced = sample.schema().namespaced;
    // Nothing of a custom kind is merged strategically.
    let can_strategic = !sample.is_custom();
    writes(sample, can_strategic, &mut add);
    subresources(sample, can_strategic, &mut add);
    let options = [Fault::Unknown, Fault::Mistyped, Fault::OutOfRange];
    for how in DELETES {
        let faults: &[Fault] = if how.is_empty() { &options } else { &[] };
        add(action(Verb::Delete, "", how), faults);
    }
    add(action(Verb::Delete, "", "dry-run"), &[]);
    add(action(Verb::Get, "", ""), &[]);
    add(action(Verb::List, "", ""), &options);
    add(action(Verb::List, "", "fields"), &[]);
    add(action(Verb::Watch, "", ""), &[Fault::Mistyped]);
    // Others have namespaces and definitions as well: what asks for all of them is left out.
    if namespaced {
        for how in ["labels", "limit", "page", "next"] {
            add(action(Verb::List, "", how), &[]);
        }
        add(action(Verb::Watch, "", "labels"), &[]);
        add(action(Verb::Watch, "", "initial"), &[]);
        add(action(Verb::DeleteCollection, "", ""), &[]);
        add(action(Verb::DeleteCollection, "", "labels"), &[]);
    }
    out
}

fn writes(sample: &Sample, can_strategic: bool, add: &mut impl FnMut(Action, &[Fault])) {
    for verb in [
        Verb::Create,
        Verb::Apply,
        Verb::Update,
        Verb::JsonPatch,
        Verb::MergePatch,
        Verb::StrategicPatch,
    ] {
        let mut faults = OF_BODIES.to_vec();
        if verb != Verb::Create && !sample.immutable.is_empty() {
            faults.push(Fault::Immutable);
        }
        if verb == Verb::StrategicPatch && !can_strategic {
            faults.clear();
        }
        add(action(verb, "", ""), &faults);
        add(action(verb, "", "dry-run"), &[]);
        if verb == Verb::Apply {
            add(action(verb, "", "force"), &faults);
        }
        if verb == Verb::Create {
            add(action(verb, "", "generate"), &[]);
        }
    }
}

fn subresources(sample: &Sample, can_strategic: bool, add: &mut impl FnMut(Action, &[Fault])) {
    let schema = sample.schema();
    let status = schema.ty().field("status");
    let mut faults = vec![Fault::Missing, Fault::Unknown, Fault::Mistyped];
    faults.push(Fault::OutOfRange);
    let keyed = |ty: &infra_schema::ty::Type| ty.fields().iter().any(|f| is_keyed(&f.ty));
    let of_status = if status.as_ref().is_some_and(keyed) {
        OF_BODIES.to_vec()
    } else {
        faults.clone()
    };
    for (name, faults) in [("status", of_status), ("scale", faults)] {
        if schema.subresource(name).is_none() {
            continue;
        }
        add(action(Verb::Get, name, ""), &[]);
        for verb in [Verb::Update, Verb::MergePatch, Verb::JsonPatch] {
            add(action(verb, name, ""), &faults);
        }
        add(action(Verb::Apply, name, ""), &faults);
        add(action(Verb::Apply, name, "force"), &[]);
        if can_strategic {
            add(action(Verb::StrategicPatch, name, ""), &faults);
        }
    }
}

/// How often each is done beside the agenda.
pub(crate) fn weight(action: Action) -> usize {
    match (action.subresource, action.verb, action.how) {
        (_, _, "dry-run" | "generate") => 1,
        ("scale", ..) => 2,
        ("status", ..) => 3,
        (_, Verb::Watch, _) => 0,
        (_, Verb::Create | Verb::Apply, _) => 12,
        (_, Verb::Update, _) => 14,
        (_, Verb::MergePatch, _) => 10,
        (_, Verb::JsonPatch | Verb::StrategicPatch, _) => 8,
        (_, Verb::DeleteCollection | Verb::List | Verb::Delete, _) => 1,
        (_, Verb::Get, _) => 2,
    }
}
