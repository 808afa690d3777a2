//! The way to the API server: certificates of both sides, proxies, and others in its place.

use super::{led, said};
use crate::support::{Fake, Infra, Met, certificate};
use insta::assert_snapshot;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};

/// What a plan says to a server behind a certificate of the test's.
fn behind(name: &str, authority: &str, user: &str, only_known: bool, code: i32) -> String {
    let server = Fake::behind(name, only_known);
    let authority = match authority {
        "" => String::new(),
        name => format!(", certificate-authority: {}", certificate(name).display()),
    };
    let infra = led(&server, user, &authority);
    said(&server, &infra, "plan shop.rhai", code)
}

/// A user who logs in with a certificate.
fn user(name: &str) -> String {
    format!(
        "client-certificate: {}, client-key: {}",
        certificate(&format!("{name}.crt")).display(),
        certificate(&format!("{name}.key")).display()
    )
}

#[test]
fn a_certificate_that_is_right() {
    behind("server", "authority.crt", "", false, 0);
    behind("server", "authority.crt", &user("user"), true, 0);
}

#[test]
fn a_certificate_of_an_unknown_authority() {
    assert_snapshot!(behind("server", "stranger.crt", "", false, 1));
}

#[test]
fn a_certificate_that_has_expired() {
    assert_snapshot!(behind("expired", "authority.crt", "", false, 1));
}

#[test]
fn a_clock_that_is_before_the_certificate() {
    assert_snapshot!(behind("early", "authority.crt", "", false, 1));
}

#[test]
fn a_certificate_for_another_name() {
    assert_snapshot!(behind("elsewhere", "authority.crt", "", false, 1));
}

#[test]
fn a_login_certificate_that_is_missing() {
    assert_snapshot!(behind("server", "authority.crt", "", true, 1));
}

#[test]
fn a_login_certificate_of_another_cluster() {
    assert_snapshot!(behind(
        "server",
        "authority.crt",
        &user("intruder"),
        true,
        1
    ));
}

#[test]
fn a_server_that_does_not_speak_tls() {
    let server = Fake::serve(|_| Met::Well);
    let infra = led(&server, "", "");
    let kubeconfig = infra.read("kube.yaml").replace("http://", "https://");
    infra.write("kube.yaml", &kubeconfig);
    assert_snapshot!(said(&server, &infra, "plan shop.rhai", 1));
}

#[test]
fn a_page_instead_of_an_api_server() {
    let server = Fake::serve(|_| Met::With(200, "<html>log in to the network</html>".into()));
    let infra = led(&server, "", "");
    assert_snapshot!(said(&server, &infra, "plan shop.rhai", 1));
}

#[test]
fn another_server_at_the_address() {
    let server = Fake::serve(|_| Met::With(404, "404 page not found".into()));
    let infra = led(&server, "", "");
    assert_snapshot!(said(&server, &infra, "plan shop.rhai", 1));
}

/// A proxy that answers each `CONNECT` so, and says what it was asked for.
fn proxy(answer: &'static str) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (sender, asked) = channel();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut line = String::new();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let _ = reader.read_line(&mut line);
            let _ = sender.send(line.trim_end().to_owned());
            let mut rest = String::new();
            while reader.read_line(&mut rest).is_ok_and(|length| length > 2) {
                rest.clear();
            }
            let _ = write!(stream, "HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n");
        }
    });
    (address, asked)
}

#[test]
fn a_proxy_that_is_not_there() {
    let server = Fake::behind("server", false);
    let authority = format!(
        ", certificate-authority: {}",
        certificate("authority.crt").display()
    );
    let infra = led(&server, "", &authority).variable("HTTPS_PROXY", "http://127.0.0.1:1");
    assert_snapshot!(said(&server, &infra, "plan shop.rhai", 1));
    // What the variable leaves out is reached without it.
    let direct = led(&server, "", &authority)
        .variable("HTTPS_PROXY", "http://127.0.0.1:1")
        .variable("NO_PROXY", "example.com,127.0.0.0/8");
    direct
        .run("plan shop.rhai --kubeconfig kube.yaml")
        .ends_with(0);
    // What the kubeconfig says wins over both.
    let named = format!("{authority}, proxy-url: \"http://127.0.0.1:1\"");
    let named = led(&server, "", &named).variable("NO_PROXY", "*");
    named
        .run("plan shop.rhai --kubeconfig kube.yaml")
        .ends_with(1);
}

#[test]
fn a_proxy_that_refuses() {
    let server = Fake::behind("server", false);
    let (address, asked) = proxy("407 Proxy Authentication Required");
    let infra = led(&server, "", "").variable("https_proxy", &address);
    let told = said(&server, &infra, "plan shop.rhai", 1);
    assert_snapshot!(told.replace(&address, "http://127.0.0.1:3128"));
    assert_eq!(
        asked.recv().unwrap(),
        format!("CONNECT {} HTTP/1.1", server.address())
    );
    assert!(server.seen().is_empty());
}

#[test]
fn a_proxy_that_is_none() {
    let infra = Infra::new().variable("HTTPS_PROXY", "://");
    infra.write("shop.rhai", super::SMALL);
    let server = Fake::behind("server", false);
    server.lead(&infra, "", "");
    assert_snapshot!(said(&server, &infra, "plan shop.rhai", 1));
}
