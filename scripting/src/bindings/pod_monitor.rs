//! `pod_monitor(workload)`.

use super::described::own_name;
use super::params::AnyLink;
use super::scrape::scraped_rows;
use crate::table::{Row, row};
use infra_sdk::resource::PodMonitor;

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("pod_monitor", &["workload"], |workload: AnyLink| {
            PodMonitor::new(workload.0)
        })
        .doc(
            "Prometheus reads the metrics of a workload's pods, which need no service \
             (`PodMonitor` of the Prometheus operator). Name, selector, port and namespace come \
             from the workload.",
        )
        .example(
            r#"pod_monitor(deployment("worker").image("a:1").port("metrics", 9090)).interval("60s")"#,
        ),
        own_name(
            PodMonitor::name,
            "Its own name (`metadata.name`). Default: the workload's.",
            r#"pod_monitor(deployment("worker").image("a:1").port(9090)).name("workers")"#,
        ),
    ];
    rows.extend(scraped_rows::<PodMonitor>([
        r#"pod_monitor(deployment("worker").image("a:1").port("stats", 9090)).port("stats")"#,
        r#"pod_monitor(deployment("worker").image("a:1").port(9090)).path("/stats")"#,
        r#"pod_monitor(deployment("worker").image("a:1").port(9090)).interval("15s")"#,
        r#"pod_monitor(deployment("worker").image("a:1").port(9090)).scrape_timeout("5s")"#,
        r#"pod_monitor(deployment("worker").image("a:1").port(9090)).https()"#,
        r#"pod_monitor(deployment("worker").image("a:1").port(9090)).spec(#{ podTargetLabels: ["team"] })"#,
    ]));
    rows
}

crate::table::resources!(PodMonitor = "pod_monitor");
