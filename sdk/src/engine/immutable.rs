//! Changes that cannot be made in place: which objects may be made anew for them.

use super::{Change, rights};
use crate::{
    cluster::ApiError,
    object::{Object, ObjectId},
};
use serde_json::Value;

/// What an update that is refused as invalid means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is not about a field that cannot change: the object is wrong.
    Invalid,
    /// The object may be deleted and made again.
    Replace {
        /// Why it must be.
        reason: String,
    },
    /// It must not.
    Refuse {
        /// What to do instead.
        help: String,
    },
}

/// What the API server's refusal of an update to `live` means.
pub(crate) fn verdict(object: &Object, live: &Value, error: &ApiError) -> Verdict {
    let id = &object.id;
    // Before it says that a binding's role cannot change, it looks for the new one.
    if rights::lacks_role(id, &object.value, error) && !rights::lacks_role(id, live, error) {
        return match replaceable(id, live) {
            Ok(note) => Verdict::Replace {
                reason: format!("`roleRef` cannot be changed in place{note}"),
            },
            Err(help) => Verdict::Refuse { help },
        };
    }
    if !error.is_invalid()
        || !error
            .causes
            .iter()
            .all(|cause| is_immutable(&cause.message))
    {
        return Verdict::Invalid;
    }
    let Some(first) = error.causes.first() else {
        return Verdict::Invalid;
    };
    let field = if first.field.is_empty() {
        "a field"
    } else {
        first.field.as_str()
    };
    match replaceable(id, live) {
        Ok(note) => Verdict::Replace {
            reason: format!("`{field}` cannot be changed in place{note}"),
        },
        Err(help) => Verdict::Refuse { help },
    }
}

/// The ways in which Kubernetes says that a field cannot change. What an author of a definition
/// writes in his own words is not among them: it is shown, and nothing is replaced for it.
fn is_immutable(message: &str) -> bool {
    [
        "field is immutable",
        "may not be changed in an update",
        "may not change once set",
        "cannot change roleRef",
        "is immutable after creation",
        "updates to statefulset spec for fields other than",
        "pod updates may not change fields other than",
        "can not be unset",
    ]
    .iter()
    .any(|words| message.contains(words))
        // Of storage classes, on servers before 1.36.
        || ["provisioner", "parameters", "reclaimPolicy", "driverName"]
            .iter()
            .any(|field| message.contains(&format!("updates to {field} are forbidden")))
}

/// Whether making the object anew loses nothing, with what to add to the reason; otherwise what to
/// do instead.
fn replaceable(id: &ObjectId, live: &Value) -> Result<&'static str, String> {
    let by_hand = |what: &str| {
        Err(format!(
            "{what}; give it another name, or delete {} yourself and run again",
            id.short()
        ))
    };
    match (id.group.as_str(), id.kind.as_str()) {
        ("rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding") => {
            Ok("; access is gone for a moment")
        }
        ("", "ConfigMap" | "Secret") if live["immutable"] == true => Ok(""),
        ("storage.k8s.io", "StorageClass") => Ok("; volumes made with it stay as they are"),
        ("scheduling.k8s.io", "PriorityClass") | ("networking.k8s.io", "IngressClass") => Ok(""),
        ("batch", "Job") if is_finished(live) => Ok("; the job has ended and runs once more"),
        ("batch", "Job") => by_hand("the job is still running"),
        ("", "Pod") => Ok("; the pod is started anew"),
        ("", "Secret") => by_hand("the type of a secret cannot change"),
        ("", "ResourceQuota") => Ok("; for a moment nothing is bounded"),
        ("storage.k8s.io", "VolumeAttributesClass") => Ok("; volumes keep what they have"),
        ("", "PersistentVolumeClaim") => {
            Err("a volume is never made anew, because its data would go; \
                 only its size can grow"
                .to_owned())
        }
        ("", "PersistentVolume") => Err(format!(
            "a volume that may hold data is never made anew; describe the other one under another \
             name, or delete {} yourself and run again: what it stood for stays as it is where it \
             is retained",
            id.short()
        )),
        ("apps", "StatefulSet") => Err(format!(
            "of a stateful set only replicas, template, update strategy and retention can change; \
             delete it without its pods (`kubectl delete {} --cascade=orphan{}`) and run again: it \
             is made anew and takes over the pods that its selector finds; volumes that are there \
             stay as they are",
            id.short(),
            in_namespace(id),
        )),
        ("apps", "Deployment" | "DaemonSet" | "ReplicaSet") => {
            by_hand("its pods are found by the old selector, and all of them would stop")
        }
        ("", "Service") => by_hand("its address would change"),
        _ => by_hand("it cannot be made anew without being noticed"),
    }
}

/// What to do where an object that others made differs in a field that cannot change: what it has
/// there, of `changes` below that field, and the ways out.
pub(crate) fn not_anew(id: &ObjectId, field: &str, changes: &[Change]) -> String {
    let shown = |value: &Option<Value>| match value {
        Some(value) if value.to_string().len() <= SHOWN => format!("`{value}`"),
        Some(_) => "something else".to_owned(),
        None => "nothing".to_owned(),
    };
    let below = |change: &&Change| change.path.trim_start_matches('.').starts_with(field);
    let differs: Vec<String> = changes
        .iter()
        .filter(below)
        .map(|change| {
            let path = change.path.trim_start_matches('.');
            if change.secret {
                return format!("`{path}` differs");
            }
            let (there, here) = (shown(&change.before), shown(&change.after));
            format!("`{path}` is {there} there and {here} here")
        })
        .collect();
    let differs = if differs.is_empty() {
        String::new()
    } else {
        format!(" ({})", differs.join(", "))
    };
    format!(
        "what others made is taken over as it is and never made anew{differs}: say what it has, give it another \
         name, or delete {} yourself and run again",
        id.short()
    )
}

/// How long a value may be that is shown in a sentence.
const SHOWN: usize = 60;

fn in_namespace(id: &ObjectId) -> String {
    let namespace = id.namespace.as_ref();
    namespace.map_or_else(String::new, |namespace| format!(" -n {namespace}"))
}

fn is_finished(job: &Value) -> bool {
    job["status"]["conditions"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|condition| {
            matches!(condition["type"].as_str(), Some("Complete" | "Failed"))
                && condition["status"] == "True"
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(api_version: &str, kind: &str, live: Value, message: &str) -> Verdict {
        let value = json!({"apiVersion": api_version, "kind": kind, "metadata": {"name": "x"}});
        let object = Object::new(value, crate::object::Origin::default());
        let body = json!({"reason": "Invalid", "message": "m",
            "details": {"causes": [{"field": "spec", "message": message}]}});
        let error = ApiError::answered("PATCH /x", 422, None, body.to_string().as_bytes());
        verdict(&object, &live, &error)
    }

    #[test]
    fn what_differs_is_shown_with_both_values() {
        let change = |path: &str, before: Value, after: Value| Change {
            path: path.to_owned(),
            before: Some(before),
            after: Some(after),
            secret: false,
            unknown: false,
            origin: None,
        };
        let changes = [
            change(".spec.storageClassName", json!("disk"), json!("files")),
            change(".spec.long", json!("x".repeat(80)), json!(1)),
            change(".metadata.labels.a", json!("1"), json!("2")),
        ];
        let id = ObjectId::of(&json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim",
            "metadata": {"name": "data"}}));
        assert_eq!(
            not_anew(&id, "spec", &changes),
            "what others made is taken over as it is and never made anew (`spec.storageClassName` is `\"disk\"` \
             there and `\"files\"` here, `spec.long` is something else there and `1` here): say what it has, give \
             it another name, or delete persistentvolumeclaim/data yourself and run again"
        );
    }

    #[test]
    fn only_what_loses_nothing_is_replaced() {
        let finished = json!({"status": {"conditions": [{"type": "Complete", "status": "True"}]}});
        let immutable = "Invalid value: {}: field is immutable";
        let set = "Forbidden: updates to statefulset spec for fields other than 'replicas'";
        for (api_version, kind, live, message, expected) in [
            ("apps/v1", "Deployment", json!({}), immutable, "refuse"),
            ("apps/v1", "StatefulSet", json!({}), set, "refuse"),
            ("batch/v1", "Job", finished, immutable, "replace"),
            ("batch/v1", "Job", json!({}), immutable, "refuse"),
            (
                "v1",
                "ConfigMap",
                json!({"immutable": true}),
                immutable,
                "replace",
            ),
            (
                "rbac.authorization.k8s.io/v1",
                "RoleBinding",
                json!({}),
                "Invalid value: x: cannot change roleRef",
                "replace",
            ),
            (
                "v1",
                "PersistentVolumeClaim",
                json!({}),
                "spec is immutable after creation",
                "refuse",
            ),
            (
                "v1",
                "PersistentVolume",
                json!({}),
                "Forbidden: spec.persistentvolumesource is immutable after creation",
                "refuse",
            ),
            (
                "storage.k8s.io/v1",
                "StorageClass",
                json!({}),
                "Forbidden: updates to parameters are forbidden.",
                "replace",
            ),
            ("v1", "ResourceQuota", json!({}), immutable, "replace"),
            (
                "scheduling.k8s.io/v1",
                "PriorityClass",
                json!({}),
                "Forbidden: may not be changed in an update.",
                "replace",
            ),
            (
                "apps/v1",
                "Deployment",
                json!({}),
                "Invalid value: -1: must be positive",
                "invalid",
            ),
            (
                "example.com/v1",
                "Thing",
                json!({}),
                "Value is immutable, said its author",
                "invalid",
            ),
        ] {
            let verdict = found(api_version, kind, live, message);
            let name = match verdict {
                Verdict::Invalid => "invalid",
                Verdict::Replace { .. } => "replace",
                Verdict::Refuse { .. } => "refuse",
            };
            assert_eq!(name, expected, "{kind} {message}");
        }
    }
}
