//! What Go's types cannot tell apart from "not set".

use serde_json::Value;

use super::edit::Fields;
use crate::ty::{Scalar, Shape, Type};

/// Optional booleans that are no pointers: false is as good as missing.
const BOOLEANS: &[&str] = &[
    "authenticated",
    "chapAuthDiscovery",
    "chapAuthSession",
    "clusterScope",
    "denied",
    "deprecated",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "globalDefault",
    "hostIPC",
    "hostNetwork",
    "hostPID",
    "insecureSkipTLSVerify",
    "nullable",
    "paused",
    "preserveUnknownFields",
    "publishNotReadyAddresses",
    "readOnly",
    "sslEnabled",
    "stdin",
    "stdinOnce",
    "tty",
    "uniqueItems",
    "unschedulable",
    "x-kubernetes-embedded-resource",
    "x-kubernetes-int-or-string",
];

/// Optional numbers outside `status` that are no pointers.
const NUMBERS: &[&str] = &[
    "failureThreshold",
    "generation",
    "healthCheckNodePort",
    "hostPort",
    "initialDelaySeconds",
    "minReadySeconds",
    "nodePort",
    "number",
    "periodSeconds",
    "successThreshold",
    "timeoutSeconds",
];

/// Optional numbers inside `status` that are pointers: all others there are not.
const STATUS_POINTERS: &[&str] = &[
    "averageUtilization",
    "collisionCount",
    "currentCPUUtilizationPercentage",
    "ready",
    "terminating",
    "terminatingReplicas",
];

/// Optional texts that are pointers: an empty one is kept.
const TEXT_POINTERS: &[&str] = &[
    "apiGroup",
    "appProtocol",
    "completionMode",
    "holderIdentity",
    "ingressClassName",
    "internalTrafficPolicy",
    "ipFamilyPolicy",
    "loadBalancerClass",
    "localhostProfile",
    "managedBy",
    "podReplacementPolicy",
    "preemptionPolicy",
    "preferredHolder",
    "procMount",
    "runtimeClassName",
    "service",
    "storageClassName",
    "timeZone",
    "trafficDistribution",
    "type",
    "unhealthyPodEvictionPolicy",
    "volumeAttributesClassName",
    "volumeMode",
    "zone",
];

/// Lists that are written when they are empty, although they are optional.
/// An empty list of managers is how a writer has all of them forgotten.
const KEPT_LISTS: &[&str] = &["endpoints", "managedFields", "rules"];

/// Takes out what a typed server does not see: nulls, empty optional lists and maps, and zero
/// values of optional fields that are no pointers (`hostNetwork: false`, `value: ""`). Objects that
/// mean something when empty (`emptyDir: {}`, `podSelector: {}`) stay.
pub fn decode(ty: &Type, value: &mut Value) {
    walk(ty, value, false);
}

fn walk(ty: &Type, value: &mut Value, in_status: bool) {
    match value {
        Value::Object(fields) if ty.shape() != Shape::Untyped => object(ty, fields, in_status),
        Value::Array(items) => {
            empty_texts(ty, items.iter_mut());
            let Some(item_type) = ty.item().filter(has_fields) else {
                return;
            };
            for item in items {
                walk(&item_type, item, in_status);
            }
        }
        _ => {}
    }
}

/// Go has no text that is nothing: in a list or a map of texts it is an empty one.
fn empty_texts<'v>(ty: &Type, values: impl Iterator<Item = &'v mut Value>) {
    if let Some(Scalar::String | Scalar::Bytes) = ty.item().and_then(|item| item.scalar()) {
        values
            .filter(|value| value.is_null())
            .for_each(|value| *value = Value::from(""));
    }
}

fn has_fields(ty: &Type) -> bool {
    !matches!(ty.shape(), Shape::Scalar(_) | Shape::Untyped)
}

fn object(ty: &Type, fields: &mut Fields, in_status: bool) {
    if matches!(ty.shape(), Shape::Map { .. }) {
        empty_texts(ty, fields.values_mut());
        fields.retain(|_, value| !value.is_null());
        let Some(item) = ty.item().filter(has_fields) else {
            return;
        };
        fields
            .values_mut()
            .for_each(|value| walk(&item, value, in_status));
        return;
    }
    fields.retain(|name, value| {
        let Some(ty) = ty.field(name) else {
            return true;
        };
        if value.is_null() {
            return false;
        }
        walk(&ty, value, in_status || name == "status");
        ty.is_required() || !is_unset(name, &ty, value, in_status)
    });
}

/// Whether an optional field's value is the one that Go leaves out.
fn is_unset(name: &str, ty: &Type, value: &Value, in_status: bool) -> bool {
    let listed = |list: &[&str]| list.contains(&name);
    match (ty.shape(), value) {
        (Shape::List(_), Value::Array(items)) => items.is_empty() && !listed(KEPT_LISTS),
        (Shape::Map { .. }, Value::Object(fields)) => fields.is_empty(),
        (Shape::Scalar(Scalar::Boolean), Value::Bool(false)) => listed(BOOLEANS),
        (Shape::Scalar(Scalar::Integer), Value::Number(number)) if number.as_i64() == Some(0) => {
            listed(NUMBERS) || in_status && !listed(STATUS_POINTERS)
        }
        (Shape::Scalar(Scalar::String | Scalar::Bytes), Value::String(text)) => {
            text.is_empty() && !listed(TEXT_POINTERS)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn zero_values_go_and_what_means_something_stays() {
        let ty = Type::of("", "v1", "Pod").expect("known");
        let mut pod = json!({
            "metadata": {"labels": {}, "annotations": null, "finalizers": [null]},
            "spec": {
                "hostNetwork": false, "priority": 0, "automountServiceAccountToken": false,
                "nodeSelector": {}, "tolerations": [],
                "volumes": [{"name": "tmp", "emptyDir": {}}],
                "containers": [{"name": "a", "env": [{"name": "E", "value": ""}], "tty": false, "args": [""], "securityContext": {}}],
            },
        });
        decode(&ty, &mut pod);
        assert_eq!(
            pod,
            json!({
                "metadata": {"finalizers": [""]},
                "spec": {
                    "priority": 0, "automountServiceAccountToken": false,
                    "volumes": [{"name": "tmp", "emptyDir": {}}],
                    "containers": [{"name": "a", "env": [{"name": "E"}], "args": [""], "securityContext": {}}],
                },
            })
        );
        let ty = Type::of("networking.k8s.io", "v1", "NetworkPolicy").expect("known");
        let policy =
            json!({"spec": {"podSelector": {}, "egress": [{}], "policyTypes": ["Egress"]}});
        let mut same = policy.clone();
        decode(&ty, &mut same);
        assert_eq!(same, policy);
    }
}
