//! `cluster_role_binding(name, role)`.

use super::described::described_rows;
use super::params::AnyLink;
use super::subjects::subject_rows;
use crate::table::{Row, row};
use infra_sdk::resource::ClusterRoleBinding;
use infra_sdk::types::RoleName;

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row(
            "cluster_role_binding",
            &["name", "role"],
            |name: RoleName, role: AnyLink| ClusterRoleBinding::new(name, role.0),
        )
        .doc(
            "Gives a cluster role to somebody, in every namespace and outside of them. The \
             role cannot change later: another one makes the binding anew.",
        )
        .maps("roleRef")
        .example(
            r#"cluster_role_binding("nodes", cluster_role("nodes").allow(["get", "list"], "nodes"))
    .subject(daemon_set("agent").image("agent:1.9"))"#,
        ),
    ];
    rows.extend(subject_rows::<ClusterRoleBinding>());
    rows.extend(described_rows::<ClusterRoleBinding>());
    rows
}

crate::table::resources!(ClusterRoleBinding = "cluster_role_binding");
