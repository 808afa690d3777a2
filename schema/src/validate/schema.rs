//! What OpenAPI itself demands: required fields and enumerations.

use serde_json::Value;

use super::path::{Found, Path};
use crate::ty::{Scalar, Shape, Type};

/// Required texts that may be empty all the same.
const MAY_BE_EMPTY: &[&str] = &["value", "apiGroup"];

/// Values in the order in which a server tells them, where it is not that of the alphabet.
const ORDERS: &[&[&str]] = &[
    &["Ingress", "Egress"],
    &["Always", "OnFailure", "Never"],
    &["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"],
];

/// The allowed values as the server tells them.
fn told(allowed: &'static [&'static str]) -> &'static [&'static str] {
    let same = |order: &&&[&str]| {
        order.len() == allowed.len() && order.iter().all(|word| allowed.contains(word))
    };
    ORDERS.iter().find(same).copied().unwrap_or(allowed)
}

/// Required fields that a server does not ask for: its own rules say what is wrong with them.
fn is_judged_elsewhere(ty: &Type, name: &str) -> bool {
    match name {
        "key" => ty.declares("values"),
        "selector" => ty.declares("updateStrategy") && !ty.declares("serviceName"),
        "containers" | "nodeSelectorTerms" | "operator" | "pathType" | "scopeName"
        | "topologyKey" | "whenUnsatisfiable" => true,
        "preference" | "podAffinityTerm" => ty.declares("weight"),
        "rules" => ty.fields().len() == 1,
        "verbs" => ty.declares("nonResourceURLs"),
        "name" => ty.declares("port") && ty.fields().len() == 2,
        "values" => ty.declares("containerName"),
        "action" => ty.declares("onExitCodes"),
        "status" => ty.declares("type") && ty.fields().len() == 2,
        "type" if ty.declares("status") && ty.fields().len() == 2 => true,
        "type" => ty.declares("averageUtilization") || ty.declares("containerResource"),
        "kind" => ty.declares("apiGroup") && !ty.declares("namespace"),
        _ => false,
    }
}

/// Checks everything below a value, `metadata` and `status` of the object aside.
pub(super) fn check(ty: &Type, object: &Value, found: &mut Found) {
    let Value::Object(fields) = object else {
        return;
    };
    for (name, value) in fields {
        if matches!(name.as_str(), "metadata" | "status") {
            continue;
        }
        if let Some(ty) = ty.field(name) {
            walk(&ty, value, &Path::ROOT.field(name), found);
        }
    }
}

fn walk(ty: &Type, value: &Value, path: &Path<'_>, found: &mut Found) {
    match (ty.shape(), value) {
        (Shape::Struct { .. }, Value::Object(fields)) => {
            for field in ty.fields().into_iter().filter(|field| field.required) {
                let missing = match (field.ty.shape(), fields.get(field.name.as_ref())) {
                    (_, None | Some(Value::Null)) => !is_number(&field.ty),
                    (Shape::List(_), Some(Value::Array(items))) => items.is_empty(),
                    (Shape::Scalar(_), Some(Value::String(text))) => {
                        text.is_empty() && !MAY_BE_EMPTY.contains(&field.name.as_ref())
                    }
                    _ => false,
                };
                if missing && !is_judged_elsewhere(ty, &field.name) {
                    path.field(&field.name).required(found, "");
                }
            }
            for (name, value) in fields {
                if let Some(ty) = ty.field(name) {
                    walk(&ty, value, &path.field(name), found);
                }
            }
        }
        (Shape::Map { .. }, Value::Object(fields)) => {
            let Some(item) = ty.item() else { return };
            for (name, value) in fields {
                walk(&item, value, &path.key(name), found);
            }
        }
        (Shape::List(_), Value::Array(items)) => {
            let Some(item) = ty.item() else { return };
            for (at, value) in items.iter().enumerate() {
                walk(&item, value, &path.index(at), found);
            }
        }
        (Shape::Scalar(_), Value::String(text)) if !path.ends_with("scopeName") => {
            let allowed = ty.allowed();
            if !allowed.is_empty() && !text.is_empty() && !allowed.contains(&text.as_str()) {
                path.unsupported(found, value, told(allowed));
            }
        }
        _ => {}
    }
}

fn is_number(ty: &Type) -> bool {
    matches!(
        ty.scalar(),
        Some(Scalar::Integer | Scalar::Number | Scalar::Boolean)
    )
}
