//! `namespace(name)`.

use super::described::described_rows;
use crate::table::{Row, row};
use infra_sdk::resource::{Namespace, PodSecurity};
use infra_sdk::types::DnsLabel;

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("namespace", &["name"], |name: DnsLabel| {
            Namespace::new(name)
        })
        .doc("A namespace.")
        .example(r#"namespace("shop").pod_security("restricted")"#),
        row(
            "pod_security",
            &["self", "standard"],
            |this: Namespace, standard: PodSecurity| this.pod_security(standard),
        )
        .doc(
            "What its pods may do: pods that do more are refused \
             (`pod-security.kubernetes.io/enforce`, `audit` and `warn`). Default: the \
             cluster's own.",
        )
        .maps("audit")
        .property()
        .example(r#"namespace("shop").pod_security("restricted")"#),
    ];
    rows.extend(described_rows::<Namespace>());
    rows
}

crate::table::resources!(Namespace = "namespace");
