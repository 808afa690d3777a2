//! Stateful sets with claims, scheduler and kubelet.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::json::{count, label, set, text};
use super::super::meta::{is_terminating, name};
use super::super::pod::is_ready;
use super::super::seam::Propagation;
use super::super::testing::Lab;

fn class(lab: &mut Lab, mode: &str) {
    lab.create(json!({
        "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "fast"},
        "provisioner": "sandbox.infra.dev/block", "reclaimPolicy": "Delete",
        "volumeBindingMode": mode, "allowVolumeExpansion": true,
    }));
}

fn stateful_set() -> Value {
    json!({
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": "db", "namespace": "shop"},
        "spec": {
            "replicas": 3,
            "serviceName": "db",
            "podManagementPolicy": "OrderedReady",
            "selector": {"matchLabels": {"app": "db"}},
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
            "template": {
                "metadata": {"labels": {"app": "db"}},
                "spec": {
                    "restartPolicy": "Always",
                    "containers": [{
                        "name": "db", "image": "postgres:17",
                        "readinessProbe": {"initialDelaySeconds": 5, "exec": {"command": ["pg_isready"]}},
                    }],
                },
            },
            "volumeClaimTemplates": [{
                "metadata": {"name": "data"},
                "spec": {
                    "accessModes": ["ReadWriteOnce"], "storageClassName": "fast",
                    "resources": {"requests": {"storage": "10Gi"}},
                },
            }],
        },
    })
}

fn ready(mode: &str) -> Lab {
    let mut lab = Lab::full();
    class(&mut lab, mode);
    lab.create(stateful_set());
    lab.pass_watched(60, |lab| {
        let pods = lab.all("Pod");
        for (index, pod) in pods.iter().enumerate().skip(1) {
            assert!(
                is_ready(&pods[index - 1]),
                "{} before the one before it",
                name(pod)
            );
        }
    });
    lab
}

#[test]
fn starts_in_order_with_claims_that_stay() {
    for mode in ["WaitForFirstConsumer", "Immediate"] {
        let mut lab = ready(mode);
        let db = lab.find("StatefulSet", "db").unwrap();
        assert_eq!(count(&db, "status.readyReplicas"), 3, "{mode} {db:#}");
        assert_eq!(count(&db, "status.updatedReplicas"), 3);
        assert_eq!(
            text(&db, "status.currentRevision"),
            text(&db, "status.updateRevision")
        );
        let claims: Vec<String> = lab
            .all("PersistentVolumeClaim")
            .iter()
            .map(|claim| name(claim).to_owned())
            .collect();
        assert_eq!(claims, ["data-db-0", "data-db-1", "data-db-2"]);
        let claim = lab.find("PersistentVolumeClaim", "data-db-0").unwrap();
        assert_eq!(text(&claim, "status.phase"), "Bound");
        assert_eq!(
            text(&claim, "spec.volumeName"),
            format!("pvc-{}", text(&claim, "metadata.uid"))
        );
        assert_eq!(
            label(
                &lab.find("Pod", "db-1").unwrap(),
                "apps.kubernetes.io/pod-index"
            ),
            Some("1")
        );
        lab.change("StatefulSet", "db", |db| set(db, "spec.replicas", 1));
        lab.pass(60);
        assert_eq!(lab.all("Pod").len(), 1);
        lab.delete("StatefulSet", "db", Propagation::Background);
        lab.pass(60);
        assert!(lab.all("Pod").is_empty());
        assert_eq!(lab.all("PersistentVolumeClaim").len(), 3);
    }
}

#[test]
fn is_replaced_from_the_highest_down_to_the_partition() {
    let mut lab = ready("WaitForFirstConsumer");
    lab.change("StatefulSet", "db", |db| {
        set(db, "spec.updateStrategy.rollingUpdate.partition", 1);
        set(db, "spec.template.metadata.labels.version", "2");
    });
    let mut order = Vec::new();
    lab.pass_watched(120, |lab| {
        let pods = lab.all("Pod");
        for pod in &pods {
            if label(pod, "version").is_some() && !order.contains(&name(pod).to_owned()) {
                order.push(name(pod).to_owned());
            }
        }
        assert!(pods.iter().filter(|pod| is_terminating(pod)).count() <= 1);
    });
    assert_eq!(order, ["db-2", "db-1"]);
    let db = lab.find("StatefulSet", "db").unwrap();
    assert_eq!(count(&db, "status.updatedReplicas"), 2);
    assert_ne!(
        text(&db, "status.currentRevision"),
        text(&db, "status.updateRevision")
    );
    lab.change("StatefulSet", "db", |db| {
        set(db, "spec.updateStrategy.rollingUpdate.partition", 0);
    });
    lab.pass(120);
    let db = lab.find("StatefulSet", "db").unwrap();
    assert_eq!(
        text(&db, "status.currentRevision"),
        text(&db, "status.updateRevision"),
        "{db:#}"
    );
    assert_eq!(lab.all("ControllerRevision").len(), 2);
}

#[test]
fn in_parallel_all_start_at_once_and_on_delete_nothing_is_replaced() {
    let mut lab = Lab::full();
    class(&mut lab, "Immediate");
    let mut db = stateful_set();
    set(&mut db, "spec.podManagementPolicy", "Parallel");
    set(&mut db, "spec.updateStrategy", json!({"type": "OnDelete"}));
    lab.create(db);
    assert_eq!(lab.all("Pod").len(), 3);
    lab.pass(30);
    lab.change("StatefulSet", "db", |db| {
        set(db, "spec.template.metadata.labels.version", "2");
    });
    lab.pass(60);
    let versions: BTreeSet<bool> = lab
        .all("Pod")
        .iter()
        .map(|pod| label(pod, "version").is_some())
        .collect();
    assert_eq!(versions, BTreeSet::from([false]));
    lab.delete("Pod", "db-0", Propagation::Background);
    lab.pass(60);
    assert_eq!(
        label(&lab.find("Pod", "db-0").unwrap(), "version"),
        Some("2")
    );
}

#[test]
fn claims_that_cannot_be_met_say_why() {
    let claim = |class: Option<&str>, mode: &str| {
        let mut claim = json!({
            "apiVersion": "v1", "kind": "PersistentVolumeClaim",
            "metadata": {"name": "files", "namespace": "shop"},
            "spec": {"accessModes": [mode], "resources": {"requests": {"storage": "1Gi"}}},
        });
        if let Some(class) = class {
            set(&mut claim, "spec.storageClassName", class);
        }
        claim
    };
    for (claim, reason, message) in [
        (
            claim(Some("nowhere"), "ReadWriteOnce"),
            "ProvisioningFailed",
            "storageclass.storage.k8s.io \"nowhere\" not found",
        ),
        (
            claim(None, "ReadWriteOnce"),
            "FailedBinding",
            "no persistent volumes available for this claim and no storage class is set",
        ),
        (
            claim(Some("fast"), "ReadWriteMany"),
            "ProvisioningFailed",
            "failed to provision volume with StorageClass \"fast\": rpc error: code = InvalidArgument \
             desc = Volume capabilities not supported: access mode ReadWriteMany, supported are \
             ReadWriteOnce",
        ),
    ] {
        let mut lab = Lab::full();
        class(&mut lab, "Immediate");
        lab.change("StorageClass", "fast", |class| {
            let modes = json!({"sandbox.infra.dev/access-modes": "ReadWriteOnce"});
            set(class, "metadata.annotations", modes);
        });
        lab.create(claim);
        assert_eq!(lab.events(reason), [message]);
        let claim = lab.find("PersistentVolumeClaim", "files").unwrap();
        assert_eq!(text(&claim, "status.phase"), "Pending");
    }
}

#[test]
fn a_claim_grows_and_is_kept_while_in_use() {
    let mut lab = ready("WaitForFirstConsumer");
    lab.change("PersistentVolumeClaim", "data-db-0", |claim| {
        set(claim, "spec.resources.requests.storage", "20Gi");
    });
    let claim = lab.find("PersistentVolumeClaim", "data-db-0").unwrap();
    assert_eq!(text(&claim, "status.capacity.storage"), "20Gi");
    lab.delete(
        "PersistentVolumeClaim",
        "data-db-0",
        Propagation::Background,
    );
    assert!(is_terminating(
        &lab.find("PersistentVolumeClaim", "data-db-0").unwrap()
    ));
    lab.delete("StatefulSet", "db", Propagation::Background);
    lab.pass(30);
    assert!(lab.find("PersistentVolumeClaim", "data-db-0").is_none());
    assert_eq!(
        lab.all("PersistentVolume").len(),
        2,
        "its volume went with it"
    );
}

#[test]
fn one_that_is_made_again_takes_over_its_pods_and_revisions() {
    let mut lab = Lab::full();
    class(&mut lab, "Immediate");
    lab.create(stateful_set());
    lab.pass(120);
    let uids = |lab: &Lab, kind: &str| -> Vec<String> {
        let objects = lab.all(kind);
        let uids = objects.iter().map(|object| text(object, "metadata.uid"));
        uids.map(str::to_owned).collect()
    };
    let (pods, revisions) = (uids(&lab, "Pod"), uids(&lab, "ControllerRevision"));
    assert_eq!((pods.len(), revisions.len()), (3, 1));
    lab.delete("StatefulSet", "db", Propagation::Orphan);
    lab.pass(30);
    assert!(lab.find("StatefulSet", "db").is_none());
    lab.create(stateful_set());
    lab.pass(120);
    assert_eq!(uids(&lab, "Pod"), pods);
    assert_eq!(uids(&lab, "ControllerRevision"), revisions);
}

#[test]
fn a_volume_of_a_pods_own_comes_and_goes_with_it() {
    let mut lab = Lab::full();
    class(&mut lab, "WaitForFirstConsumer");
    let pod = |volume: &str| {
        json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "encoder", "namespace": "shop"},
            "spec": {
                "restartPolicy": "Always",
                "containers": [{"name": "main", "image": "encoder:1"}],
                "volumes": [{"name": volume, "ephemeral": {"volumeClaimTemplate": {
                    "metadata": {"labels": {"team": "video"}},
                    "spec": {
                        "accessModes": ["ReadWriteOnce"], "storageClassName": "fast",
                        "resources": {"requests": {"storage": "10Gi"}},
                    },
                }}}],
            },
        })
    };
    lab.create(pod("scratch"));
    lab.pass(30);
    let running = lab.find("Pod", "encoder").unwrap();
    assert!(is_ready(&running), "{running:#}");
    let claim = lab
        .find("PersistentVolumeClaim", "encoder-scratch")
        .unwrap();
    assert_eq!(text(&claim, "status.phase"), "Bound");
    assert_eq!(label(&claim, "team"), Some("video"));
    lab.delete("Pod", "encoder", Propagation::Background);
    lab.pass(60);
    assert!(lab.all("PersistentVolumeClaim").is_empty());
    assert!(lab.all("PersistentVolume").is_empty());
}

#[test]
fn a_claim_takes_the_volume_that_it_names_or_says_why_not() {
    for (volume, reason, message) in [
        (json!({}), None, ""),
        (
            json!({"claimRef": {"namespace": "shop", "name": "files"}}),
            None,
            "",
        ),
        (
            json!({"claimRef": {"namespace": "shop", "name": "files", "uid": "another"}}),
            Some("FailedBinding"),
            "volume \"disk\" already bound to a different claim.",
        ),
        (
            json!({"claimRef": {"namespace": "shop", "name": "other"}}),
            Some("FailedBinding"),
            "volume \"disk\" already bound to a different claim.",
        ),
        (
            json!({"storageClassName": "fast"}),
            Some("VolumeMismatch"),
            "Cannot bind to requested volume \"disk\": storageClassName does not match",
        ),
        (
            json!({"capacity": {"storage": "1Gi"}}),
            Some("VolumeMismatch"),
            "Cannot bind to requested volume \"disk\": requested PV is too small",
        ),
        (
            json!({"accessModes": ["ReadOnlyMany"]}),
            Some("VolumeMismatch"),
            "Cannot bind to requested volume \"disk\": incompatible accessMode",
        ),
        (
            json!({"volumeMode": "Block"}),
            Some("VolumeMismatch"),
            "Cannot bind to requested volume \"disk\": incompatible volumeMode",
        ),
    ] {
        let mut lab = Lab::full();
        let mut disk = json!({
            "apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "disk"},
            "spec": {
                "capacity": {"storage": "10Gi"}, "accessModes": ["ReadWriteOnce"],
                "persistentVolumeReclaimPolicy": "Retain",
                "csi": {"driver": "ebs.csi.aws.com", "volumeHandle": "vol-0abc"},
            },
        });
        for (field, value) in volume.as_object().unwrap() {
            disk["spec"][field] = value.clone();
        }
        lab.create(disk);
        lab.create(json!({
            "apiVersion": "v1", "kind": "PersistentVolumeClaim",
            "metadata": {"name": "files", "namespace": "shop"},
            "spec": {
                "volumeName": "disk", "accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": "5Gi"}},
            },
        }));
        lab.pass(5);
        let claim = lab.find("PersistentVolumeClaim", "files").unwrap();
        let bound = text(&claim, "status.phase") == "Bound";
        assert_eq!(bound, reason.is_none(), "{volume}");
        if let Some(reason) = reason {
            assert_eq!(lab.events(reason), [message], "{volume}");
        }
    }
}
