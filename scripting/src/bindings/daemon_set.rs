//! `daemon_set(name)`.

use super::running::running_rows;
use crate::table::{Row, row};
use infra_sdk::resource::DaemonSet;
use infra_sdk::types::{Amount, Name};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("daemon_set", &["name"], |name: Name| DaemonSet::new(name))
            .doc(
                "A daemon set: a pod on every node, or on those that its `node_selector` and \
                 `require_nodes` name; it needs an image.",
            )
            .example(
                r#"daemon_set("agent").image("agent:1.9").host_network(true)
    .port("metrics", 9100)
    .volume("/host/log", host_path("/var/log").read_only())
    .node_selector("kubernetes.io/os", "linux")"#,
            ),
        row("on_every_node", &["self"], |this: DaemonSet| {
            this.on_every_node()
        })
        .doc(
            "Also on nodes whose taints keep other pods away, such as those of the control plane \
             (`tolerations[]`: every taint). Default: only on nodes that any pod may run on.",
        )
        .maps("tolerations")
        .example(r#"daemon_set("agent").image("agent:1.9").on_every_node()"#),
        row(
            "max_surge",
            &["self", "amount"],
            |this: DaemonSet, amount: Amount| this.max_surge(amount),
        )
        .doc(
            "On how many nodes the new pod may come before the old one goes \
             (`updateStrategy.rollingUpdate.maxSurge`): no node is without one. Default: 0, the \
             old one goes first.",
        )
        .maps("updateStrategy.rollingUpdate.maxSurge")
        .property()
        .example(r#"daemon_set("agent").image("agent:1.9").max_surge(1)"#),
        row(
            "max_unavailable",
            &["self", "amount"],
            |this: DaemonSet, amount: Amount| this.max_unavailable(amount),
        )
        .doc(
            "On how many nodes the pod may be missing while it is replaced \
             (`updateStrategy.rollingUpdate.maxUnavailable`). Default: 1; 0 with a surge.",
        )
        .maps("updateStrategy.rollingUpdate.maxUnavailable")
        .property()
        .example(r#"daemon_set("agent").image("agent:1.9").max_unavailable("25%")"#),
        row("on_delete", &["self"], |this: DaemonSet| this.on_delete())
            .doc(
                "A pod is replaced only when somebody deletes it (`updateStrategy.type: \
                 OnDelete`). Default: node after node.",
            )
            .maps("updateStrategy.type")
            .example(r#"daemon_set("agent").image("agent:1.9").on_delete()"#),
    ];
    rows.extend(running_rows::<DaemonSet>());
    rows
}

crate::table::resources!(DaemonSet = "daemon_set");
