//! Telling people: a message to a chat, an event to who is on duty.

use super::HttpRequest;
use crate::object::{Encoding, SecretText};
use serde_json::json;

/// A message to a webhook that understands what Slack's does: `{"text": "…"}`.
pub fn message(webhook: SecretText, text: SecretText) -> HttpRequest {
    let body = SecretText::text("{\"text\":").join(text.encoded(Encoding::Json));
    HttpRequest::new(webhook).json(body.join(SecretText::text("}")))
}

/// How bad something is, in PagerDuty's words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Severity {
    /// It is broken.
    #[default]
    Critical,
    /// Something failed.
    Error,
    /// Something may fail.
    Warning,
    /// It is good to know.
    Info,
}

impl Severity {
    fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

impl std::str::FromStr for Severity {
    type Err = crate::types::Invalid;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let all = [Self::Critical, Self::Error, Self::Warning, Self::Info];
        let found = all.into_iter().find(|one| one.as_str() == text);
        found.ok_or_else(|| {
            let expected = "`critical`, `error`, `warning` or `info`";
            crate::types::Invalid::new("a severity", text, expected)
        })
    }
}

/// A service of PagerDuty, by the key of its integration (Events API v2).
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct PagerDuty {
    key: SecretText,
    address: String,
    source: String,
    severity: Severity,
}

impl PagerDuty {
    /// The service of this integration key.
    pub fn new(key: SecretText) -> Self {
        Self {
            key,
            address: "https://events.pagerduty.com".to_owned(),
            source: "infra".to_owned(),
            severity: Severity::default(),
        }
    }

    /// Where its events go; `https://events.pagerduty.com` by default.
    pub fn address(mut self, address: impl Into<String>) -> Self {
        self.address = address.into();
        self
    }

    /// What its events are about; `infra` by default.
    pub fn source(mut self, source: impl Into<String>) -> Self {
        self.source = source.into();
        self
    }

    /// How bad what it is told of is; critical by default.
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Opens an incident, or adds to the open one of the same key.
    pub fn trigger(&self, incident: &str, summary: &str) -> HttpRequest {
        let payload = json!({
            "summary": summary,
            "source": self.source,
            "severity": self.severity.as_str(),
        });
        self.event("trigger", incident, &format!(",\"payload\":{payload}"))
    }

    /// Says that somebody works on the incident of this key.
    pub fn acknowledge(&self, incident: &str) -> HttpRequest {
        self.event("acknowledge", incident, "")
    }

    /// Ends the incident of this key.
    pub fn resolve(&self, incident: &str) -> HttpRequest {
        self.event("resolve", incident, "")
    }

    fn event(&self, action: &str, incident: &str, rest: &str) -> HttpRequest {
        let incident = json!(incident);
        let body = format!("{{\"event_action\":\"{action}\",\"dedup_key\":{incident}{rest}");
        let body = SecretText::text(body + ",\"routing_key\":");
        let body = body.join(self.key.clone().encoded(Encoding::Json));
        let url = format!("{}/v2/enqueue", self.address.trim_end_matches('/'));
        HttpRequest::new(SecretText::text(url)).json(body.join(SecretText::text("}")))
    }
}
