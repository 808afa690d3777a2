//! Which live objects people wrote, and which of their fields.

use crate::object::ObjectId;
use infra_schema::fields::FieldSet;
use infra_schema::kind::Kind;
use infra_schema::managed::Managers;
use infra_schema::merge::remove_items;
use serde_json::Value;

/// Field managers of the control plane, and of what stands between us and an autoscaler.
const CONTROLLERS: [&str; 8] = [
    "kube-controller-manager",
    "kube-scheduler",
    "kubelet",
    "kube-apiserver",
    "cloud-controller-manager",
    "cluster-autoscaler",
    "kubectl-rollout",
    crate::engine::HANDOVER_MANAGER,
];

/// Kinds whose objects only controllers make.
const MADE: [(&str, &str); 9] = [
    ("", "Endpoints"),
    ("", "Event"),
    ("events.k8s.io", "Event"),
    ("discovery.k8s.io", "EndpointSlice"),
    ("apps", "ControllerRevision"),
    ("coordination.k8s.io", "Lease"),
    ("resource.k8s.io", "ResourceClaim"),
    ("storage.k8s.io", "CSIStorageCapacity"),
    ("metrics.k8s.io", "PodMetrics"),
];

/// Whether objects of a kind may be people's.
pub fn may_be_written(group: &str, kind: &str) -> bool {
    !MADE.contains(&(group, kind))
}

/// The objects that people wrote: without those that belong to others, that the control plane and
/// tools made, and that are being deleted. What only controllers wrote in them goes too.
#[must_use]
pub fn by_people(objects: Vec<Value>) -> Vec<Value> {
    let claims = claims_of_pods(&objects);
    let mut kept: Vec<Value> = objects
        .into_iter()
        .filter(|object| is_peoples(object) && !claims.iter().any(|claim| claim.is_of(object)))
        .collect();
    kept.iter_mut().for_each(leave_to_controllers);
    kept
}

fn is_peoples(object: &Value) -> bool {
    let id = ObjectId::of(object);
    let metadata = &object["metadata"];
    let label = |key: &str| &metadata["labels"][key];
    let annotated = |key: &str| metadata["annotations"][key].is_string();
    let owned = metadata["ownerReferences"]
        .as_array()
        .is_some_and(|owners| !owners.is_empty());
    let made = match (id.group.as_str(), id.kind.as_str()) {
        ("", "ServiceAccount") => id.name == "default",
        ("", "ConfigMap") => {
            matches!(id.name.as_str(), "kube-root-ca.crt" | "istio-ca-root-cert")
                || metadata["labels"]["applyset.kubernetes.io/id"].is_string()
                || label("owner") == "helm" && label("name").is_string()
        }
        ("", "Secret") => {
            matches!(
                object["type"].as_str(),
                Some("kubernetes.io/service-account-token" | "helm.sh/release.v1")
            ) || annotated("cert-manager.io/certificate-name")
                || (id.name.starts_with("infra-") && id.name.ends_with("-checksums"))
        }
        _ => false,
    };
    !(made
        || owned
        || !may_be_written(&id.group, &id.kind)
        || metadata["deletionTimestamp"].is_string()
        || label("kubernetes.io/bootstrapping").is_string()
        || annotated("control-plane.alpha.kubernetes.io/leader")
        || only_controllers(object))
}

/// Who wrote what, where that is noted: the control plane, and others.
fn fields(object: &Value) -> Option<(FieldSet, FieldSet)> {
    let managers = Managers::of(object)
        .ok()
        .filter(|managers| !managers.is_empty())?;
    let (mut theirs, mut ours) = (FieldSet::new(), FieldSet::new());
    for manager in managers.iter() {
        if CONTROLLERS.contains(&manager.name.as_str()) || !manager.subresource.is_empty() {
            theirs = theirs.union(&manager.fields);
        } else {
            ours = ours.union(&manager.fields);
        }
    }
    Some((theirs, ours))
}

fn only_controllers(object: &Value) -> bool {
    fields(object).is_some_and(|(theirs, ours)| !theirs.is_empty() && ours.is_empty())
}

/// Takes the fields away that controllers wrote and nobody else.
fn leave_to_controllers(object: &mut Value) {
    let id = ObjectId::of(object);
    let Some((theirs, ours)) = fields(object) else {
        return;
    };
    let Some(kind) = Kind::find_latest(&id.group, &id.kind) else {
        return;
    };
    let gone = theirs.difference(&ours);
    let left = remove_items(&kind.ty(), object.clone(), &gone);
    if left["metadata"]["name"].is_string() {
        *object = left;
    }
}

/// The claims that a stateful set makes for its pods: `data-db-0`.
struct Claims {
    namespace: Option<String>,
    /// `data-db-`.
    prefix: String,
}

impl Claims {
    fn is_of(&self, object: &Value) -> bool {
        let id = ObjectId::of(object);
        let number = id.name.strip_prefix(&self.prefix);
        id.kind == "PersistentVolumeClaim"
            && id.namespace == self.namespace
            && number.is_some_and(|number| {
                !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit())
            })
    }
}

fn claims_of_pods(objects: &[Value]) -> Vec<Claims> {
    let sets = objects
        .iter()
        .filter(|object| object["kind"] == "StatefulSet");
    sets.flat_map(|set| {
        let id = ObjectId::of(set);
        let templates = set["spec"]["volumeClaimTemplates"]
            .as_array()
            .into_iter()
            .flatten();
        let names = templates.filter_map(|template| template["metadata"]["name"].as_str());
        names
            .map(|name| Claims {
                namespace: id.namespace.clone(),
                prefix: format!("{name}-{}-", id.name),
            })
            .collect::<Vec<_>>()
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn names(objects: Vec<Value>) -> Vec<String> {
        by_people(objects)
            .iter()
            .map(|object| ObjectId::of(object).short())
            .collect()
    }

    #[test]
    fn what_controllers_and_tools_made_is_left_out() {
        let object = |kind: &str, name: &str, more: Value| {
            let mut object =
                json!({ "apiVersion": "v1", "kind": kind, "metadata": { "name": name } });
            for (key, value) in more.as_object().expect("a map") {
                let of = if key == "type" {
                    &mut object
                } else {
                    &mut object["metadata"]
                };
                of[key] = value.clone();
            }
            object
        };
        let mut set = object("StatefulSet", "db", json!({}));
        set["apiVersion"] = "apps/v1".into();
        set["spec"]["volumeClaimTemplates"] = json!([{ "metadata": { "name": "data" } }]);
        let found = names(vec![
            object("ConfigMap", "settings", json!({})),
            object("ConfigMap", "kube-root-ca.crt", json!({})),
            object("ServiceAccount", "default", json!({})),
            object(
                "Secret",
                "token",
                json!({ "type": "kubernetes.io/service-account-token" }),
            ),
            object("Secret", "release", json!({ "type": "helm.sh/release.v1" })),
            object("Endpoints", "web", json!({})),
            object(
                "Pod",
                "web-1",
                json!({ "ownerReferences": [{ "controller": true }] }),
            ),
            object("Pod", "alone", json!({})),
            object(
                "ConfigMap",
                "going",
                json!({ "deletionTimestamp": "2026-01-01T00:00:00Z" }),
            ),
            object("PersistentVolumeClaim", "data-db-0", json!({})),
            object("PersistentVolumeClaim", "data-db-old", json!({})),
            set,
        ]);
        assert_eq!(
            found,
            [
                "configmap/settings",
                "pod/alone",
                "persistentvolumeclaim/data-db-old",
                "statefulset/db"
            ]
        );
    }

    #[test]
    fn what_only_a_controller_wrote_goes() {
        let entry = |manager: &str, subresource: &str, fields: Value| {
            json!({
                "manager": manager, "operation": "Update", "apiVersion": "apps/v1",
                "subresource": subresource, "fieldsType": "FieldsV1", "fieldsV1": fields,
            })
        };
        let deployment = json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": { "name": "web", "managedFields": [
                entry("kubectl", "", json!({ "f:spec": { "f:paused": {} } })),
                entry("kube-controller-manager", "scale", json!({ "f:spec": { "f:replicas": {} } })),
            ] },
            "spec": { "paused": true, "replicas": 7 },
        });
        let found = by_people(vec![deployment.clone()]);
        assert_eq!(found[0]["spec"], json!({ "paused": true }));
        let mut made = deployment;
        made["metadata"]["managedFields"]
            .as_array_mut()
            .expect("a list")
            .remove(0);
        assert!(by_people(vec![made]).is_empty());
    }
}
