//! The API server of the cluster, as something that workloads talk to.

use super::Target;
use crate::types::{Cidr, Port};

/// The API server of the cluster, as an operator, a controller or a job with `kubectl` talks to it.
/// What connects to it may reach it where traffic is limited; what it may do there is for roles to
/// say.
///
/// ```
/// use infra_sdk::resource::{ApiServer, Deployment, prelude::*};
///
/// let operator = Deployment::new("operator".parse()?)
///     .connects_to(ApiServer::new().cidr("10.0.0.2/32".parse()?).cidr("10.96.0.1/32".parse()?));
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
///
/// Network policies have no word for it. Pods ask the service `kubernetes` of the namespace `default`
/// on port 443, behind which stand addresses of the control plane, mostly on port 6443; which of the
/// two a policy is held against depends on the cluster's network. Neither is known before there is a
/// cluster, so that without [`cidr`](Self::cidr) **every** address may be reached on these ports (but
/// link-local ones, where clouds serve their metadata). Cilium counts what runs on the cluster's own
/// nodes as no address, unless it is told to (`policyCIDRMatchMode: nodes`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct ApiServer {
    ranges: Vec<Cidr>,
    ports: Vec<Port>,
}

impl ApiServer {
    /// The API server, wherever it is, on ports 443 and 6443.
    pub fn new() -> Self {
        Self::default()
    }

    /// Addresses that it may have (`ipBlock.cidr`): those of the service and of what is behind it, as
    /// `kubectl get service,endpointslices -n default` shows them. Policies allow these and no others.
    pub fn cidr(mut self, range: Cidr) -> Self {
        self.ranges.push(range);
        self
    }

    /// A further TCP port that it listens on.
    pub fn port(mut self, port: Port) -> Self {
        self.ports.push(port);
        self
    }
}

/// The port of the service, and that on which control planes listen.
const PORTS: [u16; 2] = [443, 6443];

impl From<ApiServer> for Target {
    fn from(server: ApiServer) -> Self {
        let mut ports = PORTS.to_vec();
        ports.extend(server.ports.iter().map(|port| port.number()));
        ports.sort_unstable();
        ports.dedup();
        Self::Addresses {
            ranges: server.ranges,
            ports,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Endpoint, matrix, reachable};
    use crate::environment::Environment;
    use crate::object::{Object, Ref};
    use crate::resource::testing::p;
    use crate::resource::{Deployment, prelude::*};

    fn objects(server: Option<ApiServer>) -> Vec<Object> {
        let app = Deployment::new(p("app")).image(p("app:1"));
        let app = match server {
            Some(server) => app.connects_to(server),
            None => app,
        };
        let other = Deployment::new(p("other"))
            .image(p("other:1"))
            .port(p::<Port>("8443"));
        let environment = Environment::new("shop")
            .add(app)
            .add(other)
            .deny_by_default();
        environment.render().expect("no problems").objects
    }

    #[test]
    fn it_is_reached_where_it_may_be_and_nothing_else_is() {
        let any = ApiServer::new;
        let known = || any().cidr(p("10.0.0.2/32")).cidr(p("10.96.0.1/32"));
        for (server, address, port, expected) in [
            (None, "10.0.0.2", 6443, false),
            (Some(any()), "10.0.0.2", 6443, true),
            (Some(any()), "10.96.0.1", 443, true),
            (Some(any()), "2001:db8::1", 443, true),
            (Some(any()), "10.0.0.2", 8443, false),
            (Some(any().port(p("8443"))), "10.0.0.2", 8443, true),
            (Some(any().port(p("8443"))), "10.0.0.2", 443, true),
            (Some(any()), "169.254.169.254", 443, false),
            (Some(known()), "10.0.0.2", 6443, true),
            (Some(known()), "10.96.0.1", 443, true),
            (Some(known()), "10.0.0.3", 6443, false),
            (Some(known()), "203.0.113.1", 443, false),
        ] {
            let from = Endpoint::Workload(Ref::new("apps", "Deployment", "app"));
            let to = Endpoint::Address(address.parse().expect("an address"));
            let objects = objects(server.clone());
            let verdict = reachable(&objects, &from, &to, port);
            assert_eq!(verdict.reachable, expected, "{server:?} {address} {port}");
            // Not even a pod of the environment that listens on such a port.
            let pod = Endpoint::Workload(Ref::new("apps", "Deployment", "other"));
            assert!(!reachable(&objects, &from, &pod, port).reachable);
        }
    }

    #[test]
    fn the_matrix_has_a_column_for_where_it_is() {
        let cell = |server: ApiServer, from: &str, to: &str| {
            let matrix = matrix(&objects(Some(server)));
            matrix.cell(from, to).expect("a cell").to_string()
        };
        let known = || ApiServer::new().cidr(p("10.0.0.2/32"));
        assert_eq!(cell(known(), "app", "10.0.0.2/32"), "443 6443");
        assert_eq!(cell(known(), "other", "10.0.0.2/32"), "-");
        assert_eq!(cell(known(), "app", "outside"), "-");
        assert_eq!(cell(ApiServer::new(), "app", "outside"), "443 6443");
    }
}
