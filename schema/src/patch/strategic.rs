//! Strategic merge patch: a merge patch that knows which lists have keys.

use serde_json::{Map, Value};

use super::PatchError;
use super::order::{identity, ordered};
use crate::merge::shown;
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

/// Lays one object of a patch over one that is there.
fn objects(ty: &Type, mut fields: Fields, patch: &Fields) -> Result<Fields, PatchError> {
    match patch.get("$patch").map(|word| word.as_str()) {
        None => {}
        Some(Some("delete")) => return Ok(Fields::new()),
        Some(Some("replace")) => {
            let mut patch = patch.clone();
            patch.remove("$patch");
            return Ok(patch);
        }
        Some(_) => return Err(unknown_directive(patch)),
    }
    retain(&mut fields, patch)?;
    let orders: Vec<(&str, &Value, Vec<Value>)> = patch
        .iter()
        .filter_map(|(name, order)| {
            let name = name.strip_prefix(ORDER)?;
            Some((name, order, list(&fields, name)))
        })
        .collect();
    for (name, change) in patch {
        if let Some(name) = name.strip_prefix(DELETE_FROM) {
            if let (Value::Array(gone), Some(Value::Array(items))) = (change, fields.get_mut(name))
            {
                items.retain(|item| !gone.contains(item));
            }
        } else if name != "$retainKeys" && !name.starts_with(ORDER) {
            field(ty, &mut fields, name, change)?;
        }
    }
    for (name, order, before) in orders {
        let key = ty.field(name).map_or("", |ty| ty.patch().merge_key);
        if let (Value::Array(wanted), Some(Value::Array(items))) = (order, fields.get_mut(name)) {
            *items = ordered(std::mem::take(items), wanted, &before, key);
        }
    }
    Ok(fields)
}

fn list(fields: &Fields, name: &str) -> Vec<Value> {
    let list = fields.get(name).and_then(Value::as_array);
    list.cloned().unwrap_or_default()
}

fn unknown_directive(patch: &Fields) -> PatchError {
    let word = shown(&patch["$patch"]);
    let patch = shown(&Value::Object(patch.clone()));
    PatchError::Impossible(format!("unknown patch type: {word} in map: {patch}"))
}

/// Clears what `$retainKeys` does not name. The patch itself may have nothing else in it.
fn retain(fields: &mut Fields, patch: &Fields) -> Result<(), PatchError> {
    let Some(kept) = patch.get("$retainKeys") else {
        return Ok(());
    };
    let named = |name: &str| {
        let mut kept = kept.as_array().into_iter().flatten();
        kept.any(|k| k == name)
    };
    let stray = patch.iter().any(|(name, value)| {
        let directive = name == "$retainKeys" || name.starts_with(DELETE_FROM);
        !directive && !name.starts_with(ORDER) && !value.is_null() && !named(name)
    });
    if stray || !kept.is_array() {
        let message = "invalid patch format of retainKeys";
        return Err(PatchError::Malformed(message.to_owned()));
    }
    fields.retain(|name, _| named(name));
    Ok(())
}

/// Lays one field of a patch over an object.
fn field(ty: &Type, fields: &mut Fields, name: &str, change: &Value) -> Result<(), PatchError> {
    let before = fields.remove(name);
    let ty = ty.field(name).unwrap_or(Type::untyped());
    let strategy = ty.patch();
    let after = match (before, change) {
        (_, Value::Null) => None,
        (Some(Value::Object(_)), Value::Object(patch)) if strategy.replace => {
            Some(Value::Object(patch.clone()))
        }
        (Some(Value::Object(before)), Value::Object(patch)) => {
            Some(Value::Object(objects(&ty, before, patch)?))
        }
        (Some(Value::Array(before)), Value::Array(patch)) if strategy.merge => {
            Some(Value::Array(lists(&ty, before, patch)?))
        }
        (Some(Value::Array(_)), Value::Array(patch)) => Some(Value::Array(patch.clone())),
        (_, new) => without_nulls(new),
    };
    if let Some(after) = after {
        fields.insert(name.to_owned(), after);
    }
    Ok(())
}

/// A value where nothing stood: without nulls, and without objects that are directives.
fn without_nulls(value: &Value) -> Option<Value> {
    match value {
        Value::Object(fields) if fields.contains_key("$patch") => None,
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(_, value)| !value.is_null());
            let kept = kept.filter_map(|(name, value)| Some((name.clone(), without_nulls(value)?)));
            Some(Value::Object(kept.collect()))
        }
        Value::Array(items) => Some(items.iter().filter_map(without_nulls).collect()),
        other => Some(other.clone()),
    }
}

/// All items of the two lists have to be of one type, which is not a list.
fn check_items(items: &[Value], patch: &[Value]) -> Result<(), PatchError> {
    let kind = |value: &Value| (std::mem::discriminant(value), value.is_f64());
    let mut all = items.iter().chain(patch);
    let Some(first) = all.next() else {
        return Ok(());
    };
    if first.is_array() {
        let message = "lists of lists are not supported";
        return Err(PatchError::Impossible(message.to_owned()));
    }
    if all.any(|item| kind(item) != kind(first)) {
        let (items, patch) = (shown(&items.into()), shown(&patch.into()));
        return Err(PatchError::Impossible(format!(
            "list element types are not identical: [{items} {patch}]"
        )));
    }
    Ok(())
}

fn lists(ty: &Type, mut items: Vec<Value>, patch: &[Value]) -> Result<Vec<Value>, PatchError> {
    check_items(&items, patch)?;
    let key = ty.patch().merge_key;
    let item_type = ty.item().unwrap_or(Type::untyped());
    if key.is_empty() {
        let mut all = Vec::with_capacity(items.len() + patch.len());
        for item in items.iter().chain(patch) {
            if !all.contains(item) {
                all.push(item.clone());
            }
        }
        return Ok(ordered(all, patch, &items, key));
    }
    let mut changes = Vec::new();
    let mut replace = false;
    for change in patch {
        match change.get("$patch").map(|word| word.as_str()) {
            None => changes.push(change.clone()),
            Some(Some("delete")) if !identity(change, key).is_null() => {
                items.retain(|item| identity(item, key) != identity(change, key));
            }
            Some(Some("delete")) => return Err(keyless(change, key)),
            Some(Some("replace")) => replace = true,
            Some(Some("merge")) => {
                let message = "merging lists cannot yet be specified in the patch";
                return Err(PatchError::Impossible(message.to_owned()));
            }
            Some(_) => {
                let Value::Object(change) = change else {
                    continue;
                };
                return Err(unknown_directive(change));
            }
        }
    }
    if replace {
        return Ok(changes);
    }
    let before = items.clone();
    for change in &changes {
        let wanted = identity(change, key);
        if wanted.is_null() {
            return Err(keyless(change, key));
        }
        let at = items.iter().position(|item| identity(item, key) == wanted);
        match (at, change) {
            (Some(at), Value::Object(patch)) => {
                let Value::Object(live) = items[at].take() else {
                    continue;
                };
                items[at] = Value::Object(objects(&item_type, live, patch)?);
            }
            _ => items.push(change.clone()),
        }
    }
    // What the patch names comes in its order, the rest where it stood.
    Ok(ordered(items, &changes, &before, key))
}

fn keyless(item: &Value, key: &str) -> PatchError {
    let item = shown(item);
    PatchError::Impossible(format!(
        "map: {item} does not contain declared merge key: {key}"
    ))
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
                json!([{"name": "a", "image": "y"}, {"name": "c"}, {"name": "b"}]),
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
        let mixed = json!({"spec": {"template": {"spec": {"containers": [3, "a"]}}}});
        let bad = json!({"spec": {"template": {"spec": {"containers": [{"image": "x"}]}}}});
        let live = json!({"spec": {"template": {"spec": {"containers": [{"name": "a"}]}}}});
        let said = |live: Value, patch: Value| {
            strategic_merge_patch(&ty, live, &patch)
                .expect_err("refused")
                .to_string()
        };
        assert_eq!(
            said(live.clone(), bad),
            "map: map[image:x] does not contain declared merge key: name"
        );
        assert_eq!(
            said(live, mixed),
            "list element types are not identical: [[map[name:a]] [3 a]]"
        );
        for (patch, message) in [
            (
                json!({"$patch": "jump"}),
                "unknown patch type: jump in map: map[$patch:jump]",
            ),
            (
                json!({"$retainKeys": ["name"], "spec": {}}),
                "invalid patch format of retainKeys",
            ),
        ] {
            assert_eq!(said(json!({}), patch), message);
        }
    }

    #[test]
    fn what_is_new_comes_before_what_was_there() {
        let pod = json!({"containers": [{"name": "a"}, {"name": "b"}]});
        let patch = json!({"containers": [{"name": "c", "image": "x"}]});
        let names = |pod: Value| {
            let names = pod["containers"].as_array().expect("a list").iter();
            names.map(|c| c["name"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(names(patched(pod, patch)), ["c", "a", "b"]);
    }

    #[test]
    fn some_objects_are_replaced() {
        let ty = Type::of("policy", "v1", "PodDisruptionBudget").expect("known");
        let live = json!({"spec": {"selector": {"matchLabels": {"app": "web"}}}});
        let patch = json!({"spec": {"selector": {"matchLabels": {"tier": "front"}}}});
        assert_eq!(strategic_merge_patch(&ty, live, &patch), Ok(patch));
    }
}
