//! A request in the making.

use crate::object::SecretText;
use std::time::Duration;

/// A request, before it has a method. Its address, headers and body may hold secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct HttpRequest {
    pub(super) url: SecretText,
    pub(super) headers: Vec<(String, SecretText)>,
    pub(super) body: Option<SecretText>,
    pub(super) timeout: Duration,
    pub(super) retries: u32,
    pub(super) redirects: u32,
}

impl HttpRequest {
    /// A request to an address: `https://app.example/health`.
    pub fn new(url: impl Into<SecretText>) -> Self {
        Self {
            url: url.into(),
            headers: Vec::new(),
            body: None,
            timeout: Duration::from_secs(30),
            retries: 2,
            redirects: 10,
        }
    }

    /// Its address, the secrets in it hidden.
    pub fn shown(&self) -> String {
        super::super::outside::shown(&self.url)
    }

    /// To a path below its address.
    pub(crate) fn below(mut self, path: &str) -> Self {
        self.url = self.url.join(SecretText::text(path));
        self
    }

    /// With a query after what its address has: `?name=value`, escaped.
    pub fn query(mut self, name: &str, value: &str) -> Self {
        let shown = self.shown();
        let before = if shown.contains('?') { "&" } else { "?" };
        let escape = crate::engine::mask::url_escaped;
        let text = format!("{before}{}={}", escape(name), escape(value));
        self.url = self.url.join(SecretText::text(text));
        self
    }

    /// With a header; a later one of the same name replaces it.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<SecretText>) -> Self {
        let name = name.into();
        self.headers
            .retain(|(known, _)| !known.eq_ignore_ascii_case(&name));
        self.headers.push((name, value.into()));
        self
    }

    /// With a body of this type: `text/plain`.
    pub fn body(self, content_type: &str, text: impl Into<SecretText>) -> Self {
        let mut this = self.header("Content-Type", SecretText::text(content_type));
        this.body = Some(text.into());
        this
    }

    /// With a body of JSON.
    pub fn json(self, text: impl Into<SecretText>) -> Self {
        self.body("application/json", text)
    }

    /// How long each attempt may take; 30 s by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How often it is sent again where that helps and does no harm; twice by default.
    pub fn retries(mut self, retries: u32) -> Self {
        self.retries = retries;
        self
    }

    /// How many redirects are followed; 10 by default. With none, the redirect is the answer.
    pub fn redirects(mut self, redirects: u32) -> Self {
        self.redirects = redirects;
        self
    }
}
