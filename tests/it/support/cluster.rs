//! The cluster that the tests run on: chosen from outside, never by a test.
//!
//! - the sandbox, unless something else is said;
//! - the control plane of `tests/control-plane/run`, which sets `INFRA_TEST_CONTROL_PLANE` and
//!   `KUBECONFIG`;
//! - a cluster of one's own: `INFRA_TEST_KUBECONFIG` and `INFRA_TEST_CONTEXT`.

use http::{Method, Request, StatusCode};
use infra_sandbox::Sandbox;
use kube::config::{KubeConfigOptions, Kubeconfig};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The administrator's context of the control plane.
const CONTROL_PLANE: &str = "control-plane";

/// Which cluster the tests run on.
#[derive(Debug)]
pub(crate) enum Target {
    /// A kept sandbox for each test.
    Sandbox,
    /// The control plane beside the tests, which is theirs alone.
    ControlPlane {
        /// How it is reached.
        access: Access,
        /// What it keeps: its audit log, its certificates.
        folder: PathBuf,
    },
    /// A cluster that others use too.
    Own {
        /// How it is reached.
        access: Access,
    },
}

/// A kubeconfig and a context of it.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    pub(crate) kubeconfig: PathBuf,
    pub(crate) context: String,
}

impl Access {
    /// How the command is told.
    pub(super) fn flags(&self) -> Vec<String> {
        vec![
            format!("--kubeconfig={}", self.kubeconfig.display()),
            format!("--context={}", self.context),
        ]
    }
}

impl Target {
    /// What the environment says, once for all tests.
    pub(crate) fn get() -> &'static Self {
        static TARGET: OnceLock<Target> = OnceLock::new();
        TARGET.get_or_init(|| {
            let read = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
            Self::chosen(read).unwrap_or_else(|problem| panic!("{problem}"))
        })
    }

    fn chosen(read: impl Fn(&str) -> Option<String>) -> Result<Self, &'static str> {
        let own = read("INFRA_TEST_KUBECONFIG");
        let plane = read("INFRA_TEST_CONTROL_PLANE");
        match (own, plane) {
            (Some(kubeconfig), _) => Ok(Self::Own {
                access: Access {
                    kubeconfig: kubeconfig.into(),
                    context: read("INFRA_TEST_CONTEXT").ok_or(
                        "INFRA_TEST_KUBECONFIG is set: name its context in INFRA_TEST_CONTEXT too",
                    )?,
                },
            }),
            (None, Some(folder)) => Ok(Self::ControlPlane {
                folder: folder.into(),
                access: Access {
                    kubeconfig: read("KUBECONFIG")
                        .ok_or("INFRA_TEST_CONTROL_PLANE is set, but not KUBECONFIG")?
                        .into(),
                    context: CONTROL_PLANE.to_owned(),
                },
            }),
            (None, None) => Ok(Self::Sandbox),
        }
    }

    /// How messages call it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Sandbox => "the sandbox",
            Self::ControlPlane { .. } => "the control plane",
            Self::Own { .. } => "this cluster",
        }
    }

    /// The folder of the control plane.
    pub(crate) fn folder(&self) -> &Path {
        match self {
            Self::ControlPlane { folder, .. } => folder,
            _ => panic!("{} has no folder", self.name()),
        }
    }

    /// How a real cluster is reached.
    pub(crate) fn access(&self) -> Option<&Access> {
        match self {
            Self::Sandbox => None,
            Self::ControlPlane { access, .. } | Self::Own { access } => Some(access),
        }
    }
}

/// The API of the cluster, for looking at what is there and for playing someone else. On a kept
/// sandbox no command can run while it lives.
pub(crate) struct Api {
    client: kube::Client,
    // After the client, whose work it does.
    runtime: tokio::runtime::Runtime,
    /// It is kept when this goes.
    _sandbox: Option<Sandbox>,
}

impl Api {
    /// Of a kept sandbox.
    pub(crate) fn of_sandbox(folder: &Path) -> Self {
        let sandbox = Sandbox::open(folder, "default", jiff::Timestamp::UNIX_EPOCH).unwrap();
        let service = sandbox.service();
        Self {
            _sandbox: Some(sandbox),
            ..Self::new(async move { kube::Client::new(service, "default") })
        }
    }

    /// Of a real cluster.
    pub(crate) fn of(access: &Access) -> Self {
        let Access {
            kubeconfig,
            context,
        } = access.clone();
        Self::new(async move {
            let _ = rustls::crypto::ring::default_provider().install_default();
            let kubeconfig = Kubeconfig::read_from(kubeconfig).unwrap();
            let options = KubeConfigOptions {
                context: Some(context),
                ..KubeConfigOptions::default()
            };
            let config = kube::Config::from_custom_kubeconfig(kubeconfig, &options).await;
            kube::Client::try_from(config.unwrap()).unwrap()
        })
    }

    fn new(client: impl Future<Output = kube::Client>) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let client = runtime.block_on(client);
        Self {
            client,
            runtime,
            _sandbox: None,
        }
    }

    /// Sends a request. Nothing: it is not there.
    pub(crate) fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Option<Value> {
        match self.ask(&method, path, body) {
            Ok(answer) => Some(answer),
            Err(kube::Error::Api(status)) if status.code == StatusCode::NOT_FOUND.as_u16() => None,
            Err(error) => panic!("{method} {path}: {error}"),
        }
    }

    /// Sends a request that may be refused.
    pub(crate) fn ask(
        &self,
        method: &Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, kube::Error> {
        // What patches here, applies.
        let content = if method == Method::PATCH {
            "application/apply-patch+yaml"
        } else {
            "application/json"
        };
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(http::header::CONTENT_TYPE, content)
            .body(body.map(Value::to_string).unwrap_or_default().into_bytes())
            .unwrap();
        self.runtime.block_on(self.client.request::<Value>(request))
    }

    /// Makes an object in the collection at a path.
    pub(crate) fn create(&self, path: &str, object: &Value) -> Value {
        self.send(Method::POST, path, Some(object)).unwrap()
    }

    /// An object, or the answer to whatever is read at a path.
    pub(crate) fn get(&self, path: &str) -> Option<Value> {
        self.send(Method::GET, path, None)
    }

    /// The objects of a list.
    pub(crate) fn list(&self, path: &str) -> Vec<Value> {
        let list = self.get(path).unwrap_or_default();
        list["items"].as_array().cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cluster_is_chosen_from_outside() {
        let chosen = |variables: &[(&str, &str)]| {
            let target = Target::chosen(|name| {
                let found = variables.iter().find(|(key, _)| *key == name);
                found.map(|(_, value)| (*value).to_owned())
            });
            target.map(|target| {
                let access = target.access().map(|access| access.context.clone());
                (target.name(), access)
            })
        };
        assert_eq!(chosen(&[]), Ok(("the sandbox", None)));
        assert_eq!(chosen(&[("KUBECONFIG", "k")]), Ok(("the sandbox", None)));
        let plane = [("INFRA_TEST_CONTROL_PLANE", "/tmp/x"), ("KUBECONFIG", "k")];
        let context = Some("control-plane".to_owned());
        assert_eq!(chosen(&plane), Ok(("the control plane", context)));
        assert!(chosen(&plane[..1]).is_err());
        let own = [
            ("INFRA_TEST_KUBECONFIG", "k"),
            ("INFRA_TEST_CONTEXT", "staging"),
        ];
        let context = Some("staging".to_owned());
        assert_eq!(chosen(&own), Ok(("this cluster", context)));
        assert!(chosen(&own[..1]).is_err());
    }
}
