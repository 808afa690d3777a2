//! `environment(name, [resources])`.

use super::params::AnyPeer;
use crate::table::{Call, Here, Mismatch, OneOrMany, Param, Row, ScriptType, Type, row};
use infra_sdk::analysis::CheckId;
use infra_sdk::environment::Environment;
use infra_sdk::resource::{Convention, Resource};
use infra_sdk::types::{PortRef, Reason, Share};
use rhai::Dynamic;
use std::{borrow::Cow, sync::Arc};

impl ScriptType for Environment {
    const NAME: &'static str = "environment";
}

/// Anything that an environment can hold.
pub(super) struct AnyResource(pub(super) Arc<dyn Resource>);

impl Param for AnyResource {
    fn ty() -> Type {
        Type {
            name: Cow::Borrowed("resource"),
            entry: None,
        }
    }

    fn expected() -> Cow<'static, str> {
        Cow::Borrowed("a resource")
    }

    fn from_value(value: Dynamic, call: &Call<'_, '_>) -> Result<Self, Mismatch> {
        call.resource(&value).map(Self).ok_or_else(Mismatch::form)
    }
}

pub(super) fn rows() -> Vec<Row> {
    vec![
        row(
            "environment",
            &["name", "resources"],
            |name: String, resources: OneOrMany<AnyResource>, here: Here| {
                resources.0.into_iter().fold(
                    Environment::new(name).made_at(here.0),
                    |environment, one| environment.add_shared(one.0),
                )
            },
        )
        .doc(
            "A named, complete desired state: the unit of plan, apply, prune, history and \
             lock. Arrays in the array are flattened, `()` is left out. Its default \
             namespace bears its name.",
        )
        .example(r#"environment("shop", [config_map("settings")])"#),
        row(
            "namespace",
            &["self", "name"],
            |this: Environment, name: String| this.namespace(name),
        )
        .doc(
            "The default namespace: where objects are that say no other. Default: the \
             environment's name.",
        )
        .maps("metadata.namespace")
        .example(
            r#"environment("shop", [config_map("settings")])
    .namespace("shop-production")"#,
        ),
        row(
            "existing_namespace",
            &["self"],
            Environment::existing_namespace,
        )
        .doc("The default namespace is there already: it is neither made nor pruned.")
        .example(r#"environment("shop", [config_map("settings")]).existing_namespace()"#),
        row(
            "without",
            &["self", "convention"],
            |this: Environment, convention: OneOrMany<Convention>| {
                convention.set(this, Environment::without)
            },
        )
        .doc(
            "Turns a default of the product off for every resource, as `without` of a resource \
             does for one. One, or an array of them.",
        )
        .example(
            r#"environment("shop", [deployment("legacy").image("a:1")])
    .without(["non_root", "seccomp"])"#,
        ),
        row(
            "label",
            &["self", "key", "value"],
            |this: Environment, key: String, value: String| this.label(key, value),
        )
        .doc("A label of every object that does not set it itself.")
        .example(
            r#"environment("shop", [config_map("settings")])
    .label("team", "checkout")"#,
        ),
        row(
            "labels",
            &["self", "labels"],
            |this: Environment, labels: crate::table::Fields<String>| this.labels(labels.0),
        )
        .doc("Labels of every object that does not set them itself.")
        .example(
            r#"environment("shop", [config_map("settings")])
    .labels(#{ team: "checkout", tier: "gold" })"#,
        ),
        row(
            "scaled",
            &["self", "share"],
            |this: Environment, share: Share| this.scaled(share),
        )
        .doc(
            "The environment at a share of its size: replicas, the bounds of autoscalers, \
             what containers request and may use, and the sizes of volumes. All are \
             rounded up, and none becomes less than one; disruption budgets follow. A \
             resource that is to stay as it is says `.unscaled()`; patches, quotas and \
             limit ranges stay as they are.",
        )
        .example(
            r#"let app = deployment("app").image("app:1").replicas(20);
environment("staging", [app]).scaled("20%")"#,
        ),
        row(
            "accept",
            &["self", "check", "reason"],
            |this: Environment, check: CheckId, reason: Reason, here: Here| {
                this.accept_at(Some(here.0), check, reason)
            },
        )
        .doc(
            "Accepts what a check of `infra check` finds in any object of the environment, \
             with a reason. An acceptance that there is nothing for is found too.",
        )
        .example(
            r#"environment("shop", [deployment("app").image("app:1")])
    .accept("no-network-policy", "the mesh decides who talks to whom")"#,
        ),
        row("deny_by_default", &["self"], Environment::deny_by_default)
            .doc(
                "No traffic but what relations allow, ingresses and load balancers need, \
                 and `allow` says; and that to the cluster's DNS servers. Every workload \
                 gets a network policy of its own, and every namespace that the \
                 environment makes and has workloads in gets one that selects all pods \
                 and allows nothing. In a namespace that others own, their pods are left \
                 alone.",
            )
            .example(
                r#"let db = deployment("db").image("db:1").port(5432);
environment("shop", [db, deployment("api").image("api:1").connects_to(db)]).deny_by_default()"#,
            ),
        row(
            "allow",
            &["self", "from", "to"],
            |this: Environment, from: AnyPeer, to: AnyPeer, here: Here| {
                this.allow_at(Some(here.0), from.0, to.0, [])
            },
        )
        .doc(
            "Lets one peer talk to another where no relation says so, on the ports that \
             the workload at the other end declares. A peer is a workload, an external \
             service, or `pods_with(…)`, `namespaces_with(…)`, `addresses(…)`; one of the \
             two at least is a workload of the environment. Only what is limited changes: \
             by `deny_by_default`, or by relations of the workload.",
        )
        .example(
            r#"let app = deployment("app").image("app:1").port(8080);
environment("shop", [app]).deny_by_default()
    .allow(addresses("10.0.0.0/16"), app)"#,
        ),
        row(
            "allow",
            &["self", "from", "to", "port"],
            |this: Environment,
             from: AnyPeer,
             to: AnyPeer,
             port: OneOrMany<PortRef>,
             here: Here| { this.allow_at(Some(here.0), from.0, to.0, port.0) },
        )
        .doc(
            "The same on these TCP ports, by number, or of a workload by name. One, or an \
             array of them.",
        )
        .example(
            r#"let app = deployment("app").image("app:1").port("metrics", 9090);
let monitoring = namespaces_with(#{ "kubernetes.io/metadata.name": "monitoring" });
environment("shop", [app]).deny_by_default().allow(monitoring, app, "metrics")"#,
        ),
        row(
            "ingress_namespace",
            &["self", "name"],
            |this: Environment, name: String| this.ingress_namespace(name),
        )
        .doc(
            "The namespace of the ingress controller (or of the gateways), from which a \
             workload behind an ingress or a route is reached. Default: `ingress-nginx`. \
             One that runs in the network of its nodes is let in by \
             `allow(addresses(\"10.0.0.0/16\"), app)`.",
        )
        .example(r#"environment("shop", []).deny_by_default().ingress_namespace("traefik")"#),
        row(
            "monitoring_namespace",
            &["self", "name"],
            |this: Environment, name: String| this.monitoring_namespace(name),
        )
        .doc(
            "The namespace of Prometheus, from which the ports that monitors read are reached. \
             Default: `monitoring`.",
        )
        .example(
            r#"environment("shop", []).deny_by_default().monitoring_namespace("observability")"#,
        ),
        row(
            "gateway_namespace",
            &["self", "name"],
            |this: Environment, name: String| this.gateway_namespace(name),
        )
        .doc(
            "The namespace of the pods that gateways are made of, where their controller keeps \
             them in its own: a workload behind a route is reached from there too. Default: that \
             of the ingress controller. Pods beside the gateway are known by its name.",
        )
        .example(r#"environment("shop", []).deny_by_default().gateway_namespace("envoy-gateway-system")"#),
    ]
}
