//! `role(name)`.

use super::described::described_rows;
use super::rights::rights_rows;
use crate::table::{Row, row};
use infra_sdk::resource::Role;
use infra_sdk::types::RoleName;

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("role", &["name"], |name: RoleName| Role::new(name))
            .doc("What may be done in a namespace, by those whom a `role_binding` names.")
            .example(r#"role("reader").allow(["get", "list"], ["pods", "pods/log"])"#),
    ];
    rows.extend(rights_rows::<Role>());
    rows.extend(described_rows::<Role>());
    rows
}

crate::table::resources!(Role = "role");
