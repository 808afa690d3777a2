//! What was answered.

use http::{HeaderMap, StatusCode};
use serde_json::Value;

/// What was answered. The values of secrets that were sent are hidden in it: many an answer repeats
/// what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpAnswer {
    /// What was asked: `GET https://app.example/health`.
    pub request: String,
    /// The status: 200, 404 and the like.
    pub status: u16,
    /// The headers, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub text: String,
    sent: bool,
}

/// How much of a body a message shows.
const SHOWN: usize = 200;

impl HttpAnswer {
    pub(super) fn new(
        request: String,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
        mask: &dyn Fn(&str) -> String,
    ) -> Self {
        let headers = headers.iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            (name.as_str().to_owned(), mask(&value))
        });
        Self {
            request,
            status: status.as_u16(),
            headers: headers.collect(),
            text: mask(&String::from_utf8_lossy(body)),
            sent: true,
        }
    }

    /// What stands in for the answer to a request that a dry run did not send.
    pub fn unsent(request: String) -> Self {
        Self {
            request,
            status: 200,
            headers: Vec::new(),
            text: String::new(),
            sent: false,
        }
    }

    /// Whether a dry run did not send the request.
    pub fn is_unsent(&self) -> bool {
        !self.sent
    }

    /// Whether the status says that all went well: 200 to 299.
    pub fn is_ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A header, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The body as JSON; or why it is none.
    pub fn json(&self) -> Result<Value, String> {
        serde_json::from_str(&self.text).map_err(|error| {
            format!(
                "the answer to `{}` is not JSON (line {}, column {}): {}",
                self.request,
                error.line(),
                error.column(),
                self.summary()
            )
        })
    }

    /// `404 Not Found`, with the beginning of the body.
    pub fn summary(&self) -> String {
        let status = StatusCode::from_u16(self.status).ok();
        let reason = status.and_then(|status| status.canonical_reason());
        let line = match reason {
            Some(reason) => format!("{} {reason}", self.status),
            None => self.status.to_string(),
        };
        let text = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.is_empty() || text.starts_with('<') {
            return line;
        }
        match text.char_indices().nth(SHOWN) {
            Some((end, _)) => format!("{line}: {}…", &text[..end]),
            None => format!("{line}: {text}"),
        }
    }
}
