//! What monitors share: which port they read, and how often.

use super::custom::custom_rows;
use crate::table::{Row, ScriptType, row};
use infra_sdk::resource::Scraped;
use infra_sdk::types::{Duration, PortRef};

/// The setters of every monitor, those of every custom kind too; with their examples.
pub(crate) fn scraped_rows<W: Scraped + ScriptType>(examples: [&'static str; 6]) -> Vec<Row> {
    let [port, path, interval, timeout, https, spec] = examples;
    let mut rows = vec![
        row("port", &["self", "port"], |this: W, port: PortRef| {
            this.port(port)
        })
        .doc(
            "The port that has the metrics, by name or number (`port`). Default: the one named \
             `metrics`, else the only one, else the one named `http`.",
        )
        .maps("port")
        .property()
        .example(port),
        row("path", &["self", "path"], |this: W, path: String| {
            this.path(path)
        })
        .doc("The path of the metrics (`path`). Default: `/metrics`.")
        .maps("path")
        .property()
        .example(path),
        row("interval", &["self", "time"], |this: W, time: Duration| {
            this.interval(time)
        })
        .doc("How often the metrics are read (`interval`). Default: as Prometheus is set, mostly 30s.")
        .maps("interval")
        .property()
        .example(interval),
        row(
            "scrape_timeout",
            &["self", "time"],
            |this: W, time: Duration| this.scrape_timeout(time),
        )
        .doc("How long an answer may take (`scrapeTimeout`). Default: as Prometheus is set, mostly 10s.")
        .maps("scrapeTimeout")
        .property()
        .example(timeout),
        row("https", &["self"], |this: W| this.https())
            .doc("The metrics are read over HTTPS (`scheme: https`). Default: HTTP.")
            .maps("scheme")
            .example(https),
    ];
    rows.extend(custom_rows::<W>(spec));
    rows
}
