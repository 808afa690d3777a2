//! The two ends of the comparison: a sandbox, and a control plane.

use futures::FutureExt;
use futures::future::LocalBoxFuture;
use infra_sandbox::{Hold, Sandbox};
use jiff::Timestamp;
use kube::Client;
use std::time::Duration;

/// Where a scenario is played.
pub(super) enum End {
    /// In this process, on virtual time.
    Sandbox(Sandbox),
    /// On a real control plane.
    ControlPlane(Client),
}

impl End {
    /// A fresh sandbox with a platform.
    pub(super) fn sandbox() -> Self {
        Self::Sandbox(Sandbox::with_platform())
    }

    /// A client on it.
    pub(super) fn client(&self) -> Client {
        match self {
            Self::Sandbox(sandbox) => Client::new(sandbox.service(), "default"),
            Self::ControlPlane(client) => client.clone(),
        }
    }

    /// Its time.
    pub(super) fn time(&self) -> Time {
        match self {
            Self::Sandbox(sandbox) => Time::Virtual {
                hold: Some(sandbox.clock().hold()),
                sandbox: sandbox.clone(),
            },
            Self::ControlPlane(_) => Time::Real,
        }
    }
}

/// Time as a scenario has it: that of a sandbox goes on only while the scenario waits.
pub(super) enum Time {
    Virtual {
        sandbox: Sandbox,
        hold: Option<Hold>,
    },
    Real,
}

impl Time {
    /// The date.
    pub(super) fn now(&self) -> Timestamp {
        match self {
            Self::Virtual { sandbox, .. } => sandbox.clock().timestamp(),
            Self::Real => Timestamp::now(),
        }
    }

    /// Lets time go on, for a wait.
    pub(super) fn release(&mut self) {
        if let Self::Virtual { hold, .. } = self {
            *hold = None;
        }
    }

    /// Stops time again, after a wait.
    pub(super) fn hold(&mut self) {
        if let Self::Virtual { sandbox, hold } = self {
            *hold = Some(sandbox.clock().hold());
        }
    }

    /// The end of the longest wait: virtual, or real.
    pub(super) fn deadline(&self, after: Duration) -> LocalBoxFuture<'static, ()> {
        match self {
            Self::Virtual { sandbox, .. } => sandbox.clock().sleep(after).boxed_local(),
            Self::Real => tokio::time::sleep(after).boxed_local(),
        }
    }
}
