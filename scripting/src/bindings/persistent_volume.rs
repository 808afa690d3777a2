//! `persistent_volume(name, size)`.

use super::described::described_rows;
use super::params::AnyLink;
use crate::table::{OneOrMany, Row, Scalar, row};
use infra_sdk::resource::pod::HostPathType;
use infra_sdk::resource::{ClaimLink, PersistentVolume, ReclaimPolicy, StorageClassLink};
use infra_sdk::types::{AccessMode, DriverName, LabelKey, LabelValue, Name, Quantity};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row(
            "persistent_volume",
            &["name", "size"],
            |name: Name, size: Quantity| PersistentVolume::new(name, size),
        )
        .doc(
            "Storage that is there already, of a size (`spec.capacity.storage`), for a claim to \
             take, for the whole cluster. It holds data: it is kept when it is removed from the \
             script, and so is the disk when the object goes.",
        )
        .example(
            r#"volume_claim("postgres", "100Gi").volume(
    persistent_volume("postgres-pv", "100Gi").csi("ebs.csi.aws.com", "vol-0abc"))"#,
        ),
    ];
    rows.extend(source_rows());
    rows.extend(rest_rows());
    rows.extend(described_rows::<PersistentVolume>());
    rows
}

/// Where it is.
fn source_rows() -> Vec<Row> {
    vec![
        row(
            "csi",
            &["self", "driver", "handle"],
            |this: PersistentVolume, driver: DriverName, handle: String| this.csi(driver, handle),
        )
        .doc(
            "A volume of a driver, by the driver's own name for it (`spec.csi.driver`, \
             `volumeHandle`).",
        )
        .maps("spec.csi")
        .example(
            r#"persistent_volume("files", "500Gi").csi("efs.csi.aws.com", "fs-0abc")
    .access_mode("ReadWriteMany")"#,
        ),
        row(
            "nfs",
            &["self", "server", "path"],
            |this: PersistentVolume, server: String, path: String| this.nfs(server, path),
        )
        .doc("A folder that a server exports (`spec.nfs`).")
        .maps("spec.nfs")
        .example(
            r#"persistent_volume("files", "500Gi").nfs("files.example", "/exports/shop")
    .access_mode("ReadWriteMany").mount_option("nfsvers=4.1")"#,
        ),
        row(
            "host_path",
            &["self", "path"],
            |this: PersistentVolume, path: String| this.host_path(path),
        )
        .doc(
            "A folder of whichever node the pod runs on (`spec.hostPath`), for clusters of one \
             node: on others a pod that moves finds another folder.",
        )
        .maps("spec.hostPath")
        .property()
        .example(
            r#"persistent_volume("data", "10Gi").host_path("/var/data").type("DirectoryOrCreate")"#,
        ),
        row(
            "type",
            &["self", "kind"],
            |this: PersistentVolume, kind: HostPathType| this.kind(kind),
        )
        .doc("What must be there (`spec.hostPath.type`). Default: it is not looked at.")
        .maps("spec.hostPath.type")
        .property()
        .example(r#"persistent_volume("data", "10Gi").host_path("/var/data").type("Directory")"#),
        row(
            "local",
            &["self", "path"],
            |this: PersistentVolume, path: String| this.local(path),
        )
        .doc("A disk or folder of one node (`spec.local`), which `.node(…)` names.")
        .maps("spec.local")
        .property()
        .example(r#"persistent_volume("disk-1", "1Ti").local("/mnt/disk-1").node("node-1")"#),
        row(
            "node",
            &["self", "name"],
            |this: PersistentVolume, name: OneOrMany<LabelValue>| {
                name.set(this, PersistentVolume::node)
            },
        )
        .doc("Only on the node of this name (`spec.nodeAffinity`). One, or an array of them.")
        .maps("spec.nodeAffinity")
        .example(r#"persistent_volume("disk-1", "1Ti").local("/mnt/disk-1").node("node-1")"#),
        row(
            "node_affinity",
            &["self", "key", "values"],
            |this: PersistentVolume, key: LabelKey, values: OneOrMany<LabelValue>| {
                this.node_affinity(key, values.0)
            },
        )
        .doc("Only on nodes whose label has one of these values (`spec.nodeAffinity`).")
        .maps("spec.nodeAffinity")
        .example(
            r#"persistent_volume("disk", "100Gi").csi("ebs.csi.aws.com", "vol-0abc")
    .node_affinity("topology.kubernetes.io/zone", "eu-central-1a")"#,
        ),
        row(
            "attribute",
            &["self", "key", "value"],
            |this: PersistentVolume, key: String, value: Scalar| this.attribute(key, value.0),
        )
        .doc("A setting of the driver (`spec.csi.volumeAttributes`).")
        .maps("spec.csi.volumeAttributes")
        .example(
            r#"persistent_volume("files", "1Ti").csi("fsx.csi.aws.com", "fs-0abc")
    .attribute("dnsname", "fs-0abc.fsx.example")"#,
        ),
        row(
            "fs_type",
            &["self", "name"],
            |this: PersistentVolume, name: String| this.fs_type(name),
        )
        .doc(
            "The file system (`spec.csi.fsType`, `spec.local.fsType`). Default: the driver's; \
             `ext4` of a disk of a node.",
        )
        .maps("spec.csi.fsType")
        .property()
        .example(
            r#"persistent_volume("a", "1Gi").csi("ebs.csi.aws.com", "vol-0abc").fs_type("xfs")"#,
        ),
        row("read_only", &["self"], |this: PersistentVolume| {
            this.read_only()
        })
        .doc("It can be read alone (`spec.csi.readOnly`, `spec.nfs.readOnly`).")
        .maps("spec.csi.readOnly")
        .example(r#"persistent_volume("a", "1Gi").nfs("files.example", "/a").read_only()"#),
        row(
            "node_stage_secret",
            &["self", "secret"],
            |this: PersistentVolume, secret: AnyLink| this.node_stage_secret(secret.0),
        )
        .doc(
            "The secret that the driver is given when a node takes the volume \
             (`spec.csi.nodeStageSecretRef`).",
        )
        .maps("spec.csi")
        .property()
        .example(
            r#"persistent_volume("a", "1Gi").csi("smb.csi.k8s.io", "a")
    .node_stage_secret(existing("secret", "smb-login"))"#,
        ),
        row(
            "node_publish_secret",
            &["self", "secret"],
            |this: PersistentVolume, secret: AnyLink| this.node_publish_secret(secret.0),
        )
        .doc(
            "The secret that the driver is given when a pod mounts the volume \
             (`spec.csi.nodePublishSecretRef`).",
        )
        .maps("spec.csi")
        .property()
        .example(
            r#"persistent_volume("a", "1Gi").csi("s3.csi.example.com", "bucket")
    .node_publish_secret(existing("secret", "s3-keys"))"#,
        ),
    ]
}

/// What it is, and who gets it.
fn rest_rows() -> Vec<Row> {
    vec![
        row(
            "storage_class",
            &["self", "class"],
            |this: PersistentVolume, class: StorageClassLink| this.storage_class(class),
        )
        .doc("The storage class (`spec.storageClassName`), by value or by name. Default: none.")
        .maps("spec.storageClassName")
        .property()
        .example(
            r#"persistent_volume("a", "1Gi").csi("ebs.csi.aws.com", "vol-0abc")
    .storage_class(storage_class("fast-ssd", "ebs.csi.aws.com"))"#,
        ),
        row(
            "volume_attributes_class",
            &["self", "name"],
            |this: PersistentVolume, name: Name| this.volume_attributes_class(name),
        )
        .doc("The class of attributes, such as speed (`spec.volumeAttributesClassName`).")
        .maps("spec.volumeAttributesClassName")
        .property()
        .example(
            r#"persistent_volume("a", "1Gi").csi("ebs.csi.aws.com", "vol-0abc")
    .volume_attributes_class("gold")"#,
        ),
        row(
            "access_mode",
            &["self", "mode"],
            |this: PersistentVolume, mode: OneOrMany<AccessMode>| {
                mode.set(this, PersistentVolume::access_mode)
            },
        )
        .doc(
            "How it may be mounted (`spec.accessModes[]`). One, or an array of them. Default: \
             `ReadWriteOnce`, by the pods of one node.",
        )
        .maps("spec.accessModes")
        .example(
            r#"persistent_volume("a", "1Gi").nfs("files.example", "/a")
    .access_mode(["ReadWriteMany", "ReadOnlyMany"])"#,
        ),
        row(
            "reclaim_policy",
            &["self", "policy"],
            |this: PersistentVolume, policy: ReclaimPolicy| this.reclaim_policy(policy),
        )
        .doc(
            "What becomes of it, and its data, when its claim is deleted \
             (`spec.persistentVolumeReclaimPolicy`): `Retain` or `Delete`. Default: `Retain`, \
             it stays.",
        )
        .maps("spec.persistentVolumeReclaimPolicy")
        .property()
        .example(
            r#"persistent_volume("scratch", "1Gi").csi("ebs.csi.aws.com", "vol-0abc")
    .reclaim_policy("Delete")"#,
        ),
        row(
            "mount_option",
            &["self", "option"],
            |this: PersistentVolume, option: OneOrMany<String>| {
                option.set(this, PersistentVolume::mount_option)
            },
        )
        .doc(
            "An option with which it is mounted (`spec.mountOptions[]`). One, or an array of \
             them.",
        )
        .maps("spec.mountOptions")
        .example(
            r#"persistent_volume("a", "1Gi").nfs("files.example", "/a")
    .mount_option(["hard", "nfsvers=4.1"])"#,
        ),
        row("block", &["self"], |this: PersistentVolume| this.block())
            .doc("A block device instead of a file system (`spec.volumeMode: Block`).")
            .maps("spec.volumeMode")
            .example(r#"persistent_volume("a", "1Gi").csi("ebs.csi.aws.com", "vol-0abc").block()"#),
        row(
            "claim",
            &["self", "claim"],
            |this: PersistentVolume, claim: ClaimLink| this.claim(claim),
        )
        .doc(
            "The claim that takes it (`spec.claimRef`), and no other does: one by value, or by \
             name in the environment's namespace, as of a pod of a stateful set \
             (`data-postgres-0`). Default: the claim that names it, else any that fits.",
        )
        .maps("spec.claimRef")
        .property()
        .example(
            r#"persistent_volume("postgres-pv", "100Gi").csi("ebs.csi.aws.com", "vol-0abc")
    .claim("data-postgres-0")"#,
        ),
    ]
}

crate::table::resources!(PersistentVolume = "persistent_volume");
