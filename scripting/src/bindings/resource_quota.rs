//! `resource_quota(name)`.

use super::described::described_rows;
use super::params::Keyed;
use crate::table::{OneOrMany, Row, row};
use infra_sdk::resource::{PriorityClassLink, QuotaScope, ResourceQuota};
use infra_sdk::types::{Name, Quantity, QuotaName};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("resource_quota", &["name"], |name: Name| {
            ResourceQuota::new(name)
        })
        .doc(
            "How much a namespace may use: what would be more is refused when it is created. What \
             it counts is applied when it is in force.",
        )
        .example(r#"resource_quota("team").hard(#{ "requests.cpu": "10", pods: 50 })"#),
        row(
            "hard",
            &["self", "bounds"],
            |this: ResourceQuota, bounds: Keyed<QuotaName, Quantity>| {
                let bounds = bounds.0.into_iter();
                bounds.fold(this, |this, (name, most)| this.hard(name, most))
            },
        )
        .doc(
            "Bounds (`spec.hard`), added to those that are there: `requests.cpu`, \
             `limits.memory`, `requests.storage`, `pods`, `services.loadbalancers`, \
             `count/deployments.apps`, `requests.nvidia.com/gpu`.",
        )
        .maps("spec.hard")
        .example(
            r#"resource_quota("disks").hard(#{
    "requests.storage": "2Ti",
    persistentvolumeclaims: 20,
    "fast-ssd.storageclass.storage.k8s.io/requests.storage": "500Gi",
})"#,
        ),
        row(
            "scope",
            &["self", "scope"],
            |this: ResourceQuota, scope: OneOrMany<QuotaScope>| {
                scope.set(this, ResourceQuota::scope)
            },
        )
        .doc(
            "Counts only pods of this scope (`spec.scopes[]`): `Terminating`, `BestEffort`, \
             `NotBestEffort` and so on; of several, those in all of them. One, or an array of \
             them. Default: every pod.",
        )
        .maps("spec.scopes")
        .example(r#"resource_quota("greedy").hard(#{ pods: 5 }).scope("BestEffort")"#),
        row(
            "priority_class",
            &["self", "class"],
            |this: ResourceQuota, class: OneOrMany<PriorityClassLink>| {
                class.set(this, ResourceQuota::priority_class)
            },
        )
        .doc(
            "Counts only pods of this priority class (`spec.scopeSelector`), by value or by \
             name. One, or an array of them. Default: every pod.",
        )
        .maps("spec.scopeSelector")
        .example(r#"resource_quota("urgent").hard(#{ pods: 10 }).priority_class("critical")"#),
    ];
    rows.extend(described_rows::<ResourceQuota>());
    rows
}

crate::table::resources!(ResourceQuota = "resource_quota");
