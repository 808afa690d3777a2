//! An object as it is, at another size: what Kubernetes' own kinds say of pods and volumes.

use crate::types::{Amount, Quantity, Share};
use serde_json::Value;

/// Whether an object of that kind has a size, and is at another one now.
pub(super) fn scale(group: &str, kind: &str, object: &mut Value, share: Share) -> bool {
    let Some(spec) = object.get_mut("spec") else {
        return false;
    };
    match (group, kind) {
        ("apps", "Deployment" | "StatefulSet" | "ReplicaSet" | "DaemonSet") => {
            count(spec, "replicas", share);
            pod(spec, "/template/spec", share);
            for claim in items(spec, "/volumeClaimTemplates") {
                volume(claim, share);
            }
        }
        ("batch", "Job") => {
            count(spec, "parallelism", share);
            pod(spec, "/template/spec", share);
        }
        ("batch", "CronJob") => {
            if let Some(job) = spec.pointer_mut("/jobTemplate/spec") {
                count(job, "parallelism", share);
                pod(job, "/template/spec", share);
            }
        }
        ("", "Pod") => pod(spec, "", share),
        ("", "PersistentVolumeClaim") => volume(object, share),
        ("autoscaling", "HorizontalPodAutoscaler") => {
            count(spec, "minReplicas", share);
            count(spec, "maxReplicas", share);
        }
        ("policy", "PodDisruptionBudget") => {
            let amount = |field: &str| match &spec[field] {
                Value::String(text) => text.parse().ok(),
                Value::Number(number) => number.to_string().parse().ok(),
                _ => None,
            };
            let before = (amount("minAvailable"), amount("maxUnavailable"));
            let after = share.of_budget(before.0, before.1);
            if before != after
                && let Some(fields) = spec.as_object_mut()
            {
                for (field, amount) in [("minAvailable", after.0), ("maxUnavailable", after.1)] {
                    match amount {
                        Some(Amount::Count(count)) => fields.insert(field.into(), count.into()),
                        Some(percent) => fields.insert(field.into(), percent.to_string().into()),
                        None => fields.remove(field),
                    };
                }
            }
        }
        _ => return false,
    }
    true
}

fn items<'a>(value: &'a mut Value, path: &str) -> impl Iterator<Item = &'a mut Value> {
    let list = value.pointer_mut(path).and_then(Value::as_array_mut);
    list.into_iter().flatten()
}

fn count(spec: &mut Value, field: &str, share: Share) {
    let number = spec[field]
        .as_u64()
        .and_then(|count| u16::try_from(count).ok());
    if let Some(number) = number {
        spec[field] = share.of_count(number).into();
    }
}

fn pod(value: &mut Value, path: &str, share: Share) {
    let Some(spec) = value.pointer_mut(path) else {
        return;
    };
    for list in ["/containers", "/initContainers"] {
        for container in items(spec, list) {
            for field in ["requests", "limits"] {
                let Some(map) = container
                    .pointer_mut(&format!("/resources/{field}"))
                    .and_then(Value::as_object_mut)
                else {
                    continue;
                };
                for (resource, value) in map {
                    quantity(value, resource, share);
                }
            }
        }
    }
    for one in items(spec, "/volumes") {
        if let Some(claim) = one.pointer_mut("/ephemeral/volumeClaimTemplate") {
            volume(claim, share);
        }
        if let Some(limit) = one.pointer_mut("/emptyDir/sizeLimit") {
            quantity(limit, "ephemeral-storage", share);
        }
    }
}

fn volume(claim: &mut Value, share: Share) {
    if let Some(size) = claim.pointer_mut("/spec/resources/requests/storage") {
        quantity(size, "storage", share);
    }
}

/// What is no quantity stays: the API server says so.
fn quantity(value: &mut Value, resource: &str, share: Share) {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return,
    };
    if let Ok(quantity) = text.parse::<Quantity>() {
        *value = share.of_quantity(resource, quantity).to_string().into();
    }
}
