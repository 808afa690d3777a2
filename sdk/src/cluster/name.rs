//! How a cluster is called in messages.

use serde::Serialize;
use std::fmt;

/// The name of a cluster: its context, and the address of its API server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClusterName {
    /// The kubeconfig's context, `in-cluster`, or what a sandbox calls itself.
    pub context: String,
    /// The API server's address; empty where there is none.
    pub server: String,
}

impl ClusterName {
    /// A name from its two parts.
    pub fn new(context: impl Into<String>, server: impl Into<String>) -> Self {
        Self {
            context: context.into(),
            server: server.into(),
        }
    }
}

/// `production (https://10.0.0.1:6443)`.
impl fmt::Display for ClusterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.server.is_empty() {
            f.write_str(&self.context)
        } else {
            write!(f, "{} ({})", self.context, self.server)
        }
    }
}
