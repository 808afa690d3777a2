//! Probes: how a container is asked whether it is well.

use super::super::params::words;
use crate::table::{OneOrMany, Row, Scalar, row};
use infra_sdk::resource::pod::Probe;
use infra_sdk::types::{Port, PortRef, Seconds};

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row(
            "http_get",
            &["path", "port"],
            |path: String, port: PortRef| Probe::http_get(path, port),
        )
        .doc("A GET request (`httpGet`): well with an answer from 200 to 399.")
        .example(
            r#"deployment("app").image("a:1")
    .readiness_probe(http_get("/ready", 3000).period("5s"))"#,
        ),
        row("tcp_socket", &["port"], |port: PortRef| {
            Probe::tcp_socket(port)
        })
        .doc("A TCP connection (`tcpSocket`): well when it is accepted.")
        .example(
            r#"deployment("app").image("a:1")
    .startup_probe(tcp_socket(5432).failure_threshold(30))"#,
        ),
        row("exec", &["command"], |command: OneOrMany<Scalar>| {
            Probe::exec(words(command.0))
        })
        .doc(
            "A command in the container (`exec`), without a shell: well when it exits with \
             0.",
        )
        .example(
            r#"deployment("app").image("a:1")
    .liveness_probe(exec(["pg_isready"]).initial_delay("30s"))"#,
        ),
        row("grpc", &["port"], |port: Port| Probe::grpc(port))
            .doc("A gRPC health check (`grpc`).")
            .example(
                r#"deployment("app").image("a:1").readiness_probe(grpc(9000).service("shop"))"#,
            ),
        row("service", &["self", "name"], |this: Probe, name: String| {
            this.service(name)
        })
        .doc(
            "The service that a gRPC health check asks for (`grpc.service`). Nothing on \
             other probes.",
        )
        .maps("grpc.service")
        .property()
        .example(
            r#"deployment("rpc").image("a:1").port("grpc", 9000)
    .readiness_probe(grpc(9000).service("ready"))"#,
        ),
        row("https", &["self"], |this: Probe| this.https())
            .doc(
                "Asks by HTTPS, without checking the certificate (`httpGet.scheme`). Nothing on \
             other probes.",
            )
            .maps("httpGet.scheme")
            .example(
                r#"deployment("app").image("a:1").port("https", 8443)
    .readiness_probe(http_get("/ready", "https").https())"#,
            ),
        row(
            "header",
            &["self", "name", "value"],
            |this: Probe, name: String, value: String| this.header(name, value),
        )
        .doc("A header of the request (`httpGet.httpHeaders`). Nothing on other probes.")
        .maps("httpGet.httpHeaders")
        .example(
            r#"deployment("app").image("a:1").port("http", 80)
    .readiness_probe(http_get("/ready", "http").header("X-Probe", "yes"))"#,
        ),
        row(
            "initial_delay",
            &["self", "delay"],
            |this: Probe, delay: Seconds| this.initial_delay(delay),
        )
        .doc(
            "How long after the start the first question comes (`initialDelaySeconds`). \
             Default: 0s.",
        )
        .maps("initialDelaySeconds")
        .property()
        .example(r#"http_get("/live", "http").initial_delay("30s")"#),
        row(
            "period",
            &["self", "period"],
            |this: Probe, period: Seconds| this.period(period),
        )
        .doc("How long from question to question (`periodSeconds`). Default: 10s.")
        .maps("periodSeconds")
        .property()
        .example(r#"http_get("/live", "http").period("10s")"#),
        row(
            "timeout",
            &["self", "timeout"],
            |this: Probe, timeout: Seconds| this.timeout(timeout),
        )
        .doc("How long an answer may take (`timeoutSeconds`). Default: 1s.")
        .maps("timeoutSeconds")
        .property()
        .example(r#"http_get("/live", "http").timeout("5s")"#),
        row(
            "success_threshold",
            &["self", "count"],
            |this: Probe, count: u16| this.success_threshold(count),
        )
        .doc(
            "How many good answers in a row make it well again (`successThreshold`). \
             Default: 1, and nothing else for liveness and startup.",
        )
        .maps("successThreshold")
        .property()
        .example(r#"http_get("/ready", "http").success_threshold(2)"#),
        row(
            "failure_threshold",
            &["self", "count"],
            |this: Probe, count: u16| this.failure_threshold(count),
        )
        .doc("How many bad answers in a row make it ill (`failureThreshold`). Default: 3.")
        .maps("failureThreshold")
        .property()
        .example(r#"http_get("/live", "http").failure_threshold(3)"#),
        row(
            "termination_grace_period",
            &["self", "period"],
            |this: Probe, period: Seconds| this.termination_grace_period(period),
        )
        .doc(
            "How long the container has to stop when the probe ends it \
             (`terminationGracePeriodSeconds`). Default: the pod's. Not for readiness.",
        )
        .maps("terminationGracePeriodSeconds")
        .property()
        .example(r#"http_get("/live", "http").termination_grace_period("10s")"#),
    ]
}
