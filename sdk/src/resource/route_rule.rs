//! One rule of a route: which requests, what is done to them, where they go.

use super::Backend;
use super::meta::some;
use crate::environment::Graph;
use crate::types::{HostName, Seconds};
use serde_json::{Map, Value, json};

/// One rule of a route (`spec.rules[]`): which requests, what is done to them, where they go.
///
/// What is said of requests must hold together; [`or`](Self::or) begins another way to match.
///
/// ```
/// use infra_sdk::resource::{Backend, RouteRule};
/// use infra_sdk::types::DnsLabel;
///
/// let api: DnsLabel = "api".parse()?;
/// let rule = RouteRule::new()
///     .path("/api")
///     .method("GET".parse()?)
///     .or()
///     .header("x-api", "2")
///     .backend(Backend::from(api).port("80".parse()?))
///     .rewrite_path("/");
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct RouteRule {
    matches: Vec<Match>,
    request: Headers,
    response: Headers,
    redirect: Map<String, Value>,
    rewrite: Map<String, Value>,
    pub(super) backends: Vec<(Backend, Option<u32>)>,
    timeouts: Map<String, Value>,
}

#[derive(Clone, Debug, Default)]
struct Match {
    path: Option<(&'static str, String)>,
    headers: Vec<(String, String)>,
    query: Vec<(String, String)>,
    method: Option<HttpMethod>,
}

/// Changes of headers.
#[derive(Clone, Debug, Default)]
struct Headers {
    set: Vec<(String, String)>,
    add: Vec<(String, String)>,
    remove: Vec<String>,
}

word_type! {
    /// The method of a request.
    HttpMethod, "a method" {
        /// GET.
        Get = "GET",
        /// HEAD.
        Head = "HEAD",
        /// POST.
        Post = "POST",
        /// PUT.
        Put = "PUT",
        /// DELETE.
        Delete = "DELETE",
        /// CONNECT.
        Connect = "CONNECT",
        /// OPTIONS.
        Options = "OPTIONS",
        /// TRACE.
        Trace = "TRACE",
        /// PATCH.
        Patch = "PATCH",
    }
}

fn pairs(pairs: &[(String, String)]) -> Vec<Value> {
    let pairs = pairs.iter();
    pairs
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect()
}

impl Match {
    fn lower(&self) -> Value {
        let mut found = json!({});
        if let Some((ty, path)) = &self.path {
            found["path"] = json!({ "type": ty, "value": path });
        }
        if let Some(headers) = some(pairs(&self.headers)) {
            found["headers"] = headers.into();
        }
        if let Some(query) = some(pairs(&self.query)) {
            found["queryParams"] = query.into();
        }
        if let Some(method) = self.method {
            found["method"] = method.as_str().into();
        }
        found
    }
}

impl Headers {
    fn lower(&self) -> Option<Value> {
        let mut found = Map::new();
        for (field, list) in [("set", pairs(&self.set)), ("add", pairs(&self.add))] {
            if !list.is_empty() {
                found.insert(field.to_owned(), list.into());
            }
        }
        if !self.remove.is_empty() {
            found.insert("remove".to_owned(), json!(self.remove));
        }
        some(found).map(Value::Object)
    }
}

impl RouteRule {
    /// A rule for all requests, which sends them nowhere yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn last(&mut self) -> &mut Match {
        if self.matches.is_empty() {
            self.matches.push(Match::default());
        }
        let last = self.matches.len() - 1;
        &mut self.matches[last]
    }

    /// Requests whose path starts with this one (`matches[].path`, `type: PathPrefix`).
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.last().path = Some(("PathPrefix", path.into()));
        self
    }

    /// Requests for exactly this path (`matches[].path`, `type: Exact`).
    pub fn exact_path(mut self, path: impl Into<String>) -> Self {
        self.last().path = Some(("Exact", path.into()));
        self
    }

    /// Requests with a header of this value (`matches[].headers`).
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.last().headers.push((name.into(), value.into()));
        self
    }

    /// Requests with a parameter of this value in their query (`matches[].queryParams`).
    pub fn query_param(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.last().query.push((name.into(), value.into()));
        self
    }

    /// Requests of a method (`matches[].method`).
    pub fn method(mut self, method: HttpMethod) -> Self {
        self.last().method = Some(method);
        self
    }

    /// Another way to match: what is said from here on stands beside what was said before.
    pub fn or(mut self) -> Self {
        self.last();
        self.matches.push(Match::default());
        self
    }

    /// Where requests go (`backendRefs`): a service, or a workload that has one. Several share the
    /// requests evenly, unless they have weights.
    pub fn backend(mut self, backend: impl Into<Backend>) -> Self {
        self.backends.push((backend.into(), None));
        self
    }

    /// Where requests go, and how many of all weights (`backendRefs[].weight`): 90 and 10 for a tenth.
    pub fn weighted_backend(mut self, backend: impl Into<Backend>, weight: u32) -> Self {
        self.backends.push((backend.into(), Some(weight)));
        self
    }

    /// A header of the request, set on its way to the backend (`filters[]`,
    /// `RequestHeaderModifier.set`).
    pub fn set_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.request.set.push((name.into(), value.into()));
        self
    }

    /// A header of the request, added on its way to the backend (`RequestHeaderModifier.add`).
    pub fn add_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.request.add.push((name.into(), value.into()));
        self
    }

    /// A header of the request, taken away on its way to the backend
    /// (`RequestHeaderModifier.remove`).
    pub fn remove_header(mut self, name: impl Into<String>) -> Self {
        self.request.remove.push(name.into());
        self
    }

    /// A header of the answer, set on its way back (`filters[]`, `ResponseHeaderModifier.set`).
    pub fn set_response_header(
        mut self,
        name: impl Into<String>,
        value: impl Into<String>,
    ) -> Self {
        self.response.set.push((name.into(), value.into()));
        self
    }

    /// A header of the answer, added on its way back (`ResponseHeaderModifier.add`).
    pub fn add_response_header(
        mut self,
        name: impl Into<String>,
        value: impl Into<String>,
    ) -> Self {
        self.response.add.push((name.into(), value.into()));
        self
    }

    /// A header of the answer, taken away on its way back (`ResponseHeaderModifier.remove`).
    pub fn remove_response_header(mut self, name: impl Into<String>) -> Self {
        self.response.remove.push(name.into());
        self
    }

    /// Requests are answered with a lasting redirect to HTTPS (`filters[]`, `RequestRedirect`).
    pub fn redirect_https(mut self) -> Self {
        self.redirect.insert("scheme".to_owned(), "https".into());
        self.redirect
            .entry("statusCode")
            .or_insert_with(|| 301.into());
        self
    }

    /// Requests are answered with a redirect to another host (`RequestRedirect.hostname`).
    pub fn redirect_host(mut self, host: HostName) -> Self {
        self.redirect
            .insert("hostname".to_owned(), host.as_str().into());
        self
    }

    /// Requests are answered with a redirect to another path (`RequestRedirect.path`): what matched
    /// is replaced, what follows stays.
    pub fn redirect_path(mut self, prefix: impl Into<String>) -> Self {
        self.redirect
            .insert("path".to_owned(), prefix_of(prefix.into()));
        self
    }

    /// Whether the redirect is lasting, 301, or for now, 302 (`RequestRedirect.statusCode`).
    pub fn redirect_status(mut self, code: RedirectStatus) -> Self {
        self.redirect.insert("statusCode".to_owned(), code.0.into());
        self
    }

    /// The path that backends see: what matched is replaced, what follows stays (`filters[]`,
    /// `URLRewrite.path`, `ReplacePrefixMatch`).
    pub fn rewrite_path(mut self, prefix: impl Into<String>) -> Self {
        self.rewrite
            .insert("path".to_owned(), prefix_of(prefix.into()));
        self
    }

    /// The whole path that backends see (`URLRewrite.path`, `ReplaceFullPath`).
    pub fn rewrite_full_path(mut self, path: impl Into<String>) -> Self {
        let path = path.into();
        let path = json!({ "type": "ReplaceFullPath", "replaceFullPath": path });
        self.rewrite.insert("path".to_owned(), path);
        self
    }

    /// The host that backends see (`URLRewrite.hostname`).
    pub fn rewrite_host(mut self, host: HostName) -> Self {
        self.rewrite
            .insert("hostname".to_owned(), host.as_str().into());
        self
    }

    /// How long an answer may take in all (`timeouts.request`). Default: the gateway's.
    pub fn request_timeout(mut self, time: Seconds) -> Self {
        self.timeouts.insert("request".to_owned(), duration(time));
        self
    }

    /// How long a single backend may take (`timeouts.backendRequest`). Default: the gateway's.
    pub fn backend_request_timeout(mut self, time: Seconds) -> Self {
        self.timeouts
            .insert("backendRequest".to_owned(), duration(time));
        self
    }

    pub(super) fn lower(&self, graph: &Graph, home: &str) -> Value {
        let mut rule = json!({});
        if let Some(matches) = some(self.matches.iter().map(Match::lower).collect::<Vec<_>>()) {
            rule["matches"] = matches.into();
        }
        let filters = [
            (
                "RequestHeaderModifier",
                "requestHeaderModifier",
                self.request.lower(),
            ),
            (
                "ResponseHeaderModifier",
                "responseHeaderModifier",
                self.response.lower(),
            ),
            (
                "RequestRedirect",
                "requestRedirect",
                some(self.redirect.clone()).map(Value::Object),
            ),
            (
                "URLRewrite",
                "urlRewrite",
                some(self.rewrite.clone()).map(Value::Object),
            ),
        ];
        let filters = filters.into_iter().filter_map(|(ty, field, value)| {
            let mut filter = json!({ "type": ty });
            filter[field] = value?;
            Some(filter)
        });
        if let Some(filters) = some(filters.collect::<Vec<_>>()) {
            rule["filters"] = filters.into();
        }
        let backends = self.backends.iter().map(|(backend, weight)| {
            let mut found = backend.as_reference(graph, home);
            if let Some(weight) = weight {
                found["weight"] = (*weight).into();
            }
            found
        });
        if let Some(backends) = some(backends.collect::<Vec<_>>()) {
            rule["backendRefs"] = backends.into();
        }
        if !self.timeouts.is_empty() {
            rule["timeouts"] = self.timeouts.clone().into();
        }
        rule
    }

    /// What is wrong with it, as the end of a sentence about its route, and what to do.
    pub(super) fn troubles(&self) -> Vec<(String, &'static str)> {
        let mut found = Vec::new();
        for path in self.matches.iter().filter_map(|one| one.path.as_ref()) {
            if !path.1.starts_with('/') {
                found.push((
                    format!("has the path `{}`", path.1),
                    "expected one that starts with `/`",
                ));
            }
        }
        if self.backends.is_empty() && self.redirect.is_empty() {
            let help = "add where they go: `.backend(service)`; or `.redirect_https()`";
            found.push(("has a rule that sends requests nowhere".to_owned(), help));
        }
        let sends_on = !self.backends.is_empty() || !self.rewrite.is_empty();
        if !self.redirect.is_empty() && sends_on {
            let help =
                "what is redirected goes to no backend and is not rewritten: make two rules of it";
            found.push((
                "has a rule that redirects requests and sends them on".to_owned(),
                help,
            ));
        }
        let weighted = self
            .backends
            .iter()
            .filter(|(_, weight)| weight.is_some())
            .count();
        if weighted != 0 && weighted != self.backends.len() {
            let help = "give every backend of the rule a weight";
            found.push((
                "has a rule in which some backends have weights".to_owned(),
                help,
            ));
        }
        found
    }
}

/// 301, 302, 303, 307 or 308.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RedirectStatus(u16);

impl TryFrom<i64> for RedirectStatus {
    type Error = crate::types::Invalid;

    fn try_from(code: i64) -> Result<Self, Self::Error> {
        let known = [301, 302, 303, 307, 308];
        let found = known.into_iter().find(|known| i64::from(*known) == code);
        found.map(Self).ok_or_else(|| {
            let expected = "301 or 308 for lasting ones, 302, 303 or 307 for others";
            crate::types::Invalid::new("the status of a redirect", code.to_string(), expected)
        })
    }
}

fn prefix_of(prefix: String) -> Value {
    json!({ "type": "ReplacePrefixMatch", "replacePrefixMatch": prefix })
}

fn duration(time: Seconds) -> Value {
    format!("{}s", time.get()).into()
}
