//! `disruption_budget(workload)`.

use super::described::{described_rows, own_name};
use super::params::AnyLink;
use crate::table::{Row, row};
use infra_sdk::resource::DisruptionBudget;
use infra_sdk::types::Amount;

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("disruption_budget", &["workload"], |workload: AnyLink| {
            DisruptionBudget::new(workload.0)
        })
        .doc("A budget of a workload, with the workload's name.")
        .example(r#"disruption_budget(deployment("app").image("a:1")).min_available("50%")"#),
        own_name(
            DisruptionBudget::name,
            "Its own name (`metadata.name`). Default: the workload's.",
            r#"disruption_budget(deployment("app").image("a:1")).name("app-pdb")
    .max_unavailable(1)"#,
        ),
        row(
            "min_available",
            &["self", "amount"],
            |this: DisruptionBudget, amount: Amount| this.min_available(amount),
        )
        .doc("How many pods must stay (`spec.minAvailable`), in place of how many may go.")
        .maps("spec.minAvailable")
        .property()
        .example(
            r#"disruption_budget(deployment("app").image("a:1").replicas(3))
    .min_available(2)"#,
        ),
        row(
            "max_unavailable",
            &["self", "amount"],
            |this: DisruptionBudget, amount: Amount| this.max_unavailable(amount),
        )
        .doc("How many pods may go at a time (`spec.maxUnavailable`). Default: 1.")
        .maps("spec.maxUnavailable")
        .property()
        .example(
            r#"disruption_budget(deployment("app").image("a:1").replicas(5))
    .max_unavailable("20%")"#,
        ),
        row("spare_unready", &["self"], |this: DisruptionBudget| {
            this.spare_unready()
        })
        .doc(
            "A pod that runs but is not ready is spared too while too few are ready \
             (`spec.unhealthyPodEvictionPolicy: IfHealthyBudget`). Default: it may always \
             go (`AlwaysAllow`), so that a broken workload does not hold a node up.",
        )
        .maps("spec.unhealthyPodEvictionPolicy")
        .example(
            r#"disruption_budget(stateful_set("db").image("db:1").port(5432))
    .spare_unready()"#,
        ),
    ];
    rows.extend(described_rows::<DisruptionBudget>());
    rows
}

crate::table::resources!(DisruptionBudget = "disruption_budget");
