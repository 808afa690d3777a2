//! Probes: how the kubelet asks a container whether it is well.

use crate::types::{Port, PortRef, Seconds};
use k8s_openapi::api::core::v1 as core;
use k8s_openapi::api::core::v1::{
    ExecAction, GRPCAction, HTTPGetAction, HTTPHeader, TCPSocketAction,
};

/// A question that the kubelet asks a container again and again.
///
/// ```
/// use infra_sdk::resource::pod::Probe;
///
/// let health = Probe::http_get("/health", "http".parse()?)
///     .initial_delay("30s".parse()?)
///     .period("10s".parse()?);
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Probe {
    pub(crate) action: ProbeAction,
    initial_delay: Option<Seconds>,
    period: Option<Seconds>,
    timeout: Option<Seconds>,
    success_threshold: Option<u16>,
    failure_threshold: Option<u16>,
    termination_grace_period: Option<Seconds>,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub enum ProbeAction {
    /// A GET request that must answer with 200 to 399.
    HttpGet(HttpGet),
    /// A TCP connection that must be accepted.
    TcpSocket {
        /// The port.
        port: PortRef,
    },
    /// A command in the container that must exit with 0.
    Exec {
        /// The command and its arguments; no shell is involved.
        command: Vec<String>,
    },
    /// A gRPC health check.
    Grpc {
        /// The port, which gRPC probes take by number alone.
        port: Port,
        /// The service to ask for.
        service: Option<String>,
    },
}

/// A GET request.
#[derive(Clone, Debug, PartialEq)]
pub struct HttpGet {
    pub(crate) path: String,
    pub(crate) port: PortRef,
    pub(crate) host: Option<String>,
    pub(crate) https: bool,
    pub(crate) headers: Vec<(String, String)>,
}

impl HttpGet {
    pub(crate) fn lower(&self) -> HTTPGetAction {
        let headers: Vec<HTTPHeader> = self
            .headers
            .iter()
            .map(|(name, value)| HTTPHeader {
                name: name.clone(),
                value: value.clone(),
            })
            .collect();
        HTTPGetAction {
            host: self.host.clone(),
            http_headers: crate::resource::meta::some(headers),
            path: Some(self.path.clone()),
            port: self.port.int_or_string(),
            scheme: self.https.then(|| "HTTPS".to_owned()),
        }
    }
}

impl Probe {
    fn of(action: ProbeAction) -> Self {
        Self {
            action,
            initial_delay: None,
            period: None,
            timeout: None,
            success_threshold: None,
            failure_threshold: None,
            termination_grace_period: None,
        }
    }

    /// A GET request (`httpGet`): well with an answer from 200 to 399.
    pub fn http_get(path: impl Into<String>, port: PortRef) -> Self {
        Self::of(ProbeAction::HttpGet(HttpGet {
            path: path.into(),
            port,
            host: None,
            https: false,
            headers: Vec::new(),
        }))
    }

    /// A TCP connection (`tcpSocket`): well when it is accepted.
    pub fn tcp_socket(port: PortRef) -> Self {
        Self::of(ProbeAction::TcpSocket { port })
    }

    /// A command in the container (`exec`), without a shell: well when it exits with 0.
    pub fn exec<S: Into<String>>(command: impl IntoIterator<Item = S>) -> Self {
        let command = command.into_iter().map(Into::into).collect();
        Self::of(ProbeAction::Exec { command })
    }

    /// A gRPC health check (`grpc`).
    pub fn grpc(port: Port) -> Self {
        Self::of(ProbeAction::Grpc {
            port,
            service: None,
        })
    }

    /// The service that a gRPC health check asks for (`grpc.service`). Nothing on other probes.
    pub fn service(mut self, name: impl Into<String>) -> Self {
        if let ProbeAction::Grpc { service, .. } = &mut self.action {
            *service = Some(name.into());
        }
        self
    }

    /// Asks by HTTPS, without checking the certificate (`httpGet.scheme`). Nothing on other probes.
    pub fn https(mut self) -> Self {
        if let ProbeAction::HttpGet(get) = &mut self.action {
            get.https = true;
        }
        self
    }

    /// A header of the request (`httpGet.httpHeaders`). Nothing on other probes.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        if let ProbeAction::HttpGet(get) = &mut self.action {
            get.headers.push((name.into(), value.into()));
        }
        self
    }

    /// How long after the start the first question comes (`initialDelaySeconds`). Default: 0s.
    pub fn initial_delay(mut self, delay: Seconds) -> Self {
        self.initial_delay = Some(delay);
        self
    }

    /// How long from question to question (`periodSeconds`). Default: 10s.
    pub fn period(mut self, period: Seconds) -> Self {
        self.period = Some(period);
        self
    }

    /// How long an answer may take (`timeoutSeconds`). Default: 1s.
    pub fn timeout(mut self, timeout: Seconds) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// How many good answers in a row make it well again (`successThreshold`). Default: 1, and
    /// nothing else for liveness and startup.
    pub fn success_threshold(mut self, count: u16) -> Self {
        self.success_threshold = Some(count);
        self
    }

    /// How many bad answers in a row make it ill (`failureThreshold`). Default: 3.
    pub fn failure_threshold(mut self, count: u16) -> Self {
        self.failure_threshold = Some(count);
        self
    }

    /// How long the container has to stop when the probe ends it
    /// (`terminationGracePeriodSeconds`). Default: the pod's. Not for readiness.
    pub fn termination_grace_period(mut self, period: Seconds) -> Self {
        self.termination_grace_period = Some(period);
        self
    }

    /// The port that it refers to, where it does.
    pub(crate) fn port(&self) -> Option<&PortRef> {
        match &self.action {
            ProbeAction::HttpGet(get) => Some(&get.port),
            ProbeAction::TcpSocket { port } => Some(port),
            ProbeAction::Exec { .. } | ProbeAction::Grpc { .. } => None,
        }
    }

    pub(crate) fn lower(&self) -> core::Probe {
        let mut probe = core::Probe {
            initial_delay_seconds: self.initial_delay.map(Seconds::get),
            period_seconds: self.period.map(Seconds::get),
            timeout_seconds: self.timeout.map(Seconds::get),
            success_threshold: self.success_threshold.map(Into::into),
            failure_threshold: self.failure_threshold.map(Into::into),
            termination_grace_period_seconds: self
                .termination_grace_period
                .map(|period| period.get().into()),
            ..core::Probe::default()
        };
        match &self.action {
            ProbeAction::HttpGet(get) => probe.http_get = Some(get.lower()),
            ProbeAction::TcpSocket { port } => {
                probe.tcp_socket = Some(TCPSocketAction {
                    host: None,
                    port: port.int_or_string(),
                });
            }
            ProbeAction::Exec { command } => {
                probe.exec = Some(ExecAction {
                    command: Some(command.clone()),
                });
            }
            ProbeAction::Grpc { port, service } => {
                probe.grpc = Some(GRPCAction {
                    port: port.number().into(),
                    service: service.clone(),
                });
            }
        }
        probe
    }
}
