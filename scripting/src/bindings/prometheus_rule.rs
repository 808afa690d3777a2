//! `prometheus_rule(name)`.

use super::custom::custom_rows;
use crate::table::{OneOrMany, Row, row};
use infra_sdk::resource::{Alert, PrometheusRule};
use infra_sdk::types::Name;

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("prometheus_rule", &["name"], |name: Name| {
            PrometheusRule::new(name)
        })
        .doc(
            "Alerts of Prometheus, in groups (`PrometheusRule` of the Prometheus operator). \
             Recording rules, and a group's own interval, are for `spec`, whose groups are \
             merged by name.",
        )
        .example(
            r#"prometheus_rule("api").alert([
    alert("HighErrorRate", `rate(http_requests_total{status=~"5.."}[5m]) > 0.05`)
        .for_duration("5m").severity("critical")
    .summary("High error rate detected"),
    alert("Down", "up == 0").severity("critical"),
]).label("release", "prometheus")"#,
        ),
        row(
            "alert",
            &["self", "alert"],
            |this: PrometheusRule, alert: OneOrMany<Alert>| alert.set(this, PrometheusRule::alert),
        )
        .doc(
            "An alert of the group that bears the object's own name \
             (`spec.groups[].rules[]`). One, or an array of them.",
        )
        .maps("spec.groups")
        .example(r#"prometheus_rule("api").alert(alert("Down", "up == 0"))"#),
        row(
            "group",
            &["self", "name", "alerts"],
            |this: PrometheusRule, name: String, alerts: OneOrMany<Alert>| {
                this.group(name, alerts.0)
            },
        )
        .doc("Alerts of a group (`spec.groups[]`), which are evaluated one after the other.")
        .maps("spec.groups")
        .example(r#"prometheus_rule("api").group("availability", [alert("Down", "up == 0")])"#),
    ];
    rows.extend(custom_rows::<PrometheusRule>(
        r#"prometheus_rule("api").spec(#{ groups: [#{ name: "api", rules: [#{ record: "up:sum", expr: "sum(up)" }] }] })"#,
    ));
    rows
}

crate::table::resources!(PrometheusRule = "prometheus_rule");
