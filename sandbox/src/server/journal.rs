//! The requests a sandbox received, for tests that count them.

use std::collections::VecDeque;
use std::ops::Deref;

/// How many requests are remembered.
const KEPT: usize = 100_000;

/// One request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// `get`, `list`, `watch`, `create`, `update`, `patch`, `apply`, `delete` or
    /// `deletecollection`; `get` for what is no resource.
    pub verb: &'static str,
    /// The API group; empty for the core group.
    pub group: String,
    /// The plural resource name; the path for what is no resource, such as `/apis`.
    pub resource: String,
    /// The namespace, if the path names one.
    pub namespace: Option<String>,
    /// The name, if the path names one.
    pub name: Option<String>,
    /// The subresource, if the path names one.
    pub subresource: Option<String>,
    /// Whether nothing was to be stored.
    pub dry_run: bool,
    /// Whether it opened a watch.
    pub watch: bool,
    /// The HTTP status that it was answered with.
    pub status: u16,
}

impl Request {
    /// Whether it asked what the server has instead of for objects.
    pub fn is_discovery(&self) -> bool {
        self.resource.starts_with("/api")
    }
}

/// The requests received so far, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requests(Vec<Request>);

impl Requests {
    /// How many requests had this verb and were for this resource (plural).
    pub fn count(&self, verb: &str, resource: &str) -> usize {
        self.iter()
            .filter(|request| request.verb == verb && request.resource == resource)
            .count()
    }

    /// How many requests had this verb.
    pub fn verb(&self, verb: &str) -> usize {
        self.iter().filter(|request| request.verb == verb).count()
    }

    /// How many requests stored something, or would have: writes without dry runs.
    pub fn writes(&self) -> usize {
        let reads = ["get", "list", "watch"];
        self.iter()
            .filter(|request| !request.dry_run && !reads.contains(&request.verb))
            .count()
    }

    /// How many dry runs there were.
    pub fn dry_runs(&self) -> usize {
        self.iter().filter(|request| request.dry_run).count()
    }

    /// How many requests were for discovery.
    pub fn discovery(&self) -> usize {
        self.iter().filter(|request| request.is_discovery()).count()
    }
}

impl Deref for Requests {
    type Target = [Request];

    fn deref(&self) -> &[Request] {
        &self.0
    }
}

/// Where requests are noted.
#[derive(Debug, Default)]
pub(crate) struct Journal(VecDeque<Request>);

impl Journal {
    /// Notes a request.
    pub(crate) fn note(&mut self, request: Request) {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(request);
    }

    /// What was noted.
    pub(crate) fn requests(&self) -> Requests {
        Requests(self.0.iter().cloned().collect())
    }

    /// Forgets what was noted.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}
