//! JSON patch (RFC 6902).

use serde_json::Value;

use super::PatchError;
use crate::fields::equal;

/// How many operations a server takes.
pub(super) const MOST: usize = 10_000;

/// Does the operations of a patch, one after the other. `null` under `value` is a value.
pub fn json_patch(mut object: Value, patch: &Value) -> Result<Value, PatchError> {
    let malformed = || {
        let what = match patch {
            Value::Bool(_) => "bool",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            _ => "object",
        };
        PatchError::Malformed(format!(
            "error decoding patch: json: cannot unmarshal {what} into Go value of type []handlers.jsonPatchOp"
        ))
    };
    let operations = patch.as_array().ok_or_else(malformed)?;
    if operations.len() > MOST {
        return Err(PatchError::TooManyOperations(operations.len()));
    }
    for operation in operations {
        let text = |name: &str| operation.get(name).and_then(Value::as_str);
        let lacks =
            |what: &str| PatchError::Inapplicable(format!("operation, missing {what} field"));
        let path = absolute(text("path").ok_or_else(|| lacks("path"))?);
        let value = || operation.get("value").ok_or_else(|| lacks("value"));
        let from = || text("from").map(absolute).ok_or_else(|| lacks("from"));
        match text("op").unwrap_or_default() {
            "add" => add(&mut object, path, value()?.clone())?,
            "remove" => drop(remove(&mut object, path, "remove")?),
            "replace" => replace(&mut object, path, value()?)?,
            "move" => {
                let value = remove(&mut object, from()?, "move")?;
                add(&mut object, path, value)?;
            }
            "copy" => {
                // Of an object, what is not there is copied as nothing.
                let value = member(&mut object, from()?, "copy")?.clone();
                add(&mut object, path, value)?;
            }
            "test" => {
                let found = if path.is_empty() {
                    &object
                } else {
                    member(&mut object, path, "test")?
                };
                if !equal(found, operation.get("value").unwrap_or(&Value::Null)) {
                    let message = format!("testing value {path} failed: test failed");
                    return Err(PatchError::Inapplicable(message));
                }
            }
            other => {
                return Err(PatchError::Inapplicable(format!(
                    "Unexpected kind: {other}"
                )));
            }
        }
    }
    Ok(object)
}

fn missing(what: String) -> PatchError {
    PatchError::Inapplicable(format!("{what}: missing value"))
}

/// What stands before the first slash of a path says nothing.
fn absolute(path: &str) -> &str {
    path.find('/').map_or(path, |at| &path[at..])
}

fn unescaped(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

/// What a path names: a field that is not there is nothing, an item that is not there is missed.
fn member<'v>(object: &'v mut Value, path: &str, operation: &str) -> Result<&'v Value, PatchError> {
    const NOTHING: &Value = &Value::Null;
    match parent(object, path, operation)? {
        (Value::Object(fields), name) => Ok(fields.get(&name).unwrap_or(NOTHING)),
        (Value::Array(items), token) => {
            let at = position(&token, items.len(), path)?;
            items
                .get(at)
                .ok_or_else(|| missing(format!("error in {operation} for path: '{path}'")))
        }
        _ => Err(missing(format!(
            "{operation} operation does not apply: doc is missing path: {path}"
        ))),
    }
}

/// The container of what a path names, and its name in there.
fn parent<'v>(
    object: &'v mut Value,
    path: &str,
    operation: &str,
) -> Result<(&'v mut Value, String), PatchError> {
    let none = || {
        missing(format!(
            "{operation} operation does not apply: doc is missing path: \"{path}\""
        ))
    };
    let (above, last) = path.rsplit_once('/').ok_or_else(none)?;
    let container = above
        .split('/')
        .skip(1)
        .try_fold(object, step)
        .ok_or_else(none)?;
    Ok((container, unescaped(last)))
}

/// One step down a path.
fn step<'v>(value: &'v mut Value, token: &str) -> Option<&'v mut Value> {
    match value {
        Value::Object(fields) => fields.get_mut(&unescaped(token)),
        Value::Array(items) => {
            let at = position(token, items.len(), "").ok()?;
            items.get_mut(at)
        }
        _ => None,
    }
}

fn position(token: &str, length: usize, path: &str) -> Result<usize, PatchError> {
    let wrong = |what: &str| {
        PatchError::Inapplicable(format!("Unable to access invalid index: {path}: {what}"))
    };
    let at: i64 = token
        .parse()
        .map_err(|_| wrong("invalid index referenced"))?;
    // As the server's library: negative places count from the end.
    let at = if at < 0 { at + length as i64 } else { at };
    usize::try_from(at)
        .ok()
        .filter(|at| *at <= length)
        .ok_or_else(|| wrong("invalid index referenced"))
}

fn add(object: &mut Value, path: &str, value: Value) -> Result<(), PatchError> {
    if path.is_empty() {
        *object = value;
        return Ok(());
    }
    match parent(object, path, "add")? {
        (Value::Object(fields), name) => drop(fields.insert(name, value)),
        (Value::Array(items), token) => {
            let at = if token == "-" {
                items.len()
            } else {
                position(&token, items.len(), path)?
            };
            items.insert(at, value);
        }
        _ => {
            let what = format!("add operation does not apply: doc is missing path: \"{path}\"");
            return Err(missing(what));
        }
    }
    Ok(())
}

fn remove(object: &mut Value, path: &str, operation: &str) -> Result<Value, PatchError> {
    let none = |key: &str| {
        let what = format!(
            "error in {operation} for path: '{path}': Unable to remove nonexistent key: {key}"
        );
        missing(what)
    };
    match parent(object, path, operation)? {
        (Value::Object(fields), name) => fields.remove(&name).ok_or_else(|| none(&name)),
        (Value::Array(items), token) => {
            let at = position(&token, items.len(), path)?;
            if at < items.len() {
                Ok(items.remove(at))
            } else {
                Err(none(&token))
            }
        }
        (_, token) => Err(none(&token)),
    }
}

fn replace(object: &mut Value, path: &str, value: &Value) -> Result<(), PatchError> {
    if path.is_empty() {
        *object = value.clone();
        return Ok(());
    }
    match parent(object, path, "replace")? {
        // A field that is not there is replaced all the same.
        (Value::Object(fields), name) => drop(fields.insert(name, value.clone())),
        (Value::Array(items), token) => {
            let at = position(&token, items.len(), path)?;
            let item = items.get_mut(at).ok_or_else(|| {
                missing(format!(
                    "replace operation does not apply: doc is missing key: {path}"
                ))
            })?;
            *item = value.clone();
        }
        _ => {
            let what = format!("replace operation does not apply: doc is missing path: \"{path}\"");
            return Err(missing(what));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn operations() {
        let object = || json!({"a": {"b": [1, 2], "c~/d": 1}, "e": null});
        for (patch, expected) in [
            (
                json!([{"op": "add", "path": "/a/b/1", "value": 9}]),
                Ok(json!({"a": {"b": [1, 9, 2], "c~/d": 1}, "e": null})),
            ),
            (
                json!([{"op": "add", "path": "/a/b/-", "value": 9}]),
                Ok(json!({"a": {"b": [1, 2, 9], "c~/d": 1}, "e": null})),
            ),
            (
                json!([{"op": "remove", "path": "/a/c~0~1d"}]),
                Ok(json!({"a": {"b": [1, 2]}, "e": null})),
            ),
            (
                json!([{"op": "replace", "path": "/e", "value": 1}]),
                Ok(json!({"a": {"b": [1, 2], "c~/d": 1}, "e": 1})),
            ),
            (
                json!([{"op": "move", "from": "/a/b", "path": "/f"}]),
                Ok(json!({"a": {"c~/d": 1}, "e": null, "f": [1, 2]})),
            ),
            (
                json!([{"op": "copy", "from": "/a/b/0", "path": "/e"}]),
                Ok(json!({"a": {"b": [1, 2], "c~/d": 1}, "e": 1})),
            ),
            (
                json!([{"op": "copy", "from": "/x", "path": "/e"}]),
                Ok(object()),
            ),
            (
                json!([{"op": "copy", "from": "/a/b/-", "path": "/e"}]),
                Err("Unable to access invalid index: /a/b/-: invalid index referenced"),
            ),
            (
                json!([{"op": "copy", "from": "/a/b/2", "path": "/e"}]),
                Err("error in copy for path: '/a/b/2': missing value"),
            ),
            (
                json!([{"op": "test", "path": "/a/b", "value": [1, 2]}]),
                Ok(object()),
            ),
            (
                json!([{"op": "test", "path": "/a/b/-1", "value": 2}]),
                Ok(object()),
            ),
            (
                json!([{"op": "test", "path": "/a/b/2", "value": null}]),
                Err("error in test for path: '/a/b/2': missing value"),
            ),
            (
                json!([{"op": "test", "path": "/e/f", "value": null}]),
                Err("test operation does not apply: doc is missing path: /e/f: missing value"),
            ),
            (
                json!([{"op": "test", "path": "/e", "value": 1}]),
                Err("testing value /e failed: test failed"),
            ),
            (
                json!([{"op": "remove", "path": "/x"}]),
                Err(
                    "error in remove for path: '/x': Unable to remove nonexistent key: x: missing value",
                ),
            ),
            (
                json!([{"op": "add", "path": "/x/y", "value": 1}]),
                Err("add operation does not apply: doc is missing path: \"/x/y\": missing value"),
            ),
            (
                json!([{"op": "replace", "path": "e", "value": 1}]),
                Err("replace operation does not apply: doc is missing path: \"e\": missing value"),
            ),
            (
                json!([{"op": "remove"}]),
                Err("operation, missing path field"),
            ),
            (
                json!([{"op": "replace", "path": "x/e", "value": 1}, {"op": "replace", "path": "/n", "value": 2}]),
                Ok(json!({"a": {"b": [1, 2], "c~/d": 1}, "e": 1, "n": 2})),
            ),
            (
                json!([{"op": "jump", "path": "/x"}]),
                Err("Unexpected kind: jump"),
            ),
            (
                json!({}),
                Err(
                    "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp",
                ),
            ),
        ] {
            let result = json_patch(object(), &patch).map_err(|error| error.to_string());
            assert_eq!(result, expected.map_err(str::to_owned), "{patch}");
        }
    }
}
