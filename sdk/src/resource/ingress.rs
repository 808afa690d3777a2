//! An ingress: which requests from outside go to which service.

use super::backend::Backend;
use super::{Link, Meta, Relation, RelationKind, Resource};
use crate::environment::{Graph, Problem};
use crate::object::{Object, Ref};
use crate::types::{HostName, Name};
use k8s_openapi::api::networking::v1 as networking;
use std::collections::BTreeMap;

/// Which requests from outside go to which service (`Ingress`).
///
/// ```
/// use infra_sdk::resource::{Deployment, Ingress, NginxSettings, Service};
///
/// let app = Deployment::new("app".parse()?);
/// let service = Service::new("app".parse()?, &app);
/// let ingress = Ingress::new("app".parse()?)
///     .class("nginx".parse()?)
///     .host("app.example.com".parse()?, &service)
///     .tls("app-tls".parse()?)
///     .cluster_issuer("letsencrypt".parse()?)
///     .force_https();
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Ingress {
    pub(super) meta: Meta,
    class: Option<Name>,
    routes: Vec<Route>,
    default_backend: Option<Backend>,
    tls: Vec<(Name, Vec<HostName>)>,
    /// Annotations of named settings; those that a user sets win.
    pub(super) settings: BTreeMap<&'static str, String>,
    /// The issuer of certificates, and its kind.
    pub(super) issuer: Option<(&'static str, Name)>,
    pub(super) uses: Vec<Link>,
    /// The config map with headers of every answer, which is named with its namespace.
    pub(super) custom_headers: Option<Link>,
}

/// One path of one host.
#[derive(Clone, Debug)]
struct Route {
    host: Option<HostName>,
    path: String,
    exact: bool,
    backend: Backend,
}

impl Ingress {
    /// An ingress without routes.
    #[track_caller]
    pub fn new(name: Name) -> Self {
        Self {
            meta: Meta::new(name),
            class: None,
            routes: Vec::new(),
            default_backend: None,
            tls: Vec::new(),
            settings: BTreeMap::new(),
            issuer: None,
            uses: Vec::new(),
            custom_headers: None,
        }
    }

    /// The class, which names the controller that serves it (`spec.ingressClassName`). Default: the
    /// cluster's default class.
    pub fn class(mut self, name: Name) -> Self {
        self.class = Some(name);
        self
    }

    /// All requests to a host go to a service (`spec.rules[]`, path `/`, `pathType: Prefix`). The
    /// port is the service's only one, or the one named `http`, unless the backend names another.
    pub fn host(self, host: HostName, backend: impl Into<Backend>) -> Self {
        self.path(host, "/", backend)
    }

    /// Requests to a host whose path starts with this one (`pathType: Prefix`).
    pub fn path(
        self,
        host: HostName,
        path: impl Into<String>,
        backend: impl Into<Backend>,
    ) -> Self {
        self.route(Some(host), path.into(), false, backend.into())
    }

    /// Requests to a host for exactly this path (`pathType: Exact`).
    pub fn exact_path(
        self,
        host: HostName,
        path: impl Into<String>,
        backend: impl Into<Backend>,
    ) -> Self {
        self.route(Some(host), path.into(), true, backend.into())
    }

    /// Requests to any host whose path starts with this one (`spec.rules[]` without `host`).
    pub fn any_host(self, path: impl Into<String>, backend: impl Into<Backend>) -> Self {
        self.route(None, path.into(), false, backend.into())
    }

    fn route(
        mut self,
        host: Option<HostName>,
        path: String,
        exact: bool,
        backend: Backend,
    ) -> Self {
        self.routes.push(Route {
            host,
            path,
            exact,
            backend,
        });
        self
    }

    /// Where requests go that no rule is for (`spec.defaultBackend`). Default: the controller's own
    /// answer.
    pub fn default_backend(mut self, backend: impl Into<Backend>) -> Self {
        self.default_backend = Some(backend.into());
        self
    }

    /// HTTPS for every host of its rules, with the certificate of a secret (`spec.tls[]`), which
    /// cert-manager makes where an issuer is named.
    pub fn tls(self, secret: Name) -> Self {
        self.tls_for(secret, [])
    }

    /// HTTPS for these hosts, with the certificate of a secret (`spec.tls[]`).
    pub fn tls_for(mut self, secret: Name, hosts: impl IntoIterator<Item = HostName>) -> Self {
        self.tls.push((secret, hosts.into_iter().collect()));
        self
    }

    fn hosts(&self) -> Vec<String> {
        let mut hosts = Vec::new();
        for host in self.routes.iter().filter_map(|route| route.host.as_ref()) {
            let host = host.to_string();
            if !hosts.contains(&host) {
                hosts.push(host);
            }
        }
        hosts
    }

    fn backends(&self) -> impl Iterator<Item = &Backend> {
        let routes = self.routes.iter().map(|route| &route.backend);
        routes.chain(&self.default_backend)
    }

    /// The rules: the paths of a host stand together, in the order in which they were given.
    fn rules(&self, graph: &Graph) -> Vec<networking::IngressRule> {
        let mut rules: Vec<networking::IngressRule> = Vec::new();
        for route in &self.routes {
            let path_type = if route.exact { "Exact" } else { "Prefix" };
            let path = networking::HTTPIngressPath {
                backend: route.backend.lower(graph),
                path: Some(route.path.clone()),
                path_type: path_type.to_owned(),
            };
            let host = route.host.as_ref().map(ToString::to_string);
            let known = rules.iter_mut().find(|rule| rule.host == host);
            match known.and_then(|rule| rule.http.as_mut()) {
                Some(http) => http.paths.push(path),
                None => rules.push(networking::IngressRule {
                    host,
                    http: Some(networking::HTTPIngressRuleValue { paths: vec![path] }),
                }),
            }
        }
        rules
    }
}

described!(Ingress);

impl Resource for Ingress {
    origin!();

    fn reference(&self) -> Ref {
        self.meta.reference("networking.k8s.io", "Ingress")
    }

    fn relations(&self) -> Vec<Relation> {
        let mut relations = self.meta.relations(self.reference());
        let at = |field: &str| self.meta.origin.of_field(field);
        for backend in self.backends() {
            let port = backend.port.as_ref().map(ToString::to_string);
            let kind = RelationKind::Routes { port };
            relations.add(backend.service.target(), kind, at("rules"));
        }
        if let Some(class) = &self.class {
            let class = Ref::new("networking.k8s.io", "IngressClass", class.as_str());
            relations.uses(&Link::to(class), at("ingressClassName"));
        }
        if let Some((kind, issuer)) = &self.issuer {
            let issuer = Ref::new("cert-manager.io", *kind, issuer.as_str());
            relations.uses(&Link::to(issuer), at("metadata.annotations"));
        }
        for (secret, _) in &self.tls {
            let secret = Link::to(Ref::new("", "Secret", secret.as_str()));
            relations.uses_key(&secret, None, self.issuer.is_some(), at("tls"));
        }
        for used in self.uses.iter().chain(&self.custom_headers) {
            relations.uses(used, at("metadata.annotations"));
        }
        relations.done()
    }

    fn check(&self, graph: &Graph) -> Vec<Problem> {
        let what = format!("ingress `{}`", self.meta.name);
        let problem = |field: &str, message: String, help: &str| Problem {
            message,
            at: self.meta.origin.of_field(field).cloned(),
            help: Some(help.to_owned()),
        };
        let mut problems = Vec::new();
        if self.routes.is_empty() && self.default_backend.is_none() {
            let message = format!("{what} sends no request anywhere");
            let help = "add a route: `.host(\"app.example.com\", service)`";
            problems.push(problem("rules", message, help));
        }
        for backend in self.backends() {
            let at = self.meta.origin.of_field("rules");
            let end = format!("a backend of {what}");
            if let Some(problem) = backend.service.must_be(("", "Service"), &end, at) {
                problems.push(problem);
                continue;
            }
            if let Some(message) = backend.trouble(graph) {
                let help =
                    "name the port: `.host(\"app.example.com\", backend(service, \"http\"))`";
                problems.push(problem("rules", format!("{what} {message}"), help));
            }
        }
        for (index, route) in self.routes.iter().enumerate() {
            if !route.path.starts_with('/') {
                let message = format!("{what} has the path `{}`", route.path);
                problems.push(problem(
                    "rules",
                    message,
                    "expected one that starts with `/`",
                ));
            }
            let twice = self.routes[..index].iter().any(|known| {
                (&known.host, &known.path, known.exact) == (&route.host, &route.path, route.exact)
            });
            if twice {
                let host = route.host.as_ref().map_or("any host", HostName::as_str);
                let message = format!("{what} has two routes for `{}` of {host}", route.path);
                problems.push(problem("rules", message, "take one of them away"));
            }
        }
        let hosts = self.hosts();
        for host in self.tls.iter().flat_map(|(_, hosts)| hosts) {
            if !hosts.contains(&host.to_string()) {
                let message = format!("{what} has a certificate for `{host}`, and no route");
                problems.push(problem(
                    "tls",
                    message,
                    "add the route, or take the host away",
                ));
            }
        }
        if self.issuer.is_some() && self.tls.is_empty() {
            let message = format!("{what} names an issuer, and no secret for its certificate");
            problems.push(problem("tls", message, "set `.tls(\"app-tls\")`"));
        }
        problems
    }

    fn lower(&self, graph: &Graph) -> Vec<Object> {
        let mut metadata = self.meta.object_meta(graph);
        let settings = self.settings.iter();
        let mut annotations: BTreeMap<String, String> = settings
            .map(|(key, value)| ((*key).to_owned(), value.clone()))
            .collect();
        annotations.extend(self.custom_headers.iter().map(|config_map| {
            let Ref {
                namespace, name, ..
            } = config_map.reference();
            let namespace = namespace.as_deref().unwrap_or(graph.namespace());
            (
                "nginx.ingress.kubernetes.io/custom-headers".to_owned(),
                format!("{namespace}/{name}"),
            )
        }));
        annotations.extend(self.meta.annotations.clone());
        metadata.annotations = super::meta::some(annotations);
        let tls = self.tls.iter().map(|(secret, hosts)| {
            let hosts = if hosts.is_empty() {
                self.hosts()
            } else {
                hosts.iter().map(ToString::to_string).collect()
            };
            networking::IngressTLS {
                hosts: super::meta::some(hosts),
                secret_name: Some(secret.to_string()),
            }
        });
        let ingress = networking::Ingress {
            metadata,
            spec: Some(networking::IngressSpec {
                default_backend: self
                    .default_backend
                    .as_ref()
                    .map(|backend| backend.lower(graph)),
                ingress_class_name: self.class.as_ref().map(Name::to_string),
                rules: super::meta::some(self.rules(graph)),
                tls: super::meta::some(tls.collect()),
            }),
            status: None,
        };
        vec![self.meta.object(&ingress)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::pod::HasContainer;
    use crate::resource::testing::{lower, p, problems};
    use crate::resource::{Deployment, NginxSettings, Service};
    use serde_json::json;

    #[test]
    fn an_ingress_finds_the_port_by_itself() {
        let app = Deployment::new(p("app"))
            .image(p("app:1"))
            .port((p("http"), p("3000")));
        let service = Service::new(p("app-service"), &app);
        let ingress = Ingress::new(p("web"))
            .class(p("nginx"))
            .host(
                p("app.bitflow.biz"),
                p::<crate::types::DnsLabel>("app-service"),
            )
            .exact_path(
                p("app.bitflow.biz"),
                "/api",
                Backend::to(&service).port(p("admin")),
            )
            .tls(p("app-tls"))
            .cluster_issuer(p("letsencrypt-prod"))
            .force_https()
            .max_body(p("50m"))
            .limit_rpm(100)
            .limit_rps(10);
        let object = &lower(&[&ingress, &service, &app])[0];
        assert_eq!(
            object["metadata"]["annotations"],
            json!({
                "cert-manager.io/cluster-issuer": "letsencrypt-prod",
                "nginx.ingress.kubernetes.io/force-ssl-redirect": "true",
                "nginx.ingress.kubernetes.io/limit-rpm": "100",
                "nginx.ingress.kubernetes.io/limit-rps": "10",
                "nginx.ingress.kubernetes.io/proxy-body-size": "50m",
                "nginx.ingress.kubernetes.io/ssl-redirect": "true",
            })
        );
        assert_eq!(
            object["spec"],
            json!({
                "ingressClassName": "nginx",
                "tls": [{ "hosts": ["app.bitflow.biz"], "secretName": "app-tls" }],
                "rules": [{ "host": "app.bitflow.biz", "http": { "paths": [
                    { "path": "/", "pathType": "Prefix", "backend": { "service": {
                        "name": "app-service", "port": { "number": 3000 } } } },
                    { "path": "/api", "pathType": "Exact", "backend": { "service": {
                        "name": "app-service", "port": { "name": "admin" } } } },
                ] } }],
            })
        );
        assert_eq!(
            problems(&[&ingress, &service, &app]),
            ["ingress `web` names port `admin` of service `app-service`, which has `http` (3000)"]
        );
    }

    #[test]
    fn what_is_wrong() {
        let app = Deployment::new(p("app"))
            .image(p("app:1"))
            .port((p("a"), p("1")))
            .port((p("b"), p("2")));
        let service = Service::new(p("app"), &app);
        let ingress = || Ingress::new(p("web"));
        for (ingress, expected) in [
            (ingress(), "ingress `web` sends no request anywhere"),
            (
                ingress().host(p("a.io"), &service),
                "ingress `web` does not say which port of service `app` it means: it has `a` (1), `b` (2)",
            ),
            (
                ingress()
                    .host(p("a.io"), Backend::to(&service).port(p("1")))
                    .host(p("a.io"), Backend::to(&service).port(p("1"))),
                "ingress `web` has two routes for `/` of a.io",
            ),
            (
                ingress()
                    .host(p("a.io"), Backend::to(&service).port(p("1")))
                    .tls_for(p("t"), [p("b.io")]),
                "ingress `web` has a certificate for `b.io`, and no route",
            ),
        ] {
            assert_eq!(problems(&[&ingress, &service, &app]), [expected]);
        }
    }
}
