//! What the sandbox asks the schema of a kind, whether built in or defined by a CRD.

use crate::error::Cause;
use crate::kinds::Served;
use infra_schema::ty::Type;
use serde_json::Value;

/// Removes unknown fields and returns their paths.
pub(crate) fn prune(_kind: &Served, _object: &mut Value) -> Vec<String> {
    Vec::new()
}

/// Makes of an object what a server makes of it when it decodes it: defaults are filled in, and
/// quantities are written as the server writes them.
pub(crate) fn defaults(kind: &Served, object: &mut Value) {
    match kind {
        Served::BuiltIn(kind) => {
            infra_schema::default::defaults(kind, object);
            infra_schema::canonical::canonicalise(&kind.ty(), object);
        }
        Served::Custom(_) => {}
    }
}

/// What is wrong with an object, and with its change.
pub(crate) fn violations(_kind: &Served, _object: &Value, _old: Option<&Value>) -> Vec<Cause> {
    Vec::new()
}

/// Applies a JSON patch.
pub(crate) fn json_patch(_object: &Value, _operations: &Value) -> Result<Value, String> {
    Err("not yet".into())
}

/// Applies a merge patch.
pub(crate) fn merge_patch(object: &Value, patch: &Value) -> Value {
    let (Value::Object(base), Value::Object(patch)) = (object, patch) else {
        return patch.clone();
    };
    let mut out = base.clone();
    for (key, value) in patch {
        if value.is_null() {
            out.remove(key);
        } else {
            let old = out.get(key).cloned().unwrap_or(Value::Null);
            out.insert(key.clone(), merge_patch(&old, value));
        }
    }
    Value::Object(out)
}

/// Applies a strategic merge patch.
pub(crate) fn strategic_merge_patch(
    _ty: &Type,
    object: &Value,
    patch: &Value,
) -> Result<Value, String> {
    Ok(merge_patch(object, patch))
}
