//! Conditions of a status: found, set with the right times, taken away.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::json::{child_list, items, set, stamp, text};

/// The condition of a type in a status.
pub(crate) fn find<'a>(status: &'a Value, kind: &str) -> Option<&'a Value> {
    items(status, "conditions")
        .iter()
        .find(|condition| text(condition, "type") == kind)
}

/// Whether the condition of a type is `True`.
pub(crate) fn is_true(status: &Value, kind: &str) -> bool {
    find(status, kind).is_some_and(|condition| text(condition, "status") == "True")
}

/// What a condition says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Condition {
    /// Its type, such as `Available`.
    pub(crate) kind: &'static str,
    /// `True`, `False` or `Unknown`.
    pub(crate) status: &'static str,
    /// The reason, one word; left out where empty.
    pub(crate) reason: String,
    /// The message; left out where empty.
    pub(crate) message: String,
}

impl Condition {
    pub(crate) fn new(
        kind: &'static str,
        status: &'static str,
        reason: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            status,
            reason: reason.into(),
            message: message.into(),
        }
    }
}

/// Sets a condition in a status; its transition time moves only when its status does. Says whether
/// anything changed.
pub(crate) fn put(status: &mut Value, condition: &Condition, now: Timestamp) -> bool {
    let list = child_list(status, "conditions");
    let old = list
        .iter()
        .position(|old| text(old, "type") == condition.kind);
    let mut new = json!({
        "type": condition.kind,
        "status": condition.status,
        "lastTransitionTime": stamp(now),
    });
    if !condition.reason.is_empty() {
        set(&mut new, "reason", condition.reason.as_str());
    }
    if !condition.message.is_empty() {
        set(&mut new, "message", condition.message.as_str());
    }
    match old {
        None => {
            list.push(new);
            true
        }
        Some(index) => {
            let old = &mut list[index];
            if text(old, "status") == condition.status {
                set(
                    &mut new,
                    "lastTransitionTime",
                    old["lastTransitionTime"].clone(),
                );
            }
            // Fields that only some kinds have (`lastProbeTime`, `observedGeneration`) stay.
            for (key, value) in old.as_object().into_iter().flatten() {
                if !["reason", "message"].contains(&key.as_str()) && new.get(key).is_none() {
                    new[key] = value.clone();
                }
            }
            let changed = *old != new;
            *old = new;
            changed
        }
    }
}

/// Takes a condition away. Says whether it was there.
pub(crate) fn remove(status: &mut Value, kind: &str) -> bool {
    if find(status, kind).is_none() {
        return false;
    }
    let list = child_list(status, "conditions");
    list.retain(|condition| text(condition, "type") != kind);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transition_time_moves_with_the_status_only() {
        let mut status = json!({});
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let then = super::super::json::later(start, 5);
        assert!(put(
            &mut status,
            &Condition::new("Ready", "False", "A", "a"),
            start
        ));
        assert!(!put(
            &mut status,
            &Condition::new("Ready", "False", "A", "a"),
            then
        ));
        assert!(put(
            &mut status,
            &Condition::new("Ready", "False", "B", ""),
            then
        ));
        assert_eq!(
            text(&status["conditions"][0], "lastTransitionTime"),
            stamp(start)
        );
        assert!(put(
            &mut status,
            &Condition::new("Ready", "True", "", ""),
            then
        ));
        assert_eq!(
            status["conditions"],
            json!([{"type": "Ready", "status": "True", "lastTransitionTime": stamp(then)}])
        );
        assert!(is_true(&status, "Ready"));
        assert!(remove(&mut status, "Ready") && !remove(&mut status, "Ready"));
    }
}
