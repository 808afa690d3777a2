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
        .property()
        .example(r#"network_policy("web").of(deployment("web").image("a:1")).deny_egress()"#),
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
        .property()
        .example(r#"network_policy("web").pods(#{ app: "web" }).deny_egress()"#),
        row(
            "ingress",
            &["self", "rule"],
            |this: NetworkPolicy, rule: OneOrMany<PolicyRule>| {
                rule.set(this, NetworkPolicy::ingress)
            },
        )
        .doc("What may come in (`spec.ingress[]`). One, or an array of them.")
        .maps("spec.ingress")
        .example(
            r#"network_policy("web")
    .ingress(allow().peer(pods_with(#{ app: "gateway" })).port(80))"#,
        ),
        row(
            "egress",
            &["self", "rule"],
            |this: NetworkPolicy, rule: OneOrMany<PolicyRule>| {
                rule.set(this, NetworkPolicy::egress)
            },
        )
        .doc("What may go out (`spec.egress[]`). One, or an array of them.")
        .maps("spec.egress")
        .example(
            r#"network_policy("web")
    .egress(allow().peer(addresses("10.0.20.0/24")).port(5432))"#,
        ),
        row("deny_ingress", &["self"], |this: NetworkPolicy| {
            this.deny_ingress()
        })
        .doc("Nothing may come in but what a rule allows (`spec.policyTypes: [Ingress]`).")
        .maps("spec.policyTypes")
        .example(r#"network_policy("closed").deny_ingress()"#),
        row("deny_egress", &["self"], |this: NetworkPolicy| {
            this.deny_egress()
        })
        .doc("Nothing may go out but what a rule allows (`spec.policyTypes: [Egress]`).")
        .maps("spec.policyTypes")
        .example(r#"network_policy("closed").deny_ingress().deny_egress()"#),
    ];
    rows.extend(described_rows::<NetworkPolicy>());
    rows
}

crate::table::resources!(NetworkPolicy = "network_policy");
