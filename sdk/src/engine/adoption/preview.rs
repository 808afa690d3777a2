//! What an object becomes once its fields have changed hands, as a patch that can be tried.

use crate::engine::MANAGER;
use infra_schema::{
    apply::{ApplyOptions, apply},
    canonical::canonical,
    fields::FieldSet,
    ty::Type,
};
use serde_json::{Value, json};

/// The parts of `metadata` that are set.
const METADATA: [&str; 4] = ["annotations", "finalizers", "labels", "ownerReferences"];

/// A JSON patch that makes of `live` what applying `body` will make of it once its `managedFields`
/// are `managed`: an API server that tries it says what that becomes, as long as `live` is what is
/// there: whole fields are replaced. `None` where the kind's fields
/// are not known well enough.
pub(crate) fn preview(ty: &Type, live: &Value, managed: Value, body: &Value) -> Option<Value> {
    let body = canonical(ty, body.clone());
    let mut owned = live.clone();
    owned["metadata"]["managedFields"] = managed;
    let nothing = FieldSet::new();
    let options = ApplyOptions {
        manager: MANAGER,
        api_version: body["apiVersion"].as_str()?,
        force: true,
        subresource: "",
        // Nobody sees it: only content is taken from what comes out.
        time: "1970-01-01T00:00:00Z",
        reset: &nothing,
    };
    let wanted = apply(ty, Some(&owned), &body, &options).ok()?.object;
    let version = &live["metadata"]["resourceVersion"];
    let guard = json!({"op": "replace", "path": "/metadata/resourceVersion", "value": version});
    let mut steps = vec![guard];
    let (before, after) = (live.as_object()?, wanted.as_object()?);
    let fields: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for field in fields {
        if !["apiVersion", "kind", "metadata", "status"].contains(&field.as_str()) {
            step(
                &mut steps,
                &["", field],
                before.get(field),
                after.get(field),
            );
        }
    }
    for field in METADATA {
        let (before, after) = (live["metadata"].get(field), wanted["metadata"].get(field));
        step(&mut steps, &["", "metadata", field], before, after);
    }
    Some(Value::Array(steps))
}

fn step(steps: &mut Vec<Value>, path: &[&str], before: Option<&Value>, after: Option<&Value>) {
    let path: Vec<String> = path
        .iter()
        .map(|part| part.replace('~', "~0").replace('/', "~1"))
        .collect();
    let path = path.join("/");
    match after {
        Some(after) if before != Some(after) => {
            steps.push(json!({"op": "add", "path": path, "value": after}));
        }
        None if before.is_some() => steps.push(json!({"op": "remove", "path": path})),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use infra_schema::kind::Kind;

    #[test]
    fn what_only_the_former_manager_set_goes() {
        let ty = Kind::find_api("v1", "ConfigMap").unwrap().ty();
        let entry = |manager: &str, fields: Value| {
            json!({"manager": manager, "operation": "Apply", "apiVersion": "v1",
                "fieldsType": "FieldsV1", "fieldsV1": fields})
        };
        let live = json!({"apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "a", "resourceVersion": "7", "annotations": {"x": "1"},
                "managedFields": [entry("kubectl", json!({}))]},
            "data": {"a": "1", "b": "2", "c": "3"}});
        let managed = json!([
            entry(
                "infra",
                json!({"f:metadata": {"f:annotations": {"f:x": {}}},
                "f:data": {"f:a": {}, "f:b": {}}})
            ),
            entry("other", json!({"f:data": {"f:c": {}}})),
        ]);
        let body = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"},
            "data": {"a": "new"}});
        assert_eq!(
            preview(&ty, &live, managed, &body).unwrap(),
            json!([
                {"op": "replace", "path": "/metadata/resourceVersion", "value": "7"},
                {"op": "add", "path": "/data", "value": {"a": "new", "c": "3"}},
                {"op": "remove", "path": "/metadata/annotations"},
            ])
        );
    }
}
