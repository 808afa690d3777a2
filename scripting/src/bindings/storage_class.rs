//! `storage_class(name, provisioner)`.

use super::described::described_rows;
use super::params::texts;
use crate::table::{Fields, OneOrMany, Row, Scalar, row};
use infra_sdk::resource::{ReclaimPolicy, StorageClass, VolumeBindingMode};
use infra_sdk::types::{LabelKey, LabelValue, Name, Provisioner};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row(
            "storage_class",
            &["name", "provisioner"],
            |name: Name, provisioner: Provisioner| StorageClass::new(name, provisioner),
        )
        .doc("A class of a driver or other provisioner, for the whole cluster: who makes volumes, and how.")
        .example(
            r#"storage_class("fast-ssd", "ebs.csi.aws.com")
    .parameters(#{ type: "gp3", iops: 3000 })"#,
        ),
        row(
            "parameters",
            &["self", "parameters"],
            |this: StorageClass, parameters: Fields<Scalar>| this.parameters(texts(parameters.0)),
        )
        .doc(
            "Settings of the provisioner (`parameters`), added to those that are there. They \
             cannot change later: the class is made anew, and volumes that are there stay as \
             they are.",
        )
        .maps("parameters")
        .example(
            r#"storage_class("shared", "efs.csi.aws.com")
    .parameters(#{ provisioningMode: "efs-ap", fileSystemId: "fs-0abc", directoryPerms: 700 })"#,
        ),
        row(
            "reclaim_policy",
            &["self", "policy"],
            |this: StorageClass, policy: ReclaimPolicy| this.reclaim_policy(policy),
        )
        .doc(
            "What becomes of a volume, and its data, when its claim is deleted \
             (`reclaimPolicy`): `Retain` or `Delete`. Default: it goes too (`Delete`).",
        )
        .maps("reclaimPolicy")
        .property()
        .example(r#"storage_class("kept", "ebs.csi.aws.com").reclaim_policy("Retain")"#),
        row(
            "allow_volume_expansion",
            &["self", "yes"],
            |this: StorageClass, yes: bool| this.allow_volume_expansion(yes),
        )
        .doc("Whether claims can grow (`allowVolumeExpansion`). Default: yes.")
        .maps("allowVolumeExpansion")
        .property()
        .example(r#"storage_class("fixed", "example.com/disk").allow_volume_expansion(false)"#),
        row(
            "volume_binding_mode",
            &["self", "mode"],
            |this: StorageClass, mode: VolumeBindingMode| this.volume_binding_mode(mode),
        )
        .doc(
            "When a claim gets its volume (`volumeBindingMode`): `Immediate` or \
             `WaitForFirstConsumer`. Default: `WaitForFirstConsumer`, so that the volume is \
             made where the pod can run.",
        )
        .maps("volumeBindingMode")
        .property()
        .example(r#"storage_class("shared", "efs.csi.aws.com").volume_binding_mode("Immediate")"#),
        row(
            "mount_option",
            &["self", "option"],
            |this: StorageClass, option: OneOrMany<String>| {
                option.set(this, StorageClass::mount_option)
            },
        )
        .doc(
            "An option with which its volumes are mounted (`mountOptions[]`). One, or an array \
             of them.",
        )
        .maps("mountOptions")
        .example(r#"storage_class("shared", "efs.csi.aws.com").mount_option(["tls", "iam"])"#),
        row(
            "allowed_topology",
            &["self", "key", "values"],
            |this: StorageClass, key: LabelKey, values: OneOrMany<LabelValue>| {
                this.allowed_topology(key, values.0)
            },
        )
        .doc(
            "Its volumes are made only where the nodes' label has one of these values \
             (`allowedTopologies[]`).",
        )
        .maps("allowedTopologies")
        .example(
            r#"storage_class("near", "ebs.csi.aws.com")
    .allowed_topology("topology.kubernetes.io/zone", ["eu-central-1a", "eu-central-1b"])"#,
        ),
        row("default_class", &["self"], |this: StorageClass| {
            this.default_class()
        })
        .doc(
            "The class of claims that name none (the annotation \
             `storageclass.kubernetes.io/is-default-class`).",
        )
        .maps("metadata.annotations")
        .example(r#"storage_class("usual", "ebs.csi.aws.com").default_class()"#),
    ];
    rows.extend(described_rows::<StorageClass>());
    rows
}

crate::table::resources!(StorageClass = "storage_class");
