//! `stateful_set(name)`.

use super::replicated::replicated_rows;
use crate::table::{Row, row};
use infra_sdk::resource::{ClaimRetention, StatefulSet};
use infra_sdk::types::{Amount, DnsLabel, Name};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("stateful_set", &["name"], |name: Name| {
            StatefulSet::new(name)
        })
        .doc("A stateful set; it needs an image.")
        .example(
            r#"stateful_set("db").image("postgres:17")
    .volume("/data", claim("data", "10Gi"))"#,
        ),
        row(
            "service",
            &["self", "name"],
            |this: StatefulSet, name: DnsLabel| this.service(name),
        )
        .doc(
            "The headless service that names its pods (`spec.serviceName`), which cannot \
             change later. Default: the headless service that was made from it.",
        )
        .maps("spec.serviceName")
        .property()
        .example(r#"stateful_set("db").image("db:1").port(5432).service("db-headless")"#),
        row("parallel", &["self"], |this: StatefulSet| this.parallel())
            .doc(
                "Its pods start and stop all at once (`podManagementPolicy: Parallel`), which \
             cannot change later. Default: one after the other.",
            )
            .maps("podManagementPolicy")
            .example(r#"stateful_set("db").image("db:1").port(5432).replicas(3).parallel()"#),
        row("on_delete", &["self"], |this: StatefulSet| this.on_delete())
            .doc(
                "A pod is replaced only when somebody deletes it (`updateStrategy.type: \
             OnDelete`). Default: one after the other, from the last.",
            )
            .maps("updateStrategy.type")
            .example(r#"stateful_set("db").image("db:1").port(5432).on_delete()"#),
        row(
            "partition",
            &["self", "ordinal"],
            |this: StatefulSet, ordinal: u16| this.partition(ordinal),
        )
        .doc(
            "Only pods from this ordinal on are replaced \
             (`updateStrategy.rollingUpdate.partition`). Default: 0, all.",
        )
        .maps("updateStrategy.rollingUpdate.partition")
        .property()
        .example(r#"stateful_set("db").image("db:1").port(5432).replicas(3).partition(2)"#),
        row(
            "max_unavailable",
            &["self", "amount"],
            |this: StatefulSet, amount: Amount| this.max_unavailable(amount),
        )
        .doc(
            "How many pods may be missing while they are replaced \
             (`updateStrategy.rollingUpdate.maxUnavailable`). Default: 1.",
        )
        .maps("updateStrategy.rollingUpdate.maxUnavailable")
        .property()
        .example(
            r#"stateful_set("db").image("db:1").port(5432).replicas(5)
    .max_unavailable(2)"#,
        ),
        row(
            "first_ordinal",
            &["self", "ordinal"],
            |this: StatefulSet, ordinal: u16| this.first_ordinal(ordinal),
        )
        .doc("The number of the first pod (`ordinals.start`). Default: 0.")
        .maps("ordinals.start")
        .property()
        .example(r#"stateful_set("db").image("db:1").port(5432).first_ordinal(1)"#),
        row(
            "when_deleted",
            &["self", "retention"],
            |this: StatefulSet, retention: ClaimRetention| this.when_deleted(retention),
        )
        .doc(
            "What becomes of its claims when it is deleted \
             (`persistentVolumeClaimRetentionPolicy.whenDeleted`). Default: they stay.",
        )
        .maps("persistentVolumeClaimRetentionPolicy.whenDeleted")
        .property()
        .example(r#"stateful_set("cache").image("c:1").port(6379).when_deleted("Delete")"#),
        row(
            "when_scaled",
            &["self", "retention"],
            |this: StatefulSet, retention: ClaimRetention| this.when_scaled(retention),
        )
        .doc(
            "What becomes of the claims of pods that are too many \
             (`persistentVolumeClaimRetentionPolicy.whenScaled`). Default: they stay.",
        )
        .maps("persistentVolumeClaimRetentionPolicy.whenScaled")
        .property()
        .example(r#"stateful_set("cache").image("c:1").port(6379).when_scaled("Delete")"#),
    ];
    rows.extend(replicated_rows::<StatefulSet>());
    rows
}

crate::table::resources!(StatefulSet = "stateful_set");
