//! What roles allow.

use super::params::AnyRight;
use crate::table::{OneOrMany, Row, ScriptType, row};
use infra_sdk::resource::GivesRights;
use infra_sdk::types::{ApiResource, RoleName, Verb};

/// The rows of roles and cluster roles.
pub(crate) fn rights_rows<W: GivesRights + ScriptType>() -> Vec<Row> {
    vec![
        row(
            "allow",
            &["self", "verbs", "to"],
            |this: W, verbs: OneOrMany<Verb>, to: OneOrMany<AnyRight>| {
                this.allow(verbs.0, to.0.into_iter().map(|right| right.0))
            },
        )
        .doc(
            "Allows to do something (`get`, `list`, `watch`, `create`, `update`, `patch`, \
             `delete`, …, `*`) with all objects of some kinds (`pods`, `pods/log`, \
             `deployments.apps`, `certificates.cert-manager.io`, `*.apps`, `*`), or with one \
             object of the environment alone (`rules[]`).",
        )
        .maps("rules")
        .example(
            r#"role("deployer").allow(["get", "list", "watch"], ["pods", "deployments.apps"])
    .allow("get", config_map("settings"))"#,
        ),
        row(
            "allow_named",
            &["self", "verbs", "resources", "names"],
            |this: W,
             verbs: OneOrMany<Verb>,
             resources: OneOrMany<ApiResource>,
             names: OneOrMany<RoleName>| {
                this.allow_named(verbs.0, resources.0, names.0)
            },
        )
        .doc(
            "Allows to do something with the objects of these names alone \
             (`rules[].resourceNames[]`).",
        )
        .maps("rules")
        .example(r#"role("leader").allow_named(["get", "update"], "leases", "leader")"#),
    ]
}
