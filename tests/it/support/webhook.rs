//! Admission webhooks that a test serves, for its own namespace alone.

use super::{Infra, Target, silent_port};
use base64::Engine as _;
use http::Method;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What a webhook says to a request.
pub(crate) enum Answer {
    /// It may go on.
    Allow,
    /// It may not.
    Refuse(&'static str),
    /// It may go on, so changed: operations of a JSON patch.
    Change(Value),
}

/// A webhook. Its server ends with the process, its configuration with the test's namespace.
pub(crate) struct Webhook {
    port: u16,
    seen: Arc<Mutex<Vec<Value>>>,
    /// Keeps the port of one that nobody serves.
    _kept: Option<tokio::net::TcpSocket>,
}

impl Webhook {
    /// Serves; `answer` judges the `request` of a review.
    pub(crate) fn serve(answer: impl Fn(&Value) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (tls, answer, log) = (tls(), Arc::new(answer), Arc::clone(&seen));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (tls, answer, log) = (Arc::clone(&tls), Arc::clone(&answer), Arc::clone(&log));
                std::thread::spawn(move || {
                    // The API server may close its connection at any time.
                    let _ = talk(stream, tls, &*answer, &log);
                });
            }
        });
        Self {
            port,
            seen,
            _kept: None,
        }
    }

    /// One that nobody serves.
    pub(crate) fn down() -> Self {
        let (socket, port) = silent_port();
        Self {
            port,
            seen: Arc::default(),
            _kept: Some(socket),
        }
    }

    /// Registers it for config maps and deployments of a namespace of the test's, which is there,
    /// and waits until the API server calls it. The kind is `Mutating` or `Validating`.
    pub(crate) fn register(&self, infra: &Infra, kind: &str, namespace: &Value) {
        let home = namespace["metadata"]["name"].as_str().unwrap();
        let authority = std::fs::read(Target::get().folder().join("pki/ca.crt")).unwrap();
        let kind = format!("{kind}WebhookConfiguration");
        let configuration = json!({
            "apiVersion": "admissionregistration.k8s.io/v1", "kind": kind,
            "metadata": {"name": format!("{home}-{}", self.port), "ownerReferences": [{
                "apiVersion": "v1", "kind": "Namespace", "name": home, "uid": namespace["metadata"]["uid"],
            }]},
            "webhooks": [{
                "name": "policy.example.com",
                "clientConfig": {
                    "url": format!("https://127.0.0.1:{}/", self.port),
                    "caBundle": base64::engine::general_purpose::STANDARD.encode(authority),
                },
                "rules": [{"apiGroups": ["", "apps"], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"],
                    "resources": ["configmaps", "deployments"]}],
                "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": home}},
                "failurePolicy": "Fail", "sideEffects": "None", "admissionReviewVersions": ["v1"],
                "timeoutSeconds": 5,
            }],
        });
        let plural = kind.to_lowercase() + "s";
        let api = infra.api();
        let path = format!("/apis/admissionregistration.k8s.io/v1/{plural}");
        api.create(&path, &configuration);
        let probe = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "probe"}});
        let path = format!("/api/v1/namespaces/{home}/configmaps?dryRun=All");
        let end = Instant::now() + Duration::from_mins(1);
        while api.ask(&Method::POST, &path, Some(&probe)).is_ok() && self.seen().is_empty() {
            assert!(Instant::now() < end, "the API server does not call it");
            std::thread::sleep(Duration::from_millis(50));
        }
        self.seen.lock().unwrap().clear();
    }

    /// The requests that it was asked about.
    pub(crate) fn seen(&self) -> Vec<Value> {
        self.seen.lock().unwrap().clone()
    }

    /// A text without what is different each time.
    pub(crate) fn plain(&self, text: &impl ToString) -> String {
        text.to_string().replace(&self.port.to_string(), "PORT")
    }
}

fn tls() -> Arc<ServerConfig> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = Target::get().folder().join("pki");
    let certificate = CertificateDer::from_pem_file(folder.join("webhook.crt")).unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.join("webhook.key")).unwrap();
    let config = ServerConfig::builder().with_no_client_auth();
    Arc::new(config.with_single_cert(vec![certificate], key).unwrap())
}

/// Answers the requests of one connection.
fn talk(
    stream: TcpStream,
    tls: Arc<ServerConfig>,
    answer: &dyn Fn(&Value) -> Answer,
    log: &Mutex<Vec<Value>>,
) -> std::io::Result<()> {
    let connection = ServerConnection::new(tls).map_err(std::io::Error::other)?;
    let mut stream = BufReader::new(StreamOwned::new(connection, stream));
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line)? == 0 {
                return Ok(());
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().map_err(std::io::Error::other)?;
            }
            if line.trim_end().is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body)?;
        let review: Value = serde_json::from_slice(&body)?;
        let request = &review["request"];
        log.lock().unwrap().push(request.clone());
        let body = reviewed(request, answer(request)).to_string();
        let stream = stream.get_mut();
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )?;
        stream.flush()?;
    }
}

fn reviewed(request: &Value, answer: Answer) -> Value {
    let mut response = json!({"uid": request["uid"], "allowed": true});
    match answer {
        Answer::Allow => {}
        Answer::Refuse(message) => {
            response["allowed"] = false.into();
            response["status"] = json!({"message": message});
        }
        Answer::Change(patch) => {
            let patch = base64::engine::general_purpose::STANDARD.encode(patch.to_string());
            response["patchType"] = "JSONPatch".into();
            response["patch"] = patch.into();
        }
    }
    json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response})
}
