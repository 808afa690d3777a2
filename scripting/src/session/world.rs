//! What a procedure may reach besides the cluster: secrets, others over HTTP, and the user.

use super::live::Live;
use crate::table::Fault;
use infra_sdk::engine::{SecretSource, Unread};
use infra_sdk::object::{SecretBytes, SecretFrom};
use infra_sdk::operation::{Exchange, NoNetwork, Outside};
use std::{fmt, future::Future, pin::Pin, sync::Arc};

/// A question to the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Whether to go on.
    Confirm(String),
    /// For a line; with what an empty one means.
    Prompt(String, Option<String>),
}

/// What the user said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Yes.
    Yes,
    /// No.
    No,
    /// A line.
    Line(String),
    /// Nobody can be asked, or nobody answered.
    Nobody,
}

/// Asks the user. The future resolves once there is a reply.
pub type Asker = dyn Fn(Question) -> Pin<Box<dyn Future<Output = Reply> + Send>> + Send + Sync;

/// What a procedure may reach besides the cluster.
#[derive(Clone)]
pub struct World {
    /// What reads the caller's secrets.
    pub secrets: Arc<dyn SecretSource>,
    /// What sends HTTP requests.
    pub exchange: Arc<dyn Exchange>,
    /// Asks the user.
    pub ask: Arc<Asker>,
}

impl World {
    /// A world with nobody in it: no secrets, no network, and no user.
    pub fn empty() -> Self {
        Self {
            secrets: Arc::new(Nobody),
            exchange: Arc::new(NoNetwork),
            ask: Arc::new(|_| Box::pin(std::future::ready(Reply::Nobody))),
        }
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("World")
    }
}

struct Nobody;

impl SecretSource for Nobody {
    fn read<'a>(
        &'a self,
        from: &'a SecretFrom,
    ) -> Pin<Box<dyn Future<Output = Result<SecretBytes, Unread>> + Send + 'a>> {
        Box::pin(std::future::ready(Err(Unread::new(format!(
            "{from} cannot be read here"
        )))))
    }
}

impl Live {
    /// What requests need: the world, and where this script's secrets lie.
    pub(crate) fn outside(&self) -> Outside {
        let environments = self.environments().to_vec();
        // What does not render is told by whatever needs it whole.
        let objects = move || {
            let rendered = environments.iter().filter_map(|one| one.render().ok());
            rendered.flat_map(|rendered| rendered.objects).collect()
        };
        Outside {
            exchange: Arc::clone(&self.world().exchange),
            secrets: Arc::clone(&self.world().secrets),
            cluster: self.cluster().clone(),
            namespace: self.namespace(),
            objects: Arc::new(objects),
        }
    }

    /// Asks the user, and waits for the reply.
    pub(crate) fn ask(&self, question: Question) -> Result<Reply, Fault> {
        self.run((self.world().ask)(question))
    }
}
