//! `cluster_role(name)`.

use super::described::described_rows;
use super::params::Keyed;
use super::rights::rights_rows;
use crate::table::{OneOrMany, Row, row};
use infra_sdk::resource::{ClusterRole, UserRole};
use infra_sdk::types::{LabelKey, LabelValue, RoleName, UrlPath, UrlVerb};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("cluster_role", &["name"], |name: RoleName| {
            ClusterRole::new(name)
        })
        .doc(
            "What may be done in every namespace and outside of them, by those whom a \
             `cluster_role_binding` names; or in one namespace, by those whom a `role_binding` \
             names.",
        )
        .example(r#"cluster_role("nodes").allow(["get", "list"], "nodes")"#),
        row(
            "allow_urls",
            &["self", "verbs", "urls"],
            |this: ClusterRole, verbs: OneOrMany<UrlVerb>, urls: OneOrMany<UrlPath>| {
                this.allow_urls(verbs.0, urls.0)
            },
        )
        .doc(
            "Allows to ask the API server for paths that are no resources \
             (`rules[].nonResourceURLs[]`).",
        )
        .maps("rules")
        .example(r#"cluster_role("scraper").allow_urls("get", ["/metrics", "/healthz/*"])"#),
        row(
            "aggregate",
            &["self", "labels"],
            |this: ClusterRole, labels: Keyed<LabelKey, LabelValue>| this.aggregate(labels.0),
        )
        .doc(
            "It allows what the cluster roles with these labels allow \
             (`aggregationRule.clusterRoleSelectors[]`), and the cluster keeps its rules up to \
             date.",
        )
        .maps("aggregationRule")
        .example(r#"cluster_role("monitoring").aggregate(#{ "example.com/monitoring": "true" })"#),
        row(
            "aggregate_to",
            &["self", "role"],
            |this: ClusterRole, role: OneOrMany<UserRole>| {
                role.set(this, ClusterRole::aggregate_to)
            },
        )
        .doc(
            "What it allows is allowed by `admin`, `edit` or `view` too, the cluster's own roles \
             for users (the label `rbac.authorization.k8s.io/aggregate-to-…`). One, or an array \
             of them.",
        )
        .maps("metadata.labels")
        .example(
            r#"cluster_role("read-certificates")
    .allow(["get", "list", "watch"], "certificates.cert-manager.io")
    .aggregate_to(["view", "edit"])"#,
        ),
    ];
    rows.extend(rights_rows::<ClusterRole>());
    rows.extend(described_rows::<ClusterRole>());
    rows
}

crate::table::resources!(ClusterRole = "cluster_role");
