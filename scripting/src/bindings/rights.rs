//! What roles allow, and who is given them.

use super::params::{AnyLink, AnyRight};
use crate::table::{OneOrMany, Row, ScriptType, row};
use infra_sdk::resource::{BindsRole, GivesRights};
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

/// The rows of role bindings and cluster role bindings.
pub(crate) fn subject_rows<W: BindsRole + ScriptType>() -> Vec<Row> {
    vec![
        row(
            "subject",
            &["self", "subject"],
            |this: W, subject: OneOrMany<AnyLink>| {
                subject.set(this, |this, one| this.subject(one.0))
            },
        )
        .doc(
            "Who is given the role (`subjects[]`): a service account, or a workload, whose own \
             account is meant. Its pods get the account's token then, since rights without one \
             are of no use, unless `.automount_service_account_token(false)` says no. One, or an \
             array of them.",
        )
        .maps("subjects")
        .example(
            r#"role_binding("app-views", existing("cluster_role", "view"))
    .subject(deployment("app").image("a:1"))"#,
        ),
        row(
            "user",
            &["self", "name"],
            |this: W, name: OneOrMany<RoleName>| name.set(this, W::user),
        )
        .doc(
            "A user, as the cluster's authentication names them (`subjects[]`, kind `User`). \
             One, or an array of them.",
        )
        .maps("subjects")
        .example(r#"role_binding("edit", existing("cluster_role", "edit")).user("jane")"#),
        row(
            "group",
            &["self", "name"],
            |this: W, name: OneOrMany<RoleName>| name.set(this, W::group),
        )
        .doc(
            "A group of users, such as `system:authenticated` (`subjects[]`, kind `Group`). \
             One, or an array of them.",
        )
        .maps("subjects")
        .example(r#"role_binding("edit", existing("cluster_role", "edit")).group("developers")"#),
    ]
}
