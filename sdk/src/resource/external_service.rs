//! A server outside the cluster that workloads talk to: a managed database, cache or broker.

use super::meta::some;
use super::pod::{EnvFrom, EnvValue};
use super::{Facts, Meta, OutsideFacts, Relation, Resource, Variables};
use crate::environment::{Graph, Problem};
use crate::object::{Object, Ref};
use crate::types::{Cidr, DnsLabel, EnvName, Name, Port, ServerName};
use k8s_openapi::api::core::v1 as core;
use std::net::IpAddr;

/// A server outside the cluster that workloads talk to, such as a managed database: what connects to
/// it may reach it, and gets its credentials as environment variables.
///
/// ```
/// use infra_sdk::resource::{Deployment, Existing, ExternalService, prelude::*};
///
/// let keys = Existing::new("secret", "postgres-credentials".parse()?)?;
/// let host = "shop.c2xk.eu-central-1.rds.amazonaws.com".parse()?;
/// let postgres = ExternalService::new(host, 5432_u16.try_into()?)
///     .cidr("10.0.20.0/24".parse()?)
///     .env("DATABASE_URL".parse()?, keys.key("url".parse()?)?);
/// let api = Deployment::new("api".parse()?).connects_to(&postgres);
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
///
/// Network policies know addresses and no names. Where only a name is known, who connects may reach
/// **every** address on the port (but link-local ones, where clouds serve their metadata);
/// [`cidr`](Self::cidr) says which. An address as host is exactly that one.
#[derive(Clone, Debug)]
#[must_use]
pub struct ExternalService {
    meta: Meta,
    host: ServerName,
    ports: Vec<Port>,
    ranges: Vec<Cidr>,
    variables: Variables,
    alias: Option<DnsLabel>,
}

impl ExternalService {
    /// A server by its host and TCP port.
    #[track_caller]
    pub fn new(host: ServerName, port: Port) -> Self {
        Self {
            meta: Meta::new(Name::referred(&format!("{host}:{}", port.number()))),
            host,
            ports: vec![port],
            ranges: Vec::new(),
            variables: Variables::default(),
            alias: None,
        }
    }

    /// A further TCP port that it listens on.
    pub fn port(mut self, port: Port) -> Self {
        self.ports.push(port);
        self
    }

    /// The secret with its credentials: all keys are environment variables of the main container of
    /// who connects (`envFrom[]`).
    pub fn secret(mut self, secret: impl Into<EnvFrom>) -> Self {
        self.variables.from.push(secret.into());
        self
    }

    /// An environment variable of the main container of who connects (`env[]`). What the container
    /// sets itself wins.
    pub fn env(mut self, name: EnvName, value: impl Into<EnvValue>) -> Self {
        let env = &mut self.variables.env;
        let value = value.into();
        match env.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => env.push((name, value)),
        }
        self
    }

    /// Addresses that it may have (`ipBlock.cidr`): network policies allow these and no others.
    /// Default: every address on its ports, because policies know no names.
    pub fn cidr(mut self, range: Cidr) -> Self {
        self.ranges.push(range);
        self
    }

    /// A name for it inside the cluster: a service of type `ExternalName`, so that workloads need not
    /// change when the host does. Certificates are made out for the host, not for this name.
    pub fn name(mut self, name: DnsLabel) -> Self {
        self.alias = Some(name);
        self
    }

    /// Where it may be, as far as that is known.
    fn ranges(&self) -> Vec<Cidr> {
        let own = self.host.address().filter(|_| self.ranges.is_empty());
        let own = own.map(|address| {
            let bits = match address {
                IpAddr::V4(_) => 32,
                IpAddr::V6(_) => 128,
            };
            format!("{address}/{bits}").parse()
        });
        self.ranges
            .iter()
            .cloned()
            .chain(own.into_iter().flatten())
            .collect()
    }
}

described!(ExternalService);

impl Resource for ExternalService {
    origin!();

    fn reference(&self) -> Ref {
        self.meta.reference("", "ExternalService")
    }

    fn facts(&self) -> Facts {
        Facts {
            outside: Some(OutsideFacts {
                ranges: self.ranges(),
                ports: self.ports.iter().map(|port| port.number()).collect(),
            }),
            variables: self.variables.clone(),
            ..Facts::default()
        }
    }

    fn relations(&self) -> Vec<Relation> {
        let mut relations = self.meta.relations(self.reference());
        for source in &self.variables.from {
            let at = self.meta.origin.of_field("secret");
            relations.uses_key(&source.source, None, source.optional, at);
        }
        for (_, value) in &self.variables.env {
            if let EnvValue::Key(key) = value {
                let at = self.meta.origin.of_field("env");
                relations.uses_key(&key.source, Some(key.key.to_string()), key.optional, at);
            }
        }
        relations.done()
    }

    fn check(&self, _graph: &Graph) -> Vec<Problem> {
        let named = self
            .alias
            .as_ref()
            .filter(|_| self.host.address().is_some());
        let problem = named.map(|name| Problem {
            message: format!(
                "the external service `{}` has the name `{name}` in the cluster, which can stand for a host name and not for an address",
                self.host
            ),
            at: self.meta.origin.of_field("name").cloned(),
            help: Some("give its host name, or leave the name out".to_owned()),
        });
        problem.into_iter().collect()
    }

    fn lower(&self, graph: &Graph) -> Vec<Object> {
        let Some(alias) = &self.alias else {
            return Vec::new();
        };
        let meta = Meta {
            name: alias.clone().into(),
            ..self.meta.clone()
        };
        let ports = self.ports.iter().map(|port| core::ServicePort {
            name: (self.ports.len() > 1).then(|| format!("port-{}", port.number())),
            port: port.number().into(),
            ..core::ServicePort::default()
        });
        let service = core::Service {
            metadata: meta.object_meta(graph),
            spec: Some(core::ServiceSpec {
                external_name: Some(self.host.to_string()),
                ports: some(ports.collect()),
                type_: Some("ExternalName".to_owned()),
                ..core::ServiceSpec::default()
            }),
            ..core::Service::default()
        };
        vec![meta.object(&service)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Endpoint, reachable};
    use crate::environment::{Environment, Rendered};
    use crate::resource::testing::{lower, p, problems};
    use crate::resource::{Deployment, Described, Existing, Secret, prelude::*};
    use serde_json::json;

    fn redis() -> ExternalService {
        let keys = Existing::new("secret", p("redis-secrets")).expect("a kind");
        let url = keys.key(p("url")).expect("a key");
        ExternalService::new(p("redis.example.com"), p("6379")).env(p("REDIS_URL"), url)
    }

    fn rendered(environment: Environment) -> Rendered {
        environment.render().expect("no problems")
    }

    fn app() -> Deployment {
        Deployment::new(p("app")).image(p("app:1"))
    }

    #[test]
    fn who_connects_gets_the_credentials_and_what_it_sets_itself_wins() {
        let secret = Secret::new(p("db")).value(p("PASSWORD"), "x");
        let db = ExternalService::new(p("db.example.com"), p("5432"))
            .secret(&secret)
            .env(p("DB_HOST"), "db.example.com")
            .env(p("DB_POOL"), "10");
        let app = app()
            .connects_to(&db)
            .connects_to(&redis())
            .env(p("DB_POOL"), "20");
        let container =
            &lower(&[&app, &db, &redis()])[0]["spec"]["template"]["spec"]["containers"][0];
        assert_eq!(
            container["envFrom"],
            json!([{ "secretRef": { "name": "db" } }])
        );
        let url = json!({ "secretKeyRef": { "name": "redis-secrets", "key": "url" } });
        assert_eq!(
            container["env"],
            json!([
                { "name": "DB_HOST", "value": "db.example.com" },
                { "name": "REDIS_URL", "valueFrom": url },
                { "name": "DB_POOL", "value": "20" },
            ])
        );
    }

    #[test]
    fn a_range_narrows_what_may_be_reached_and_a_secret_that_exists_is_looked_for() {
        let reach = |service: ExternalService, address: &str, port: u16| {
            let app = app().connects_to(&service);
            let environment = rendered(Environment::new("shop").add(service).add(app));
            let from = Endpoint::Workload(Ref::new("apps", "Deployment", "app"));
            let to = Endpoint::Address(address.parse().expect("an address"));
            reachable(&environment.objects, &from, &to, port).reachable
        };
        let narrow = || redis().cidr(p("10.0.20.0/24"));
        let exact = || ExternalService::new(p("10.0.20.7"), p("6379"));
        for (service, address, port, expected) in [
            (redis(), "10.0.20.7", 6379, true),
            (redis(), "93.184.216.34", 6379, true),
            (redis(), "169.254.169.254", 6379, false),
            (redis(), "10.0.20.7", 5432, false),
            (redis().port(p("16379")), "10.0.20.7", 16379, true),
            (narrow(), "10.0.20.7", 6379, true),
            (narrow(), "10.0.21.7", 6379, false),
            (exact(), "10.0.20.7", 6379, true),
            (exact(), "10.0.20.8", 6379, false),
        ] {
            assert_eq!(reach(service, address, port), expected, "{address} {port}");
        }
        let found = rendered(Environment::new("shop").add(redis())).existing;
        assert_eq!(found[0].0, Ref::new("", "Secret", "redis-secrets"));
    }

    #[test]
    fn a_name_in_the_cluster_is_a_service_that_comes_first() {
        let named = redis().name(p("redis")).label(p("team"), p("data"));
        let service = &lower(&[&named])[0];
        assert_eq!(service["metadata"]["name"], "redis");
        assert_eq!(
            service["spec"],
            json!({ "type": "ExternalName", "externalName": "redis.example.com", "ports": [{ "port": 6379 }] })
        );
        let app = app().connects_to(&named);
        let rendered = rendered(Environment::new("shop").add(app).add(named));
        let place = |kind: &str| rendered.objects.iter().position(|one| one.id.kind == kind);
        let (service, app) = (place("Service"), place("Deployment"));
        assert!(
            rendered
                .edges
                .iter()
                .any(|edge| (Some(edge.before), Some(edge.after)) == (service, app)),
            "{:?}",
            rendered.edges
        );
        let address = ExternalService::new(p("10.0.0.1"), p("1")).name(p("db"));
        assert_eq!(
            problems(&[&address]),
            [
                "the external service `10.0.0.1` has the name `db` in the cluster, which can stand for a host name and not for an address"
            ]
        );
    }
}
