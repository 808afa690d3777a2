//! Requests over the real network.

use super::exchange::{Exchange, LARGEST, Unanswered};
use crate::cluster::{install_crypto, root_cause};
use bytes::{Bytes, BytesMut};
use futures::future::BoxFuture;
use http::{Request, Response};
use reqwest::{Client, NoProxy, Proxy, redirect::Policy};
use std::{sync::OnceLock, time::Duration};

/// How requests leave this machine. The caller reads the environment; this crate does not.
#[derive(Clone, Debug, Default)]
pub struct InternetOptions {
    /// The proxy for `https` (the value of `HTTPS_PROXY`).
    pub https_proxy: Option<String>,
    /// The proxy for `http` (the value of `http_proxy`).
    pub http_proxy: Option<String>,
    /// Hosts that are reached without them (the value of `NO_PROXY`).
    pub no_proxy: Option<String>,
}

/// The real network. The client is made for the first request: it reads the machine's certificates.
#[derive(Debug, Default)]
pub struct Internet {
    options: InternetOptions,
    client: OnceLock<Result<Client, String>>,
}

impl Internet {
    /// The network as it is reached with these options.
    pub fn new(options: InternetOptions) -> Self {
        Self {
            options,
            client: OnceLock::new(),
        }
    }

    fn client(&self) -> Result<&Client, Unanswered> {
        let client = self.client.get_or_init(|| build(&self.options));
        client.as_ref().map_err(|problem| Unanswered {
            problem: problem.clone(),
            sent: false,
        })
    }
}

fn build(options: &InternetOptions) -> Result<Client, String> {
    install_crypto();
    let said = |error: reqwest::Error| root_cause(&error);
    let mut client = Client::builder()
        .user_agent(concat!("infra/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .no_proxy();
    let around = options.no_proxy.as_deref().and_then(NoProxy::from_string);
    let proxies = [
        options.https_proxy.as_deref().map(Proxy::https),
        options.http_proxy.as_deref().map(Proxy::http),
    ];
    for proxy in proxies.into_iter().flatten() {
        client = client.proxy(proxy.map_err(said)?.no_proxy(around.clone()));
    }
    client.build().map_err(said)
}

impl Exchange for Internet {
    fn exchange(
        &self,
        request: Request<Bytes>,
        timeout: Duration,
    ) -> BoxFuture<'_, Result<Response<Bytes>, Unanswered>> {
        Box::pin(async move {
            let request = reqwest::Request::try_from(request).map_err(|error| Unanswered {
                problem: root_cause(&error),
                sent: false,
            })?;
            let answer = read(self.client()?, request);
            tokio::time::timeout(timeout, answer)
                .await
                .unwrap_or_else(|_| {
                    Err(Unanswered {
                        problem: format!("no answer within {timeout:?}"),
                        sent: true,
                    })
                })
        })
    }
}

async fn read(client: &Client, request: reqwest::Request) -> Result<Response<Bytes>, Unanswered> {
    let unanswered = |error: reqwest::Error| Unanswered {
        problem: root_cause(&error),
        sent: !error.is_connect(),
    };
    let mut answer = client.execute(request).await.map_err(unanswered)?;
    let mut read = Response::builder().status(answer.status());
    if let Some(headers) = read.headers_mut() {
        headers.extend(std::mem::take(answer.headers_mut()));
    }
    let mut body = BytesMut::new();
    while let Some(piece) = answer.chunk().await.map_err(unanswered)? {
        body.extend_from_slice(&piece);
        if body.len() > LARGEST {
            return Err(Unanswered {
                problem: "the answer is larger than 4 MiB".to_owned(),
                sent: true,
            });
        }
    }
    read.body(body.freeze()).map_err(|error| Unanswered {
        problem: error.to_string(),
        sent: true,
    })
}
