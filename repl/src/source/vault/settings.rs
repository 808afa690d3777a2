//! Which Vault, and as whom: variables as its own command knows them, else `infra.toml`.

use crate::inputs::Variables;
use infra_sdk::engine::Unread;
use infra_sdk::types::in_words;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Where Kubernetes puts the token of a pod's service account.
const POD_TOKEN: &str = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/// `[vault]` in `infra.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VaultSettings {
    /// Its address; VAULT_ADDR wins.
    address: Option<String>,
    /// The namespace in it; VAULT_NAMESPACE wins.
    namespace: Option<String>,
    /// The role to log in with as a pod's service account, where there is no token.
    role: Option<String>,
    /// Where the login of Kubernetes is mounted; `kubernetes` by default.
    login: Option<String>,
    /// The file of the service account's token, where it is not the usual one.
    service_account_token: Option<PathBuf>,
}

/// What it comes to.
pub(super) struct Settings {
    pub(super) address: String,
    pub(super) namespace: Option<String>,
    pub(super) login: Login,
    /// Who vouches for it beside those whom this machine trusts: the file, and what is in it.
    pub(super) authority: Option<(String, Vec<u8>)>,
}

/// How we are let in.
#[derive(Clone)]
pub(super) enum Login {
    Token(Zeroizing<String>),
    Kubernetes {
        mount: String,
        role: String,
        jwt: Zeroizing<String>,
    },
}

impl Settings {
    pub(super) fn of(file: &VaultSettings, variables: &Variables) -> Result<Self, Unread> {
        let given = |name: &str| variables.get(name).filter(|value| !value.is_empty());
        let address = given("VAULT_ADDR").or_else(|| file.address.clone());
        let address = address.ok_or_else(|| {
            Unread::new("there is no address of Vault")
                .help("set VAULT_ADDR, or `address` under `[vault]` in infra.toml")
        })?;
        let authority = match given("VAULT_CACERT") {
            None => None,
            Some(path) => {
                let pem = std::fs::read(&path).map_err(|error| {
                    Unread::new(format!(
                        "the file `{path}` of VAULT_CACERT cannot be read: {}",
                        in_words(&error)
                    ))
                })?;
                Some((path, pem))
            }
        };
        Ok(Self {
            address,
            namespace: given("VAULT_NAMESPACE").or_else(|| file.namespace.clone()),
            login: login(file, given("VAULT_TOKEN"))?,
            authority,
        })
    }
}

/// A token of VAULT_TOKEN; else the role, where one is named; else the token that `vault login` left.
fn login(file: &VaultSettings, token: Option<String>) -> Result<Login, Unread> {
    if let Some(token) = token {
        return Ok(Login::Token(Zeroizing::new(token)));
    }
    if let Some(role) = &file.role {
        let path = file
            .service_account_token
            .as_deref()
            .unwrap_or(Path::new(POD_TOKEN));
        let jwt = std::fs::read_to_string(path).map_err(|error| {
            Unread::new(format!(
                "there is no token of a service account to log in to Vault with: `{}` cannot be read: {}",
                path.display(),
                in_words(&error)
            ))
            .help("outside a pod, set VAULT_TOKEN")
        })?;
        return Ok(Login::Kubernetes {
            mount: file
                .login
                .clone()
                .unwrap_or_else(|| "kubernetes".to_owned()),
            role: role.clone(),
            jwt: Zeroizing::new(jwt.trim().to_owned()),
        });
    }
    let left = std::env::home_dir().map(|home| home.join(".vault-token"));
    let left = left.and_then(|path| std::fs::read_to_string(path).ok());
    let left = left.map(|token| Zeroizing::new(token.trim().to_owned()));
    left.filter(|token| !token.is_empty())
        .map(Login::Token)
        .ok_or_else(|| {
            Unread::new("there is no token for Vault").help(
                "set VAULT_TOKEN, log in with `vault login`, or, in a pod, name a `role` under `[vault]` \
                 in infra.toml",
            )
        })
}
