//! `destination_rule(service)`.

use super::custom::custom_rows;
use super::described::own_name;
use super::params::{AnyLink, Keyed};
use crate::table::{Row, row};
use infra_sdk::resource::{DestinationRule, MeshBalancer, MeshTls};
use infra_sdk::types::{Duration, LabelKey, LabelValue};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("destination_rule", &["service"], |service: AnyLink| {
            DestinationRule::new(service.0)
        })
        .doc(
            "How the mesh treats the pods of a service (`DestinationRule` of Istio), with the \
             service's name: which subsets there are, how many connections there may be, and \
             when a pod that fails gets no more requests (a circuit breaker).",
        )
        .example(
            r#"destination_rule(existing("service", "web"))
    .max_connections(100).consecutive_5xx_errors(5)
    .base_ejection_time("30s")"#,
        ),
        own_name(
            DestinationRule::name,
            "Its own name (`metadata.name`). Default: the service's.",
            r#"destination_rule(existing("service", "web")).name("shop")"#,
        ),
        row(
            "subset",
            &["self", "name", "labels"],
            |this: DestinationRule, name: String, labels: Keyed<LabelKey, LabelValue>| {
                this.subset(name, labels.0)
            },
        )
        .doc(
            "A subset of the pods, by labels (`spec.subsets[]`), that a virtual service sends \
             to.",
        )
        .maps("spec.subsets")
        .example(
            r#"destination_rule(existing("service", "web"))
    .subset("canary", #{ version: "v2" })"#,
        ),
        row(
            "max_connections",
            &["self", "count"],
            |this: DestinationRule, count: u32| this.max_connections(count),
        )
        .doc("The most connections (`spec.trafficPolicy.connectionPool.tcp.maxConnections`).")
        .maps("spec.trafficPolicy.connectionPool.tcp.maxConnections")
        .property()
        .example(r#"destination_rule(existing("service", "web")).max_connections(100)"#),
        row(
            "http1_max_pending_requests",
            &["self", "count"],
            |this: DestinationRule, count: u32| this.http1_max_pending_requests(count),
        )
        .doc(
            "The most requests that wait for a connection \
             (`spec.trafficPolicy.connectionPool.http.http1MaxPendingRequests`).",
        )
        .maps("spec.trafficPolicy.connectionPool.http.http1MaxPendingRequests")
        .property()
        .example(r#"destination_rule(existing("service", "web")).http1_max_pending_requests(50)"#),
        row(
            "http2_max_requests",
            &["self", "count"],
            |this: DestinationRule, count: u32| this.http2_max_requests(count),
        )
        .doc(
            "The most requests at a time \
             (`spec.trafficPolicy.connectionPool.http.http2MaxRequests`).",
        )
        .maps("spec.trafficPolicy.connectionPool.http.http2MaxRequests")
        .property()
        .example(r#"destination_rule(existing("service", "web")).http2_max_requests(500)"#),
        row(
            "max_requests_per_connection",
            &["self", "count"],
            |this: DestinationRule, count: u32| this.max_requests_per_connection(count),
        )
        .doc(
            "The most requests over one connection \
             (`spec.trafficPolicy.connectionPool.http.maxRequestsPerConnection`).",
        )
        .maps("spec.trafficPolicy.connectionPool.http.maxRequestsPerConnection")
        .property()
        .example(r#"destination_rule(existing("service", "web")).max_requests_per_connection(10)"#),
        row(
            "consecutive_5xx_errors",
            &["self", "count"],
            |this: DestinationRule, count: u32| this.consecutive_5xx_errors(count),
        )
        .doc(
            "How many errors in a row put a pod aside \
             (`spec.trafficPolicy.outlierDetection.consecutive5xxErrors`).",
        )
        .maps("spec.trafficPolicy.outlierDetection.consecutive5xxErrors")
        .property()
        .example(r#"destination_rule(existing("service", "web")).consecutive_5xx_errors(5)"#),
        row(
            "interval",
            &["self", "time"],
            |this: DestinationRule, time: Duration| this.interval(time),
        )
        .doc(
            "How often the pods are looked at \
             (`spec.trafficPolicy.outlierDetection.interval`). Default: 10s.",
        )
        .maps("spec.trafficPolicy.outlierDetection.interval")
        .property()
        .example(r#"destination_rule(existing("service", "web")).interval("30s")"#),
        row(
            "base_ejection_time",
            &["self", "time"],
            |this: DestinationRule, time: Duration| this.base_ejection_time(time),
        )
        .doc(
            "How long a pod stays aside the first time \
             (`spec.trafficPolicy.outlierDetection.baseEjectionTime`). Default: 30s.",
        )
        .maps("spec.trafficPolicy.outlierDetection.baseEjectionTime")
        .property()
        .example(r#"destination_rule(existing("service", "web")).base_ejection_time("1m")"#),
        row(
            "max_ejection_percent",
            &["self", "percent"],
            |this: DestinationRule, percent: u16| this.max_ejection_percent(percent),
        )
        .doc(
            "The most pods that may be aside, in percent \
             (`spec.trafficPolicy.outlierDetection.maxEjectionPercent`). Default: 10.",
        )
        .maps("spec.trafficPolicy.outlierDetection.maxEjectionPercent")
        .property()
        .example(r#"destination_rule(existing("service", "web")).max_ejection_percent(50)"#),
        row(
            "tls",
            &["self", "mode"],
            |this: DestinationRule, mode: MeshTls| this.tls(mode),
        )
        .doc("How connections to it are made (`spec.trafficPolicy.tls.mode`).")
        .maps("spec.trafficPolicy.tls.mode")
        .property()
        .example(r#"destination_rule(existing("service", "web")).tls("ISTIO_MUTUAL")"#),
        row(
            "load_balancer",
            &["self", "way"],
            |this: DestinationRule, way: MeshBalancer| this.load_balancer(way),
        )
        .doc(
            "Which pod gets the next request (`spec.trafficPolicy.loadBalancer.simple`). \
             Default: `LEAST_REQUEST`.",
        )
        .maps("spec.trafficPolicy.loadBalancer.simple")
        .property()
        .example(r#"destination_rule(existing("service", "web")).load_balancer("ROUND_ROBIN")"#),
    ];
    rows.extend(custom_rows::<DestinationRule>(
        r#"destination_rule(existing("service", "web")).spec(#{ exportTo: ["."] })"#,
    ));
    rows
}

crate::table::resources!(DestinationRule = "destination_rule");
