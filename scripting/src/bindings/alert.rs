//! `alert(name, expr)`.

use super::params::{Keyed, texts};
use crate::table::{Row, Scalar, row};
use infra_sdk::resource::Alert;
use infra_sdk::types::{AlertLabel, Duration, Promql};

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row("alert", &["name", "expr"], |name: String, expr: Promql| {
            Alert::new(name, expr)
        })
        .doc(
            "An alert of a `prometheus_rule`: its name, and the expression that it fires for \
             each result of. Backticks spare the backslashes before quotes.",
        )
        .example(r#"alert("SlowAnswers", "histogram_quantile(0.99, sum by (le) (rate(seconds_bucket[5m]))) > 1")"#),
        row(
            "for_duration",
            &["self", "time"],
            |this: Alert, time: Duration| this.for_duration(time),
        )
        .doc(
            "How long the expression must have given the result before the alert fires \
             (`for`, which is a word of the language). Default: it fires at once.",
        )
        .maps("for")
        .property()
        .example(r#"alert("Down", "up == 0").for_duration("5m")"#),
        row(
            "keep_firing_for",
            &["self", "time"],
            |this: Alert, time: Duration| this.keep_firing_for(time),
        )
        .doc(
            "How long it goes on after the expression gives no result any more \
             (`keep_firing_for`).",
        )
        .maps("keep_firing_for")
        .property()
        .example(r#"alert("Down", "up == 0").keep_firing_for("10m")"#),
        row(
            "severity",
            &["self", "severity"],
            |this: Alert, severity: String| this.severity(severity),
        )
        .doc(
            "How bad it is (`labels.severity`), by which Alertmanager mostly sends it: \
             `critical`, `warning`, `info`.",
        )
        .maps("labels.severity")
        .property()
        .example(r#"alert("Down", "up == 0").severity("critical")"#),
        row(
            "label",
            &["self", "name", "value"],
            |this: Alert, name: AlertLabel, value: String| this.label(name, value),
        )
        .doc("Adds a label (`labels`), or replaces the one under its name.")
        .maps("labels")
        .example(r#"alert("Down", "up == 0").label("team", "platform")"#),
        row(
            "labels",
            &["self", "labels"],
            |this: Alert, labels: Keyed<AlertLabel, Scalar>| this.labels(texts(labels.0)),
        )
        .doc("Adds labels (`labels`).")
        .maps("labels")
        .example(r#"alert("Down", "up == 0").labels(#{ team: "platform", page: true })"#),
        row(
            "summary",
            &["self", "text"],
            |this: Alert, text: String| this.summary(text),
        )
        .doc(
            "What it is about, in a line (`annotations.summary`); `{{ $value }}` and `{{ \
             $labels.x }}` stand for what was found.",
        )
        .maps("annotations.summary")
        .property()
        .example(r#"alert("Down", "up == 0").summary("{{ $labels.job }} is down")"#),
        row(
            "description",
            &["self", "text"],
            |this: Alert, text: String| this.description(text),
        )
        .doc("What it is about, in a few sentences (`annotations.description`).")
        .maps("annotations.description")
        .property()
        .example(
            r#"alert("Down", "up == 0")
    .description("Nothing answers. The value is {{ $value }}.")"#,
        ),
        row(
            "runbook_url",
            &["self", "url"],
            |this: Alert, url: String| this.runbook_url(url),
        )
        .doc("Where it is written what to do (`annotations.runbook_url`).")
        .maps("annotations.runbook_url")
        .property()
        .example(r#"alert("Down", "up == 0").runbook_url("https://wiki.example/down")"#),
        row(
            "annotation",
            &["self", "name", "value"],
            |this: Alert, name: AlertLabel, value: String| this.annotation(name, value),
        )
        .doc(
            "Adds an annotation (`annotations`), or replaces the one under its name.",
        )
        .maps("annotations")
        .example(
            r#"alert("Down", "up == 0")
    .annotation("dashboard", "https://grafana.example/d/1")"#,
        ),
        row(
            "annotations",
            &["self", "annotations"],
            |this: Alert, annotations: Keyed<AlertLabel, Scalar>| {
                this.annotations(texts(annotations.0))
            },
        )
        .doc("Adds annotations (`annotations`).")
        .maps("annotations")
        .example(r#"alert("Down", "up == 0").annotations(#{ summary: "down", dashboard: "d1" })"#),
    ]
}

crate::table::values! { Alert = "alert" }
