//! A route: which requests that come in at a gateway go where.

use super::gateway::{API, GatewayLink};
use super::grant::{Grant, grants};
use super::{Backend, Custom, CustomKind, RelationKind, RouteRule};
use crate::environment::{Graph, Problem};
use crate::object::{Object, Ref};
use crate::types::{HostName, Name};
use serde_json::{Value, json};

/// Which requests that come in at a gateway go where (`HTTPRoute` of the Gateway API,
/// `gateway.networking.k8s.io/v1`).
///
/// What it sends to in another namespace of the environment is allowed there (`ReferenceGrant`);
/// of what others own, they must allow it.
///
/// ```
/// use infra_sdk::resource::{Backend, Gateway, HttpRoute, RouteRule};
/// use infra_sdk::types::DnsLabel;
///
/// let door = Gateway::new("door".parse()?, "envoy".parse()?).http();
/// let (stable, canary): (DnsLabel, DnsLabel) = ("shop".parse()?, "shop-canary".parse()?);
/// let route = HttpRoute::new("shop".parse()?, &door)
///     .hostnames(["shop.example".parse()?])
///     .rule(
///         RouteRule::new()
///             .path("/")
///             .weighted_backend(Backend::from(stable).port("80".parse()?), 90)
///             .weighted_backend(Backend::from(canary).port("80".parse()?), 10)
///             .request_timeout("10s".parse()?),
///     );
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct HttpRoute {
    custom: Custom,
    gateways: Vec<(GatewayLink, Option<Name>)>,
    hostnames: Vec<HostName>,
    rules: Vec<RouteRule>,
}

impl HttpRoute {
    /// A route without rules, at every listener of a gateway (`spec.parentRefs`).
    #[track_caller]
    pub fn new(name: Name, gateway: impl Into<GatewayLink>) -> Self {
        let route = Self {
            custom: Custom::new(API, "HTTPRoute", name),
            gateways: Vec::new(),
            hostnames: Vec::new(),
            rules: Vec::new(),
        };
        route.gateway(gateway)
    }

    /// A route without rules, at one listener of a gateway (`spec.parentRefs[].sectionName`).
    #[track_caller]
    pub fn at(name: Name, gateway: impl Into<GatewayLink>, listener: Name) -> Self {
        let mut route = Self::new(name, gateway);
        if let Some((_, section)) = route.gateways.last_mut() {
            *section = Some(listener);
        }
        route
    }

    /// Every listener of another gateway as well (`spec.parentRefs`).
    pub fn gateway(mut self, gateway: impl Into<GatewayLink>) -> Self {
        let gateway = gateway.into();
        self.custom.uses(gateway.link().clone(), "parentRefs");
        self.gateways.push((gateway, None));
        self
    }

    /// One listener of another gateway as well (`spec.parentRefs[].sectionName`).
    pub fn gateway_listener(self, gateway: impl Into<GatewayLink>, listener: Name) -> Self {
        let mut route = self.gateway(gateway);
        if let Some((_, section)) = route.gateways.last_mut() {
            *section = Some(listener);
        }
        route
    }

    /// The hosts whose requests it is for (`spec.hostnames`). Default: those of the listeners.
    pub fn hostnames(mut self, hosts: impl IntoIterator<Item = HostName>) -> Self {
        self.hostnames.extend(hosts);
        self
    }

    /// A rule (`spec.rules[]`). The one that says most of a request counts, whatever their order.
    pub fn rule(mut self, rule: RouteRule) -> Self {
        for (backend, _) in &rule.backends {
            let port = backend.port.as_ref().map(ToString::to_string);
            let kind = RelationKind::Routes { port };
            self.custom.relate(backend.service.clone(), kind, "rules");
        }
        self.rules.push(rule);
        self
    }

    /// Requests whose path starts with this one go to a service, or to a workload that has one.
    pub fn path(self, path: impl Into<String>, backend: impl Into<Backend>) -> Self {
        self.rule(RouteRule::new().path(path).backend(backend))
    }

    /// Requests for exactly this path go to a service, or to a workload that has one.
    pub fn exact_path(self, path: impl Into<String>, backend: impl Into<Backend>) -> Self {
        self.rule(RouteRule::new().exact_path(path).backend(backend))
    }

    /// All requests are answered with a lasting redirect to HTTPS.
    pub fn redirect_https(self) -> Self {
        self.rule(RouteRule::new().redirect_https())
    }

    fn home<'a>(&'a self, graph: &'a Graph) -> &'a str {
        self.custom.namespace().unwrap_or(graph.namespace())
    }

    fn backends(&self) -> impl Iterator<Item = &Backend> {
        let backends = self.rules.iter().flat_map(|rule| &rule.backends);
        backends.map(|(backend, _)| backend)
    }
}

impl CustomKind for HttpRoute {
    custom!();

    fn found(&self, graph: &Graph) -> Value {
        let home = self.home(graph);
        let parents = self.gateways.iter().map(|(gateway, listener)| {
            let mut parent = json!({ "name": gateway.name() });
            let namespace = graph.namespace_of(gateway.link().reference());
            if namespace != home {
                parent["namespace"] = namespace.into();
            }
            if let Some(listener) = listener {
                parent["sectionName"] = listener.as_str().into();
            }
            parent
        });
        let rules = self.rules.iter().map(|rule| rule.lower(graph, home));
        let mut spec = json!({
            "parentRefs": parents.collect::<Vec<_>>(),
            "rules": rules.collect::<Vec<_>>(),
        });
        if !self.hostnames.is_empty() {
            let hosts = self.hostnames.iter().map(HostName::as_str);
            spec["hostnames"] = hosts.collect::<Vec<_>>().into();
        }
        json!({ "spec": spec })
    }

    fn beside(&self, graph: &Graph) -> Vec<Object> {
        let services: Vec<Ref> = self.backends().map(|one| one.found(graph)).collect();
        let needed = services.iter().map(Grant::to);
        grants(&self.custom, "HTTPRoute", needed, graph)
    }

    fn problems(&self, graph: &Graph) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.rules.is_empty() {
            let help = "add a rule: `.path(\"/\", service)`";
            problems.push(
                self.custom
                    .problem("rules", "sends no request anywhere", help),
            );
        }
        for rule in &self.rules {
            for (what, help) in rule.troubles() {
                problems.push(self.custom.problem("rules", what, help));
            }
            for (backend, _) in &rule.backends {
                if let Some((what, help)) = backend.unserved(graph) {
                    problems.push(self.custom.problem("rules", what, help));
                } else if let Some(what) = backend.trouble(graph) {
                    let help = "name the port: `backend(service, \"http\")`";
                    problems.push(self.custom.problem("rules", what, help));
                }
            }
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::pod::HasContainer;
    use crate::resource::testing::{lower, p, problems};
    use crate::resource::{Deployment, Described, Gateway, Link, Secret, Service};
    use crate::types::DnsLabel;

    fn app(name: &str) -> Deployment {
        Deployment::new(p(name))
            .image(p("app:1"))
            .port((p("http"), p("3000")))
    }

    fn door() -> Gateway {
        Gateway::new(p("door"), p("envoy"))
    }

    #[test]
    fn a_gateway_and_its_route_become_what_the_api_has() {
        let app = app("app");
        let service = Service::new(p("web"), &app);
        let secret = Secret::new(p("tls")).namespace(p("certificates"));
        let door = door()
            .http()
            .https_for(p("*.shop.example"), &secret)
            .any_namespace();
        let gateway = lower(&[&door, &secret]);
        assert_eq!(
            gateway[0]["spec"],
            json!({ "gatewayClassName": "envoy", "listeners": [
                { "name": "http", "port": 80, "protocol": "HTTP", "allowedRoutes": { "namespaces": { "from": "All" } } },
                {
                    "name": "https-any-shop-example", "port": 443, "protocol": "HTTPS", "hostname": "*.shop.example",
                    "tls": { "mode": "Terminate", "certificateRefs": [{ "name": "tls", "namespace": "certificates" }] },
                    "allowedRoutes": { "namespaces": { "from": "All" } },
                },
            ] })
        );
        assert_eq!(gateway[1]["kind"], "ReferenceGrant");
        assert_eq!(gateway[1]["metadata"]["namespace"], "certificates");
        assert_eq!(
            gateway[1]["spec"],
            json!({
                "from": [{ "group": "gateway.networking.k8s.io", "kind": "Gateway", "namespace": "shop" }],
                "to": [{ "group": "", "kind": "Secret", "name": "tls" }],
            })
        );
        let route = HttpRoute::at(p("shop"), &door, p("http"))
            .hostnames([p("shop.example")])
            .path("/", &service)
            .rule(
                RouteRule::new()
                    .path("/api")
                    .header("x-a", "1")
                    .method(p("GET"))
                    .or()
                    .exact_path("/v2")
                    .query_param("b", "2")
                    .weighted_backend(Backend::to(Link::from(&app)), 9)
                    .weighted_backend(Backend::from(p::<DnsLabel>("old")).port(p("80")), 1)
                    .set_header("x-from", "door")
                    .remove_response_header("server")
                    .rewrite_path("/")
                    .request_timeout(p("1m30s")),
            )
            .namespace(p("routes"));
        let route = lower(&[&route, &door, &service, &app]);
        let to = |name: &str, port: u16| json!({ "name": name, "namespace": "shop", "port": port });
        let weighted = |mut to: Value, weight: u32| {
            to["weight"] = weight.into();
            to
        };
        assert_eq!(
            route[0]["spec"],
            json!({
                "parentRefs": [{ "name": "door", "namespace": "shop", "sectionName": "http" }],
                "hostnames": ["shop.example"],
                "rules": [
                    {
                        "matches": [{ "path": { "type": "PathPrefix", "value": "/" } }],
                        "backendRefs": [to("web", 3000)],
                    },
                    {
                        "matches": [
                            {
                                "path": { "type": "PathPrefix", "value": "/api" }, "method": "GET",
                                "headers": [{ "name": "x-a", "value": "1" }],
                            },
                            {
                                "path": { "type": "Exact", "value": "/v2" },
                                "queryParams": [{ "name": "b", "value": "2" }],
                            },
                        ],
                        "filters": [
                            {
                                "type": "RequestHeaderModifier",
                                "requestHeaderModifier": { "set": [{ "name": "x-from", "value": "door" }] },
                            },
                            {
                                "type": "ResponseHeaderModifier",
                                "responseHeaderModifier": { "remove": ["server"] },
                            },
                            {
                                "type": "URLRewrite",
                                "urlRewrite": { "path": { "type": "ReplacePrefixMatch", "replacePrefixMatch": "/" } },
                            },
                        ],
                        "backendRefs": [weighted(to("web", 3000), 9), weighted(to("old", 80), 1)],
                        "timeouts": { "request": "90s" },
                    },
                ],
            })
        );
        // What is made here is allowed; what is not known is its owner's.
        assert_eq!(route.len(), 2);
        assert_eq!(
            route[1]["spec"]["to"],
            json!([{ "group": "", "kind": "Service", "name": "web" }])
        );
    }

    #[test]
    fn what_is_wrong() {
        let served = app("served");
        let (one, two) = (
            Service::new(p("one"), &app("both")),
            Service::new(p("two"), &app("both")),
        );
        let (web, both, alone) = (Service::new(p("web"), &served), app("both"), app("alone"));
        let route = || HttpRoute::new(p("shop"), p::<Name>("door"));
        let to = |app: &Deployment| Backend::to(Link::from(app));
        let redirect = RouteRule::new().redirect_https();
        for (route, expected) in [
            (route().path("/", to(&served)), &[][..]),
            (route(), &["http route `shop` sends no request anywhere"]),
            (
                route().path("/", to(&alone)),
                &["http route `shop` sends requests to deployment `alone`, which has no service"],
            ),
            (
                route().path("/", to(&both)),
                &[
                    "http route `shop` sends requests to deployment `both`, which has the services `one`, `two`",
                ],
            ),
            (
                route().path("api", &web),
                &["http route `shop` has the path `api`"],
            ),
            (
                route().path("/", Backend::to(&web).port(p("admin"))),
                &["http route `shop` names port `admin` of service `web`, which has `http` (3000)"],
            ),
            (
                route().rule(RouteRule::new()),
                &["http route `shop` has a rule that sends requests nowhere"],
            ),
            (
                route().rule(redirect.backend(&web)),
                &["http route `shop` has a rule that redirects requests and sends them on"],
            ),
            (
                route().rule(RouteRule::new().weighted_backend(&web, 1).backend(&one)),
                &["http route `shop` has a rule in which some backends have weights"],
            ),
        ] {
            let found = problems(&[&route, &served, &web, &both, &alone, &one, &two]);
            assert_eq!(found, expected);
        }
        let http = |name: &str| crate::resource::Listener::new(p(name), p("80"), p("HTTP"));
        for (gateway, expected) in [
            (door(), "gateway `door` listens nowhere"),
            (
                door().http().http(),
                "gateway `door` has two listeners `http`",
            ),
            (
                door().http().listener(http("web")),
                "gateway `door` has two listeners for the same hosts of port 80: `http` and `web`",
            ),
            (
                door().listener(http("web").tls(&Secret::new(p("tls")))),
                "gateway `door` has a certificate for its listener `web`, which speaks HTTP",
            ),
            (
                door().listener(crate::resource::Listener::new(
                    p("web"),
                    p("443"),
                    p("HTTPS"),
                )),
                "gateway `door` shows no certificate at its listener `web`",
            ),
        ] {
            assert_eq!(problems(&[&gateway]), [expected]);
        }
    }
}
