//! Maps and lists that were given empty. Reading forgets them, and a refusal shows them all the same.

use crate::error::Status;
use crate::kinds::Served;
use infra_schema::ty::{Shape, Type};
use serde_json::Value;

/// Where what was given is empty, as refusals name the place, and how they show it.
pub(super) struct Empty(Vec<(String, &'static str)>);

impl Empty {
    /// What is empty in an object that is about to be read.
    pub(super) fn of(kind: &Served, object: &Value) -> Self {
        let mut found = Vec::new();
        if !kind.is_custom() {
            walk("", &kind.ty(), object, &mut found);
        }
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

fn walk(path: &str, ty: &Type, value: &Value, found: &mut Vec<(String, &'static str)>) {
    match (ty.shape(), value) {
        (Shape::Map { .. }, Value::Object(fields)) if fields.is_empty() => {
            found.push((path.to_owned(), "{}"));
        }
        (Shape::List(_), Value::Array(items)) if items.is_empty() => {
            found.push((path.to_owned(), "[]"));
        }
        (Shape::Struct { .. }, Value::Object(fields)) => {
            let dot = if path.is_empty() { "" } else { "." };
            for (name, value) in fields.iter().filter(|(_, value)| is_container(value)) {
                if let Some(ty) = ty.field(name) {
                    walk(&format!("{path}{dot}{name}"), &ty, value, found);
                }
            }
        }
        (Shape::List(_), Value::Array(items)) => {
            let Some(ty) = ty.item() else { return };
            for (at, value) in items.iter().enumerate().filter(|(_, v)| is_container(v)) {
                walk(&format!("{path}[{at}]"), &ty, value, found);
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
    use infra_schema::kind::Kind;
    use serde_json::json;

    #[test]
    fn maps_and_lists_that_were_given_empty_are_shown() {
        let kind = Kind::find_latest("apps", "Deployment").expect("known");
        let given = json!({"spec": {
            "selector": {}, "template": {"metadata": {"labels": {}}, "spec": {"containers": []}},
        }});
        let fields = [
            ("spec.selector", "null"),
            ("spec.template.metadata.labels", "{}"),
            ("spec.template.spec.containers", "[]"),
            ("spec.template.spec.volumes", "null"),
        ];
        let refused = |shown: &dyn Fn(&'static str) -> &'static str| {
            let cause = |(field, now): &(&str, &'static str)| Cause {
                reason: "FieldValueInvalid".into(),
                message: format!("Invalid value: {}: odd", shown(now)),
                field: (*field).into(),
            };
            let causes: Vec<Cause> = fields.iter().map(cause).collect();
            Status::invalid("apps", "Deployment", "one", &causes)
        };
        let empty = Empty::of(&Served::BuiltIn(kind), &given);
        let shown = empty.shown::<()>(Err(refused(&|_| "null")));
        assert_eq!(shown, Err(refused(&|now| now)));
    }
}
