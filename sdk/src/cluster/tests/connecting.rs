//! What is wrong with a kubeconfig, in one sentence each.

use crate::cluster::{ConnectError, ConnectOptions, InCluster, connect};
use std::{fs, path::PathBuf, time::Duration};

/// A file of its own for each test.
fn file(name: &str, content: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("infra-kubeconfig-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join(name);
    fs::write(&path, content).expect("a file");
    path
}

fn kubeconfig(server: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: one\n\
         clusters: [{{name: c, cluster: {{server: \"{server}\"}}}}]\n\
         contexts: [{{name: one, context: {{cluster: c, user: u}}}}, \
         {{name: lost, context: {{cluster: nowhere, user: u}}}}]\n\
         users: [{{name: u, user: {{token: secret-token}}}}]\n"
    )
}

async fn problem(options: ConnectOptions) -> String {
    let error = connect(options).await.expect_err("an error");
    let text = error.to_string();
    assert!(
        !text.contains('\n') && !text.contains("secret-token"),
        "{text}"
    );
    text
}

fn with(path: PathBuf) -> ConnectOptions {
    ConnectOptions {
        kubeconfig: vec![path],
        ..ConnectOptions::default()
    }
}

#[tokio::test]
async fn each_fault_is_one_sentence() {
    let missing = problem(with("/nowhere/config".into())).await;
    assert_eq!(missing, "there is no kubeconfig at `/nowhere/config`");

    let broken = problem(with(file(
        "broken",
        "clusters: [{{{\ntoken: secret-token\n",
    )))
    .await;
    assert!(
        broken.starts_with("the kubeconfig `") && broken.contains("cannot be used"),
        "{broken}"
    );

    let mut options = with(file("unknown", &kubeconfig("https://10.0.0.1:6443")));
    options.context = Some("two".to_owned());
    let unknown = problem(options).await;
    assert_eq!(
        unknown,
        "the kubeconfig has no context `two`; it has `one`, `lost`"
    );

    let mut options = with(file("lost", &kubeconfig("https://10.0.0.1:6443")));
    options.context = Some("lost".to_owned());
    let lost = problem(options).await;
    assert!(
        lost.starts_with("the context `lost` cannot be used: "),
        "{lost}"
    );

    let empty = problem(with(file("empty", "apiVersion: v1\nkind: Config\n"))).await;
    assert_eq!(
        empty,
        "the kubeconfig has no current context; choose one with `--context`"
    );

    let relative = problem(with(file("relative", &kubeconfig("/nowhere")))).await;
    assert!(relative.contains("is not an address"), "{relative}");
}

#[tokio::test]
async fn files_are_merged_and_missing_ones_skipped() {
    let options = ConnectOptions {
        kubeconfig: vec![
            "/nowhere/config".into(),
            file(
                "first",
                "apiVersion: v1\nkind: Config\ncurrent-context: one\n",
            ),
            file("second", &kubeconfig("https://10.0.0.1:6443")),
        ],
        ..ConnectOptions::default()
    };
    let cluster = connect(options).await.expect("a cluster");
    assert_eq!(cluster.name().to_string(), "one (https://10.0.0.1:6443)");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_with_the_first_request() {
    // Nobody listens on port 1.
    let options = with(file("away", &kubeconfig("http://127.0.0.1:1")));
    let cluster = connect(options).await.expect("a cluster");
    let call = crate::cluster::request::Call::get("/version".to_owned());
    let error = cluster.open(&call).await.expect_err("no answer");
    assert!(error.is_unreachable(), "{error:?}");
    assert!(error.to_string().contains("refused"), "{error}");
}

#[tokio::test]
async fn a_server_that_takes_requests_and_is_silent_is_told() {
    // The system accepts connections for a listener that nobody asks for them.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let server = format!("http://{}", listener.local_addr().expect("an address"));
    let mut options = with(file("silent", &kubeconfig(&server)));
    options.answer_timeout = Some(Duration::from_millis(20));
    let cluster = connect(options).await.expect("a cluster");
    let call = crate::cluster::request::Call::get("/version".to_owned());
    let error = cluster.call_bytes(&call).await.expect_err("no answer");
    assert!(error.is_unreachable(), "{error:?}");
    assert_eq!(
        error.to_string(),
        format!("the API server at {server} accepted the request and did not answer for 20ms")
    );
}

#[tokio::test]
async fn one_that_falls_silent_in_the_middle_is_told() {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let server = format!("http://{}", listener.local_addr().expect("an address"));
    let answering = std::thread::spawn(move || {
        let (mut connection, _) = listener.accept().expect("a connection");
        let mut request = [0; 4096];
        let _ = connection.read(&mut request);
        let _ = connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf");
        // The client comes again once, is met with silence, and gives up.
        let (mut again, _) = listener.accept().expect("a connection");
        while again.read(&mut request).is_ok_and(|count| count > 0) {}
    });
    let mut options = with(file("half", &kubeconfig(&server)));
    options.answer_timeout = Some(Duration::from_millis(20));
    let cluster = connect(options).await.expect("a cluster");
    let call = crate::cluster::request::Call::get("/version".to_owned());
    let error = cluster.call_bytes(&call).await.expect_err("no answer");
    assert!(error.silent_for.is_some(), "{error:?}");
    drop(cluster);
    let end = tokio::task::spawn_blocking(move || answering.join());
    end.await.expect("an end").expect("no panic");
}

#[tokio::test]
async fn a_pod_without_its_service_account_is_told_what_is_missing() {
    let pod = |port: &str| ConnectOptions {
        in_cluster: Some(InCluster {
            host: "fd00::1".to_owned(),
            port: port.to_owned(),
            folder: "/nowhere".into(),
        }),
        ..ConnectOptions::default()
    };
    let missing = problem(pod("443")).await;
    assert!(
        missing.starts_with("not inside a cluster: `/nowhere/token` cannot be read"),
        "{missing}"
    );
    let port = problem(pod("https")).await;
    assert!(port.contains("its port `https` is not a number"), "{port}");
}

#[test]
fn a_proxy_that_is_none_is_told() {
    let error = ConnectError::Broken {
        context: "one".to_owned(),
        problem: "its proxy `x y` is not an address".to_owned(),
    };
    assert_eq!(
        error.to_string(),
        "the context `one` cannot be used: its proxy `x y` is not an address"
    );
}
