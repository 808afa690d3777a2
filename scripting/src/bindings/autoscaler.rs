//! `autoscaler(workload)`.

use super::described::{described_rows, own_name};
use super::params::{AnyLink, Keyed};
use super::scaling::AnyScaling;
use crate::table::{Row, row};
use infra_sdk::resource::{Autoscaler, MetricTarget};
use infra_sdk::types::{DnsLabel, LabelKey, LabelValue, Quantity};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("autoscaler", &["workload"], |workload: AnyLink| {
            Autoscaler::new(workload.0)
        })
        .doc(
            "An autoscaler of a workload, with the workload's name; it needs bounds \
             (`replicas`) and something to go by (`cpu`).",
        )
        .example(r#"autoscaler(deployment("app").image("a:1")).replicas(3, 10).cpu(70)"#),
        own_name(
            Autoscaler::name,
            "Its own name (`metadata.name`). Default: the workload's.",
            r#"autoscaler(deployment("app").image("a:1")).name("app-hpa")
    .replicas(2, 5).cpu(70)"#,
        ),
        row(
            "replicas",
            &["self", "min", "max"],
            |this: Autoscaler, min: u16, max: u16| this.replicas(min, max),
        )
        .doc("The least and the most pods (`spec.minReplicas`, `spec.maxReplicas`).")
        .maps("spec.minReplicas, spec.maxReplicas")
        .example(r#"autoscaler(deployment("app").image("a:1")).replicas(3, 10).cpu(70)"#),
        row(
            "cpu",
            &["self", "percent"],
            |this: Autoscaler, percent: u16| this.cpu(percent),
        )
        .doc(
            "How much of the CPU that they request pods are to use on average, in percent \
             (`metrics[]`, `type: Resource`).",
        )
        .maps("metrics")
        .example(r#"autoscaler(deployment("app").image("a:1")).replicas(3, 10).cpu(70)"#),
        row(
            "memory",
            &["self", "percent"],
            |this: Autoscaler, percent: u16| this.memory(percent),
        )
        .doc(
            "How much of the memory that they request pods are to use on average, in \
             percent (`metrics[]`, `type: Resource`).",
        )
        .maps("metrics")
        .example(r#"autoscaler(deployment("app").image("a:1")).replicas(3, 10).memory(80)"#),
        row(
            "resource",
            &["self", "resource", "target"],
            |this: Autoscaler, resource: String, target: MetricTarget| {
                this.resource(resource, target)
            },
        )
        .doc("How much of a resource pods are to use (`metrics[]`, `type: Resource`).")
        .maps("metrics")
        .example(
            r#"autoscaler(deployment("app").image("a:1")).replicas(2, 5)
    .resource("memory", average("600Mi"))"#,
        ),
        row(
            "container_resource",
            &["self", "container", "resource", "target"],
            |this: Autoscaler, container: DnsLabel, resource: String, target: MetricTarget| {
                this.container_resource(container, resource, target)
            },
        )
        .doc(
            "How much of a resource one container of the pods is to use (`metrics[]`, \
             `type: ContainerResource`).",
        )
        .maps("metrics")
        .example(
            r#"autoscaler(deployment("app").image("a:1")).replicas(2, 5)
    .container_resource("app", "cpu", utilization(70))"#,
        ),
        row(
            "pods",
            &["self", "metric", "average"],
            |this: Autoscaler, metric: String, average: Quantity| this.pods(metric, average),
        )
        .doc(
            "What a metric of the pods is to be on average (`metrics[]`, `type: Pods`), \
             such as requests in a second.",
        )
        .maps("metrics")
        .example(
            r#"autoscaler(deployment("app").image("a:1")).replicas(2, 5)
    .pods("requests_per_second", "100")"#,
        ),
        row(
            "object",
            &["self", "object", "metric", "target"],
            |this: Autoscaler, object: AnyLink, metric: String, target: MetricTarget| {
                this.object(object.0, metric, target)
            },
        )
        .doc("What a metric of another object is to be (`metrics[]`, `type: Object`).")
        .maps("metrics")
        .example(
            r#"let app = deployment("app").image("a:1").port("http", 80);
autoscaler(app).replicas(2, 5)
    .object(ingress("entry").host("shop.example", "app"), "rps", total("2k"))"#,
        ),
        row(
            "external",
            &["self", "metric", "labels", "target"],
            |this: Autoscaler,
             metric: String,
             labels: Keyed<LabelKey, LabelValue>,
             target: MetricTarget| this.external(metric, labels.0, target),
        )
        .doc(
            "What a metric of something outside the cluster is to be (`metrics[]`, `type: \
             External`), such as the length of a queue, found by labels.",
        )
        .maps("metrics")
        .example(
            r#"autoscaler(deployment("app").image("a:1")).replicas(1, 9)
    .external("queue_length", #{ queue: "mail" }, average("30"))"#,
        ),
        row(
            "scale_up",
            &["self", "rules"],
            |this: Autoscaler, rules: AnyScaling| this.scale_up(rules.0),
        )
        .doc(
            "How quickly pods become more (`spec.behavior.scaleUp`). Default: doubled, or \
             four more, every 15s, at once.",
        )
        .maps("spec.behavior.scaleUp")
        .property()
        .example(
            r#"autoscaler(deployment("app").image("a:1")).replicas(3, 10).cpu(70)
    .scale_up(#{ pods: 1, period: "30s" })"#,
        ),
        row(
            "scale_down",
            &["self", "rules"],
            |this: Autoscaler, rules: AnyScaling| this.scale_down(rules.0),
        )
        .doc(
            "How quickly pods become fewer (`spec.behavior.scaleDown`). Default: all that \
             are too many, after 5m of less load.",
        )
        .maps("spec.behavior.scaleDown")
        .property()
        .example(
            r#"autoscaler(deployment("app").image("a:1")).replicas(3, 10).cpu(70)
    .scale_down(#{ percent: 50, period: "60s", stabilization: "5m" })"#,
        ),
    ];
    rows.extend(described_rows::<Autoscaler>());
    rows
}

crate::table::resources!(Autoscaler = "autoscaler");
