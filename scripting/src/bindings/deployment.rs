//! `deployment(name)`.

use super::replicated::replicated_rows;
use crate::table::{Row, row};
use infra_sdk::resource::Deployment;
use infra_sdk::types::{Amount, Name, Seconds};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("deployment", &["name"], |name: Name| Deployment::new(name))
            .doc("A deployment; it needs an image.")
            .example(r#"deployment("app").image("a:1").port("http", 3000).replicas(3)"#),
        row(
            "max_surge",
            &["self", "amount"],
            |this: Deployment, amount: Amount| this.max_surge(amount),
        )
        .doc(
            "How many pods more there may be while they are replaced \
             (`strategy.rollingUpdate.maxSurge`). Default: 25%.",
        )
        .maps("strategy.rollingUpdate.maxSurge")
        .property()
        .example(r#"deployment("app").image("a:1").max_surge("50%")"#),
        row(
            "max_unavailable",
            &["self", "amount"],
            |this: Deployment, amount: Amount| this.max_unavailable(amount),
        )
        .doc(
            "How many pods may be missing while they are replaced \
             (`strategy.rollingUpdate.maxUnavailable`). Default: 0 for more than one \
             replica.",
        )
        .maps("strategy.rollingUpdate.maxUnavailable")
        .property()
        .example(r#"deployment("app").image("a:1").replicas(10).max_unavailable(2)"#),
        row("recreate", &["self"], |this: Deployment| this.recreate())
            .doc(
                "All pods go before the first new one comes (`strategy.type: Recreate`): for \
             what cannot run twice. Default: a few at a time.",
            )
            .maps("strategy.type")
            .example(r#"deployment("app").image("a:1").recreate()"#),
        row(
            "progress_deadline",
            &["self", "time"],
            |this: Deployment, time: Seconds| this.progress_deadline(time),
        )
        .doc(
            "After how long without progress a rollout has failed \
             (`progressDeadlineSeconds`). Default: 10m.",
        )
        .maps("progressDeadlineSeconds")
        .property()
        .example(r#"deployment("app").image("a:1").progress_deadline("5m")"#),
        row("paused", &["self", "yes"], |this: Deployment, yes: bool| {
            this.paused(yes)
        })
        .doc("Changes are not rolled out (`paused`). Default: they are.")
        .maps("paused")
        .property()
        .example(r#"deployment("app").image("a:1").paused(true)"#),
    ];
    rows.extend(replicated_rows::<Deployment>());
    rows
}

crate::table::resources!(Deployment = "deployment");
