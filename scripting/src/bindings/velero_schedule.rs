//! `velero_schedule(name)`.

use super::custom::custom_rows;
use crate::table::{OneOrMany, Row, row};
use infra_sdk::resource::VeleroSchedule;
use infra_sdk::types::{DnsLabel, Duration, Name, Schedule};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("velero_schedule", &["name"], |name: Name| {
            VeleroSchedule::new(name)
        })
        .doc(
            "Velero backs up objects and volumes at fixed times (`Schedule` of Velero). It is \
             in Velero's own namespace, `velero`, unless it says another.",
        )
        .example(
            r#"velero_schedule("shop-daily").schedule("0 3 * * *").ttl("30d")
    .included_namespace("shop")"#,
        ),
        row(
            "schedule",
            &["self", "schedule"],
            |this: VeleroSchedule, schedule: Schedule| this.schedule(schedule),
        )
        .doc("When a backup is made (`spec.schedule`), in UTC.")
        .maps("spec.schedule")
        .property()
        .example(r#"velero_schedule("daily").schedule("@daily")"#),
        row(
            "ttl",
            &["self", "time"],
            |this: VeleroSchedule, time: Duration| this.ttl(time),
        )
        .doc("How long a backup is kept (`spec.template.ttl`). Default: 30 days.")
        .maps("spec.template.ttl")
        .property()
        .example(r#"velero_schedule("daily").schedule("0 3 * * *").ttl("90d")"#),
        row(
            "included_namespace",
            &["self", "namespace"],
            |this: VeleroSchedule, namespace: OneOrMany<DnsLabel>| {
                namespace.set(this, VeleroSchedule::included_namespace)
            },
        )
        .doc(
            "A namespace that is backed up (`spec.template.includedNamespaces[]`). Default: \
             all. One, or an array of them.",
        )
        .maps("spec.template.includedNamespaces")
        .example(
            r#"velero_schedule("daily").schedule("0 3 * * *")
    .included_namespace(["shop", "workers"])"#,
        ),
        row(
            "excluded_namespace",
            &["self", "namespace"],
            |this: VeleroSchedule, namespace: OneOrMany<DnsLabel>| {
                namespace.set(this, VeleroSchedule::excluded_namespace)
            },
        )
        .doc(
            "A namespace that is left out (`spec.template.excludedNamespaces[]`). One, or an \
             array of them.",
        )
        .maps("spec.template.excludedNamespaces")
        .example(
            r#"velero_schedule("daily").schedule("0 3 * * *")
    .excluded_namespace("kube-system")"#,
        ),
        row(
            "snapshot_volumes",
            &["self", "yes"],
            |this: VeleroSchedule, yes: bool| this.snapshot_volumes(yes),
        )
        .doc(
            "Whether volumes are copied by snapshots of the platform \
             (`spec.template.snapshotVolumes`). Default: where the platform can.",
        )
        .maps("spec.template.snapshotVolumes")
        .property()
        .example(r#"velero_schedule("daily").schedule("0 3 * * *").snapshot_volumes(true)"#),
        row(
            "storage_location",
            &["self", "name"],
            |this: VeleroSchedule, name: Name| this.storage_location(name),
        )
        .doc(
            "Where backups are kept (`spec.template.storageLocation`). Default: Velero's \
             default location.",
        )
        .maps("spec.template.storageLocation")
        .property()
        .example(
            r#"velero_schedule("daily").schedule("0 3 * * *")
    .storage_location("other-region")"#,
        ),
        row(
            "paused",
            &["self", "yes"],
            |this: VeleroSchedule, yes: bool| this.paused(yes),
        )
        .doc("No backup is made (`spec.paused`) until this is taken back.")
        .maps("spec.paused")
        .property()
        .example(r#"velero_schedule("daily").schedule("0 3 * * *").paused(true)"#),
    ];
    rows.extend(custom_rows::<VeleroSchedule>(
        r#"velero_schedule("daily").schedule("0 3 * * *").spec(#{ template: #{ defaultVolumesToFsBackup: true } })"#,
    ));
    rows
}

crate::table::resources!(VeleroSchedule = "velero_schedule");
