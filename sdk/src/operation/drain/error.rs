//! Why a node was not drained.

use super::super::OperationError;
use crate::object::ObjectId;
use std::fmt;

/// A pod that did not go, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// The pod.
    pub id: ObjectId,
    /// Why.
    pub reason: String,
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.id, self.reason)
    }
}

fn each(pods: &[Left]) -> String {
    let pods: Vec<String> = pods.iter().map(ToString::to_string).collect();
    pods.join("; ")
}

/// Why a node was not drained.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DrainError {
    /// Pods of it must not be evicted. Nothing was changed.
    #[error("the node `{node}` cannot be drained: {}", each(.pods))]
    Refused {
        /// The node.
        node: String,
        /// Those pods.
        pods: Vec<Left>,
        /// The options that say otherwise.
        options: Vec<&'static str>,
    },
    /// It took too long. The node stays cordoned.
    #[error("the node `{node}` is not drained in time: {}", each(.pods))]
    TimedOut {
        /// The node.
        node: String,
        /// The pods that are left.
        pods: Vec<Left>,
    },
    /// The API server refused something, or did not answer.
    #[error(transparent)]
    Operation(#[from] OperationError),
}

impl DrainError {
    /// What to do, where it is known.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Refused { options, .. } => {
                let say = |option: &&str| match *option {
                    "ignore_daemonsets" => {
                        "`ignore_daemonsets: true` leaves the pods of daemon sets".to_owned()
                    }
                    "force" => "`force: true` evicts pods that nothing makes anew".to_owned(),
                    option => format!("`{option}: true` evicts pods with an `emptyDir`"),
                };
                Some(options.iter().map(say).collect::<Vec<_>>().join("; "))
            }
            Self::TimedOut { node, .. } => Some(format!(
                "it stays cordoned, so that it can be drained further; `uncordon(\"{node}\")` takes \
                 that back"
            )),
            Self::Operation(error) => error.help(),
        }
    }
}
