//! The connection of a session: opened by the first line that needs it, and kept.

use crate::args::Target;
use crate::cluster::{Connected, Others};
use crate::config::Project;
use crate::failure::Failure;
use crate::ui::Ui;
use std::sync::Arc;
use tokio::sync::Mutex;

/// What is open.
pub(crate) struct Open {
    /// The cluster.
    pub(crate) connected: Connected,
    /// Those that lines name besides.
    pub(crate) others: Others,
}

/// A connection that may not be there yet.
pub(crate) struct Link {
    ui: Ui,
    target: Target,
    project: Project,
    open: Mutex<Option<Arc<Open>>>,
}

impl Link {
    /// To what the command line names.
    pub(crate) fn new(ui: Ui, target: Target, project: Project) -> Arc<Self> {
        Arc::new(Self {
            ui,
            target,
            project,
            open: Mutex::default(),
        })
    }

    /// The cluster, opened where it is not yet.
    pub(crate) async fn open(&self) -> Result<Arc<Open>, Failure> {
        let mut open = self.open.lock().await;
        if let Some(known) = &*open {
            return Ok(Arc::clone(known));
        }
        let connected = Connected::open(self.ui, &self.target, &self.project).await?;
        let others = Others::new(self.ui, &self.target, &self.project, &connected);
        let known = Arc::new(Open { connected, others });
        *open = Some(Arc::clone(&known));
        Ok(known)
    }

    /// Keeps what a sandbox has become.
    pub(crate) fn keep(&self) -> Result<(), Failure> {
        let open = self.open.try_lock();
        let open = open.ok().and_then(|open| open.clone());
        let Some(open) = open else {
            return Ok(());
        };
        open.connected.keep()?;
        open.others.keep()
    }
}
