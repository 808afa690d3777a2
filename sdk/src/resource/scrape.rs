//! What monitors of the Prometheus operator share: which port they read, and how often.

use super::{CustomKind, PortFact};
use crate::environment::Problem;
use crate::types::{Duration, PortRef};
use serde_json::{Value, json};

/// How Prometheus reads the metrics of pods.
#[derive(Clone, Debug, Default)]
pub struct ScrapeSettings {
    pub(super) port: Option<PortRef>,
    path: Option<String>,
    interval: Option<Duration>,
    timeout: Option<Duration>,
    https: bool,
}

impl ScrapeSettings {
    /// The port that is meant among those that there are: the one that was named, else the one
    /// called `metrics`, else the only one, else the one called `http`.
    pub(super) fn choose<'a>(&self, ports: &'a [PortFact]) -> Option<&'a PortFact> {
        let named = |name: &str| {
            let mut ports = ports.iter();
            ports.find(|port| port.name.as_deref() == Some(name))
        };
        match (&self.port, ports) {
            (Some(wanted), _) => ports.iter().find(|port| port.is(wanted)),
            (None, [only]) => Some(only),
            (None, _) => named("metrics").or_else(|| named("http")),
        }
    }

    /// Why no port is chosen, as the end of a sentence about a monitor of `target`.
    pub(super) fn trouble(&self, target: &str, ports: &[PortFact]) -> String {
        let has = if ports.is_empty() {
            "none".to_owned()
        } else {
            PortFact::list(ports)
        };
        match &self.port {
            Some(port) => format!("names port `{port}` of {target}, which has {has}"),
            None => format!("does not say which port of {target} has the metrics: it has {has}"),
        }
    }

    /// An item of `endpoints` or `podMetricsEndpoints`; `port` says the port in the words of either.
    pub(super) fn endpoint(&self, port: &Value) -> Value {
        let mut endpoint = port.clone();
        let texts = [
            ("path", self.path.as_deref()),
            ("interval", self.interval.as_ref().map(Duration::as_str)),
            ("scrapeTimeout", self.timeout.as_ref().map(Duration::as_str)),
            ("scheme", self.https.then_some("https")),
        ];
        for (field, text) in texts {
            if let Some(text) = text {
                endpoint[field] = json!(text);
            }
        }
        endpoint
    }

    /// What is wrong whatever is monitored.
    pub(super) fn problems<M: Scraped>(&self, monitor: &M) -> Vec<Problem> {
        let mut problems = Vec::new();
        if let (Some(timeout), Some(interval)) = (&self.timeout, &self.interval)
            && timeout.millis() > interval.millis()
        {
            let message = format!("waits {timeout} for metrics that it reads every {interval}");
            let help = "a scrape timeout is at most the interval";
            problems.push(monitor.custom().problem("scrapeTimeout", message, help));
        }
        if let Some(path) = self.path.as_ref().filter(|path| !path.starts_with('/')) {
            let message = format!("has the path `{path}`");
            let help = "expected one that starts with `/`";
            problems.push(monitor.custom().problem("path", message, help));
        }
        problems
    }
}

/// The setters of monitors.
pub trait Scraped: CustomKind {
    /// The settings that they change.
    #[doc(hidden)]
    fn scrape_mut(&mut self) -> &mut ScrapeSettings;

    /// The port that has the metrics, by name or number (`port`). Default: the one named `metrics`,
    /// else the only one, else the one named `http`.
    #[must_use]
    fn port(mut self, port: PortRef) -> Self {
        self.scrape_mut().port = Some(port);
        self
    }

    /// The path of the metrics (`path`). Default: `/metrics`.
    #[must_use]
    fn path(mut self, path: impl Into<String>) -> Self {
        self.scrape_mut().path = Some(path.into());
        self
    }

    /// How often the metrics are read (`interval`). Default: as Prometheus is set, mostly 30s.
    #[must_use]
    fn interval(mut self, time: Duration) -> Self {
        self.scrape_mut().interval = Some(time);
        self
    }

    /// How long an answer may take (`scrapeTimeout`). Default: as Prometheus is set, mostly 10s.
    #[must_use]
    fn scrape_timeout(mut self, time: Duration) -> Self {
        self.scrape_mut().timeout = Some(time);
        self
    }

    /// The metrics are read over HTTPS (`scheme: https`). Default: HTTP.
    #[must_use]
    fn https(mut self) -> Self {
        self.scrape_mut().https = true;
        self
    }
}
