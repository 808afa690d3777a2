//! Where pods may run.

use crate::table::{Row, row};
use infra_sdk::resource::pod::{TaintEffect, Toleration, TopologySpread};
use infra_sdk::types::{LabelKey, Seconds};

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row("tolerate_all", &[], Toleration::all).doc("Every taint."),
        row("tolerate", &["key"], |key: LabelKey| Toleration::key(key))
            .doc("Taints of a key, whatever their value.")
.example(r#"deployment("app").image("a:1").toleration(tolerate("gpu").effect("NoSchedule"))"#),
        row(
            "value",
            &["self", "value"],
            |this: Toleration, value: String| this.value(value),
        )
        .doc("Only taints of this value (`value`, `operator: Equal`).")
        .maps("value")
        .property(),
        row(
            "effect",
            &["self", "effect"],
            |this: Toleration, effect: TaintEffect| this.effect(effect),
        )
        .doc("Only taints of this effect (`effect`). Default: every effect.")
        .maps("effect")
        .property(),
        row(
            "time",
            &["self", "time"],
            |this: Toleration, time: Seconds| this.time(time),
        )
        .doc(
            "For how long a `NoExecute` taint is tolerated (`tolerationSeconds`). Default: \
             for ever.",
        )
        .maps("tolerationSeconds")
        .property(),
        row(
            "spread_over",
            &["topology_key"],
            |topology_key: LabelKey| TopologySpread::over(topology_key),
        )
        .doc(
            "Evenly over the values of a node label, where possible: \
             `kubernetes.io/hostname`, `topology.kubernetes.io/zone`.",
        )
.example(r#"deployment("app").image("a:1").topology_spread(spread_over("topology.kubernetes.io/zone").required())"#),
        row(
            "max_skew",
            &["self", "pods"],
            |this: TopologySpread, pods: u16| this.max_skew(pods),
        )
        .doc(
            "By how many pods the fullest and the emptiest may differ (`maxSkew`). Default: \
             1.",
        )
        .maps("maxSkew")
        .property(),
        row("required", &["self"], |this: TopologySpread| {
            this.required()
        })
        .doc(
            "A pod that would break it waits (`whenUnsatisfiable: DoNotSchedule`). Default: \
             it is placed all the same.",
        )
        .maps("whenUnsatisfiable"),
        row(
            "min_domains",
            &["self", "domains"],
            |this: TopologySpread, domains: u16| this.min_domains(domains),
        )
        .doc("Over at least so many (`minDomains`); makes it required.")
        .maps("minDomains")
        .property(),
    ]
}

crate::table::values! {
    Toleration = "toleration",
    TopologySpread = "topology_spread",
}
