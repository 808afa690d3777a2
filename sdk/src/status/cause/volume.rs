//! Volumes that cannot be mounted.

use super::super::Evidence;
use super::super::read::sentence;
use super::finding::Finding;
use super::{Class, Verdict, event};
use serde_json::Value;
use std::time::Duration;

/// How long a secret or config map may be missing: some are made by other controllers.
const BUDGET: Duration = Duration::from_secs(30);

/// From the events of a pod that waits for its volumes.
pub(super) fn finding(evidence: &Evidence<'_>, pod: &Value) -> Option<Finding> {
    let reasons = [
        "FailedMount",
        "FailedAttachVolume",
        "FailedMapVolume",
        "FailedCreatePodSandBox",
        "NetworkNotReady",
    ];
    let (reason, message) = event::latest_of(evidence, pod, &reasons)?;
    let message = sentence(message);
    let volume = between(&message, "volume \"", "\"");
    let at = volume
        .map(|name| vec![format!("volume `{name}`")])
        .unwrap_or_default();
    let named = volume.map_or_else(|| "a volume".to_owned(), |name| format!("volume `{name}`"));

    let mut found = if let Some((kind, name)) = missing_source(&message) {
        Finding::new(
            Class::Mount,
            Verdict::After(BUDGET),
            format!("{named} cannot be mounted: {kind} `{name}` is not there"),
        )
    } else if let Some(key) = between(&message, "references non-existent secret key: ", " ")
        .or_else(|| between(&message, "references non-existent config key: ", " "))
    {
        Finding::new(
            Class::Mount,
            Verdict::After(BUDGET),
            format!("{named} cannot be mounted: key `{key}` is not there"),
        )
    } else if reason == "FailedCreatePodSandBox" || reason == "NetworkNotReady" {
        Finding::new(
            Class::Mount,
            Verdict::Wait,
            format!("the node cannot give the pod a network: {message}"),
        )
    } else if message.contains("Multi-Attach error") {
        Finding::new(
            Class::Mount,
            Verdict::Wait,
            format!("{named} is still attached to another node"),
        )
        .hint("its access mode allows one node: the old pod must go first (strategy `Recreate`)")
    } else {
        Finding::new(
            Class::Mount,
            Verdict::Wait,
            format!("{named} cannot be mounted: {message}"),
        )
    };
    found.at = at;
    Some(found)
}

/// `secret "x" not found` or `configmap "x" not found`.
fn missing_source(message: &str) -> Option<(&'static str, &str)> {
    for (mark, kind) in [("secret \"", "secret"), ("configmap \"", "config map")] {
        if let Some((_, rest)) = message.split_once(mark)
            && let Some((name, after)) = rest.split_once('"')
            && after.trim_start().starts_with("not found")
        {
            return Some((kind, name.rsplit('/').next().unwrap_or(name)));
        }
    }
    None
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(from)?;
    Some(rest.split_once(to).map_or(rest, |(inside, _)| inside)).filter(|inside| !inside.is_empty())
}

#[cfg(test)]
mod tests {
    use crate::status::cause::Class;
    use crate::status::cause::world::events;

    #[test]
    fn mounts_that_fail_are_told() {
        let creating = "{phase: Pending, containerStatuses: [{name: app, state: {waiting: {reason: ContainerCreating}}}]}";
        events(&[
            (
                creating,
                &[(
                    "FailedMount",
                    "MountVolume.SetUp failed for volume \"tls\" : secret \"app-tls\" not found",
                )],
                Class::Mount,
                "volume `tls` cannot be mounted: secret `app-tls` is not there",
            ),
            (
                creating,
                &[(
                    "FailedMount",
                    "MountVolume.SetUp failed for volume \"c\" : references non-existent config key: a.conf",
                )],
                Class::Mount,
                "volume `c` cannot be mounted: key `a.conf` is not there",
            ),
            (
                creating,
                &[(
                    "FailedAttachVolume",
                    "Multi-Attach error for volume \"pvc-1\" Volume is already used by pod(s) app-1-x",
                )],
                Class::Mount,
                "volume `pvc-1` is still attached to another node",
            ),
        ]);
    }
}
