//! How the mesh treats the pods of a service.

use super::virtual_service::host_of;
use super::{Custom, CustomKind, Link, RelationKind};
use crate::environment::{Graph, Problem};
use crate::types::{Duration, LabelKey, LabelValue, Name, label_map};
use serde_json::{Value, json};

/// How the mesh treats the pods of a service (`DestinationRule` of Istio, `networking.istio.io/v1`):
/// which subsets there are, how many connections there may be, and when a pod that fails gets no more
/// requests (a circuit breaker).
///
/// ```
/// use infra_sdk::resource::{Deployment, DestinationRule, Service};
///
/// let app = Deployment::new("app".parse()?);
/// let service = Service::new("app".parse()?, &app);
/// let rule = DestinationRule::new(&service)
///     .max_connections(100)
///     .consecutive_5xx_errors(5)
///     .base_ejection_time("30s".parse()?);
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct DestinationRule {
    custom: Custom,
    service: Link,
}

word_type! {
    /// How connections to a service are made (`trafficPolicy.tls.mode`).
    MeshTls, "a mode of TLS of the mesh" {
        /// Not encrypted by the mesh.
        Disable = "DISABLE",
        /// TLS.
        Simple = "SIMPLE",
        /// Mutual TLS with certificates of one's own.
        Mutual = "MUTUAL",
        /// Mutual TLS with the mesh's certificates.
        IstioMutual = "ISTIO_MUTUAL",
    }
}

word_type! {
    /// Which pod gets the next request (`trafficPolicy.loadBalancer.simple`).
    MeshBalancer, "a way to balance" {
        /// The one of two with the fewest requests.
        LeastRequest = "LEAST_REQUEST",
        /// Any.
        Random = "RANDOM",
        /// The next.
        RoundRobin = "ROUND_ROBIN",
        /// The one that the client asked for.
        Passthrough = "PASSTHROUGH",
    }
}

impl DestinationRule {
    /// For the pods of a service, with its name.
    #[track_caller]
    pub fn new(service: impl Into<Link>) -> Self {
        let service = service.into();
        let mut custom = Custom::like(&service, "networking.istio.io/v1", "DestinationRule");
        custom.relate(service.clone(), RelationKind::Routes { port: None }, "host");
        Self { custom, service }
    }

    /// Its own name (`metadata.name`). Default: the service's.
    pub fn name(mut self, name: Name) -> Self {
        self.custom.meta.name = name;
        self
    }

    /// A subset of the pods, by labels (`spec.subsets[]`), that a virtual service sends to.
    pub fn subset(
        mut self,
        name: impl Into<String>,
        labels: impl IntoIterator<Item = (LabelKey, LabelValue)>,
    ) -> Self {
        let subset = json!({ "name": name.into(), "labels": label_map(labels) });
        self.custom.push("spec.subsets", subset);
        self
    }

    fn set(&mut self, field: &str, value: impl Into<Value>) {
        self.custom
            .set(&format!("spec.trafficPolicy.{field}"), value);
    }

    /// How connections to it are made (`spec.trafficPolicy.tls.mode`).
    pub fn tls(mut self, mode: MeshTls) -> Self {
        self.set("tls.mode", mode.as_str());
        self
    }

    /// Which pod gets the next request (`spec.trafficPolicy.loadBalancer.simple`). Default:
    /// `LEAST_REQUEST`.
    pub fn load_balancer(mut self, way: MeshBalancer) -> Self {
        self.set("loadBalancer.simple", way.as_str());
        self
    }

    /// The most connections (`spec.trafficPolicy.connectionPool.tcp.maxConnections`).
    pub fn max_connections(mut self, count: u32) -> Self {
        self.set("connectionPool.tcp.maxConnections", count);
        self
    }

    /// The most requests that wait for a connection
    /// (`spec.trafficPolicy.connectionPool.http.http1MaxPendingRequests`).
    pub fn http1_max_pending_requests(mut self, count: u32) -> Self {
        self.set("connectionPool.http.http1MaxPendingRequests", count);
        self
    }

    /// The most requests at a time
    /// (`spec.trafficPolicy.connectionPool.http.http2MaxRequests`).
    pub fn http2_max_requests(mut self, count: u32) -> Self {
        self.set("connectionPool.http.http2MaxRequests", count);
        self
    }

    /// The most requests over one connection
    /// (`spec.trafficPolicy.connectionPool.http.maxRequestsPerConnection`).
    pub fn max_requests_per_connection(mut self, count: u32) -> Self {
        self.set("connectionPool.http.maxRequestsPerConnection", count);
        self
    }

    /// How many errors in a row put a pod aside
    /// (`spec.trafficPolicy.outlierDetection.consecutive5xxErrors`).
    pub fn consecutive_5xx_errors(mut self, count: u32) -> Self {
        self.set("outlierDetection.consecutive5xxErrors", count);
        self
    }

    /// How often the pods are looked at (`spec.trafficPolicy.outlierDetection.interval`). Default:
    /// 10s.
    pub fn interval(mut self, time: Duration) -> Self {
        self.set("outlierDetection.interval", time);
        self
    }

    /// How long a pod stays aside the first time
    /// (`spec.trafficPolicy.outlierDetection.baseEjectionTime`). Default: 30s.
    pub fn base_ejection_time(mut self, time: Duration) -> Self {
        self.set("outlierDetection.baseEjectionTime", time);
        self
    }

    /// The most pods that may be aside, in percent
    /// (`spec.trafficPolicy.outlierDetection.maxEjectionPercent`). Default: 10.
    pub fn max_ejection_percent(mut self, percent: u16) -> Self {
        self.set("outlierDetection.maxEjectionPercent", percent);
        self
    }
}

impl CustomKind for DestinationRule {
    custom!();

    fn found(&self, graph: &Graph) -> Value {
        json!({ "spec": { "host": host_of(&self.custom, &self.service, graph) } })
    }

    fn problems(&self, _graph: &Graph) -> Vec<Problem> {
        let what = format!("the target of {}", self.custom.in_words());
        let at = self.custom.at("host");
        let wrong = self.service.must_be(("", "Service"), &what, at);
        let mut problems: Vec<Problem> = wrong.into_iter().collect();
        let outliers = self.custom.get("spec.trafficPolicy.outlierDetection");
        if let Some(percent) = outliers["maxEjectionPercent"].as_u64().filter(|n| *n > 100) {
            let message = format!("lets {percent} % of its pods be aside");
            let help = "expected 0 to 100";
            problems.push(self.custom.problem("maxEjectionPercent", message, help));
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::testing::{lower, p, problems};
    use crate::resource::{Deployment, Described, Service};

    #[test]
    fn subsets_and_a_circuit_breaker() {
        let web = Service::new(p("web"), &Deployment::new(p("app")));
        let rule = DestinationRule::new(&web)
            .subset("stable", [(p("version"), p("v1"))])
            .tls(MeshTls::IstioMutual)
            .load_balancer(MeshBalancer::RoundRobin)
            .max_connections(100)
            .http1_max_pending_requests(50)
            .http2_max_requests(500)
            .max_requests_per_connection(10)
            .consecutive_5xx_errors(5)
            .interval(p("10s"))
            .base_ejection_time(p("1m"))
            .max_ejection_percent(50);
        assert_eq!(
            lower(&[&rule, &web])[0]["spec"],
            json!({
                "host": "web",
                "subsets": [{ "name": "stable", "labels": { "version": "v1" } }],
                "trafficPolicy": {
                    "tls": { "mode": "ISTIO_MUTUAL" },
                    "loadBalancer": { "simple": "ROUND_ROBIN" },
                    "connectionPool": {
                        "tcp": { "maxConnections": 100 },
                        "http": {
                            "http1MaxPendingRequests": 50,
                            "http2MaxRequests": 500,
                            "maxRequestsPerConnection": 10,
                        },
                    },
                    "outlierDetection": {
                        "consecutive5xxErrors": 5,
                        "interval": "10s",
                        "baseEjectionTime": "1m",
                        "maxEjectionPercent": 50,
                    },
                },
            })
        );
        assert_eq!(problems(&[&rule, &web]), [""; 0]);
        let away = DestinationRule::new(&web)
            .namespace(p("mesh"))
            .max_ejection_percent(500);
        assert_eq!(
            lower(&[&away, &web])[0]["spec"]["host"],
            "web.shop.svc.cluster.local"
        );
        assert_eq!(
            problems(&[&away, &web]),
            ["destination rule `web` lets 500 % of its pods be aside"]
        );
    }
}
