//! The client, and a new one once what it logs in with is no longer accepted.

use super::words::root_cause;
use kube::{Client, Config, client::ClientBuilder, config::AuthInfo};
use std::sync::{Mutex, PoisonError};

/// A client that can be made again: tokens and certificates that a command or a file gives may end
/// while a run goes on.
pub(crate) struct Connection {
    current: Mutex<Current>,
    /// What to make it of again; nothing where that would give the same.
    config: Option<Box<Config>>,
    /// Many requests may be refused at once; one of them logs in again.
    renewing: tokio::sync::Mutex<()>,
}

#[derive(Clone)]
struct Current {
    client: Client,
    /// How often it was made again.
    made: u64,
}

impl Connection {
    /// A client that stays as it is.
    pub(crate) fn fixed(client: Client) -> Self {
        Self::of(client, None)
    }

    /// A client of this configuration.
    pub(crate) fn new(config: Config) -> Result<Self, String> {
        let again = renews(&config.auth_info).then(|| Box::new(config.clone()));
        Ok(Self::of(build(config)?, again))
    }

    fn of(client: Client, config: Option<Box<Config>>) -> Self {
        Self {
            current: Mutex::new(Current { client, made: 0 }),
            config,
            renewing: tokio::sync::Mutex::new(()),
        }
    }

    /// The client, and which one it is.
    pub(crate) fn client(&self) -> (Client, u64) {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        (current.client.clone(), current.made)
    }

    /// After the API server did not accept the login of client number `used`: whether there is
    /// another one now. What is wrong where logging in again fails.
    pub(crate) async fn renew(&self, used: u64) -> Result<bool, String> {
        let Some(config) = &self.config else {
            return Ok(false);
        };
        let _alone = self.renewing.lock().await;
        if self.client().1 != used {
            return Ok(true);
        }
        let config = Config::clone(config);
        // A login command may take its time.
        let client = tokio::task::spawn_blocking(move || build(config))
            .await
            .map_err(|error| error.to_string())??;
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        *current = Current {
            client,
            made: used + 1,
        };
        Ok(true)
    }
}

/// Whether the login may be another one when it is read again.
fn renews(login: &AuthInfo) -> bool {
    login.exec.is_some()
        || login.auth_provider.is_some()
        || login.token_file.is_some()
        || login.client_certificate.is_some()
}

fn build(config: Config) -> Result<Client, String> {
    let builder = ClientBuilder::try_from(config).map_err(|error| root_cause(&error))?;
    Ok(builder.build())
}
