//! Hooks: what runs right after a container starts, and before it is told to stop.

use super::probe::{HttpGet, Probe, ProbeAction};
use crate::types::{PortRef, Seconds};
use k8s_openapi::api::core::v1::{ExecAction, LifecycleHandler, SleepAction};

/// What a container's hook does (`lifecycle.postStart`, `lifecycle.preStop`).
#[derive(Clone, Debug, PartialEq)]
pub enum Hook {
    /// Runs a command in the container.
    Exec(Vec<String>),
    /// Sends a GET request to the container.
    HttpGet(HttpGet),
    /// Waits. Before stopping, this gives load balancers time to notice.
    Sleep(Seconds),
}

impl Hook {
    /// Runs a command in the container (`exec`), without a shell.
    pub fn exec<S: Into<String>>(command: impl IntoIterator<Item = S>) -> Self {
        Self::Exec(command.into_iter().map(Into::into).collect())
    }

    /// Sends a GET request to the container (`httpGet`).
    pub fn http_get(path: impl Into<String>, port: PortRef) -> Self {
        Self::HttpGet(HttpGet {
            path: path.into(),
            port,
            host: None,
            https: false,
            headers: Vec::new(),
        })
    }

    /// Waits (`sleep`).
    pub fn sleep(time: Seconds) -> Self {
        Self::Sleep(time)
    }

    pub(crate) fn lower(&self) -> LifecycleHandler {
        match self {
            Self::Exec(command) => LifecycleHandler {
                exec: Some(ExecAction {
                    command: Some(command.clone()),
                }),
                ..LifecycleHandler::default()
            },
            Self::HttpGet(get) => LifecycleHandler {
                http_get: Some(get.lower()),
                ..LifecycleHandler::default()
            },
            Self::Sleep(time) => LifecycleHandler {
                sleep: Some(SleepAction {
                    seconds: time.get().into(),
                }),
                ..LifecycleHandler::default()
            },
        }
    }
}

/// A hook that does what a probe asks; a TCP connection or gRPC question is no hook.
impl TryFrom<Probe> for Hook {
    type Error = Probe;

    fn try_from(probe: Probe) -> Result<Self, Probe> {
        match probe.action {
            ProbeAction::Exec { command } => Ok(Self::Exec(command)),
            ProbeAction::HttpGet(get) => Ok(Self::HttpGet(get)),
            ProbeAction::TcpSocket { .. } | ProbeAction::Grpc { .. } => Err(probe),
        }
    }
}
