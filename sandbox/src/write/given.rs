//! Maps and lists that were given empty. Reading forgets them, and a refusal shows them all the same.

use crate::error::Status;
use serde_json::Value;

/// Where what was given is empty, as refusals name the place, and how they show it.
pub(super) struct Empty(Vec<(String, &'static str)>);

impl Empty {
    /// What is empty in an object that is about to be read.
    pub(super) fn of(object: &Value) -> Self {
        let mut found = Vec::new();
        walk("", object, &mut found);
        Self(found)
    }

    /// The outcome of reading and judging that object.
    pub(super) fn shown<T>(&self, outcome: Result<T, Status>) -> Result<T, Status> {
        outcome.map_err(|mut status| {
            for (field, shown) in &self.0 {
                status.show(field, shown);
            }
            status
        })
    }
}

fn walk(path: &str, value: &Value, found: &mut Vec<(String, &'static str)>) {
    match value {
        Value::Object(fields) if fields.is_empty() => found.push((path.to_owned(), "{}")),
        Value::Array(items) if items.is_empty() => found.push((path.to_owned(), "[]")),
        Value::Object(fields) => {
            let dot = if path.is_empty() { "" } else { "." };
            for (name, value) in fields.iter().filter(|(_, value)| is_container(value)) {
                walk(&format!("{path}{dot}{name}"), value, found);
            }
        }
        Value::Array(items) => {
            for (at, value) in items.iter().enumerate().filter(|(_, v)| is_container(v)) {
                walk(&format!("{path}[{at}]"), value, found);
            }
        }
        _ => {}
    }
}

fn is_container(value: &Value) -> bool {
    value.is_object() || value.is_array()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Cause;
    use serde_json::json;

    #[test]
    fn what_was_given_empty_is_shown() {
        let given = json!({"spec": {"labels": {}, "rules": [{"verbs": []}]}});
        let cause = |field: &str, shown: &str| Cause {
            reason: "FieldValueInvalid".into(),
            message: format!("Invalid value: {shown}: odd"),
            field: field.into(),
        };
        let fields = ["spec.labels", "spec.rules[0].verbs", "spec.other"];
        let refused = |shown: [&str; 3]| {
            let causes: Vec<Cause> = fields
                .iter()
                .zip(shown)
                .map(|(field, shown)| cause(field, shown))
                .collect();
            Status::invalid("apps", "Deployment", "one", &causes)
        };
        let shown = Empty::of(&given).shown::<()>(Err(refused(["null"; 3])));
        assert_eq!(shown, Err(refused(["{}", "[]", "null"])));
    }
}
