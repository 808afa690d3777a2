//! Where pods may run.

use super::super::params::{AnyLink, words};
use crate::table::{OneOrMany, Row, Scalar, ScriptType, row};
use infra_sdk::resource::PriorityClassLink;
use infra_sdk::resource::pod::{TaintEffect, Toleration, TopologySpread, Workload};
use infra_sdk::types::{LabelKey, LabelValue, Name, Seconds};

/// The setters of where a workload's pods may run.
pub(crate) fn affinity_rows<W: Workload + ScriptType>() -> Vec<Row> {
    vec![
        row(
            "node_selector",
            &["self", "key", "value"],
            |this: W, key: LabelKey, value: LabelValue| this.node_selector(key, value),
        )
        .doc("Only nodes with this label (`nodeSelector`).")
        .maps("nodeSelector")
        .example(r#"deployment("app").image("a:1").node_selector("node-type", "api")"#),
        row(
            "toleration",
            &["self", "toleration"],
            |this: W, toleration: OneOrMany<Toleration>| toleration.set(this, W::toleration),
        )
        .doc("A taint of nodes that it accepts (`tolerations[]`). One, or an array of them.")
        .maps("tolerations")
        .example(
            r#"deployment("app").image("a:1")
    .toleration(tolerate("node-type").value("api").effect("NoSchedule"))"#,
        ),
        row(
            "topology_spread",
            &["self", "spread"],
            |this: W, spread: OneOrMany<TopologySpread>| spread.set(this, W::topology_spread),
        )
        .doc(
            "How its pods are spread (`topologySpreadConstraints[]`). Default, for more \
             than one replica: over nodes and zones where possible. One, or an array of \
             them.",
        )
        .maps("topologySpreadConstraints")
        .example(
            r#"deployment("app").image("a:1")
    .topology_spread(spread_over("topology.kubernetes.io/zone").required())"#,
        ),
        row(
            "require_nodes",
            &["self", "key", "values"],
            |this: W, key: LabelKey, values: OneOrMany<Scalar>| {
                this.require_nodes(key, words(values.0))
            },
        )
        .doc(
            "Only nodes whose label has one of these values, or has the label at all where \
             none is given (`affinity.nodeAffinity`, required).",
        )
        .maps("affinity.nodeAffinity")
        .example(
            r#"deployment("app").image("a:1")
    .require_nodes("kubernetes.io/arch", ["amd64", "arm64"])"#,
        ),
        row(
            "prefer_nodes",
            &["self", "weight", "key", "values"],
            |this: W, weight: u8, key: LabelKey, values: OneOrMany<Scalar>| {
                this.prefer_nodes(weight, key, words(values.0))
            },
        )
        .doc(
            "Rather nodes whose label has one of these values (`affinity.nodeAffinity`, \
             preferred), with a weight from 1 to 100 against other wishes.",
        )
        .maps("affinity.nodeAffinity")
        .example(r#"deployment("app").image("a:1").prefer_nodes(50, "disk", "ssd")"#),
        row(
            "require_near",
            &["self", "workload", "topology_key"],
            |this: W, workload: AnyLink, topology_key: LabelKey| {
                this.require_near(workload.0, topology_key)
            },
        )
        .doc(
            "Only where pods of a workload run, by node or zone (`affinity.podAffinity`, \
             required).",
        )
        .maps("affinity.podAffinity")
        .example(
            r#"let cache = deployment("cache").image("c:1");
deployment("app").image("a:1")
    .require_near(cache, "topology.kubernetes.io/zone")"#,
        ),
        row(
            "prefer_near",
            &["self", "workload", "topology_key"],
            |this: W, workload: AnyLink, topology_key: LabelKey| {
                this.prefer_near(workload.0, topology_key)
            },
        )
        .doc(
            "Rather where pods of a workload run (`affinity.podAffinity`, preferred, weight \
             100).",
        )
        .maps("affinity.podAffinity")
        .example(
            r#"let cache = deployment("cache").image("c:1");
deployment("app").image("a:1")
    .prefer_near(cache, "kubernetes.io/hostname")"#,
        ),
        row(
            "require_apart",
            &["self", "workload", "topology_key"],
            |this: W, workload: AnyLink, topology_key: LabelKey| {
                this.require_apart(workload.0, topology_key)
            },
        )
        .doc("Never where pods of a workload run (`affinity.podAntiAffinity`, required).")
        .maps("affinity.podAntiAffinity")
        .example(
            r#"let noisy = deployment("noisy").image("n:1");
deployment("app").image("a:1")
    .require_apart(noisy, "kubernetes.io/hostname")"#,
        ),
        row(
            "prefer_apart",
            &["self", "workload", "topology_key"],
            |this: W, workload: AnyLink, topology_key: LabelKey| {
                this.prefer_apart(workload.0, topology_key)
            },
        )
        .doc(
            "Rather not where pods of a workload run (`affinity.podAntiAffinity`, \
             preferred, weight 100).",
        )
        .maps("affinity.podAntiAffinity")
        .example(
            r#"let noisy = deployment("noisy").image("n:1");
deployment("app").image("a:1")
    .prefer_apart(noisy, "kubernetes.io/hostname")"#,
        ),
        row(
            "priority_class",
            &["self", "class"],
            |this: W, class: PriorityClassLink| this.priority_class(class),
        )
        .doc(
            "The priority class (`priorityClassName`), by value or by name: who goes first when \
             there is not enough room.",
        )
        .maps("priorityClassName")
        .property()
        .example(
            r#"deployment("app").image("a:1")
    .priority_class("system-cluster-critical")"#,
        ),
        row("runtime_class", &["self", "name"], |this: W, name: Name| {
            this.runtime_class(name)
        })
        .doc("The runtime class (`runtimeClassName`), such as that of a sandboxed runtime.")
        .maps("runtimeClassName")
        .property()
        .example(r#"deployment("app").image("a:1").runtime_class("gvisor")"#),
        row("scheduler", &["self", "name"], |this: W, name: String| {
            this.scheduler(name)
        })
        .doc(
            "The scheduler that places its pods (`schedulerName`). Default: \
             `default-scheduler`.",
        )
        .maps("schedulerName")
        .property()
        .example(r#"deployment("app").image("a:1").scheduler("batch-scheduler")"#),
    ]
}

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row("tolerate_all", &[], Toleration::all)
            .doc("Every taint.")
            .example(r#"deployment("agent").image("a:1").toleration(tolerate_all())"#),
        row("tolerate", &["key"], |key: LabelKey| Toleration::key(key))
            .doc("Taints of a key, whatever their value.")
            .example(
                r#"deployment("app").image("a:1")
    .toleration(tolerate("gpu").effect("NoSchedule"))"#,
            ),
        row(
            "value",
            &["self", "value"],
            |this: Toleration, value: String| this.value(value),
        )
        .doc("Only taints of this value (`value`, `operator: Equal`).")
        .maps("value")
        .property()
        .example(
            r#"deployment("app").image("a:1")
    .toleration(tolerate("node-type").value("api"))"#,
        ),
        row(
            "effect",
            &["self", "effect"],
            |this: Toleration, effect: TaintEffect| this.effect(effect),
        )
        .doc("Only taints of this effect (`effect`). Default: every effect.")
        .maps("effect")
        .property()
        .example(
            r#"deployment("app").image("a:1")
    .toleration(tolerate("node-type").effect("NoSchedule"))"#,
        ),
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
        .property()
        .example(
            r#"let gone = tolerate("node.kubernetes.io/unreachable")
    .effect("NoExecute");
deployment("app").image("a:1").toleration(gone.time("30s"))"#,
        ),
        row(
            "spread_over",
            &["topology_key"],
            |topology_key: LabelKey| TopologySpread::over(topology_key),
        )
        .doc(
            "Evenly over the values of a node label, where possible: \
             `kubernetes.io/hostname`, `topology.kubernetes.io/zone`.",
        )
        .example(
            r#"deployment("app").image("a:1")
    .topology_spread(spread_over("topology.kubernetes.io/zone").required())"#,
        ),
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
        .property()
        .example(
            r#"deployment("app").image("a:1")
    .topology_spread(spread_over("kubernetes.io/hostname").max_skew(2))"#,
        ),
        row("required", &["self"], |this: TopologySpread| {
            this.required()
        })
        .doc(
            "A pod that would break it waits (`whenUnsatisfiable: DoNotSchedule`). Default: \
             it is placed all the same.",
        )
        .maps("whenUnsatisfiable")
        .example(
            r#"deployment("app").image("a:1")
    .topology_spread(spread_over("kubernetes.io/hostname").required())"#,
        ),
        row(
            "min_domains",
            &["self", "domains"],
            |this: TopologySpread, domains: u16| this.min_domains(domains),
        )
        .doc("Over at least so many (`minDomains`); makes it required.")
        .maps("minDomains")
        .property()
        .example(
            r#"let zones = spread_over("topology.kubernetes.io/zone").required();
deployment("app").image("a:1").topology_spread(zones.min_domains(3))"#,
        ),
    ]
}

crate::table::values! {
    Toleration = "toleration",
    TopologySpread = "topology_spread",
}
