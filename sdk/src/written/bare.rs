//! Objects without the values that a server would fill in anyway.

use infra_schema::default::defaults;
use infra_schema::kind::Kind;
use infra_schema::ty::{Shape, Type};
use serde_json::{Map, Value};
use std::fmt::Write as _;

/// An object without the values that a server fills in where they are not said. What is left comes to
/// the same.
///
/// Which values those are is not listed here: a server's defaults are asked what they would say of
/// the object when it said as little as it may.
#[must_use]
pub fn bare(value: &Value) -> Value {
    let text = |field: &str| value[field].as_str().unwrap_or_default();
    let Some(kind) = Kind::find_api(text("apiVersion"), text("kind")) else {
        return value.clone();
    };
    let filled = |value: &Value| {
        let mut filled = value.clone();
        defaults(kind, &mut filled);
        filled
    };
    let full = filled(value);
    let ty = kind.ty();
    let mut said = value.clone();
    skeleton(&ty, &mut said);
    let told = filled(&said);
    let mut less = value.clone();
    without(&ty, &mut less, &told);
    if filled(&less) != full {
        // Defaults that depend on each other: only one at a time is known to go.
        less = value.clone();
    }
    empty_maps(&mut less, &|less| filled(less) == full);
    less
}

/// Fields of strings, numbers and truth values that say what an object is about, so that defaults
/// follow from them.
const TELLING: [&str; 7] = ["image", "name", "key", "type", "path", "kind", "apiVersion"];

/// Where a type is said that is mostly the default.
const TYPES: [&str; 4] = [
    "/type",
    "/spec/type",
    "/spec/strategy/type",
    "/spec/updateStrategy/type",
];

/// Maps that mean something while they are empty, and are better said.
const MEANT: [&str; 4] = ["emptyDir", "podSelector", "namespaceSelector", "selector"];

/// Drops every scalar that is not needed to tell items apart.
fn skeleton(ty: &Type, value: &mut Value) {
    match value {
        Value::Object(fields) => {
            let required: Vec<String> = ty.required().iter().map(ToString::to_string).collect();
            fields.retain(|name, value| {
                value.is_object()
                    || value.is_array()
                    || TELLING.contains(&name.as_str())
                    || required.contains(name)
            });
            for (name, value) in fields {
                if let Some(ty) = ty.field(name) {
                    skeleton(&ty, value);
                }
            }
        }
        Value::Array(items) => {
            if let Some(item) = ty.item() {
                for value in items {
                    skeleton(&item, value);
                }
            }
        }
        _ => {}
    }
}

/// Drops the scalars that `told` has too, where a field is not required.
fn without(ty: &Type, value: &mut Value, told: &Value) {
    match (value, told) {
        (Value::Object(fields), Value::Object(told)) => {
            if !matches!(ty.shape(), Shape::Struct { .. }) {
                return;
            }
            let required: Vec<String> = ty.required().iter().map(ToString::to_string).collect();
            fields.retain(|name, value| {
                let said = told.get(name);
                value.is_object()
                    || value.is_array()
                    || TELLING.contains(&name.as_str())
                    || required.contains(name)
                    || said != Some(value)
            });
            for (name, value) in fields {
                if let (Some(ty), Some(told)) = (ty.field(name), told.get(name)) {
                    without(&ty, value, told);
                }
            }
        }
        (Value::Array(items), Value::Array(told)) if items.len() == told.len() => {
            if let Some(item) = ty.item() {
                for (value, told) in items.iter_mut().zip(told) {
                    without(&item, value, told);
                }
            }
        }
        _ => {}
    }
}

/// Drops maps without a field, and the few scalars that say what something is, where nothing changes.
fn empty_maps(value: &mut Value, same: &dyn Fn(&Value) -> bool) {
    let mut paths = Vec::new();
    collect(value, &mut String::new(), &mut paths);
    if paths.is_empty() {
        return;
    }
    let mut all = value.clone();
    for path in &paths {
        remove(&mut all, path);
    }
    if same(&all) {
        *value = all;
    } else {
        for path in &paths {
            let mut one = value.clone();
            remove(&mut one, path);
            if same(&one) {
                *value = one;
            }
        }
    }
    // What held nothing else is empty now.
    let mut again = Vec::new();
    collect(value, &mut String::new(), &mut again);
    if again != paths && again.len() < paths.len() {
        empty_maps(value, same);
    }
}

fn collect(value: &Value, path: &mut String, found: &mut Vec<String>) {
    let length = path.len();
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                path.push('/');
                path.push_str(&name.replace('~', "~0").replace('/', "~1"));
                let empty = value.as_object().is_some_and(Map::is_empty);
                let fixed =
                    (empty && !MEANT.contains(&name.as_str())) || TYPES.contains(&path.as_str());
                if fixed {
                    found.push(path.clone());
                }
                collect(value, path, found);
                path.truncate(length);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                let _ = write!(path, "/{index}");
                collect(value, path, found);
                path.truncate(length);
            }
        }
        _ => {}
    }
}

fn remove(value: &mut Value, path: &str) {
    let Some((of, field)) = path.rsplit_once('/') else {
        return;
    };
    let field = field.replace("~1", "/").replace("~0", "~");
    let fields: Option<&mut Map<String, Value>> =
        value.pointer_mut(of).and_then(Value::as_object_mut);
    if let Some(fields) = fields {
        fields.remove(&field);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_a_server_filled_in_is_left_out() {
        let written = json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "web" },
            "spec": {
                "replicas": 2,
                "selector": { "matchLabels": { "app": "web" } },
                "template": {
                    "metadata": { "labels": { "app": "web" } },
                    "spec": {
                        "containers": [{
                            "name": "web", "image": "web:1",
                            "ports": [{ "name": "http", "containerPort": 80 }],
                            "readinessProbe": { "httpGet": { "path": "/ready", "port": "http" } },
                            "volumeMounts": [{ "name": "tmp", "mountPath": "/tmp" }],
                        }],
                        "volumes": [{ "name": "tmp", "emptyDir": {} }],
                    },
                },
            },
        });
        let kind = Kind::find_api("apps/v1", "Deployment").expect("known");
        let mut served = written.clone();
        defaults(kind, &mut served);
        assert_ne!(served, written);
        assert_eq!(bare(&served), written);
        assert_eq!(bare(&written), written);
    }

    #[test]
    fn what_says_something_stays() {
        for spec in [
            json!({ "podSelector": {}, "policyTypes": ["Ingress"] }),
            json!({ "podSelector": {}, "egress": [{}], "policyTypes": ["Egress"] }),
        ] {
            let policy = json!({
                "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
                "metadata": { "name": "p" }, "spec": spec,
            });
            assert_eq!(bare(&policy), policy);
        }
        let service = json!({
            "apiVersion": "v1", "kind": "Service", "metadata": { "name": "s" },
            "spec": { "type": "ClusterIP", "ports": [{ "port": 80, "protocol": "TCP", "targetPort": 80 }] },
        });
        assert_eq!(bare(&service)["spec"], json!({ "ports": [{ "port": 80 }] }));
    }
}
