//! The one rule of `x-kubernetes-validations` that decides between update and replacement:
//! `self == oldSelf`.

use serde_json::Value;

use crate::ty::Type;
use crate::validate::{Violation, ViolationKind};

/// Fields that a schema calls immutable and that change. Other rules are not evaluated.
pub fn check_update(ty: &Type, old: &Value, new: &Value) -> Vec<Violation> {
    let mut out = Vec::new();
    walk(ty, old, new, "", &mut out);
    out
}

/// What a server says when an object fits its schema too little for the rules to be asked.
pub fn unchecked(ty: &Type, found: &[Violation]) -> Option<Violation> {
    let blocks = |violation: &Violation| {
        matches!(
            violation.kind,
            ViolationKind::NotSupported
                | ViolationKind::Required
                | ViolationKind::TooLong
                | ViolationKind::TooMany
                | ViolationKind::TypeInvalid
        )
    };
    let detail = "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation";
    let blocked = found.iter().any(blocks) && has_rules(ty);
    blocked.then(|| Violation::invalid("", &Value::Null, detail))
}

/// Whether a type has rules anywhere.
fn has_rules(ty: &Type) -> bool {
    let Some(custom) = ty.as_custom() else {
        return false;
    };
    custom.schema.get("x-kubernetes-validations").is_some()
        || custom.fields.iter().any(|field| has_rules(&field.ty))
        || custom.rest.as_ref().is_some_and(has_rules)
}

fn walk(ty: &Type, old: &Value, new: &Value, path: &str, out: &mut Vec<Violation>) {
    let Some(custom) = ty.as_custom() else { return };
    if old == new {
        return;
    }
    let rules = custom
        .schema
        .get("x-kubernetes-validations")
        .and_then(Value::as_array);
    for rule in rules.into_iter().flatten() {
        let text = |name: &str| rule.get(name).and_then(Value::as_str).unwrap_or_default();
        let source: String = text("rule").split_whitespace().collect();
        if matches!(source.as_str(), "self==oldSelf" | "oldSelf==self") {
            let message = match text("message") {
                "" => format!("failed rule: {}", text("rule")),
                message => message.to_owned(),
            };
            out.push(Violation::invalid(path, new, &message));
        }
    }
    if let (Value::Object(old), Value::Object(new)) = (old, new) {
        for (name, new) in new {
            if let (Some(ty), Some(old)) = (ty.field(name), old.get(name)) {
                let path = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                walk(&ty, old, new, &path, out);
            }
        }
    }
}
