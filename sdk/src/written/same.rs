//! Whether two objects come to the same.

use infra_schema::canonical::canonicalise;
use infra_schema::default::defaults;
use infra_schema::kind::Kind;
use serde_json::Value;

/// An object with every default, each value as a server writes it, and lists whose order means nothing
/// in one order: two that are equal then come to the same.
pub fn settled(value: &Value) -> Value {
    let mut settled = value.clone();
    let text = |field: &str| value[field].as_str().unwrap_or_default();
    if let Some(kind) = Kind::find_api(text("apiVersion"), text("kind")) {
        defaults(kind, &mut settled);
        canonicalise(&kind.ty(), &mut settled);
    }
    for spec in [
        "/spec/template/spec",
        "/spec/jobTemplate/spec/template/spec",
        "/spec",
    ] {
        if let Some(pod) = settled.pointer_mut(spec)
            && pod["containers"].is_array()
        {
            arrange_pod(pod);
        }
    }
    settled
}

fn arrange_pod(pod: &mut Value) {
    by(&mut pod["volumes"], "name");
    for list in ["containers", "initContainers"] {
        for container in pod[list].as_array_mut().into_iter().flatten() {
            by(&mut container["volumeMounts"], "mountPath");
            // A value may name variables that stand before it.
            let refers = container["env"].as_array().is_some_and(|variables| {
                variables.iter().any(|one| {
                    one["value"]
                        .as_str()
                        .is_some_and(|text| text.contains("$("))
                })
            });
            if !refers {
                by(&mut container["env"], "name");
            }
        }
    }
    // Looking a list up has made it where it was not.
    drop_nulls(pod);
}

fn drop_nulls(pod: &mut Value) {
    let Some(fields) = pod.as_object_mut() else {
        return;
    };
    fields.retain(|_, value| !value.is_null());
    for list in ["containers", "initContainers"] {
        let containers = fields.get_mut(list).and_then(Value::as_array_mut);
        for container in containers.into_iter().flatten() {
            if let Some(fields) = container.as_object_mut() {
                fields.retain(|_, value| !value.is_null());
            }
        }
    }
}

fn by(list: &mut Value, key: &str) {
    if let Some(items) = list.as_array_mut() {
        items.sort_by(|a, b| a[key].as_str().cmp(&b[key].as_str()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_comes_to_the_same() {
        let pod = |spec: Value| {
            json!({
                "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "a" },
                "spec": { "selector": {}, "template": { "spec": spec } },
            })
        };
        let one = pod(json!({ "containers": [{
            "name": "a", "image": "a:1", "ports": [{ "containerPort": 80 }],
            "env": [{ "name": "B", "value": "1" }, { "name": "A", "value": "2" }],
            "resources": { "limits": { "cpu": "1000m" } },
        }] }));
        let other = pod(json!({ "dnsPolicy": "ClusterFirst", "containers": [{
            "name": "a", "image": "a:1", "ports": [{ "containerPort": 80, "protocol": "TCP" }],
            "env": [{ "name": "A", "value": "2" }, { "name": "B", "value": "1" }],
            "resources": { "limits": { "cpu": 1 } },
        }] }));
        assert_eq!(settled(&one), settled(&other));
        let refers = |env: Value| {
            settled(&pod(
                json!({ "containers": [{ "name": "a", "image": "a:1", "env": env }] }),
            ))
        };
        assert_ne!(
            refers(json!([{ "name": "B", "value": "1" }, { "name": "A", "value": "$(B)" }])),
            refers(json!([{ "name": "A", "value": "$(B)" }, { "name": "B", "value": "1" }])),
        );
    }
}
