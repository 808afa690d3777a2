//! `volume_claim(name, size)`.

use super::described::described_rows;
use crate::table::{OneOrMany, Row, row};
use infra_sdk::resource::{StorageClassLink, VolumeClaim, VolumeLink};
use infra_sdk::types::{AccessMode, Name, Quantity};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row(
            "volume_claim",
            &["name", "size"],
            |name: Name, size: Quantity| VolumeClaim::new(name, size),
        )
        .doc(
            "A claim of a size (`spec.resources.requests.storage`), which can grow where \
             the class allows it, and never shrink.",
        )
        .example(
            r#"let data = volume_claim("data", "10Gi");
deployment("app").image("a:1").volume("/data", data)"#,
        ),
        row(
            "storage_class",
            &["self", "class"],
            |this: VolumeClaim, class: StorageClassLink| this.storage_class(class),
        )
        .doc(
            "The storage class (`spec.storageClassName`), by value or by name, which cannot \
             change later; `\"\"` for none: only a volume without a class is taken. Default: its \
             volume's, else the cluster's default class.",
        )
        .maps("spec.storageClassName")
        .property()
        .example(
            r#"volume_claim("data", "10Gi")
    .storage_class(storage_class("fast", "ebs.csi.aws.com"))"#,
        ),
        row(
            "volume_attributes_class",
            &["self", "name"],
            |this: VolumeClaim, name: Name| this.volume_attributes_class(name),
        )
        .doc("The class of attributes, such as speed (`spec.volumeAttributesClassName`).")
        .maps("spec.volumeAttributesClassName")
        .property()
        .example(r#"volume_claim("uploads", "50Gi").volume_attributes_class("gold")"#),
        row(
            "access_mode",
            &["self", "mode"],
            |this: VolumeClaim, mode: OneOrMany<AccessMode>| {
                mode.set(this, VolumeClaim::access_mode)
            },
        )
        .doc(
            "How it may be mounted (`spec.accessModes[]`), which cannot change later. One, or an \
             array of them. Default: its volume's, else `ReadWriteOnce`, by the pods of one node.",
        )
        .maps("spec.accessModes")
        .example(r#"volume_claim("shared", "500Gi").access_mode("ReadWriteMany")"#),
        row(
            "volume",
            &["self", "volume"],
            |this: VolumeClaim, volume: VolumeLink| this.volume(volume),
        )
        .doc(
            "The volume that it takes (`spec.volumeName`), by value or by name. Default: the one \
             that names it, else one is made or found.",
        )
        .maps("spec.volumeName")
        .property()
        .example(
            r#"volume_claim("postgres", "100Gi").volume(
    persistent_volume("postgres-pv", "100Gi").csi("ebs.csi.aws.com", "vol-0abc"))"#,
        ),
        row("block", &["self"], |this: VolumeClaim| this.block())
            .doc("A block device instead of a file system (`spec.volumeMode: Block`).")
            .maps("spec.volumeMode")
            .example(r#"volume_claim("disk", "10Gi").block()"#),
        row(
            "from_snapshot",
            &["self", "name"],
            |this: VolumeClaim, name: Name| this.from_snapshot(name),
        )
        .doc("It starts with the content of a snapshot (`spec.dataSource`).")
        .maps("spec.dataSource")
        .property()
        .example(r#"volume_claim("restored", "50Gi").from_snapshot("uploads-2026-01-26")"#),
        row(
            "from_claim",
            &["self", "name"],
            |this: VolumeClaim, name: Name| this.from_claim(name),
        )
        .doc("It starts as a copy of another claim (`spec.dataSource`).")
        .maps("spec.dataSource")
        .property()
        .example(r#"volume_claim("copy", "50Gi").from_claim("uploads")"#),
        row("mount", &["self"], |this: VolumeClaim| this.mount())
            .doc("The claim, to be mounted in a special way.")
            .example(
                r#"deployment("app").image("a:1")
    .volume("/srv", volume_claim("uploads", "50Gi").mount().read_only())"#,
            ),
    ];
    rows.extend(described_rows::<VolumeClaim>());
    rows
}

crate::table::resources!(VolumeClaim = "volume_claim");
