//! `cordon("node")` and `uncordon("node")`: whether new pods come to a node.

use super::live_object::LiveObject;
use super::place::Place;
use crate::table::{Fault, Row, Writer, row};
use infra_sdk::operation::{cordon, uncordon};
use infra_sdk::types::Name;

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row(
            "cordon",
            &["node"],
            |node: Name, live: Writer| -> Result<LiveObject, Fault> {
                let place = Place::of(live.0, None);
                let (cluster, dry_run) = (place.cluster.clone(), place.dry_run);
                let node = node.to_string();
                let written = place.run(async move { cordon(&cluster, &node, dry_run).await })?;
                Ok(place.wrote(written, ("cordon", "cordoned"), ""))
            },
        )
        .on_cluster()
        .doc("Keeps new pods from a node, as `kubectl cordon` does. Those that run there stay.")
        .example(r#"cordon("node-1"); uncordon("node-1");"#),
        row(
            "uncordon",
            &["node"],
            |node: Name, live: Writer| -> Result<LiveObject, Fault> {
                let place = Place::of(live.0, None);
                let (cluster, dry_run) = (place.cluster.clone(), place.dry_run);
                let node = node.to_string();
                let written = place.run(async move { uncordon(&cluster, &node, dry_run).await })?;
                Ok(place.wrote(written, ("uncordon", "uncordoned"), ""))
            },
        )
        .on_cluster()
        .doc("Lets new pods come to a node again.")
        .example(r#"uncordon("node-1");"#),
    ]
}
