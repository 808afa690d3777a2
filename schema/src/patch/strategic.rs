//! Strategic merge patch: a merge patch that knows which lists have keys.

use serde_json::{Map, Value};

use super::PatchError;
use super::order::{identity, ordered};
use crate::ty::Type;

const DELETE_FROM: &str = "$deleteFromPrimitiveList/";
const ORDER: &str = "$setElementOrder/";

type Fields = Map<String, Value>;

/// Lays a patch over a built-in object: lists with a merge key by item, others as a whole, null
/// removes. Understands `$patch` (`replace`, `delete`, `merge`), `$retainKeys`,
/// `$deleteFromPrimitiveList/…` and `$setElementOrder/…`.
pub fn strategic_merge_patch(ty: &Type, object: Value, patch: &Value) -> Result<Value, PatchError> {
    let Value::Object(patch) = patch else {
        return Err(PatchError::Malformed(
            "a strategic merge patch is an object".to_owned(),
        ));
    };
    let fields = match object {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    objects(ty, fields, patch).map(Value::Object)
}

/// The directive of an object in a patch.
fn directive(patch: &Fields) -> Result<Option<&str>, PatchError> {
    match patch.get("$patch") {
        None => Ok(None),
        Some(Value::String(word)) if matches!(word.as_str(), "replace" | "delete" | "merge") => {
            Ok(Some(word))
        }
        Some(other) => Err(PatchError::Malformed(format!(
            "unknown patch type found: {other}"
        ))),
    }
}

fn objects(ty: &Type, mut fields: Fields, patch: &Fields) -> Result<Fields, PatchError> {
    match directive(patch)? {
        Some("delete") => return Ok(Fields::new()),
        Some("replace") => fields = Fields::new(),
        _ => {}
    }
    if let Some(Value::Array(kept)) = patch.get("$retainKeys") {
        fields.retain(|name, _| kept.iter().any(|k| k == name));
    }
    let before = |fields: &Fields, name: &str| -> Vec<Value> {
        fields
            .get(name)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    };
    let orders: Vec<(&str, &Value, Vec<Value>)> = patch
        .iter()
        .filter_map(|(name, order)| {
            let name = name.strip_prefix(ORDER)?;
            Some((name, order, before(&fields, name)))
        })
        .collect();
    for (name, gone) in patch {
        if let (Some(name), Value::Array(gone)) = (name.strip_prefix(DELETE_FROM), gone)
            && let Some(Value::Array(items)) = fields.get_mut(name)
        {
            items.retain(|item| !gone.contains(item));
        }
    }
    for (name, change) in patch.iter().filter(|(name, _)| !is_directive(name)) {
        if change.is_null() {
            fields.remove(name);
            continue;
        }
        let ty = ty.field(name).unwrap_or(Type::untyped());
        let merged = values(&ty, fields.remove(name), change)?;
        fields.insert(name.clone(), merged);
    }
    for (name, order, before) in orders {
        let key = ty.field(name).map_or("", |ty| ty.patch().merge_key);
        if let (Value::Array(wanted), Some(Value::Array(items))) = (order, fields.get_mut(name)) {
            *items = ordered(std::mem::take(items), wanted, &before, key);
        }
    }
    Ok(fields)
}

fn is_directive(name: &str) -> bool {
    matches!(name, "$patch" | "$retainKeys")
        || name.starts_with(DELETE_FROM)
        || name.starts_with(ORDER)
}

fn values(ty: &Type, before: Option<Value>, change: &Value) -> Result<Value, PatchError> {
    match change {
        Value::Object(patch) => {
            let fields = match before {
                Some(Value::Object(fields)) => fields,
                _ => Fields::new(),
            };
            objects(ty, fields, patch).map(Value::Object)
        }
        Value::Array(patch) if ty.patch().merge => {
            let items = match before {
                Some(Value::Array(items)) => items,
                _ => Vec::new(),
            };
            lists(ty, items, patch).map(Value::Array)
        }
        other => Ok(other.clone()),
    }
}

fn lists(ty: &Type, mut items: Vec<Value>, patch: &[Value]) -> Result<Vec<Value>, PatchError> {
    let key = ty.patch().merge_key;
    let item_type = ty.item().unwrap_or(Type::untyped());
    if patch
        .iter()
        .any(|item| item.get("$patch").is_some_and(|word| word == "replace"))
    {
        items.clear();
    }
    for change in patch {
        let Value::Object(fields) = change else {
            if !items.contains(change) {
                items.push(change.clone());
            }
            continue;
        };
        let word = directive(fields)?;
        if word == Some("replace") && fields.len() == 1 {
            continue;
        }
        let wanted = identity(change, key);
        if key.is_empty() || wanted.is_null() {
            return Err(PatchError::Malformed(format!(
                "map: {change} does not contain declared merge key: {key}"
            )));
        }
        let at = items.iter().position(|item| identity(item, key) == wanted);
        match (word, at) {
            (Some("delete"), at) => drop(at.map(|at| items.remove(at))),
            (_, Some(at)) => items[at] = values(&item_type, Some(items[at].take()), change)?,
            (_, None) => items.push(values(&item_type, None, change)?),
        }
    }
    Ok(items)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn patched(spec: Value, patch: Value) -> Value {
        let ty = Type::of("", "v1", "Pod").expect("known");
        let patch = json!({"spec": patch});
        strategic_merge_patch(&ty, json!({"spec": spec}), &patch).expect("patch")["spec"].clone()
    }

    #[test]
    fn lists_are_merged_by_their_key() {
        let pod = || json!({"containers": [{"name": "a", "image": "x"}, {"name": "b"}], "tolerations": [{"key": "k"}]});
        for (patch, expected) in [
            (
                json!({"containers": [{"name": "a", "image": "y"}, {"name": "c"}]}),
                json!([{"name": "a", "image": "y"}, {"name": "b"}, {"name": "c"}]),
            ),
            (
                json!({"containers": [{"name": "a", "$patch": "delete"}]}),
                json!([{"name": "b"}]),
            ),
            (
                json!({"containers": [{"$patch": "replace"}, {"name": "z"}]}),
                json!([{"name": "z"}]),
            ),
            (
                json!({"containers": [{"name": "a", "image": null}]}),
                json!([{"name": "a"}, {"name": "b"}]),
            ),
            (
                json!({"$setElementOrder/containers": [{"name": "c"}, {"name": "a"}], "containers": [{"name": "c"}]}),
                json!([{"name": "c"}, {"name": "a", "image": "x"}, {"name": "b"}]),
            ),
        ] {
            assert_eq!(patched(pod(), patch)["containers"], expected);
        }
        let tolerations = patched(pod(), json!({"tolerations": []}));
        assert_eq!(tolerations["tolerations"], json!([]));
    }

    #[test]
    fn directives() {
        let ty = Type::of("apps", "v1", "Deployment").expect("known");
        let live = json!({"spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}}, "metadata": {"finalizers": ["a", "b"], "labels": {"x": "1"}}});
        let patch = json!({
            "spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}},
            "metadata": {"$deleteFromPrimitiveList/finalizers": ["a"], "finalizers": ["b", "c"], "labels": {"$patch": "replace", "y": "2"}},
        });
        assert_eq!(
            strategic_merge_patch(&ty, live, &patch),
            Ok(
                json!({"spec": {"strategy": {"type": "Recreate"}}, "metadata": {"finalizers": ["b", "c"], "labels": {"y": "2"}}})
            )
        );
        let bad = json!({"spec": {"template": {"spec": {"containers": [{"image": "x"}]}}}});
        assert!(strategic_merge_patch(&ty, json!({}), &bad).is_err());
        assert!(strategic_merge_patch(&ty, json!({}), &json!({"$patch": "jump"})).is_err());
    }
}
