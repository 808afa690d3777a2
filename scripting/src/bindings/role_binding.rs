//! `role_binding(name, role)`.

use super::described::described_rows;
use super::params::AnyLink;
use super::subjects::subject_rows;
use crate::table::{Row, row};
use infra_sdk::resource::RoleBinding;
use infra_sdk::types::RoleName;

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row(
            "role_binding",
            &["name", "role"],
            |name: RoleName, role: AnyLink| RoleBinding::new(name, role.0),
        )
        .doc(
            "Gives a role to somebody, or a cluster role in its namespace alone. The role \
             cannot change later: another one makes the binding anew.",
        )
        .maps("roleRef")
        .example(
            r#"role_binding("app", role("reader").allow("get", "pods"))
    .subject(deployment("app").image("a:1"))"#,
        ),
    ];
    rows.extend(subject_rows::<RoleBinding>());
    rows.extend(described_rows::<RoleBinding>());
    rows
}

crate::table::resources!(RoleBinding = "role_binding");
