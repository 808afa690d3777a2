//! `cluster("staging")`: another cluster than the run's.

use crate::session::ClusterHandle;
use crate::table::{Fault, Reader, Row, row};
use infra_sdk::types::DnsLabel;

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row(
            "cluster",
            &["name?"],
            |name: Option<String>, live: Reader| -> Result<ClusterHandle, Fault> {
                let cluster = name.map(|name| live.0.open(&name)).transpose()?;
                Ok(ClusterHandle {
                    cluster,
                    namespace: None,
                })
            },
        )
        .doc(
            "A cluster that operations are methods of: `cluster(\"staging\").restart(\"app\")`. The \
             name is a context of the kubeconfig; in a run with `--sandbox`, a sandbox. Without a \
             name it is the cluster of the run.",
        )
        .example(r#"cluster("staging").list("pods")"#),
        row(
            "namespace",
            &["self", "name"],
            |mut cluster: ClusterHandle, name: DnsLabel| {
                cluster.namespace = Some(name.to_string());
                cluster
            },
        )
        .doc(
            "The namespace that operations on the cluster are about, where they name none. By \
             default it is that of the script's only environment, else that of the context.",
        )
        .example(r#"cluster().namespace("shop").list("pods")"#),
    ]
}
