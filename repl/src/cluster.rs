//! Which cluster a command talks to: one behind a kubeconfig, or a sandbox in this process.

use crate::args::Target;
use crate::config::Project;
use crate::failure::Failure;
use crate::inputs::duration;
use crate::ui::Ui;
use crate::view;
use infra_sandbox::{Sandbox, StateError};
use infra_scripting::session::{LiveOptions, World};
use infra_sdk::cluster::{
    Clock, Cluster, ClusterName, ConnectError, ConnectOptions, InCluster, Whereabouts, connect,
    whereabouts,
};
use infra_sdk::engine::Stop;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

mod others;

pub(crate) use others::Others;

/// A cluster, and the sandbox that it is, if it is one.
pub(crate) struct Connected {
    /// The cluster.
    pub(crate) cluster: Cluster,
    sandbox: Option<Sandbox>,
}

impl Connected {
    /// Opens what the command line names. Must run inside the runtime that serves the cluster.
    pub(crate) async fn open(ui: Ui, target: &Target, project: &Project) -> Result<Self, Failure> {
        let connected = match &target.sandbox {
            Some(name) => Self::sandbox(name, project),
            None => Self::kubeconfig(target).await,
        }?;
        if ui.is_verbose() {
            let look = ui.err_look();
            connected
                .cluster
                .observe(move |sent| ui.err(&view::sent(look, sent)));
        }
        Ok(connected)
    }

    /// Keeps the sandbox's state for the next run.
    pub(crate) fn keep(&self) -> Result<(), Failure> {
        match &self.sandbox {
            Some(sandbox) => sandbox.save().map_err(|error| {
                Failure::failed(format!("the sandbox's state could not be kept: {error}"))
                    .help("what was done is lost; INFRA_SANDBOX_DIR names another folder for it")
            }),
            None => Ok(()),
        }
    }

    /// What a script may reach of it.
    pub(crate) fn live(
        &self,
        ui: Ui,
        others: &Others,
        dry_run: bool,
        stop: Stop,
        world: World,
    ) -> LiveOptions {
        LiveOptions {
            cluster: self.cluster.clone(),
            open: others.opener(),
            dry_run,
            stop,
            report: Arc::new(move |line| ui.note(&format!("{line}\n"))),
            world,
        }
    }

    async fn kubeconfig(target: &Target) -> Result<Self, Failure> {
        let cluster = connect(connect_options(target)?)
            .await
            .map_err(no_connection)?;
        Ok(Self {
            cluster,
            sandbox: None,
        })
    }

    fn sandbox(name: &str, project: &Project) -> Result<Self, Failure> {
        let folder = sandbox_folder()?;
        let sandbox = Sandbox::open(&folder, name, sandbox_start()?).map_err(state_failure)?;
        let load = |from: &str, objects| {
            sandbox.load(objects).map_err(|error| {
                Failure::usage(format!("the sandbox `{name}` cannot load {from}: {error}"))
            })
        };
        match &project.platform {
            None => load("what a platform provides", infra_sandbox::platform())?,
            Some(files) => {
                for file in files {
                    let from = format!("`{}`", file.display());
                    load(&from, crate::script::platform(file)?)?;
                }
            }
        }
        tokio::spawn(keep_now_and_then(sandbox.clone()));
        let client = kube::Client::new(sandbox.service(), "default");
        let clock = Arc::new(SandboxClock(sandbox.clock()));
        let cluster = Cluster::new(
            client,
            ClusterName::new(format!("sandbox {name}"), ""),
            clock,
        );
        Ok(Self {
            cluster,
            sandbox: Some(sandbox),
        })
    }
}

/// How the cluster of the command line is reached.
fn connect_options(target: &Target) -> Result<ConnectOptions, Failure> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let answer_timeout = match &target.request_timeout {
        Some(text) => Some(duration("--request-timeout", text)?),
        None => None,
    };
    Ok(ConnectOptions {
        answer_timeout,
        kubeconfig: kubeconfigs(target.kubeconfig.as_deref()),
        context: target.context.clone(),
        in_cluster: variable("KUBERNETES_SERVICE_HOST")
            .zip(variable("KUBERNETES_SERVICE_PORT"))
            .filter(|_| target.kubeconfig.is_none() && target.context.is_none())
            .map(|(host, port)| InCluster {
                host,
                port,
                folder: InCluster::FOLDER.into(),
            }),
        impersonate: target.impersonate.clone(),
        impersonate_groups: target.impersonate_groups.clone(),
        proxy: variable("HTTPS_PROXY").or_else(|| variable("https_proxy")),
        no_proxy: variable("NO_PROXY").or_else(|| variable("no_proxy")),
        ..ConnectOptions::default()
    })
}

/// Why there is no connection, and what to do.
fn no_connection(error: ConnectError) -> Failure {
    let failure = Failure::failed(error.to_string());
    match error {
        ConnectError::NoKubeconfig { .. } | ConnectError::NotInCluster { .. } => {
            failure.help("name a kubeconfig with `--kubeconfig`, or try it out with `--sandbox`")
        }
        _ => failure,
    }
}

/// Where a command line leads, without asking the cluster.
pub(crate) fn where_to(target: &Target) -> Result<Whereabouts, Failure> {
    let Some(sandbox) = &target.sandbox else {
        return whereabouts(&connect_options(target)?).map_err(no_connection);
    };
    Ok(Whereabouts {
        context: match sandbox.as_str() {
            "default" => "sandbox".to_owned(),
            name => format!("sandbox {name}"),
        },
        namespace: "default".to_owned(),
        known: Vec::new(),
    })
}

/// How long a sandbox that changes may go without being kept, unless keeping it takes long.
const UNKEPT: Duration = Duration::from_millis(250);

/// Keeps a sandbox while a command runs: one that is killed loses no more than its last moments.
async fn keep_now_and_then(sandbox: Sandbox) {
    let mut pause = UNKEPT;
    loop {
        tokio::time::sleep(pause).await;
        let started = std::time::Instant::now();
        // Whether the state can be kept is told when the command ends.
        let _ = sandbox.save();
        pause = UNKEPT.max(started.elapsed() * 10);
    }
}

/// The sandbox's virtual time, as the engine's.
struct SandboxClock(infra_sandbox::Clock);

impl Clock for SandboxClock {
    fn now(&self) -> Duration {
        self.0.now()
    }

    fn timestamp(&self) -> jiff::Timestamp {
        self.0.timestamp()
    }

    fn sleep(
        &self,
        duration: Duration,
    ) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send + 'static>> {
        Box::pin(self.0.sleep(duration))
    }
}

/// The kubeconfig files: the one named, else those of `KUBECONFIG`, else the one in the home folder.
fn kubeconfigs(named: Option<&Path>) -> Vec<PathBuf> {
    if let Some(named) = named {
        return vec![named.to_owned()];
    }
    if let Some(list) = std::env::var_os("KUBECONFIG").filter(|list| !list.is_empty()) {
        return std::env::split_paths(&list)
            .filter(|path| !path.as_os_str().is_empty())
            .collect();
    }
    std::env::home_dir()
        .map(|home| home.join(".kube").join("config"))
        .into_iter()
        .collect()
}

/// Where sandboxes are kept: `INFRA_SANDBOX_DIR`, else the user's state folder.
pub(crate) fn sandbox_folder() -> Result<PathBuf, Failure> {
    folder_variable("INFRA_SANDBOX_DIR")
        .or_else(|| state_folder().map(|state| state.join("sandboxes")))
        .ok_or_else(|| {
            Failure::failed("there is no home folder to keep sandboxes in")
                .help("name a folder for them in INFRA_SANDBOX_DIR")
        })
}

/// The user's folder for what is kept between commands.
pub(crate) fn state_folder() -> Option<PathBuf> {
    folder_variable("XDG_STATE_HOME")
        .or_else(|| std::env::home_dir().map(|home| home.join(".local").join("state")))
        .map(|state| state.join("infra"))
}

fn folder_variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}

/// The date at which a new sandbox starts: `INFRA_SANDBOX_START`, else now. What happens by the
/// clock, cron jobs first of all, happens at the same moments wherever that is given.
fn sandbox_start() -> Result<jiff::Timestamp, Failure> {
    let Some(given) = std::env::var_os("INFRA_SANDBOX_START").filter(|given| !given.is_empty())
    else {
        return Ok(jiff::Timestamp::now());
    };
    let given = given.to_string_lossy();
    given.parse().map_err(|_| {
        Failure::usage(format!(
            "INFRA_SANDBOX_START is `{given}`, which is not a date"
        ))
        .help("write it like `2026-01-26T09:30:00Z`")
    })
}

/// What is wrong with a kept sandbox.
pub(crate) fn state_failure(error: StateError) -> Failure {
    match error {
        StateError::Name(_) => Failure::usage(error.to_string()),
        StateError::Corrupt { ref name, .. } => Failure::failed(error.to_string()).help(format!(
            "`infra sandbox reset {name}` forgets it, and everything in it"
        )),
        StateError::InUse(_) => Failure::failed(error.to_string()),
        StateError::Io { .. } => Failure::failed(format!("cannot keep sandboxes: {error}"))
            .help("sandboxes are kept in the state folder; INFRA_SANDBOX_DIR names another"),
    }
}
