//! `scale("app", 5)`: how many pods a workload has.

use super::live_object::LiveObject;
use super::place::{Place, WhereOptions};
use super::target::TargetValue;
use crate::table::{Fault, Row, Writer, row};
use infra_sdk::operation::scale;

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row(
            "scale",
            &["target", "replicas", "options?"],
            |target: TargetValue,
             replicas: u32,
             options: Option<WhereOptions>,
             live: Writer|
             -> Result<LiveObject, Fault> {
                let (place, target) = Place::with_target(live.0, target, WhereOptions::namespace(options))?;
                let (cluster, namespace) = (place.cluster.clone(), place.namespace.clone());
                let dry_run = place.dry_run;
                let written = place.run(async move {
                    scale(&cluster, &target, &namespace, replicas, dry_run).await
                })?;
                Ok(place.wrote(written, ("scale", "scaled"), &format!(" to {replicas}")))
            },
        )
        .on_cluster()
        .doc(
            "Changes how many pods a deployment, stateful set or replica set has, and does not wait \
             for them. The result is the object afterwards. Option: `namespace`.",
        )
        .example(r#"scale("deployment/app", 5);"#),
    ]
}
