//! The live side of a run: what a procedure may reach, and how its waiting can be cancelled.

use super::cluster_handle::ClusterHandle;
use super::host::Printer;
use super::parameter_at::parameter_at;
use super::script::problem_diagnostics;
use super::state::State;
use super::world::World;
use crate::table::Fault;
use infra_sdk::cluster::Cluster;
use infra_sdk::engine::Stop;
use infra_sdk::environment::Environment;
use infra_sdk::object::{Object, ObjectId, Ref};
use infra_sdk::operation::set_at;
use infra_sdk::resource::Resource;
use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Sender, channel},
    },
};
use tokio::sync::mpsc::UnboundedSender;

/// What is done on the host's runtime for the script's thread.
pub(crate) type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Why a cluster that a script names cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoCluster {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

/// Opens the cluster of a name, on the runtime that the run is polled on: the context of a
/// kubeconfig, or whatever the host calls by names.
pub type Opener = dyn Fn(String) -> Pin<Box<dyn Future<Output = Result<Cluster, NoCluster>> + Send>>
    + Send
    + Sync;

/// What a procedure may reach.
#[derive(Clone)]
pub struct LiveOptions {
    /// The cluster.
    pub cluster: Cluster,
    /// How another one is opened, which a script names: `cluster("staging")`.
    pub open: Arc<Opener>,
    /// Whether changes are reported and not made.
    pub dry_run: bool,
    /// Cancels the run.
    pub stop: Stop,
    /// Where operations report what they do, a line at a time.
    pub report: Arc<dyn Fn(&str) + Send + Sync>,
    /// What it may reach besides the cluster.
    pub world: World,
}

impl fmt::Debug for LiveOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveOptions")
            .field("dry_run", &self.dry_run)
            .finish_non_exhaustive()
    }
}

/// What a running procedure may reach.
pub struct Live {
    options: LiveOptions,
    jobs: UnboundedSender<Job>,
    environments: Vec<Environment>,
    state: Arc<State>,
    shared: Arc<Shared>,
    /// The cluster that operations are about, where it is not the run's own; and their namespace.
    on: Option<ClusterHandle>,
}

/// What is the same for every cluster of a run.
#[derive(Default)]
struct Shared {
    /// Operations that were done, or in a dry run would have been.
    done: Mutex<Vec<String>>,
    /// The clusters that were opened, by the names that the script gave.
    opened: Mutex<Vec<(String, Cluster)>>,
}

impl Live {
    pub(crate) fn new(
        options: LiveOptions,
        jobs: UnboundedSender<Job>,
        environments: Vec<Environment>,
        state: Arc<State>,
    ) -> Self {
        Self {
            options,
            jobs,
            environments,
            state,
            shared: Arc::default(),
            on: None,
        }
    }

    /// The same run, about a cluster that a script named.
    pub(crate) fn on(&self, cluster: &ClusterHandle) -> Self {
        Self {
            options: self.options.clone(),
            jobs: self.jobs.clone(),
            environments: self.environments.clone(),
            state: Arc::clone(&self.state),
            shared: Arc::clone(&self.shared),
            on: Some(cluster.clone()),
        }
    }

    /// The cluster of that name, opened once.
    pub fn open(&self, name: &str) -> Result<Cluster, Fault> {
        let opened = |shared: &Shared| {
            let opened = shared.opened.lock().unwrap_or_else(PoisonError::into_inner);
            let found = opened.iter().find(|(known, _)| known == name);
            found.map(|(_, cluster)| cluster.clone())
        };
        if let Some(cluster) = opened(&self.shared) {
            return Ok(cluster);
        }
        let cluster = self
            .run((self.options.open)(name.to_owned()))?
            .map_err(|error| Fault::Failed {
                message: error.message,
                help: error.help,
            })?;
        let mut opened = self
            .shared
            .opened
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        opened.push((name.to_owned(), cluster.clone()));
        Ok(cluster)
    }

    /// The cluster that operations are about.
    pub fn cluster(&self) -> &Cluster {
        let on = self.on.as_ref().and_then(|on| on.cluster.as_ref());
        on.unwrap_or(&self.options.cluster)
    }

    /// The namespace that operations are about where none is named: that of the script's only
    /// environment, else the login's.
    pub fn namespace(&self) -> String {
        let on = self.on.as_ref().and_then(|on| on.namespace.clone());
        on.unwrap_or_else(|| match self.environments.as_slice() {
            [one] => one.default_namespace().to_owned(),
            _ => self.cluster().namespace().to_owned(),
        })
    }

    /// Where a change is made, to follow it: nothing on the run's own cluster.
    pub fn place(&self) -> String {
        match self.on.as_ref().and_then(|on| on.cluster.as_ref()) {
            Some(cluster) => format!(" on {}", cluster.name().context),
            None => String::new(),
        }
    }

    /// Whether changes are reported and not made.
    pub fn dry_run(&self) -> bool {
        self.options.dry_run
    }

    /// What may be reached besides the cluster.
    pub(crate) fn world(&self) -> &World {
        &self.options.world
    }

    /// The script's environments.
    pub(crate) fn environments(&self) -> &[Environment] {
        &self.environments
    }

    /// What cancels the run.
    pub fn stop(&self) -> &Stop {
        &self.options.stop
    }

    /// Whether the run is to end.
    pub(crate) fn stopped(&self) -> bool {
        self.options.stop.is_asked()
    }

    /// Says a line to the user.
    pub fn report(&self, line: &str) {
        (self.options.report)(line);
    }

    /// The function that lines go to, for what reports later.
    pub fn reporter(&self) -> Arc<dyn Fn(&str) + Send + Sync> {
        Arc::clone(&self.options.report)
    }

    /// Where the script's own prints go.
    pub fn printer(&self) -> Arc<Printer> {
        Arc::clone(&self.state.host.print)
    }

    /// Notes a change that was made, or that a dry run would have made.
    pub fn note(&self, change: impl Into<String>) {
        self.shared
            .done
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(change.into());
    }

    pub(crate) fn changes(&self) -> Vec<String> {
        self.shared
            .done
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// A resource as the object that it becomes in the script's environment, and all objects of that.
    pub fn object_of(&self, resource: Arc<dyn Resource>) -> Result<(Object, Vec<Object>), Fault> {
        let wanted = resource.reference();
        let environment = self.environment_of(&wanted)?;
        let rendered = environment
            .clone()
            .add_beside(resource)
            .render()
            .map_err(|problems| {
                Fault::Diagnosed(problem_diagnostics(&problems, &self.state.sources))
            })?;
        let is_it = |object: &&Object| {
            let id = &object.id;
            id.group == wanted.group && id.kind == wanted.kind && id.name == wanted.name
        };
        match rendered.objects.iter().find(is_it).cloned() {
            Some(object) => Ok((object, rendered.objects)),
            None => Err(Fault::new(format!("`{wanted}` became no object"))),
        }
    }

    /// What the script's environments describe; nothing of one that cannot be rendered.
    pub fn objects(&self) -> Vec<Object> {
        let rendered = self.environments.iter().filter_map(|one| one.render().ok());
        rendered.flat_map(|rendered| rendered.objects).collect()
    }

    /// What to change in the script instead of a field in the cluster, to follow what is told about
    /// that: a parameter, else the place where the field is set.
    pub(crate) fn set_by(&self, id: &ObjectId, field: &str) -> Option<String> {
        let objects = self.objects();
        let object = objects.iter().find(|object| object.id == *id)?;
        let at = set_at(object, field)?;
        let source = self.state.sources.get(&at.file)?;
        Some(match parameter_at(&source.text, at.line, at.column) {
            Some(name) => format!("; to keep it, set the parameter `{name}`"),
            None => format!("; to keep it, change {}:{}", at.file, at.line),
        })
    }

    /// The network policies that a resource needs which runs beside the script's environment.
    pub fn policies_beside(&self, resource: impl Resource + 'static) -> Result<Vec<Object>, Fault> {
        let environment = self.environment_of(&resource.reference())?;
        Ok(environment.policies_beside(Arc::new(resource)))
    }

    /// The script's only environment, or the one that has the namespace that is named.
    fn environment_of(&self, wanted: &Ref) -> Result<&Environment, Fault> {
        let named = wanted.namespace.as_deref();
        let environment = match self.environments.as_slice() {
            [one] => Some(one),
            several => several
                .iter()
                .find(|environment| named == Some(environment.default_namespace())),
        };
        environment.ok_or_else(|| {
            Fault::with_help(
                format!("the script does not say in which environment `{wanted}` runs"),
                "choose one with `--environment NAME`, or give it the `.namespace(…)` of one of the script's environments",
            )
        })
    }

    /// Runs a future on the host's runtime and blocks the script's thread until it is done, or until
    /// the run is cancelled.
    pub fn run<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Fault> {
        let (answer, answered): (Sender<T>, _) = channel();
        let stop = self.options.stop.clone();
        let job: Job = Box::pin(async move {
            tokio::select! {
                biased;
                () = stop.reached(infra_sdk::engine::StopLevel::Finish) => {}
                value = future => {
                    // Nobody waits any more: the script's thread has ended.
                    let _ = answer.send(value);
                }
            }
        });
        self.jobs.send(job).map_err(|_| Fault::Cancelled)?;
        answered.recv().map_err(|_| Fault::Cancelled)
    }
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.options.fmt(f)
    }
}
