//! `api_server()`.

use crate::table::{OneOrMany, Row, row};
use infra_sdk::resource::ApiServer;
use infra_sdk::types::{Cidr, Port};

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row("api_server", &[], ApiServer::new)
            .doc(
                "The API server of the cluster, as an operator, a controller or a job with `kubectl` \
                 talks to it: something that a workload connects to, on ports 443 and 6443. What it \
                 may do there is for roles to say. Network policies have no word for the API server: \
                 without `cidr`, every address may be reached on these ports (but link-local ones). \
                 Cilium counts what runs on the cluster's own nodes as no address, unless it is told \
                 to (`policyCIDRMatchMode: nodes`).",
            )
            .example(
                r#"let sweeper = cron_job("sweep", "@daily").image("alpine/k8s:1.36.0")
    .connects_to(api_server());
let rights = role("sweep").allow(["get", "list", "delete"], "pods");
environment("shop", [sweeper, rights, role_binding("sweep", rights).subject(sweeper)])
    .deny_by_default()"#,
            ),
        row(
            "cidr",
            &["self", "range"],
            |this: ApiServer, range: OneOrMany<Cidr>| range.set(this, ApiServer::cidr),
        )
        .doc(
            "Addresses that it may have (`ipBlock.cidr`): those of the service `kubernetes` and of \
             what is behind it, as `kubectl get service,endpointslices -n default` shows them. \
             Policies allow these and no others. One, or an array of them.",
        )
        .maps("ipBlock.cidr")
        .example(
            r#"deployment("operator").image("operator:1")
    .connects_to(api_server().cidr(["10.0.0.2/32", "10.96.0.1/32"]))"#,
        ),
        row(
            "port",
            &["self", "port"],
            |this: ApiServer, port: OneOrMany<Port>| port.set(this, ApiServer::port),
        )
        .doc("A further TCP port that it listens on. One, or an array of them.")
        .example("api_server().port(8443)"),
    ]
}

crate::table::values!(ApiServer = "api_server");
