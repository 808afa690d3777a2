//! Who is given a role.

use super::params::AnyLink;
use crate::table::{OneOrMany, Row, ScriptType, row};
use infra_sdk::resource::BindsRole;
use infra_sdk::types::RoleName;

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
             are of no use, unless `.automount_service_account_token(false)` says no. Where traffic \
             is denied by default, they reach the API server by `.connects_to(api_server())`. One, \
             or an array of them.",
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
