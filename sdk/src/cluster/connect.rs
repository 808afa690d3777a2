//! Connecting: from kubeconfig files or from inside a pod to a [`Cluster`].

use super::{
    Clock, Cluster, ClusterName, WallClock,
    connection::Connection,
    kubeconfig, proxy,
    words::{root_cause, unreadable},
};
use kube::{Config, config::KubeConfigOptions};
use std::{path::PathBuf, sync::Arc, time::Duration};

/// How long a connection may take to come about, by default.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long the API server may be silent after a request, by default. It gives up by itself after 60 s
/// and says so, which tells more than our own words.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(70);

/// How long a connection may be silent: longer than the API server keeps a quiet watch open.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(310);

/// Where to find the cluster. The caller reads the environment and knows the home folder; this
/// crate does not.
#[derive(Clone, Debug, Default)]
pub struct ConnectOptions {
    /// The kubeconfig files, merged in order; those that are missing are skipped.
    pub kubeconfig: Vec<PathBuf>,
    /// The context to use; the kubeconfig's current one by default.
    pub context: Option<String>,
    /// The pod that this runs in, whose service account is used when no kubeconfig is there.
    pub in_cluster: Option<InCluster>,
    /// The proxy to use where the kubeconfig names none (the value of `HTTPS_PROXY`).
    pub proxy: Option<String>,
    /// Hosts that are reached without that proxy (the value of `NO_PROXY`).
    pub no_proxy: Option<String>,
    /// How long a connection may take to come about; 10 s by default.
    pub connect_timeout: Option<Duration>,
    /// How long the API server may be silent after a request that is not a watch; 70 s by default.
    pub answer_timeout: Option<Duration>,
    /// Who to act as, if the login may: a user, or `system:serviceaccount:NAMESPACE:NAME`.
    pub impersonate: Option<String>,
    /// The groups of that user.
    pub impersonate_groups: Vec<String>,
    /// The clock to wait on; the wall's by default.
    pub clock: Option<ClockOption>,
}

/// How a pod reaches the API server of its own cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InCluster {
    /// The value of `KUBERNETES_SERVICE_HOST`.
    pub host: String,
    /// The value of `KUBERNETES_SERVICE_PORT`.
    pub port: String,
    /// Where the service account is mounted; [`InCluster::FOLDER`] in every pod.
    pub folder: PathBuf,
}

impl InCluster {
    /// Where every pod finds its service account.
    pub const FOLDER: &str = "/var/run/secrets/kubernetes.io/serviceaccount";
}

/// A clock as an option that can be shown.
#[derive(Clone)]
pub struct ClockOption(pub Arc<dyn Clock>);

impl std::fmt::Debug for ClockOption {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClockOption")
    }
}

/// Why there is no connection. Each reads as one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// No kubeconfig file is there.
    #[error("there is no kubeconfig{}", at(.looked))]
    NoKubeconfig {
        /// Where one was looked for.
        looked: Vec<PathBuf>,
    },
    /// A kubeconfig file cannot be read or is not one.
    #[error("the kubeconfig `{}` cannot be used: {problem}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, without its content.
        problem: String,
    },
    /// No context was named and the kubeconfig has no current one.
    #[error("the kubeconfig has no current context; choose one with `--context`{}", among(.known))]
    NoContext {
        /// The contexts that it has.
        known: Vec<String>,
    },
    /// The context is not in the kubeconfig.
    #[error("the kubeconfig has no context `{name}`{}", among(.known))]
    UnknownContext {
        /// The context that was asked for.
        name: String,
        /// The contexts that it has.
        known: Vec<String>,
    },
    /// The context is there, and what it points at is not usable.
    #[error("the context `{context}` cannot be used: {problem}")]
    Broken {
        /// The context.
        context: String,
        /// What is wrong with it.
        problem: String,
    },
    /// This is not a pod with a service account.
    #[error("not inside a cluster: {problem}")]
    NotInCluster {
        /// What is missing.
        problem: String,
    },
}

fn at(looked: &[PathBuf]) -> String {
    let paths = looked.iter().map(|path| format!("`{}`", path.display()));
    let paths: Vec<String> = paths.collect();
    if paths.is_empty() {
        String::new()
    } else {
        format!(" at {}", paths.join(" or "))
    }
}

fn among(known: &[String]) -> String {
    if known.is_empty() {
        String::new()
    } else {
        let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
        format!("; it has {}", known.join(", "))
    }
}

/// Where a connection would lead, as far as the kubeconfig says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whereabouts {
    /// The context, or `in-cluster`.
    pub context: String,
    /// The namespace that it is for.
    pub namespace: String,
    /// Every context of the kubeconfig.
    pub known: Vec<String>,
}

/// Where [`connect`] would lead. Nothing but the kubeconfig is read.
pub fn whereabouts(options: &ConnectOptions) -> Result<Whereabouts, ConnectError> {
    let config = match kubeconfig::read(&options.kubeconfig) {
        Ok(config) => config,
        Err(ConnectError::NoKubeconfig { .. }) if options.in_cluster.is_some() => {
            return Ok(Whereabouts {
                context: "in-cluster".to_owned(),
                namespace: "default".to_owned(),
                known: Vec::new(),
            });
        }
        Err(error) => return Err(error),
    };
    let context = kubeconfig::context(&config, options.context.as_deref())?;
    let named = config.contexts.iter().find(|one| one.name == context);
    let namespace = named
        .and_then(|named| named.context.as_ref()?.namespace.clone())
        .unwrap_or_else(|| "default".to_owned());
    let known = config.contexts.iter().map(|one| one.name.clone());
    Ok(Whereabouts {
        context,
        namespace,
        known: known.collect(),
    })
}

/// Connects. Nothing is sent yet: whether the API server answers shows with the first request.
/// Must be called within a tokio runtime.
pub async fn connect(options: ConnectOptions) -> Result<Cluster, ConnectError> {
    install_crypto();
    let (mut config, context) = match kubeconfig::read(&options.kubeconfig) {
        Ok(read) => from_kubeconfig(read, &options).await?,
        Err(ConnectError::NoKubeconfig { looked }) => {
            let Some(pod) = &options.in_cluster else {
                return Err(ConnectError::NoKubeconfig { looked });
            };
            (from_pod(pod)?, "in-cluster".to_owned())
        }
        Err(error) => return Err(error),
    };
    if let Some(user) = &options.impersonate {
        config.auth_info.impersonate = Some(user.clone());
        config.auth_info.impersonate_groups = Some(options.impersonate_groups.clone());
    }
    config.default_retry = false;
    config.connect_timeout = Some(options.connect_timeout.unwrap_or(CONNECT_TIMEOUT));
    config.read_timeout = Some(SILENCE_TIMEOUT);
    config.reset_reader_on_write = true;
    let name = ClusterName::new(
        context.clone(),
        config.cluster_url.to_string().trim_end_matches('/'),
    );
    let through = config
        .proxy_url
        .as_ref()
        .map(|proxy| proxy::shown(proxy.to_string().trim_end_matches('/')));
    let namespace = config.default_namespace.clone();
    let connection =
        Connection::new(config).map_err(|problem| ConnectError::Broken { context, problem })?;
    let clock = options.clock.map_or_else(
        || Arc::new(WallClock::new()) as Arc<dyn Clock>,
        |clock| clock.0,
    );
    let patience = options.answer_timeout.unwrap_or(ANSWER_TIMEOUT);
    let patience = (Some(patience), through);
    Ok(Cluster::over(connection, name, namespace, clock, patience))
}

/// The token and the authority stay files: both are read again when they are renewed.
fn from_pod(pod: &InCluster) -> Result<Config, ConnectError> {
    let problem = |problem: String| ConnectError::NotInCluster { problem };
    let port: u16 = pod
        .port
        .parse()
        .map_err(|_| problem(format!("its port `{}` is not a number", pod.port)))?;
    let host = match pod.host.parse::<std::net::Ipv6Addr>() {
        Ok(address) => format!("[{address}]"),
        Err(_) => pod.host.clone(),
    };
    let url = format!("https://{host}:{port}")
        .parse()
        .map_err(|_| problem(format!("its host `{}` is not an address", pod.host)))?;
    let file = |name: &str| {
        let path = pod.folder.join(name);
        match std::fs::metadata(&path) {
            Ok(_) => Ok(path),
            Err(error) => Err(problem(unreadable(&path, &error))),
        }
    };
    let (token, authority) = (file("token")?, file("ca.crt")?);
    let mut config = Config::new(url);
    config.root_cert_file = Some(authority);
    config.auth_info.token_file = Some(token.to_string_lossy().into_owned());
    Ok(config)
}

async fn from_kubeconfig(
    mut read: kube::config::Kubeconfig,
    options: &ConnectOptions,
) -> Result<(Config, String), ConnectError> {
    let context = kubeconfig::context(&read, options.context.as_deref())?;
    let broken = |problem: String| ConnectError::Broken {
        context: context.clone(),
        problem,
    };
    // A proxy that the file names is kept aside, so that kube does not judge it by `NO_PROXY`.
    let cluster = read
        .contexts
        .iter()
        .find(|named| named.name == context)
        .and_then(|named| named.context.as_ref())
        .map(|context| context.cluster.clone());
    let named_proxy = read
        .clusters
        .iter_mut()
        .filter(|named| Some(&named.name) == cluster.as_ref())
        .filter_map(|named| named.cluster.as_mut())
        .find_map(|cluster| cluster.proxy_url.take())
        .filter(|proxy| !proxy.is_empty());
    let no_address = |given: &str| {
        broken(format!(
            "its proxy `{}` is not an address",
            proxy::shown(given)
        ))
    };
    // kube reads the variable too, and would not say what is wrong.
    for given in named_proxy.iter().chain(&options.proxy) {
        given.parse::<http::Uri>().map_err(|_| no_address(given))?;
    }
    let selection = KubeConfigOptions {
        context: Some(context.clone()),
        ..KubeConfigOptions::default()
    };
    let mut config = Config::from_custom_kubeconfig(read, &selection)
        .await
        .map_err(|error| broken(root_cause(&error)))?;
    if config.cluster_url.host().is_none() {
        return Err(broken(format!(
            "its server `{}` is not an address such as `https://10.0.0.1:6443`",
            config.cluster_url
        )));
    }
    let proxy = named_proxy.or_else(|| {
        let (host, port) = (config.cluster_url.host()?, config.cluster_url.port_u16());
        let excluded = options
            .no_proxy
            .as_deref()
            .is_some_and(|no_proxy| proxy::is_excluded(no_proxy, host, port));
        options
            .proxy
            .clone()
            .filter(|proxy| !proxy.is_empty() && !excluded)
    });
    config.proxy_url = match proxy {
        Some(proxy) => Some(proxy.parse().map_err(|_| no_address(&proxy))?),
        None => None,
    };
    Ok((config, context))
}

/// The TLS provider, once per process; another that is installed already will do.
pub(crate) fn install_crypto() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}
