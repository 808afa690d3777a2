//! Secrets from HashiCorp Vault: its key-value store, read over HTTP when one is needed.

mod answer;
mod settings;

pub(crate) use settings::VaultSettings;

use super::Read;
use crate::inputs::Variables;
use answer::{Mount, Secret};
use infra_sdk::engine::Unread;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use settings::{Login, Settings};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

/// How long Vault may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// A Vault, spoken to when the first of its secrets is needed. Each of them is read once.
pub(super) struct Vault {
    settings: VaultSettings,
    open: Mutex<Option<Result<Open, Unread>>>,
}

/// A Vault that let us in.
struct Open {
    client: Client,
    settings: Settings,
    token: Zeroizing<String>,
    secrets: BTreeMap<String, Result<Secret, Unread>>,
}

impl Vault {
    /// The Vault of these settings, which variables win over.
    pub(super) fn new(settings: VaultSettings) -> Self {
        Self {
            settings,
            open: Mutex::new(None),
        }
    }

    /// One key of a secret.
    pub(super) async fn read(&self, variables: &Variables, path: &str, key: &str) -> Read {
        let mut opened = self.open.lock().await;
        if opened.is_none() {
            let settings = Settings::of(&self.settings, variables);
            *opened = Some(match settings {
                Ok(settings) => Open::new(settings).await,
                Err(unread) => Err(unread),
            });
        }
        let open = match opened.as_mut() {
            Some(Ok(open)) => open,
            Some(Err(unread)) => return Err(unread.clone()),
            None => return Err(Unread::new("Vault was not opened")),
        };
        let read = match open.secrets.remove(path) {
            Some(read) => read,
            None => open.secret(path).await,
        };
        let value = match &read {
            Ok(secret) => secret.key(path, key),
            Err(unread) => Err(unread.clone()),
        };
        open.secrets.insert(path.to_owned(), read);
        value
    }
}

impl Open {
    async fn new(settings: Settings) -> Result<Self, Unread> {
        let client = client(&settings)?;
        let mut open = Self {
            client,
            settings,
            token: Zeroizing::default(),
            secrets: BTreeMap::new(),
        };
        open.token = match open.settings.login.clone() {
            Login::Token(token) => token,
            Login::Kubernetes { mount, role, jwt } => open.log_in(&mount, &role, &jwt).await?,
        };
        Ok(open)
    }

    /// Shows the pod's token for one of Vault's.
    async fn log_in(
        &self,
        mount: &str,
        role: &str,
        jwt: &Zeroizing<String>,
    ) -> Result<Zeroizing<String>, Unread> {
        let body = Zeroizing::new(json!({ "role": role, "jwt": jwt.as_str() }).to_string());
        let request = self
            .request(Method::POST, &format!("auth/{mount}/login"))
            .body(body.as_bytes().to_vec());
        let (status, mut answer) = self.send(request).await?;
        if status.is_success()
            && let Some(Value::String(token)) =
                answer.pointer_mut("/auth/client_token").map(Value::take)
        {
            return Ok(Zeroizing::new(token));
        }
        let address = &self.settings.address;
        Err(answer::locked_out(address, mount, role, status, &answer))
    }

    async fn secret(&self, path: &str) -> Result<Secret, Unread> {
        let preflight = format!("sys/internal/ui/mounts/{path}");
        let (status, answer) = self.send(self.request(Method::GET, &preflight)).await?;
        if status == StatusCode::SERVICE_UNAVAILABLE {
            return Err(answer::refused(
                &self.settings.address,
                "open",
                status,
                &answer,
            ));
        }
        let mount = Mount::of(path, &answer);
        let (status, answer) = self
            .send(self.request(Method::GET, &mount.address(path)))
            .await?;
        if status.is_success() {
            return mount.secret(path, answer);
        }
        let what = format!("read `{path}`");
        Err(match status {
            StatusCode::NOT_FOUND => answer::missing(&self.settings.address, path, &answer),
            _ => answer::refused(&self.settings.address, &what, status, &answer),
        })
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let address = self.settings.address.trim_end_matches('/');
        let mut request = self
            .client
            .request(method, format!("{address}/v1/{path}"))
            .header("X-Vault-Request", "true");
        if !self.token.is_empty() {
            request = request.header("X-Vault-Token", self.token.as_str());
        }
        if let Some(namespace) = &self.settings.namespace {
            request = request.header("X-Vault-Namespace", namespace);
        }
        request
    }

    /// The answer, which is empty where it is no JSON.
    async fn send(&self, request: RequestBuilder) -> Result<(StatusCode, Value), Unread> {
        let unreachable = |error: reqwest::Error| {
            let address = &self.settings.address;
            Unread::new(format!(
                "Vault at `{address}` cannot be reached: {}",
                cause(&error)
            ))
            .help("is VAULT_ADDR right, and does VAULT_CACERT name who vouches for it?")
        };
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        let body = response.bytes().await.map_err(unreachable)?;
        Ok((status, serde_json::from_slice(&body).unwrap_or_default()))
    }
}

fn client(settings: &Settings) -> Result<Client, Unread> {
    // Whoever connected to a cluster before has done so already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut client = Client::builder()
        .timeout(PATIENCE)
        // A redirection would take the token along.
        .redirect(reqwest::redirect::Policy::none());
    if let Some((path, pem)) = &settings.authority {
        let broken = |problem: String| {
            Unread::new(format!(
                "the file `{path}` of VAULT_CACERT cannot be used: {problem}"
            ))
        };
        let found = reqwest::Certificate::from_pem_bundle(pem);
        let found = found.map_err(|error| broken(cause(&error)))?;
        if found.is_empty() {
            return Err(broken("it holds no certificate in PEM".to_owned()));
        }
        client = client.tls_certs_merge(found);
    }
    client
        .build()
        .map_err(|error| Unread::new(format!("cannot speak to Vault: {}", cause(&error))))
}

/// The innermost cause: the outer ones repeat the address.
fn cause(error: &dyn std::error::Error) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    let text = inner.to_string();
    text.split(" (os error")
        .next()
        .unwrap_or_default()
        .to_owned()
}
