//! Tables of cases for the tests of kinds: YAML of a live object, what differs, what is said.

use super::{Evidence, State, status};
use serde_json::Value;

/// A value of a test.
pub(super) fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).expect("test YAML")
}

/// Each case: what differs from `base` (merged in), and the state and reason expected.
pub(super) fn table(base: &str, cases: &[(&str, State, &str)]) {
    for (change, state, reason) in cases {
        let object = merged(base, change);
        let got = status(&Evidence::of(&object));
        assert_eq!(
            (got.state, got.reason.as_str()),
            (*state, *reason),
            "{change}"
        );
    }
}

/// `base` with what differs from it.
pub(super) fn merged(base: &str, change: &str) -> Value {
    let mut object = yaml(base);
    merge(&mut object, yaml(change));
    object
}

fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from,
    }
}
