//! The two ends that answer requests: the sandbox, and a server.

use http_body_util::{BodyExt, Full};
use infra_sandbox::Sandbox;
use serde_json::Value;
use std::path::Path;
use std::sync::LazyLock;
use tower::ServiceExt;

/// Who sends.
const AGENT: &str = "differ/1";

/// What came back.
pub(crate) struct Raw {
    pub(crate) code: u16,
    pub(crate) warnings: Vec<String>,
    pub(crate) text: String,
}

/// What the examples expect of their platform and what admission asks for.
static CLASSES: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let folders = |folder: &Path| -> Vec<_> {
        let entries = std::fs::read_dir(folder).expect("the examples").flatten();
        entries.map(|entry| entry.path()).collect()
    };
    // An example's own, and what several share.
    let own = folders(&examples)
        .into_iter()
        .map(|one| one.join("platform.yaml"));
    let mut files: Vec<_> = own.filter(|file| file.exists()).collect();
    files.extend(folders(&examples.join("platform")));
    files.sort();
    let texts = files.iter().map(|file| {
        let text = std::fs::read_to_string(file).expect("a file");
        serde_saphyr::from_multiple::<Value>(&text).expect("objects")
    });
    let objects: Vec<Value> = texts.flatten().collect();
    // Classes of kinds that are defined beside them are theirs who install both.
    let defined: Vec<&Value> = objects.iter().map(|one| &one["spec"]["group"]).collect();
    let is_class = |object: &&Value| {
        let group = object["apiVersion"].as_str().unwrap_or_default();
        let group = group.split('/').next().unwrap_or_default();
        let kind = object["kind"].as_str().unwrap_or_default();
        kind.ends_with("Class") && defined.iter().all(|defined| *defined != group)
    };
    objects.iter().filter(is_class).cloned().collect()
});

/// An API.
#[derive(Clone)]
pub(crate) enum End {
    Sandbox(Sandbox),
    Server(kube::Client),
}

impl End {
    /// A sandbox with nothing behind its API, and the classes that a control plane is given.
    pub(crate) fn sandbox() -> Self {
        let sandbox = Sandbox::without_controllers();
        sandbox
            .load(CLASSES.clone())
            .expect("the classes can be loaded");
        Self::Sandbox(sandbox)
    }

    /// Sends a request as it is.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        content_type: &str,
        body: Vec<u8>,
    ) -> Raw {
        let mut request = http::Request::builder()
            .method(method)
            .uri(path)
            .header("user-agent", AGENT)
            .header("accept", "application/json");
        if !body.is_empty() {
            request = request.header("content-type", content_type);
        }
        match self {
            Self::Sandbox(sandbox) => {
                let request = request
                    .body(Full::new(bytes::Bytes::from(body)))
                    .expect("a request");
                let Ok(response) = sandbox.service().oneshot(request).await;
                read(response).await
            }
            Self::Server(client) => {
                let request = request
                    .body(kube::client::Body::from(body))
                    .expect("a request");
                read(client.send(request).await.expect("an answer")).await
            }
        }
    }

    /// Sends a request and reads JSON.
    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        let raw = self.send("GET", path, "", Vec::new()).await;
        (
            raw.code,
            serde_json::from_str(&raw.text).unwrap_or_default(),
        )
    }
}

async fn read<B>(response: http::Response<B>) -> Raw
where
    B: http_body::Body,
    B::Error: std::fmt::Debug,
{
    let code = response.status().as_u16();
    let warnings = response
        .headers()
        .get_all("warning")
        .iter()
        .map(|value| value.to_str().unwrap_or_default().to_owned())
        .collect();
    let bytes = response.into_body().collect().await.expect("a body");
    Raw {
        code,
        warnings,
        text: String::from_utf8_lossy(&bytes.to_bytes()).into_owned(),
    }
}
