//! Volumes and settings that nobody uses, and data that goes.

use super::look::{Findings, Look};
use super::{Rule, Severity};
use crate::environment::{index_key, items};
use serde_json::Value;
use std::collections::HashSet;

pub(super) static UNUSED_CLAIM: Rule = Rule {
    id: "unused-claim",
    severity: Severity::Warning,
    title: "a claim that no pod mounts",
    why: "it costs what a disk costs, and mostly a mount was forgotten",
    cure: "mount it with `.volume(PATH, CLAIM)`, or take it out",
};

pub(super) static UNUSED_SETTINGS: Rule = Rule {
    id: "unused-settings",
    severity: Severity::Info,
    title: "a config map or secret that nothing here reads",
    why: "mostly it was left over, or a `.env_from(…)` was forgotten",
    cure: "use it, or take it out",
};

pub(super) static MANY_WRITERS_ON_DISK: Rule = Rule {
    id: "many-writers-on-disk",
    severity: Severity::Warning,
    title: "a claim for many writers of a class that gives disks",
    why: "a disk is mounted by one node: the claim is never bound, or the second pod never starts",
    cure: "use a class for a shared file system (NFS, EFS, Azure Files, CephFS)",
};

pub(super) static DATA_DELETED: Rule = Rule {
    id: "data-deleted",
    severity: Severity::Warning,
    title: "volumes are deleted with their stateful set",
    why: "deleting or scaling it deletes the data at once",
    cure: "leave `persistentVolumeClaimRetentionPolicy` at `Retain`",
};

/// Drivers of disks, and what classes of disks are called.
const DISKS: [&str; 8] = [
    "ebs.csi.aws.com",
    "kubernetes.io/aws-ebs",
    "pd.csi.storage.gke.io",
    "kubernetes.io/gce-pd",
    "disk.csi.azure.com",
    "cinder.csi.openstack.org",
    "csi.vsphere.vmware.com",
    "rbd.csi.ceph.com",
];
const DISK_NAMES: [&str; 7] = ["ssd", "disk", "gp2", "gp3", "ebs", "nvme", "block"];

pub(super) fn check(look: &Look<'_>, findings: &mut Findings<'_>) {
    for (position, claim) in look.of_kind("", "PersistentVolumeClaim") {
        many_writers(look, position, &claim.value["spec"], findings);
    }
    unused(look, findings);
}

fn many_writers(look: &Look<'_>, position: usize, spec: &Value, findings: &mut Findings<'_>) {
    let many = items(&spec["accessModes"])
        .iter()
        .any(|mode| mode == "ReadWriteMany");
    let Some(name) = spec["storageClassName"].as_str().filter(|_| many) else {
        return;
    };
    let class = look
        .view
        .index
        .get(("storage.k8s.io", "StorageClass", "", name));
    let driver = class.map(|class| {
        look.view.objects[class].value["provisioner"]
            .as_str()
            .unwrap_or_default()
    });
    let disk = match driver {
        Some(driver) => DISKS.contains(&driver),
        None => name
            .split(['-', '_', '.'])
            .any(|word| DISK_NAMES.contains(&word)),
    };
    if disk {
        let message = format!(
            "`{}` is for many writers, and `{name}` gives disks",
            findings.short(position)
        );
        findings.add(
            &MANY_WRITERS_ON_DISK,
            position,
            "spec.storageClassName",
            message,
        );
    }
}

fn unused(look: &Look<'_>, findings: &mut Findings<'_>) {
    let view = look.view;
    let used: HashSet<_> = view
        .references
        .iter()
        .flatten()
        .map(crate::environment::Reference::target)
        .collect();
    // What has custom kinds around may be read by their controller.
    for (position, object) in view.objects.iter().enumerate() {
        let key = index_key(object);
        let home = crate::environment::namespace(object);
        let (group, kind) = (object.id.group.as_str(), object.id.kind.as_str());
        if group.is_empty() && !used.contains(&key) && !view.may_have_other_pods(home) {
            match kind {
                "PersistentVolumeClaim" if !is_of_set(look, home, &object.id.name) => {
                    let message = format!("no pod mounts `{}`", object.id.short());
                    findings.add(&UNUSED_CLAIM, position, "", message);
                }
                "ConfigMap" | "Secret" => {
                    let message = format!("nothing here reads `{}`", object.id.short());
                    findings.add(&UNUSED_SETTINGS, position, "", message);
                }
                _ => {}
            }
        }
        let retention = &object.value["spec"]["persistentVolumeClaimRetentionPolicy"];
        for (field, when) in [
            ("whenDeleted", "is deleted"),
            ("whenScaled", "is scaled down"),
        ] {
            if kind == "StatefulSet" && retention[field] == "Delete" {
                let message = format!("the data of `{}` goes when it {when}", object.id.short());
                let path = format!("spec.persistentVolumeClaimRetentionPolicy.{field}");
                findings.add(&DATA_DELETED, position, &path, message);
            }
        }
    }
}

/// Whether a stateful set would make a claim of this name: `data-db-0`.
fn is_of_set(look: &Look<'_>, home: &str, claim: &str) -> bool {
    look.view.objects.iter().any(|set| {
        set.id.kind == "StatefulSet"
            && crate::environment::namespace(set) == home
            && crate::environment::makes_claim(set, claim)
    })
}
