//! How the mesh sends the requests for a service.

use super::{Custom, CustomKind, Link, RelationKind};
use crate::environment::{Graph, Problem};
use crate::types::{Duration, HostName, Name};
use serde_json::{Value, json};

/// How the mesh sends the requests for a service (`VirtualService` of Istio,
/// `networking.istio.io/v1`): to which subsets and services in which shares, how often they are tried
/// again, and how long they may take.
///
/// ```
/// use infra_sdk::resource::{Deployment, Service, VirtualService};
///
/// let app = Deployment::new("app".parse()?);
/// let service = Service::new("app".parse()?, &app);
/// let canary = VirtualService::new(&service)
///     .route("stable", Some(90))
///     .route("canary", Some(10))
///     .timeout("10s".parse()?);
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct VirtualService {
    custom: Custom,
    service: Link,
    hosts: Vec<HostName>,
    routes: Vec<Route>,
    timeout: Option<Duration>,
    attempts: Option<u16>,
    per_try_timeout: Option<Duration>,
    retry_on: Option<String>,
}

#[derive(Clone, Debug)]
struct Route {
    /// Another service than the one that it is made for.
    service: Option<Link>,
    subset: Option<String>,
    weight: Option<u16>,
}

impl VirtualService {
    /// For the requests to a service, with its name; they go to it, until routes say otherwise.
    #[track_caller]
    pub fn new(service: impl Into<Link>) -> Self {
        let service = service.into();
        let mut custom = Custom::like(&service, "networking.istio.io/v1", "VirtualService");
        custom.relate(
            service.clone(),
            RelationKind::Routes { port: None },
            "hosts",
        );
        Self {
            custom,
            service,
            hosts: Vec::new(),
            routes: Vec::new(),
            timeout: None,
            attempts: None,
            per_try_timeout: None,
            retry_on: None,
        }
    }

    /// Its own name (`metadata.name`). Default: the service's.
    pub fn name(mut self, name: Name) -> Self {
        self.custom.meta.name = name;
        self
    }

    /// A host whose requests it is for (`spec.hosts[]`). Default: the service.
    pub fn host(mut self, host: HostName) -> Self {
        self.hosts.push(host);
        self
    }

    /// A gateway whose requests it is for (`spec.gateways[]`); `mesh` for those of the mesh's own
    /// pods. Default: `mesh`.
    pub fn gateway(mut self, name: impl Into<String>) -> Self {
        self.custom.push("spec.gateways", name.into());
        self
    }

    /// A share of the requests, of all weights together, goes to a subset of the service
    /// (`spec.http[].route[]`), which a destination rule describes.
    pub fn route(mut self, subset: impl Into<String>, weight: Option<u16>) -> Self {
        self.routes.push(Route {
            service: None,
            subset: Some(subset.into()),
            weight,
        });
        self
    }

    /// A share of the requests, of all weights together, goes to a service
    /// (`spec.http[].route[]`).
    pub fn route_to(mut self, service: impl Into<Link>, weight: Option<u16>) -> Self {
        let service = service.into();
        let kind = RelationKind::Routes { port: None };
        self.custom.relate(service.clone(), kind, "http");
        self.routes.push(Route {
            service: Some(service),
            subset: None,
            weight,
        });
        self
    }

    /// How long an answer may take (`spec.http[].timeout`). Default: as long as it takes.
    pub fn timeout(mut self, time: Duration) -> Self {
        self.timeout = Some(time);
        self
    }

    /// How often a request that failed is tried again (`spec.http[].retries.attempts`). Default: 2.
    pub fn retries(mut self, attempts: u16) -> Self {
        self.attempts = Some(attempts);
        self
    }

    /// How long one try may take (`spec.http[].retries.perTryTimeout`). Default: as long as all
    /// together.
    pub fn per_try_timeout(mut self, time: Duration) -> Self {
        self.per_try_timeout = Some(time);
        self
    }

    /// What counts as failed (`spec.http[].retries.retryOn`), such as `5xx,connect-failure`.
    pub fn retry_on(mut self, reasons: impl Into<String>) -> Self {
        self.retry_on = Some(reasons.into());
        self
    }

    fn http(&self, graph: &Graph) -> Value {
        let own = vec![Route {
            service: None,
            subset: None,
            weight: None,
        }];
        let routes = if self.routes.is_empty() {
            &own
        } else {
            &self.routes
        };
        let routes = routes.iter().map(|route| {
            let service = route.service.as_ref().unwrap_or(&self.service);
            let mut destination = json!({ "host": host_of(&self.custom, service, graph) });
            if let Some(subset) = &route.subset {
                destination["subset"] = json!(subset);
            }
            let mut route_out = json!({ "destination": destination });
            if let Some(weight) = route.weight {
                route_out["weight"] = json!(weight);
            }
            route_out
        });
        let mut http = json!({ "route": routes.collect::<Vec<_>>() });
        if let Some(time) = &self.timeout {
            http["timeout"] = time.into();
        }
        if let Some(attempts) = self.attempts {
            http["retries"]["attempts"] = json!(attempts);
        }
        if let Some(time) = &self.per_try_timeout {
            http["retries"]["perTryTimeout"] = time.into();
        }
        if let Some(reasons) = &self.retry_on {
            http["retries"]["retryOn"] = json!(reasons);
        }
        http
    }
}

/// A service as the mesh names it: by its name within its namespace, else by the whole host.
pub(super) fn host_of(custom: &Custom, service: &Link, graph: &Graph) -> String {
    let home = graph.namespace_of(service.reference());
    let name = service.name();
    if custom.namespace().unwrap_or(graph.namespace()) == home {
        name.to_owned()
    } else {
        format!("{name}.{home}.svc.cluster.local")
    }
}

impl CustomKind for VirtualService {
    custom!();

    fn found(&self, graph: &Graph) -> Value {
        let hosts: Vec<String> = if self.hosts.is_empty() {
            vec![host_of(&self.custom, &self.service, graph)]
        } else {
            self.hosts.iter().map(ToString::to_string).collect()
        };
        json!({ "spec": { "hosts": hosts, "http": [self.http(graph)] } })
    }

    fn problems(&self, _graph: &Graph) -> Vec<Problem> {
        let mut problems = Vec::new();
        let others = self
            .routes
            .iter()
            .filter_map(|route| route.service.as_ref());
        let what = format!("a target of {}", self.custom.in_words());
        for service in others.chain([&self.service]) {
            let at = self.custom.at("hosts");
            problems.extend(service.must_be(("", "Service"), &what, at));
        }
        let weights: Vec<Option<u16>> = self.routes.iter().map(|route| route.weight).collect();
        if weights.len() > 1 && weights.contains(&None) {
            let message = "has a route without a share beside others";
            let help = "give each its weight: `.route(\"stable\", 90).route(\"canary\", 10)`";
            problems.push(self.custom.problem("http", message, help));
        } else if !weights.is_empty() && weights.iter().all(|weight| *weight == Some(0)) {
            let message = "sends no request anywhere: all its weights are 0";
            let help = "give one of its routes a weight";
            problems.push(self.custom.problem("http", message, help));
        }
        if let (Some(all), Some(one)) = (&self.timeout, &self.per_try_timeout)
            && one.millis() > all.millis()
        {
            let message = format!("gives one try {one}, and all together {all}");
            let help = "make the time of one try shorter than that of all";
            problems.push(self.custom.problem("perTryTimeout", message, help));
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::testing::{lower, p, problems};
    use crate::resource::{ConfigMap, Deployment, Described, Service};

    fn services() -> (Service, Service) {
        let app = Deployment::new(p("app"));
        (
            Service::new(p("web"), &app),
            Service::new(p("old"), &app).namespace(p("before")),
        )
    }

    #[test]
    fn routes_retries_and_times() {
        let (web, old) = services();
        let plain = VirtualService::new(&web);
        assert_eq!(
            lower(&[&plain, &web])[0]["spec"],
            json!({ "hosts": ["web"], "http": [{ "route": [{ "destination": { "host": "web" } }] }] })
        );
        let canary = VirtualService::new(&web)
            .name(p("shop"))
            .host(p("shop.example"))
            .gateway("istio-ingress/public")
            .route("stable", Some(80))
            .route("canary", Some(10))
            .route_to(&old, Some(10))
            .timeout(p("10s"))
            .retries(3)
            .per_try_timeout(p("500ms"))
            .retry_on("5xx,connect-failure");
        let object = &lower(&[&canary, &web, &old])[0];
        assert_eq!(object["metadata"]["name"], "shop");
        assert_eq!(
            object["spec"],
            json!({
                "hosts": ["shop.example"],
                "gateways": ["istio-ingress/public"],
                "http": [{
                    "route": [
                        { "destination": { "host": "web", "subset": "stable" }, "weight": 80 },
                        { "destination": { "host": "web", "subset": "canary" }, "weight": 10 },
                        { "destination": { "host": "old.before.svc.cluster.local" }, "weight": 10 },
                    ],
                    "timeout": "10s",
                    "retries": { "attempts": 3, "perTryTimeout": "500ms", "retryOn": "5xx,connect-failure" },
                }],
            })
        );
        assert_eq!(problems(&[&canary, &web, &old]), [""; 0]);
    }

    #[test]
    fn what_is_wrong() {
        let (web, _) = services();
        let settings = ConfigMap::new(p("settings"));
        let routes = || VirtualService::new(&web);
        for (routes, expected) in [
            (
                VirtualService::new(&settings),
                "a target of virtual service `settings` is config map `settings`",
            ),
            (
                routes().route("a", Some(90)).route("b", None),
                "virtual service `web` has a route without a share beside others",
            ),
            (
                routes().route("a", Some(0)),
                "virtual service `web` sends no request anywhere: all its weights are 0",
            ),
            (
                routes().timeout(p("1s")).per_try_timeout(p("2s")),
                "virtual service `web` gives one try 2s, and all together 1s",
            ),
        ] {
            assert_eq!(problems(&[&routes, &web, &settings]), [expected]);
        }
    }
}
