//! `restart("app")`: new pods for a workload, without an interruption.

use super::done::change;
use crate::table::Row;
use infra_sdk::operation::restart;

pub(crate) fn rows() -> Vec<Row> {
    vec![
        change("restart", "restarted", |cluster, target, namespace, dry_run| async move {
            restart(&cluster, &target, &namespace, dry_run).await
        })
        .doc(
            "Replaces the pods of a deployment, stateful set or daemon set as its update strategy \
             says, as `kubectl rollout restart` does, and does not wait for them. The result is the \
             object afterwards. Option: `namespace`.",
        )
        .example(r#"restart("deployment/app");"#),
    ]
}
