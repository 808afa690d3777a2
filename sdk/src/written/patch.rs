//! The patch that makes one object of another.

use super::settled;
use infra_schema::kind::Kind;
use infra_schema::ty::{Shape, Type};
use serde_json::{Map, Value, json};

/// What `patch(…)` of a builder must be given so that `made` comes to `wanted`, which says as little as
/// it may; `None` where no patch does.
#[must_use]
pub fn patch(made: &Value, wanted: &Value) -> Option<Value> {
    let text = |field: &str| wanted[field].as_str().unwrap_or_default();
    let ty = Kind::find_api(text("apiVersion"), text("kind"))?.ty();
    let whole = (settled(made), settled(wanted));
    between(
        &ty,
        Pair {
            made,
            wanted,
            full: (&whole.0, &whole.1),
        },
    )
}

/// A value as it is made and as it is wanted, each also with all defaults.
#[derive(Clone, Copy)]
struct Pair<'a> {
    made: &'a Value,
    wanted: &'a Value,
    full: (&'a Value, &'a Value),
}

/// A patch of two values that differ.
fn between(ty: &Type, pair: Pair<'_>) -> Option<Value> {
    match (pair.made, pair.wanted) {
        (Value::Object(made), Value::Object(wanted)) => {
            let mut patch = Map::new();
            for (name, before) in made {
                let Some(after) = wanted.get(name) else {
                    if pair.full.0.get(name) != pair.full.1.get(name) {
                        patch.insert(name.clone(), Value::Null);
                    }
                    continue;
                };
                let full = (pair.full.0.get(name), pair.full.1.get(name));
                if before == after || (full.0 == full.1 && full.0.is_some()) {
                    continue;
                }
                let below = Pair {
                    made: before,
                    wanted: after,
                    full: (full.0.unwrap_or(before), full.1.unwrap_or(after)),
                };
                let child = ty.field(name).unwrap_or(Type::untyped());
                patch.insert(name.clone(), between(&child, below)?);
            }
            for (name, after) in wanted {
                let same = pair.full.0.get(name) == pair.full.1.get(name);
                if !made.contains_key(name) && !same {
                    patch.insert(name.clone(), after.clone());
                }
            }
            Some(Value::Object(patch))
        }
        (Value::Array(made), Value::Array(wanted)) => list(ty, made, wanted, pair.full),
        (_, wanted) => Some(wanted.clone()),
    }
}

/// Lists whose items are told apart by a key are patched item by item, others are replaced.
fn list(ty: &Type, made: &[Value], wanted: &[Value], full: (&Value, &Value)) -> Option<Value> {
    let strategy = ty.patch();
    let key = strategy.merge_key;
    if !matches!(ty.shape(), Shape::List(_)) || key.is_empty() {
        return Some(Value::from(wanted));
    }
    let item = ty.item()?;
    let find = |list: &[Value], id: &Value| -> Option<Value> {
        list.iter().find(|one| one.get(key) == Some(id)).cloned()
    };
    let mut patch = Vec::new();
    for before in made {
        let id = before.get(key)?;
        if find(wanted, id).is_none() {
            let mut gone = json!({ "$patch": "delete" });
            gone[key] = id.clone();
            patch.push(gone);
        }
    }
    let empty = Vec::new();
    let lists = (
        full.0.as_array().unwrap_or(&empty),
        full.1.as_array().unwrap_or(&empty),
    );
    for after in wanted {
        let id = after.get(key)?;
        let Some(before) = find(made, id) else {
            patch.push(after.clone());
            continue;
        };
        let full = (find(lists.0, id)?, find(lists.1, id)?);
        if full.0 == full.1 {
            continue;
        }
        let below = Pair {
            made: &before,
            wanted: after,
            full: (&full.0, &full.1),
        };
        let Value::Object(mut change) = between(&item, below)? else {
            return None;
        };
        change.insert(key.to_owned(), id.clone());
        patch.push(Value::Object(change));
    }
    Some(Value::Array(patch))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_says_what_differs_and_no_more() {
        let object = |spec: Value| {
            json!({
                "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "a" },
                "spec": { "selector": {}, "template": { "spec": spec } },
            })
        };
        let made = object(json!({
            "containers": [{ "name": "a", "image": "a:1", "tty": true }, { "name": "b" }],
            "hostname": "x",
        }));
        let wanted = object(json!({
            "containers": [{ "name": "a", "image": "a:1", "ports": [{ "containerPort": 80 }] }],
            "dnsPolicy": "ClusterFirst", "preemptionPolicy": "Never",
        }));
        let found = patch(&made, &wanted).expect("a patch");
        assert_eq!(
            found["spec"]["template"]["spec"],
            json!({
                "containers": [
                    { "name": "b", "$patch": "delete" },
                    { "name": "a", "tty": null, "ports": [{ "containerPort": 80 }] },
                ],
                "hostname": null, "preemptionPolicy": "Never",
            })
        );
        let ty = Kind::find_api("apps/v1", "Deployment").expect("known").ty();
        let patched = infra_schema::patch::strategic_merge_patch(&ty, made, &found).expect("fits");
        assert_eq!(settled(&patched), settled(&wanted));
    }
}
