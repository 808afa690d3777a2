//! `rollout_status`, `rollout_history`, `rollout_undo`.

use super::live_object::LiveObject;
use super::place::{Place, WhereOptions};
use super::target::TargetValue;
use crate::bindings::options::{Options, option_maps};
use crate::table::{Fault, Reader, Row, Writer, row};
use infra_sdk::operation::{rollout_history, rollout_status, rollout_undo};
use infra_sdk::types::{DnsLabel, Duration};

/// How long, and where.
pub(super) struct TimeOptions {
    pub(super) timeout: std::time::Duration,
    pub(super) namespace: Option<DnsLabel>,
}

impl Default for TimeOptions {
    fn default() -> Self {
        Self {
            timeout: std::time::Duration::from_mins(10),
            namespace: None,
        }
    }
}

#[derive(Default)]
struct UndoOptions {
    to_revision: Option<u32>,
    namespace: Option<DnsLabel>,
}

option_maps! {
    TimeOptions, "a map such as `#{ timeout: \"5m\" }`", |options: &mut Options, call| {
        let usual = TimeOptions::default();
        let timeout: Option<Duration> = options.take("timeout", call)?;
        Ok(TimeOptions {
            timeout: timeout.map_or(usual.timeout, |time| std::time::Duration::from_millis(time.millis())),
            namespace: options.take("namespace", call)?,
        })
    };
    UndoOptions, "a map such as `#{ to_revision: 3 }`", |options: &mut Options, call| {
        Ok(UndoOptions {
            to_revision: options.take("to_revision", call)?,
            namespace: options.take("namespace", call)?,
        })
    };
}

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row(
            "rollout_status",
            &["target", "options?"],
            |target: TargetValue,
             options: Option<TimeOptions>,
             live: Reader|
             -> Result<LiveObject, Fault> {
                let TimeOptions { timeout, namespace } = options.unwrap_or_default();
                let (place, target) = Place::with_target(live.0, target, namespace)?;
                let (cluster, namespace) = (place.cluster.clone(), place.namespace.clone());
                let report = place.live.reporter();
                let object = place.run(async move {
                    let tell = |line: String| report(&format!("{target}: {line}"));
                    rollout_status(&cluster, &target, &namespace, timeout, &tell).await
                })?;
                Ok(LiveObject::of(object))
            },
        )
        .on_cluster()
        .doc(
            "Waits until the rollout of a deployment, stateful set or daemon set is done. An error, \
             with its cause, when it fails or is not done in time. The result is the object. Options: \
             `timeout`, 10 minutes by default; `namespace`.",
        )
        .example(
            r#"set_image("deployment/app", "registry.example/app:1.4.3");
rollout_status("deployment/app", #{ timeout: "5m" });"#,
        ),
        row(
            "rollout_history",
            &["target", "options?"],
            |target: TargetValue,
             options: Option<WhereOptions>,
             live: Reader|
             -> Result<Vec<LiveObject>, Fault> {
                let namespace = WhereOptions::namespace(options);
                let (place, target) = Place::with_target(live.0, target, namespace)?;
                let (cluster, namespace) = (place.cluster.clone(), place.namespace.clone());
                let revisions = place
                    .run(async move { rollout_history(&cluster, &target, &namespace).await })?;
                Ok(revisions.iter().map(LiveObject::plain).collect())
            },
        )
        .on_cluster()
        .doc(
            "The revisions of a deployment, stateful set or daemon set that the cluster remembers, \
             the newest first: `revision`, `current`, `images`, `change_cause`, `created`. Option: \
             `namespace`.",
        )
        .example(
            r#"for one in rollout_history("deployment/app") { print(`${one.revision}: ${one.images}`); }"#,
        ),
        row(
            "rollout_undo",
            &["target", "options?"],
            |target: TargetValue,
             options: Option<UndoOptions>,
             live: Writer|
             -> Result<LiveObject, Fault> {
                let UndoOptions { to_revision, namespace } = options.unwrap_or_default();
                let (place, target) = Place::with_target(live.0, target, namespace)?;
                let (cluster, namespace) = (place.cluster.clone(), place.namespace.clone());
                let (to, dry_run) = (to_revision.map(i64::from), place.dry_run);
                let (written, revision) = place.run(async move {
                    rollout_undo(&cluster, &target, &namespace, to, dry_run).await
                })?;
                let how = format!(" to revision {revision}");
                Ok(place.wrote(written, ("take back", "took back"), &how))
            },
        )
        .on_cluster()
        .doc(
            "Goes back to an earlier revision of a deployment, stateful set or daemon set, and does \
             not wait for it: `rollout_status` does. Only the template of its pods goes back; to go \
             back to a whole revision of an environment, run that. Options: `to_revision`, the one \
             before the present one by default; `namespace`.",
        )
        .example(
            r#"set_image("deployment/app", "registry.example/app:1.4.3");
rollout_status("deployment/app");
rollout_undo("deployment/app", #{ to_revision: 1 });"#,
        ),
    ]
}
