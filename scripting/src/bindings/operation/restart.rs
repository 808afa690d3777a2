//! `restart("app")`: new pods for a workload, without an interruption.

use super::live_object::LiveObject;
use super::place::{Place, WhereOptions};
use super::target::TargetValue;
use crate::table::{Fault, Row, Writer, row};
use infra_sdk::operation::restart;

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row(
            "restart",
            &["target", "options?"],
            |target: TargetValue,
             options: Option<WhereOptions>,
             live: Writer|
             -> Result<LiveObject, Fault> {
                let (place, target) = Place::with_target(live.0, target, options)?;
                let (cluster, namespace) = (place.cluster.clone(), place.namespace.clone());
                let dry_run = place.dry_run;
                let written = place
                    .run(async move { restart(&cluster, &target, &namespace, dry_run).await })?;
                Ok(place.wrote(written, ("restart", "restarted"), ""))
            },
        )
        .on_cluster()
        .doc(
            "Replaces the pods of a deployment, stateful set or daemon set as its update strategy \
             says, as `kubectl rollout restart` does, and does not wait for them. The result is the \
             object afterwards. Option: `namespace`.",
        )
        .example(r#"restart("deployment/app");"#),
    ]
}
