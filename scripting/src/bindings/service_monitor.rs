//! `service_monitor(service)`.

use super::described::own_name;
use super::params::{AnyLink, Keyed};
use super::scrape::scraped_rows;
use crate::table::{Row, row};
use infra_sdk::resource::ServiceMonitor;
use infra_sdk::types::{LabelKey, LabelValue};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("service_monitor", &["of"], |of: AnyLink| {
            ServiceMonitor::new(of.0)
        })
        .doc(
            "Prometheus reads the metrics of the pods behind a service (`ServiceMonitor` of the \
             Prometheus operator). Made for a service, or for a workload that has one: name, \
             selector, port and namespace come from it.",
        )
        .example(
            r#"let app = deployment("app").image("a:1").port("metrics", 9090);
let monitor = service_monitor(service("app", app)).interval("15s").label("release", "prometheus")"#,
        ),
        own_name(
            ServiceMonitor::name,
            "Its own name (`metadata.name`). Default: that of the service or workload.",
            r#"service_monitor(existing("service", "db")).name("database")"#,
        ),
        row(
            "selector",
            &["self", "labels"],
            |this: ServiceMonitor, labels: Keyed<LabelKey, LabelValue>| this.selector(labels.0),
        )
        .doc(
            "The labels of the services (`spec.selector`). Default: `app.kubernetes.io/name` of \
             the service; a service that others own needs them to be said.",
        )
        .maps("spec.selector")
        .property()
        .example(r#"service_monitor(existing("service", "db")).port("metrics").selector(#{ app: "db" })"#),
    ];
    rows.extend(scraped_rows::<ServiceMonitor>([
        r#"service_monitor(existing("service", "db")).port("metrics")"#,
        r#"service_monitor(existing("service", "db")).path("/stats/prometheus")"#,
        r#"service_monitor(existing("service", "db")).interval("30s")"#,
        r#"service_monitor(existing("service", "db")).interval("30s").scrape_timeout("10s")"#,
        r#"service_monitor(existing("service", "db")).https()"#,
        r#"service_monitor(existing("service", "db")).spec(#{ targetLabels: ["team"] })"#,
    ]));
    rows
}

crate::table::resources!(ServiceMonitor = "service_monitor");
