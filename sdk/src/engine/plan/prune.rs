//! What becomes of a member that is no longer wanted: a pure decision, object by object.

use crate::{
    engine::{
        GENERATED_MANAGER, MANAGER,
        inventory::{Member, PART_OF},
        manifest::generated_keys,
    },
    object::{Checksum, ObjectId},
};
use serde_json::Value;

/// What becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Nothing speaks against deleting it.
    Delete,
    /// It stays until someone says otherwise, and stays ours.
    Keep(String),
    /// It is not ours, or not ours to delete: it is let go.
    Release(String),
}

/// Annotations of ours and of other tools that mean "never delete".
const KEEP: [(&str, &str); 6] = [
    ("infra/keep", "true"),
    ("helm.sh/resource-policy", "keep"),
    ("client.lifecycle.config.k8s.io/deletion", "detach"),
    ("cli-utils.sigs.k8s.io/on-remove", "keep"),
    ("kapp.k14s.io/delete-strategy", "orphan"),
    ("argocd.argoproj.io/sync-options", "Prune=false"),
];

/// Namespaces that every cluster has; the API server deletes none of them.
const OWN_NAMESPACES: [&str; 4] = ["default", "kube-node-lease", "kube-public", "kube-system"];

/// The fate of a member, seen alone. Inventory, label, field manager and uid must agree.
pub(crate) fn fate(id: &ObjectId, member: &Member, live: &Value, set: &str) -> Fate {
    let metadata = &live["metadata"];
    if let Some(recorded) = &member.uid
        && metadata["uid"].as_str() != Some(recorded)
    {
        return Fate::Release("it was deleted and made again by someone else".to_owned());
    }
    if let Some(set) = &member.made_by {
        return Fate::Keep(format!("it holds the data of `{set}`"));
    }
    if metadata["labels"][PART_OF] != set {
        return Fate::Release("it no longer bears this environment's label".to_owned());
    }
    if !is_managed(live) {
        return Fate::Release("nothing in it is managed by `infra`".to_owned());
    }
    if id.group.is_empty() && id.kind == "Namespace" && OWN_NAMESPACES.contains(&id.name.as_str()) {
        return Fate::Release("it is Kubernetes' own".to_owned());
    }
    if let Some(owner) = controller(live) {
        return Fate::Release(format!("it belongs to {owner}"));
    }
    if let Some(annotation) = keep_annotation(live) {
        return Fate::Release(format!("its annotation `{annotation}` says to keep it"));
    }
    match (id.group.as_str(), id.kind.as_str()) {
        ("", "PersistentVolumeClaim" | "PersistentVolume") => {
            Fate::Keep("it holds data".to_owned())
        }
        ("apps", "StatefulSet")
            if live["spec"]["persistentVolumeClaimRetentionPolicy"]["whenDeleted"] == "Delete" =>
        {
            Fate::Keep("its volumes, and the data on them, would be deleted with it".to_owned())
        }
        _ => Fate::Delete,
    }
}

/// Whether a secret holds values that were made once: what a kept volume may need. The key of
/// checksums is no such value.
pub(crate) fn is_generated(id: &ObjectId, live: &Value) -> bool {
    let mut keys = generated_keys(live).into_iter();
    id.group.is_empty() && id.kind == "Secret" && keys.any(|key| key != Checksum::DATA_KEY)
}

fn is_managed(live: &Value) -> bool {
    live["metadata"]["managedFields"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|entry| entry["manager"] == MANAGER || entry["manager"] == GENERATED_MANAGER)
}

fn controller(live: &Value) -> Option<String> {
    let owner = live["metadata"]["ownerReferences"]
        .as_array()?
        .iter()
        .find(|owner| owner["controller"] == true)?;
    Some(format!(
        "{}/{}",
        owner["kind"].as_str()?.to_lowercase(),
        owner["name"].as_str()?
    ))
}

fn keep_annotation(live: &Value) -> Option<&'static str> {
    KEEP.iter()
        .find(|(key, value)| {
            live["metadata"]["annotations"][*key]
                .as_str()
                .is_some_and(|found| found.split(',').any(|part| part.trim() == *value))
        })
        .map(|(key, _)| *key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const SET: &str = "applyset-x-v1";

    fn live(api_version: &str, kind: &str) -> Value {
        json!({
            "apiVersion": api_version, "kind": kind,
            "metadata": {
                "name": "x", "uid": "u1", "labels": {PART_OF: SET},
                "managedFields": [{"manager": "infra", "operation": "Apply"}],
            },
        })
    }

    fn told(change: impl FnOnce(&mut Value, &mut Member)) -> String {
        told_of(live("v1", "Service"), change)
    }

    fn told_of(mut live: Value, change: impl FnOnce(&mut Value, &mut Member)) -> String {
        let mut member = Member {
            uid: Some("u1".into()),
            ..Member::default()
        };
        change(&mut live, &mut member);
        match fate(&ObjectId::of(&live), &member, &live, SET) {
            Fate::Delete => "delete".into(),
            Fate::Keep(reason) => format!("keep: {reason}"),
            Fate::Release(reason) => format!("release: {reason}"),
        }
    }

    #[test]
    fn inventory_label_manager_and_uid_must_agree() {
        assert_eq!(told(|_, _| {}), "delete");
        assert_eq!(told(|_, member| member.uid = None), "delete");
        for (found, reason) in [
            (
                told(|live, _| live["metadata"]["uid"] = "u2".into()),
                "made again",
            ),
            (
                told(|live, _| live["metadata"]["labels"][PART_OF] = "other".into()),
                "no longer bears",
            ),
            (
                told(|live, _| live["metadata"]["managedFields"] = json!([])),
                "nothing in it is managed",
            ),
            (
                told(|live, _| {
                    live["metadata"]["ownerReferences"] =
                        json!([{"kind": "Boss", "name": "b", "controller": true}]);
                }),
                "belongs to boss/b",
            ),
            (
                told(|live, _| {
                    live["metadata"]["annotations"] = json!({
                        "argocd.argoproj.io/sync-options": "Replace=true, Prune=false"});
                }),
                "says to keep it",
            ),
        ] {
            assert!(
                found.starts_with("release:") && found.contains(reason),
                "{found}"
            );
        }
    }

    #[test]
    fn what_holds_data_is_kept() {
        let claim = told_of(live("v1", "PersistentVolumeClaim"), |_, _| {});
        assert_eq!(claim, "keep: it holds data");
        let made = told_of(live("v1", "PersistentVolumeClaim"), |live, member| {
            live["metadata"]["labels"] = json!({});
            member.made_by = Some("redis".into());
        });
        assert_eq!(made, "keep: it holds the data of `redis`");
        let set = |policy: &str| {
            told_of(live("apps/v1", "StatefulSet"), |live, _| {
                live["spec"] =
                    json!({"persistentVolumeClaimRetentionPolicy": {"whenDeleted": policy}});
            })
        };
        assert!(set("Delete").starts_with("keep:"));
        assert_eq!(set("Retain"), "delete");
    }
}
