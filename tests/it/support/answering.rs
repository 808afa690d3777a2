//! A server that answers as a test says: a Vault, an API server that quotes what it is sent.

use super::fake::tls;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::Arc;

/// A request as a test looks at it.
pub(crate) struct Asked {
    /// The method and the path with its question: `GET /v1/secret/data/shop`.
    pub(crate) line: String,
    /// The lines of the head.
    pub(crate) head: Vec<String>,
    pub(crate) body: String,
}

impl Asked {
    /// A field of the head.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let fields = self.head.iter().filter_map(|line| line.split_once(": "));
        let mut fields = fields.filter(|(field, _)| field.eq_ignore_ascii_case(name));
        fields.next().map(|(_, value)| value)
    }
}

/// A port on which nobody listens, and which nobody else gets while its socket is kept.
pub(crate) fn silent_port() -> (tokio::net::TcpSocket, u16) {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let port = socket.local_addr().unwrap().port();
    (socket, port)
}

/// What a test answers: a status and a text.
type Answer = dyn Fn(&Asked) -> (u16, String) + Send + Sync;

/// Serves plain HTTP until the process ends; the address.
pub(crate) fn answering(
    answer: impl Fn(&Asked) -> (u16, String) + Send + Sync + 'static,
) -> String {
    serve("http", None, Arc::new(answer))
}

/// The same behind one of the test's certificates.
pub(crate) fn answering_behind(
    certificate: &str,
    answer: impl Fn(&Asked) -> (u16, String) + Send + Sync + 'static,
) -> String {
    serve("https", Some(tls(certificate, false)), Arc::new(answer))
}

fn serve(scheme: &str, tls: Option<Arc<ServerConfig>>, answer: Arc<Answer>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("{scheme}://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (tls, answer) = (tls.clone(), Arc::clone(&answer));
            // Who asks may go away at any time.
            std::thread::spawn(move || match tls {
                None => talk(stream, &*answer).ok(),
                Some(tls) => {
                    let connection = ServerConnection::new(tls).unwrap();
                    talk(StreamOwned::new(connection, stream), &*answer).ok()
                }
            });
        }
    });
    address
}

/// One request, and the end.
fn talk(stream: impl Read + Write, answer: &Answer) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        match line.trim_end() {
            "" => break,
            line => head.push(line.to_owned()),
        }
    }
    let mut asked = Asked {
        line: String::new(),
        head,
        body: String::new(),
    };
    let length = asked
        .field("content-length")
        .and_then(|length| length.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body)?;
    asked.body = String::from_utf8_lossy(&body).into_owned();
    let first = asked.head.first().cloned().unwrap_or_default();
    first
        .trim_end_matches(" HTTP/1.1")
        .clone_into(&mut asked.line);
    let (status, text) = answer(&asked);
    let length = text.len();
    let mut stream = reader.into_inner();
    write!(
        stream,
        "HTTP/1.1 {status} Told\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{text}"
    )?;
    stream.flush()
}
