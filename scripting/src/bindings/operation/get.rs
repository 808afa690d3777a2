//! `get("deployment/app")`: one object, as it is now.

use super::live_object::LiveObject;
use super::place::{Place, WhereOptions};
use super::target::TargetValue;
use crate::table::{Fault, Reader, Row, row};
use infra_sdk::operation::get;

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row(
            "get",
            &["target", "options?"],
            |target: TargetValue,
             options: Option<WhereOptions>,
             live: Reader|
             -> Result<LiveObject, Fault> {
                let (place, target) = Place::with_target(live.0, target, WhereOptions::namespace(options))?;
                let (cluster, namespace) = (place.cluster.clone(), place.namespace.clone());
                let found =
                    place.run(async move { get(&cluster, &target, &namespace).await })?;
                Ok(LiveObject::of(found.object))
            },
        )
        .on_cluster()
        .doc(
            "An object of the cluster, as it is now: its fields are read as they are called there \
             (`app.spec.replicas`), and one that is not set is `()`. The target is `kind/name`, with \
             the kind as kubectl knows it (`deployment`, `deploy`), the name of a workload alone, or a \
             builder. The values of a Secret are secrets. Option: `namespace`.",
        )
        .example(r#"let image = get("deployment/app").spec.template.spec.containers[0].image;"#),
    ]
}
