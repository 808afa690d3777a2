//! Why a plan or an apply does not happen.

use super::advice::advice;
use crate::{
    cluster::ApiError,
    object::{Location, ObjectId},
};
use std::fmt;

/// Why there is no plan, or no run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The API server does not answer.
    #[error("{server} cannot be reached: {problem}")]
    Unreachable {
        /// The cluster.
        server: String,
        /// What the connection said.
        problem: String,
        /// What can be done about it, where that is known.
        help: Option<String>,
    },
    /// The API server is there, and silent.
    #[error("{0}")]
    Silent(ApiError),
    /// The API server does not let us, or fails, outside of a single object.
    #[error("cannot {what}: {error}")]
    Api {
        /// What was to be done: `list deployments.apps in shop`.
        what: String,
        /// What it said.
        error: ApiError,
    },
    /// The plan cannot be done: all that the API server, or a rule of ours, refuses.
    #[error("{}", Lines(.0))]
    Refused(Vec<Refusal>),
    /// Secrets that have no value, and other things that the caller must give.
    #[error("{}", Lines(.0))]
    Secrets(Vec<Refusal>),
    /// A target of `--delete` is not among what the plan keeps.
    #[error("`{target}` is not among what is kept{}", among(.kept))]
    NothingToDelete {
        /// The target.
        target: String,
        /// What is kept, as targets.
        kept: Vec<String>,
        /// Which of these was probably meant.
        meant: Option<String>,
    },
    /// A target of `--only` is none of the environment's objects.
    #[error("`{target}` is none of the objects that the script describes")]
    NothingToApply {
        /// The target.
        target: String,
        /// Which of them was probably meant.
        meant: Option<String>,
    },
    /// A target of `--delete` or `--only` means several objects.
    #[error("`{target}` means more than one: {}", .meant.join(", "))]
    AmbiguousTarget {
        /// The target.
        target: String,
        /// The objects, as targets that mean one each.
        meant: Vec<String>,
    },
    /// The inventory belongs to another tool, or cannot be read.
    #[error("the inventory `{name}` in {namespace} cannot be used: {problem}")]
    Inventory {
        /// Its name.
        name: String,
        /// Its namespace.
        namespace: String,
        /// What is wrong.
        problem: String,
    },
    /// The system has no randomness to make a value from.
    #[error("cannot make a random value: {0}")]
    Random(String),
    /// The order has a circle.
    #[error("these wait for each other: {}", circle(.0))]
    Circle(Vec<ObjectId>),
}

impl EngineError {
    /// What to do next, where the message does not say it.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Unreachable { help, .. } => Some(help.clone().unwrap_or_else(|| {
                "is it the right `--context`? `--sandbox` needs no cluster".to_owned()
            })),
            Self::Silent(_) => Some(
                "it is overloaded, or a proxy or an admission webhook holds the request: try again, and \
                 look at its log"
                    .to_owned(),
            ),
            Self::Api { error, .. } => advice(error),
            Self::NothingToDelete { meant, .. } | Self::NothingToApply { meant, .. } => {
                let meant = meant.as_ref()?;
                Some(format!("did you mean `{meant}`?"))
            }
            Self::Inventory { .. } => Some(
                "give the environment another name or namespace, or move that config map away"
                    .to_owned(),
            ),
            Self::AmbiguousTarget { .. } => {
                Some("name its namespace too: `NAMESPACE/KIND/NAME`".to_owned())
            }
            _ => None,
        }
    }
}

/// Something that cannot be done, told at the place in the script that asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The object.
    pub id: ObjectId,
    /// The field, where one is to blame.
    pub field: Option<String>,
    /// What is wrong, in the API server's words where it refused.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// Where the field was set, else where the object was made.
    pub at: Option<Location>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.id)?;
        if let Some(field) = &self.field {
            write!(f, "{field}: ")?;
        }
        write!(f, "{}", self.message)?;
        if let Some(help) = &self.help {
            write!(f, "; {help}")?;
        }
        if let Some(at) = &self.at {
            write!(f, " ({at})")?;
        }
        Ok(())
    }
}

struct Lines<'a>(&'a [Refusal]);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, refusal) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{refusal}")?;
        }
        Ok(())
    }
}

fn among(kept: &[String]) -> String {
    if kept.is_empty() {
        ": nothing is".to_owned()
    } else {
        format!(": {}", kept.join(", "))
    }
}

fn circle(ids: &[ObjectId]) -> String {
    let ids: Vec<String> = ids.iter().map(ObjectId::short).collect();
    ids.join(" → ")
}
