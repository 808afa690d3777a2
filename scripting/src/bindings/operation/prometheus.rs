//! `prometheus(url)`: questions to a Prometheus.

use super::http::send;
use super::time::duration;
use crate::table::{Any, Fault, HostIo, Row, ScriptType, Secret, row};
use http::Method;
use infra_sdk::operation::{
    HttpRequest, Sample, Series, instant_query, range_query, samples, series,
};
use infra_sdk::types::Duration;
use rhai::{Dynamic, Map};
use std::collections::BTreeMap;

/// A Prometheus, by its address.
#[derive(Clone, Debug)]
pub(crate) struct Prometheus(HttpRequest);

impl ScriptType for Prometheus {
    const NAME: &'static str = "prometheus";

    fn text(&self) -> String {
        self.0.shown()
    }
}

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row("prometheus", &["url"], |url: Secret| {
            Prometheus(HttpRequest::new(url.0))
        })
        .doc("A Prometheus, or what answers like one, by its address.")
        .example(r#"let up = prometheus("http://prometheus.example:9090").query("up");"#),
        row(
            "bearer",
            &["self", "token"],
            |this: Prometheus, token: Secret| Prometheus(super::http::bearer(this.0, token)),
        )
        .doc("Logs in with a token (`Authorization: Bearer …`).")
        .example(
            r#"prometheus("https://metrics.example").bearer(secret_env("TOKEN")).query("up")"#,
        ),
        row(
            "query",
            &["self", "promql"],
            |this: Prometheus, query: String, live: HostIo| -> Result<Any, Fault> {
                let found = asked(&this, &query, &live)?.into_iter().map(sample);
                Ok(Any(Dynamic::from_array(found.collect())))
            },
        )
        .doc(
            "The numbers of now that a query gives: an array of maps with `labels`, `value` and \
             `time` (in seconds since 1970). Empty where nothing fits the query.",
        )
        .example(
            r#"let metrics = prometheus("http://prometheus.example:9090");
for one in metrics.query("up == 0") { print(one.labels.job + " is down"); }"#,
        ),
        row(
            "value",
            &["self", "promql"],
            |this: Prometheus, query: String, live: HostIo| -> Result<f64, Fault> {
                match asked(&this, &query, &live)?.as_slice() {
                    [one] => Ok(one.value),
                    found => Err(Fault::with_help(
                        format!(
                            "the query `{query}` gives {} numbers, expected one",
                            found.len()
                        ),
                        if found.is_empty() {
                            "nothing fits it now; `… or vector(0)` gives 0 then"
                        } else {
                            "bring them together: `sum(…)`, `max(…)`"
                        },
                    )),
                }
            },
        )
        .doc("The only number that a query gives now; an error where it gives none, or several.")
        .example(
            r#"let metrics = prometheus("http://prometheus.example:9090");
if metrics.value("sum(rate(errors_total[5m]))") > 0.05 { throw "too many errors"; }"#,
        ),
        row(
            "range",
            &["self", "promql", "time", "step"],
            |this: Prometheus,
             query: String,
             time: Duration,
             step: Duration,
             live: HostIo|
             -> Result<Any, Fault> {
                let now = live.0.cluster().clock().timestamp().as_millisecond() as f64 / 1000.0;
                let start = now - duration(&time).as_secs_f64();
                let asked = (start, now, duration(&step).as_secs_f64());
                let request = range_query(this.0, &query, asked);
                let answer = send(&request, Method::GET, &live)?;
                let found = series(&answer).map_err(|problem| failed(&query, &problem))?;
                Ok(Any(Dynamic::from_array(
                    found.into_iter().map(one_series).collect(),
                )))
            },
        )
        .doc(
            "The numbers that a query gave from so long ago to now, each step: an array of maps \
             with `labels` and `values`, each of these with `time` and `value`.",
        )
        .example(
            r#"let metrics = prometheus("http://prometheus.example:9090");
for one in metrics.range("up", "1h", "1m") { print(one.values.len()); }"#,
        ),
    ]
}

fn asked(this: &Prometheus, query: &str, live: &HostIo) -> Result<Vec<Sample>, Fault> {
    let answer = send(&instant_query(this.0.clone(), query), Method::GET, live)?;
    samples(&answer).map_err(|problem| failed(query, &problem))
}

fn failed(query: &str, problem: &str) -> Fault {
    Fault::new(format!("the query `{query}` has no answer: {problem}"))
}

fn labels(labels: BTreeMap<String, String>) -> Dynamic {
    let labels = labels.into_iter();
    Dynamic::from_map(
        labels
            .map(|(key, value)| (key.into(), value.into()))
            .collect(),
    )
}

fn map(fields: impl IntoIterator<Item = (&'static str, Dynamic)>) -> Dynamic {
    let fields = fields.into_iter();
    Dynamic::from_map(
        fields
            .map(|(key, value)| (key.into(), value))
            .collect::<Map>(),
    )
}

fn sample(sample: Sample) -> Dynamic {
    map([
        ("labels", labels(sample.labels)),
        ("time", sample.time.into()),
        ("value", sample.value.into()),
    ])
}

fn one_series(series: Series) -> Dynamic {
    let values = series.values.into_iter();
    let values = values.map(|(time, value)| map([("time", time.into()), ("value", value.into())]));
    map([
        ("labels", labels(series.labels)),
        ("values", Dynamic::from_array(values.collect())),
    ])
}
