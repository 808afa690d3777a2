//! An API server of a few lines, in the test: it keeps what it is sent, and behaves as badly as the test
//! wants. What runs on every cluster is not tried on it.

use super::{Infra, repository};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufReader, Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) method: String,
    /// With its query.
    pub(crate) path: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Value,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether it changes something.
    pub(crate) fn writes(&self) -> bool {
        self.method != "GET"
            && !self.path.contains("dryRun=All")
            && !self.path.contains("selfsubject")
    }

    fn bare(&self) -> &str {
        self.path.split('?').next().unwrap_or_default()
    }
}

/// What it is met with.
#[derive(Clone, Debug)]
pub(crate) enum Met {
    /// As an API server does.
    Well,
    /// With this status and body.
    With(u16, String),
    /// The connection ends.
    HangUp,
}

impl Met {
    /// A refusal as API servers write it.
    pub(crate) fn refused(code: u16, reason: &str, message: &str) -> Self {
        let status = json!({
            "kind": "Status", "apiVersion": "v1", "status": "Failure",
            "code": code, "reason": reason, "message": message,
        });
        Self::With(code, status.to_string())
    }
}

type Mood = Box<dyn Fn(&Received) -> Met + Send + Sync>;

struct Inner {
    mood: Mood,
    objects: Mutex<BTreeMap<String, Value>>,
    seen: Mutex<Vec<Received>>,
}

/// The server. It ends with the process.
pub(crate) struct Fake {
    address: String,
    tls: bool,
    inner: Arc<Inner>,
}

/// A file of the test's certificates.
pub(crate) fn certificate(name: &str) -> PathBuf {
    repository().join("tests/certificates").join(name)
}

/// How a server shows one of the test's certificates, to everybody or to who has one of its authority.
pub(super) fn tls(name: &str, only_known: bool) -> Arc<ServerConfig> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let file = |end: &str| certificate(&format!("{name}.{end}"));
    let chain = vec![CertificateDer::from_pem_file(file("crt")).unwrap()];
    let key = PrivateKeyDer::from_pem_file(file("key")).unwrap();
    let config = ServerConfig::builder();
    let config = if only_known {
        let mut known = RootCertStore::empty();
        let authority = CertificateDer::from_pem_file(certificate("authority.crt"));
        known.add(authority.unwrap()).unwrap();
        let verifier = WebPkiClientVerifier::builder(Arc::new(known)).build();
        config.with_client_cert_verifier(verifier.unwrap())
    } else {
        config.with_no_client_auth()
    };
    Arc::new(config.with_single_cert(chain, key).unwrap())
}

impl Fake {
    /// Serves without TLS.
    pub(crate) fn serve(mood: impl Fn(&Received) -> Met + Send + Sync + 'static) -> Self {
        Self::over(None, Box::new(mood))
    }

    /// Serves well behind one of the test's certificates, to everybody or to who has one of its
    /// authority.
    pub(crate) fn behind(name: &str, only_known: bool) -> Self {
        Self::over(Some(tls(name, only_known)), Box::new(|_| Met::Well))
    }

    fn over(tls: Option<Arc<ServerConfig>>, mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let inner = Arc::new(Inner {
            mood,
            objects: Mutex::default(),
            seen: Mutex::default(),
        });
        let server = Self {
            address,
            tls: tls.is_some(),
            inner: Arc::clone(&inner),
        };
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (tls, inner) = (tls.clone(), Arc::clone(&inner));
                std::thread::spawn(move || {
                    // Clients may go away at any time.
                    let _ = match tls {
                        None => talk(stream, &inner),
                        Some(tls) => {
                            let connection = ServerConnection::new(tls).unwrap();
                            talk(StreamOwned::new(connection, stream), &inner)
                        }
                    };
                });
            }
        });
        server
    }

    /// What it was asked, up to now.
    pub(crate) fn seen(&self) -> Vec<Received> {
        self.inner.seen.lock().unwrap().clone()
    }

    /// What it keeps, by path.
    pub(crate) fn objects(&self) -> BTreeMap<String, Value> {
        self.inner.objects.lock().unwrap().clone()
    }

    /// Its place in `127.0.0.1:PORT`.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Puts a kubeconfig into the project that leads here, with a user of these lines and more about
    /// the cluster.
    pub(crate) fn lead(&self, infra: &Infra, user: &str, cluster: &str) {
        let scheme = if self.tls { "https" } else { "http" };
        infra.write(
            "kube.yaml",
            &format!(
                "apiVersion: v1\nkind: Config\ncurrent-context: fake\nclusters:\n- name: fake\n  \
                 cluster: {{server: \"{scheme}://{}\"{cluster}}}\nusers:\n- name: me\n  user: {{{user}}}\n\
                 contexts:\n- name: fake\n  context: {{cluster: fake, user: me}}\n",
                self.address
            ),
        );
    }

    /// A text with the server's place as it would be each time.
    pub(crate) fn plain(&self, text: &impl ToString) -> String {
        let text = text.to_string().replace(&self.address, "127.0.0.1:6443");
        // It takes as long as it takes here.
        let mut parts = text.split(" after ");
        let mut plain = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
            let time = rest.len() < part.len() && rest.starts_with('s');
            plain.push_str(if time { " after N" } else { " after " });
            plain.push_str(if time { rest } else { part });
        }
        plain
    }
}

fn talk(stream: impl Read + Write, server: &Inner) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let Some(asked) = read(&mut stream)? else {
            return Ok(());
        };
        server.seen.lock().unwrap().push(asked.clone());
        let (code, body) = match (server.mood)(&asked) {
            Met::HangUp => return Ok(()),
            Met::With(code, body) => (code, body),
            Met::Well => {
                let Some((code, body)) = server.answer(&asked) else {
                    // A watch in which nothing happens.
                    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
                    stream.get_mut().write_all(head.as_bytes())?;
                    stream.get_mut().flush()?;
                    stream.read_to_end(&mut Vec::new())?;
                    return Ok(());
                };
                (code, body.to_string())
            }
        };
        let stream = stream.get_mut();
        write!(
            stream,
            "HTTP/1.1 {code} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )?;
        stream.flush()?;
    }
}

fn read(stream: &mut impl std::io::BufRead) -> std::io::Result<Option<Received>> {
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        if line.trim_end().is_empty() {
            break;
        }
        head.push(line.trim_end().to_owned());
    }
    let headers: Vec<(String, String)> = head[1..]
        .iter()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let mut body = vec![0; length.map_or(0, |(_, length)| length.parse().unwrap())];
    stream.read_exact(&mut body)?;
    let mut words = head[0].split(' ').map(str::to_owned);
    Ok(Some(Received {
        method: words.next().unwrap_or_default(),
        path: words.next().unwrap_or_default(),
        headers,
        body: serde_json::from_slice(&body).unwrap_or_default(),
    }))
}

impl Inner {
    /// As an API server without any controller; nothing for a watch.
    fn answer(&self, asked: &Received) -> Option<(u16, Value)> {
        let mut objects = self.objects.lock().unwrap();
        let path = asked.bare().to_owned();
        if asked.path.contains("watch=") {
            return None;
        }
        if asked.method == "GET" && asked.path.contains("limit=") {
            let below = format!("{path}/");
            let label = asked.path.split("part-of%3D").nth(1).unwrap_or_default();
            let label = label.split('&').next().unwrap_or_default();
            let items: Vec<&Value> = objects
                .iter()
                .filter(|(key, _)| {
                    key.strip_prefix(&below)
                        .is_some_and(|rest| !rest.contains('/'))
                })
                .map(|(_, object)| object)
                .filter(|object| {
                    let has = &object["metadata"]["labels"]["applyset.kubernetes.io/part-of"];
                    label.is_empty() || has == label
                })
                .collect();
            return Some((
                200,
                json!({"kind": "List", "apiVersion": "v1", "metadata": {"resourceVersion": "1"}, "items": items}),
            ));
        }
        Some(match asked.method.as_str() {
            "GET" => match objects.get(&path) {
                Some(object) => (200, object.clone()),
                None => (404, missing(&path)),
            },
            "DELETE" => match objects.remove(&path) {
                Some(_) => (
                    200,
                    json!({"kind": "Status", "apiVersion": "v1", "status": "Success"}),
                ),
                None => (404, missing(&path)),
            },
            _ => {
                let mut object = asked.body.clone();
                let manager = asked.path.split("fieldManager=").nth(1).unwrap_or_default();
                let manager = manager.split('&').next().unwrap_or_default();
                object["metadata"]["uid"] = path.as_str().into();
                object["metadata"]["resourceVersion"] = "1".into();
                object["metadata"]["generation"] = 1.into();
                object["metadata"]["managedFields"] = json!([{"manager": manager, "operation": "Apply", "apiVersion": object["apiVersion"]}]);
                if !asked.path.contains("dryRun=All") {
                    objects.insert(path, object.clone());
                }
                (201, object)
            }
        })
    }
}

fn missing(path: &str) -> Value {
    let mut parts = path.rsplit('/');
    let (name, kind) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    json!({
        "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 404, "reason": "NotFound",
        "message": format!("{kind} \"{name}\" not found"), "details": {"name": name, "kind": kind},
    })
}
