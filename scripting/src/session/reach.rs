//! Whether what runs may reach a cluster: never while desired state is evaluated, at once in a
//! procedure, and at a prompt with the first call that needs it.

use super::cluster_handle::ClusterHandle;
use super::live::{Job, Live, LiveOptions};
use super::state::State;
use crate::diagnostic::Diagnostic;
use crate::table::Fault;
use infra_sdk::engine::{Stop, StopLevel};
use infra_sdk::environment::Environment;
use std::{future::Future, pin::Pin, sync::Arc};
use tokio::sync::mpsc::UnboundedSender;

/// Opens the cluster, on the runtime that the run is polled on.
pub type Connect =
    dyn Fn() -> Pin<Box<dyn Future<Output = Result<LiveOptions, Diagnostic>> + Send>> + Send + Sync;

/// What may be reached.
#[derive(Clone, Default)]
pub(crate) enum Reach {
    /// Nothing.
    #[default]
    Nothing,
    /// The cluster.
    Now(Arc<Live>),
    /// The cluster, once something needs it.
    Later(Arc<Later>),
}

/// How a cluster is reached once something needs it.
pub(crate) struct Later {
    pub(crate) connect: Arc<Connect>,
    pub(crate) namespace: String,
    pub(crate) stop: Stop,
    pub(crate) jobs: UnboundedSender<Job>,
    pub(crate) environments: Vec<Environment>,
}

impl Reach {
    /// Whether the run is to end; nothing where only time ends it.
    pub(crate) fn stopped(&self) -> Option<bool> {
        match self {
            Self::Nothing => None,
            Self::Now(live) => Some(live.stopped()),
            Self::Later(later) => Some(later.stop.is_asked()),
        }
    }
}

impl Later {
    /// Opens the cluster and waits for it, on the script's thread.
    pub(crate) fn open(&self, state: &Arc<State>) -> Result<Arc<Live>, Fault> {
        let (answer, answered) = std::sync::mpsc::channel();
        let (stop, connect) = (self.stop.clone(), Arc::clone(&self.connect));
        let job: Job = Box::pin(async move {
            tokio::select! {
                biased;
                () = stop.reached(StopLevel::Finish) => {}
                // Nobody waits any more: the script's thread has ended.
                opened = async { connect().await } => drop(answer.send(opened)),
            }
        });
        self.jobs.send(job).map_err(|_| Fault::Cancelled)?;
        let opened = answered.recv().map_err(|_| Fault::Cancelled)?;
        let options = opened.map_err(|problem| {
            if problem.help.is_empty() {
                Fault::new(problem.message)
            } else {
                Fault::with_help(problem.message, problem.help.join("; "))
            }
        })?;
        let environments = self.environments.clone();
        let jobs = self.jobs.clone();
        let live = Live::new(options, jobs, environments, Arc::clone(state));
        Ok(Arc::new(live.on(&ClusterHandle {
            cluster: None,
            namespace: Some(self.namespace.clone()),
        })))
    }
}
