//! `peer_authentication(name)`.

use super::custom::custom_rows;
use super::params::AnyLink;
use crate::table::{Row, row};
use infra_sdk::resource::{MtlsMode, PeerAuthentication};
use infra_sdk::types::Name;

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("peer_authentication", &["name"], |name: Name| {
            PeerAuthentication::new(name)
        })
        .doc(
            "Whether pods of the mesh must speak mutual TLS (`PeerAuthentication` of Istio), \
             for every pod of the namespace until it says which.",
        )
        .example(r#"peer_authentication("default").mtls("STRICT")"#),
        row(
            "mtls",
            &["self", "mode"],
            |this: PeerAuthentication, mode: MtlsMode| this.mtls(mode),
        )
        .doc("Whether they must speak mutual TLS (`spec.mtls.mode`).")
        .maps("spec.mtls.mode")
        .property()
        .example(r#"peer_authentication("default").mtls("PERMISSIVE")"#),
        row(
            "of",
            &["self", "workload"],
            |this: PeerAuthentication, workload: AnyLink| this.of(workload.0),
        )
        .doc("Only for the pods of a workload (`spec.selector`).")
        .maps("spec.selector")
        .property()
        .example(
            r#"peer_authentication("db").of(stateful_set("db").image("postgres:17"))
    .mtls("STRICT")"#,
        ),
    ];
    rows.extend(custom_rows::<PeerAuthentication>(
        r#"peer_authentication("db").mtls("STRICT").spec(#{ portLevelMtls: #{ "9187": #{ mode: "PERMISSIVE" } } })"#,
    ));
    rows
}

crate::table::resources!(PeerAuthentication = "peer_authentication");
