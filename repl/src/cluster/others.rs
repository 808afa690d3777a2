//! The clusters that a procedure names beside the run's own: `cluster("staging")`.

use super::Connected;
use crate::args::Target;
use crate::config::Project;
use crate::failure::Failure;
use crate::ui::Ui;
use infra_scripting::session::{NoCluster, Opener};
use infra_sdk::cluster::Cluster;
use std::sync::{Arc, Mutex, PoisonError};

/// Opens them, the way the run's own was: other contexts of the same kubeconfig, or other sandboxes.
#[derive(Clone)]
pub(crate) struct Others {
    ui: Ui,
    target: Target,
    project: Project,
    /// The run's own cluster and its name, which stays open once.
    own: (String, Cluster),
    opened: Arc<Mutex<Vec<Connected>>>,
}

impl Others {
    pub(crate) fn new(ui: Ui, target: &Target, project: &Project, own: &Connected) -> Self {
        let name = match &target.sandbox {
            Some(sandbox) => sandbox.clone(),
            None => own.cluster.name().context.clone(),
        };
        Self {
            ui,
            target: target.clone(),
            project: project.clone(),
            own: (name, own.cluster.clone()),
            opened: Arc::default(),
        }
    }

    /// What opens one by its name.
    pub(crate) fn opener(&self) -> Arc<Opener> {
        let others = self.clone();
        Arc::new(move |name| {
            let others = others.clone();
            Box::pin(async move { others.open(name).await })
        })
    }

    async fn open(self, name: String) -> Result<Cluster, NoCluster> {
        if name == self.own.0 {
            return Ok(self.own.1);
        }
        let mut target = self.target;
        if target.sandbox.is_some() {
            target.sandbox = Some(name);
        } else {
            target.context = Some(name);
        }
        let opened = Connected::open(self.ui, &target, &self.project).await;
        let opened = opened.map_err(|failure| NoCluster {
            message: failure.message,
            help: failure.help,
        })?;
        let cluster = opened.cluster.clone();
        let mut all = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(opened);
        Ok(cluster)
    }

    /// Keeps the state of those that are sandboxes for the next run.
    pub(crate) fn keep(&self) -> Result<(), Failure> {
        let all = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().try_for_each(Connected::keep)
    }
}
