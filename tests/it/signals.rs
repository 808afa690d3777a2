//! What asks the command to stop while it changes a cluster.

use crate::support::Infra;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};

/// An API server in which nothing is, which answers what reads or only tries (with what it was sent),
/// and never what writes. It says when it was asked to write.
fn takes_no_writes() -> (String, std::sync::mpsc::Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (asked, wrote) = channel();
    std::thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let asked = asked.clone();
            std::thread::spawn(move || serve(connection, &asked));
        }
    });
    (address, wrote)
}

fn serve(connection: TcpStream, asked: &Sender<()>) {
    let mut reader = BufReader::new(connection.try_clone().unwrap());
    loop {
        let mut head = Vec::new();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            if line == "\r\n" {
                break;
            }
            head.push(line);
        }
        let path = head[0].split(' ').nth(1).unwrap_or_default();
        if !head[0].starts_with("GET ") && !path.contains("dryRun=All") {
            // Silent from here on; the connection stays open until the client is gone.
            let _ = asked.send(());
            let _ = reader.read_to_end(&mut Vec::new());
            return;
        }
        let length = head.iter().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.trim().parse().ok())?
        });
        let mut sent = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut sent).unwrap();
        let sent = String::from_utf8(sent).unwrap();
        let (status, body) = if !sent.is_empty() {
            ("201 Created", sent.as_str())
        } else if path.contains("limit=") {
            (
                "200 OK",
                r#"{"kind":"List","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[]}"#,
            )
        } else {
            (
                "404 Not Found",
                r#"{"kind":"Status","status":"Failure","reason":"NotFound","message":"namespaces \"shop\" not found","details":{"name":"shop","kind":"namespaces"},"code":404}"#,
            )
        };
        let mut connection = &connection;
        let _ = write!(
            connection,
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
    }
}

fn signal(process: &Child, name: &str) {
    let sent = Command::new("kill")
        .args([name, &process.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
}

/// The first signal lets the running request end, the second does not.
#[test]
fn the_second_signal_stops_at_once() {
    for (first, second) in [("-INT", "-INT"), ("-TERM", "-TERM"), ("-INT", "-TERM")] {
        let (address, wrote) = takes_no_writes();
        let infra = Infra::new();
        infra
            .write(
                "shop.rhai",
                "environment(\"shop\", [config_map(\"settings\").values(#{ MODE: \"test\" })])\n",
            )
            .write(
                "kube.yaml",
                &format!(
                    "apiVersion: v1\nkind: Config\ncurrent-context: silent\n\
                     clusters: [{{name: c, cluster: {{server: \"http://{address}\"}}}}]\n\
                     contexts: [{{name: silent, context: {{cluster: c, user: u}}}}]\n\
                     users: [{{name: u, user: {{}}}}]\n"
                ),
            );
        let mut process = infra
            .command(&["run", "shop.rhai", "--kubeconfig", "kube.yaml", "--yes"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut told = BufReader::new(process.stderr.take().unwrap());
        let mut line = String::new();
        if wrote
            .recv_timeout(std::time::Duration::from_mins(1))
            .is_err()
        {
            process.kill().unwrap();
            told.read_to_string(&mut line).unwrap();
            panic!("nothing was written\n{line}");
        }
        signal(&process, first);
        while !line.starts_with("stopping: ") {
            line.clear();
            assert!(told.read_line(&mut line).unwrap() > 0, "it ended too early");
        }
        assert!(line.contains("1 running request"), "{line}");
        signal(&process, second);
        let mut rest = String::new();
        told.read_to_string(&mut rest).unwrap();
        assert_eq!(process.wait().unwrap().code(), Some(130), "{rest}");
        assert!(
            rest.contains("not done: configmap/settings in shop"),
            "{rest}"
        );
    }
}
