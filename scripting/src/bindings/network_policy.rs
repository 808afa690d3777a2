//! `network_policy(name)`.

use super::described::described_rows;
use super::params::{AnyLink, Keyed};
use crate::table::{OneOrMany, Row, row};
use infra_sdk::resource::{NetworkPolicy, PolicyRule};
use infra_sdk::types::{LabelKey, LabelValue, Name};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("network_policy", &["name"], |name: Name| {
            NetworkPolicy::new(name)
        })
        .doc("A policy for every pod of the namespace, until it says which.")
        .example(
            r#"network_policy("only-web").of(deployment("app").image("a:1"))
    .ingress(allow().peer(pods_with(#{ app: "web" })).port(80))"#,
        ),
        row(
            "of",
            &["self", "workload"],
            |this: NetworkPolicy, workload: AnyLink| this.of(workload.0),
        )
        .doc("Only for the pods of a workload (`spec.podSelector`).")
        .maps("spec.podSelector")
        .property(),
        row(
            "pods",
            &["self", "labels"],
            |this: NetworkPolicy, labels: Keyed<LabelKey, LabelValue>| this.pods(labels.0),
        )
        .doc(
            "Only for pods with these labels (`spec.podSelector`). Default: every pod of \
             the namespace.",
        )
        .maps("spec.podSelector")
        .property(),
        row(
            "ingress",
            &["self", "rule"],
            |this: NetworkPolicy, rule: OneOrMany<PolicyRule>| {
                rule.set(this, NetworkPolicy::ingress)
            },
        )
        .doc("What may come in (`spec.ingress[]`). One, or an array of them.")
        .maps("spec.ingress"),
        row(
            "egress",
            &["self", "rule"],
            |this: NetworkPolicy, rule: OneOrMany<PolicyRule>| {
                rule.set(this, NetworkPolicy::egress)
            },
        )
        .doc("What may go out (`spec.egress[]`). One, or an array of them.")
        .maps("spec.egress"),
        row("deny_ingress", &["self"], |this: NetworkPolicy| {
            this.deny_ingress()
        })
        .doc("Nothing may come in but what a rule allows (`spec.policyTypes: [Ingress]`).")
        .maps("spec.policyTypes"),
        row("deny_egress", &["self"], |this: NetworkPolicy| {
            this.deny_egress()
        })
        .doc("Nothing may go out but what a rule allows (`spec.policyTypes: [Egress]`).")
        .maps("spec.policyTypes"),
    ];
    rows.extend(described_rows::<NetworkPolicy>());
    rows
}

crate::table::resources!(NetworkPolicy = "network_policy");
