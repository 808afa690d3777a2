//! A service monitor: Prometheus reads the metrics of the pods behind a service.

use super::scrape::{ScrapeSettings, Scraped};
use super::{Custom, CustomKind, Link, RelationKind, ServiceFacts};
use crate::environment::{Graph, Problem};
use crate::object::Ref;
use crate::types::{LabelKey, LabelValue, Name, label_map};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Prometheus reads the metrics of the pods behind a service (`ServiceMonitor` of the Prometheus
/// operator, `monitoring.coreos.com/v1`).
///
/// Made for a service, or for a workload that has one: selector, port and namespace come from it.
///
/// ```
/// use infra_sdk::resource::prelude::*;
/// use infra_sdk::resource::{Deployment, Service, ServiceMonitor};
///
/// let app = Deployment::new("app".parse()?).port(("metrics".parse()?, "9090".parse()?));
/// let service = Service::new("app".parse()?, &app);
/// let monitor = ServiceMonitor::new(&service).interval("15s".parse()?);
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct ServiceMonitor {
    custom: Custom,
    target: Link,
    selector: BTreeMap<String, String>,
    scrape: ScrapeSettings,
}

impl ServiceMonitor {
    /// A monitor of a service, or of the service of a workload, with its name.
    #[track_caller]
    pub fn new(of: impl Into<Link>) -> Self {
        let target = of.into();
        let mut custom = Custom::like(&target, "monitoring.coreos.com/v1", "ServiceMonitor");
        custom.relate(target.clone(), RelationKind::Selects, "selector");
        Self {
            custom,
            target,
            selector: BTreeMap::new(),
            scrape: ScrapeSettings::default(),
        }
    }

    /// Its own name (`metadata.name`). Default: that of the service or workload.
    pub fn name(mut self, name: Name) -> Self {
        self.custom.meta.name = name;
        self
    }

    /// The labels of the services (`spec.selector`). Default: `app.kubernetes.io/name` of the
    /// service; a service that others own needs them to be said.
    pub fn selector(mut self, labels: impl IntoIterator<Item = (LabelKey, LabelValue)>) -> Self {
        self.selector = label_map(labels);
        self
    }

    /// The service that is meant: the target itself, or the one that serves it.
    fn service(&self, graph: &Graph) -> Result<Ref, Trouble> {
        let target = self.target.reference();
        let Some(facts) = graph.facts(target) else {
            // That it is not there is said of all relations alike.
            return Err(Trouble::Unknown);
        };
        if self.target.is("", "Service") {
            return Ok(target.clone());
        }
        let services = graph.services_of(target);
        match (services.as_slice(), &self.scrape.port) {
            ([], _) if facts.existing => Err(Trouble::Unknown),
            ([], _) => Err(Trouble::None),
            ([one], _) => Ok((*one).clone()),
            (several, _) => {
                let has =
                    |service: &&&Ref| self.scrape.choose(graph.service_ports(service)).is_some();
                let mut having = several.iter().filter(has);
                match (having.next(), having.next()) {
                    (Some(one), None) => Ok((*one).clone()),
                    _ => Err(Trouble::Several(
                        several
                            .iter()
                            .map(|one| format!("`{}`", one.name))
                            .collect(),
                    )),
                }
            }
        }
    }

    fn labels(&self, service: Option<&ServiceFacts>) -> BTreeMap<String, String> {
        if !self.selector.is_empty() {
            return self.selector.clone();
        }
        let known = service
            .map(|facts| facts.labels.clone())
            .unwrap_or_default();
        match known.get_key_value("app.kubernetes.io/name") {
            Some((key, name)) => BTreeMap::from([(key.clone(), name.clone())]),
            None => known,
        }
    }
}

/// Why it is not known which service is meant.
enum Trouble {
    /// It is not made here.
    Unknown,
    None,
    Several(Vec<String>),
}

/// The port as an endpoint names it: by its name, else by the pods' number, where it is the same.
fn port(graph: &Graph, service: &Ref, scrape: &ScrapeSettings) -> Option<Value> {
    let ports = graph.service_ports(service);
    let chosen = scrape.choose(ports)?;
    let facts = graph.facts(service)?.service.as_ref()?;
    match &chosen.name {
        Some(name) => Some(json!({ "port": name })),
        // A service names the ports that it takes from its workload, where there are several.
        None if ports.len() > 1 => {
            let name = format!("{}-{}", chosen.protocol.to_lowercase(), chosen.port);
            Some(json!({ "port": name }))
        }
        None if facts.ports.is_empty() => Some(json!({ "targetPort": chosen.port })),
        None => None,
    }
}

impl Scraped for ServiceMonitor {
    fn scrape_mut(&mut self) -> &mut ScrapeSettings {
        &mut self.scrape
    }
}

impl CustomKind for ServiceMonitor {
    custom!();

    fn found(&self, graph: &Graph) -> Value {
        let service = self.service(graph).ok();
        let target = service.as_ref().unwrap_or(self.target.reference());
        let facts = graph.facts(target).and_then(|facts| facts.service.as_ref());
        let port = service
            .as_ref()
            .and_then(|service| port(graph, service, &self.scrape));
        let stated = || match &self.scrape.port {
            Some(port) => json!({ "port": port.to_string() }),
            None => json!({}),
        };
        let mut spec = json!({
            "selector": { "matchLabels": self.labels(facts) },
            "endpoints": [self.scrape.endpoint(&port.unwrap_or_else(stated))],
        });
        let home = graph.namespace_of(target);
        if self.custom.namespace().unwrap_or(graph.namespace()) != home {
            spec["namespaceSelector"] = json!({ "matchNames": [home] });
        }
        json!({ "spec": spec })
    }

    fn problems(&self, graph: &Graph) -> Vec<Problem> {
        let mut problems = self.scrape.problems(self);
        let target = self.target.in_words();
        let service = match self.service(graph) {
            Ok(service) => service,
            Err(Trouble::Unknown) => return problems,
            Err(Trouble::None) => {
                let message = format!("is made for {target}, which has no service");
                let name = self.target.name();
                let help = format!(
                    "add `service(\"{name}\", …)`, or read the pods themselves with `pod_monitor(…)`"
                );
                problems.push(self.custom.problem("selector", message, help));
                return problems;
            }
            Err(Trouble::Several(services)) => {
                let services = services.join(", ");
                let message = format!("is made for {target}, which has the services {services}");
                let help = "make it for one of the services";
                problems.push(self.custom.problem("selector", message, help));
                return problems;
            }
        };
        let what = format!("service `{}`", service.name);
        let facts = graph
            .facts(&service)
            .and_then(|facts| facts.service.as_ref());
        if self.labels(facts).is_empty() {
            let message =
                format!("cannot tell {what} from others: it has no labels that are known here");
            let help = "say them: `.selector(#{ app: \"web\" })`";
            problems.push(self.custom.problem("selector", message, help));
        }
        let ports = graph.service_ports(&service);
        let unknown = graph.facts(&service).is_some_and(|facts| facts.existing) && ports.is_empty();
        if unknown && self.scrape.port.is_some() {
            return problems;
        }
        if self.scrape.choose(ports).is_none() {
            let message = self.scrape.trouble(&what, ports);
            problems.push(
                self.custom
                    .problem("port", message, "name it: `.port(\"metrics\")`"),
            );
        } else if port(graph, &service, &self.scrape).is_none() {
            let message = format!("reads a port of {what} that has no name");
            let help = "name it: `.port(\"metrics\", 9090)` on the service";
            problems.push(self.custom.problem("port", message, help));
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::pod::HasContainer;
    use crate::resource::testing::{CloneResource, lower, p, problems};
    use crate::resource::{Deployment, Described, Existing, Service, ServicePort};

    fn app() -> Deployment {
        Deployment::new(p("app"))
            .image(p("app:1"))
            .port((p("http"), p("3000")))
            .port((p("metrics"), p("9090")))
    }

    #[test]
    fn selector_port_and_namespace_come_from_the_service() {
        let app = app();
        let service = Service::new(p("app-service"), &app);
        let monitor = ServiceMonitor::new(&service)
            .interval(p("15s"))
            .label(p("release"), p("prometheus"));
        let object = &lower(&[&monitor, &service, &app])[0];
        assert_eq!(object["apiVersion"], "monitoring.coreos.com/v1");
        assert_eq!(object["metadata"]["name"], "app-service");
        assert_eq!(object["metadata"]["labels"]["release"], "prometheus");
        assert_eq!(
            object["spec"],
            json!({
                "selector": { "matchLabels": { "app.kubernetes.io/name": "app-service" } },
                "endpoints": [{ "port": "metrics", "interval": "15s" }],
            })
        );
        let away = ServiceMonitor::new(&app)
            .name(p("web"))
            .namespace(p("monitoring"))
            .port(p("3000"))
            .path("/stats")
            .scrape_timeout(p("10s"))
            .https();
        let object = &lower(&[&away, &service, &app])[0];
        assert_eq!(object["metadata"]["namespace"], "monitoring");
        assert_eq!(
            object["spec"],
            json!({
                "selector": { "matchLabels": { "app.kubernetes.io/name": "app-service" } },
                "namespaceSelector": { "matchNames": ["shop"] },
                "endpoints": [{
                    "port": "http", "path": "/stats", "scheme": "https", "scrapeTimeout": "10s",
                }],
            })
        );
        assert_eq!(problems(&[&monitor, &service, &app]), [""; 0]);
    }

    #[test]
    fn ports_without_names() {
        let plain = |ports: &[&str]| {
            ports
                .iter()
                .fold(Deployment::new(p("app")).image(p("app:1")), |app, port| {
                    app.port(p::<crate::types::Port>(port))
                })
        };
        let (one, two) = (plain(&["9090"]), plain(&["80", "9090"]));
        for (app, monitored, expected) in [
            (&one, None, json!({ "targetPort": 9090 })),
            (&two, Some("9090"), json!({ "port": "tcp-9090" })),
        ] {
            let service = Service::new(p("app"), app);
            let monitor = ServiceMonitor::new(app);
            let monitor = match monitored {
                Some(port) => monitor.port(p(port)),
                None => monitor,
            };
            let all: [&dyn CloneResource; 3] = [&monitor, &service, app];
            assert_eq!(lower(&all)[0]["spec"]["endpoints"], json!([expected]));
            assert_eq!(problems(&all), [""; 0]);
        }
    }

    #[test]
    fn a_service_of_others_is_found_by_what_is_said() {
        let other = Existing::new("service", p("db")).expect("a kind");
        let monitor = ServiceMonitor::new(&other)
            .port(p("metrics"))
            .selector([(p("app"), p("db"))]);
        assert_eq!(
            lower(&[&monitor, &other])[0]["spec"],
            json!({ "selector": { "matchLabels": { "app": "db" } }, "endpoints": [{ "port": "metrics" }] })
        );
        assert_eq!(problems(&[&monitor, &other]), [""; 0]);
        let monitor = ServiceMonitor::new(&other).port(p("metrics"));
        assert_eq!(
            problems(&[&monitor, &other]),
            [
                "service monitor `db` cannot tell service `db` from others: it has no labels that are known here"
            ]
        );
    }

    #[test]
    fn what_is_wrong() {
        let app = app();
        let (service, other) = (Service::new(p("app"), &app), Service::new(p("other"), &app));
        let plain = Service::new(p("app"), &app).port(ServicePort::new(p("80")));
        let monitor = || ServiceMonitor::new(&app);
        let cases: [(ServiceMonitor, Vec<&Service>, &str); 6] = [
            (
                monitor(),
                vec![],
                "service monitor `app` is made for deployment `app`, which has no service",
            ),
            (
                monitor(),
                vec![&service, &other],
                "service monitor `app` is made for deployment `app`, which has the services `app`, `other`",
            ),
            (
                monitor().port(p("stats")),
                vec![&service],
                "service monitor `app` names port `stats` of service `app`, which has `http` (3000), `metrics` (9090)",
            ),
            (
                monitor(),
                vec![&plain],
                "service monitor `app` reads a port of service `app` that has no name",
            ),
            (
                monitor().interval(p("5s")).scrape_timeout(p("10s")),
                vec![&service],
                "service monitor `app` waits 10s for metrics that it reads every 5s",
            ),
            (
                monitor().path("metrics"),
                vec![&service],
                "service monitor `app` has the path `metrics`",
            ),
        ];
        for (monitor, services, expected) in cases {
            let mut all: Vec<&dyn CloneResource> = vec![&monitor, &app];
            all.extend(services.into_iter().map(|one| one as &dyn CloneResource));
            assert_eq!(problems(&all), [expected]);
        }
    }
}
