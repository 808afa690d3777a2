//! Events: which ones belong, and the newest.

use super::super::Evidence;
use super::super::read::{controlled_by, list, name, sentence, text, uid};
use super::{revision, scheduling};
use serde_json::Value;
use std::collections::BTreeSet;

/// How many events a cause shows.
const SHOWN: usize = 5;

/// Whether an event is worth keeping at all: routine ones (`Pulled`, `Created`, `Scheduled`, …) are
/// not.
pub fn relevant(event: &Value) -> bool {
    text(event, "/type") == Some("Warning")
        || matches!(
            text(event, "/reason"),
            Some(
                "WaitForFirstConsumer"
                    | "TriggeredScaleUp"
                    | "Nominated"
                    | "Killing"
                    | "ExternalProvisioning"
            )
        )
}

/// When an event happened last.
fn time(event: &Value) -> &str {
    [
        "/series/lastObservedTime",
        "/lastTimestamp",
        "/eventTime",
        "/firstTimestamp",
        "/metadata/creationTimestamp",
    ]
    .into_iter()
    .find_map(|pointer| text(event, pointer))
    .unwrap_or_default()
}

fn instant(event: &Value) -> Option<jiff::Timestamp> {
    time(event).parse().ok()
}

/// What an event says. Its recorder folds what it has told often into one event, and says so in front.
fn message(event: &Value) -> &str {
    let said = text(event, "/message").unwrap_or_default();
    said.strip_prefix("(combined from similar events): ")
        .unwrap_or(said)
}

/// Whether an event tells of what is over: a pod that has a node is scheduled.
fn is_over(event: &Value, about: &Value) -> bool {
    text(event, "/reason") == Some("FailedScheduling") && text(about, "/spec/nodeName").is_some()
}

/// Whether an event only repeats the state that its pod is in: `Error: ErrImagePull`.
fn repeats_state(message: &str) -> bool {
    message.strip_prefix("Error: ").is_some_and(|state| {
        !state.is_empty() && state.chars().all(|letter| letter.is_ascii_alphabetic())
    })
}

fn about(event: &Value, object: &Value) -> bool {
    match text(event, "/involvedObject/uid") {
        Some(id) if !uid(object).is_empty() => id == uid(object),
        _ => {
            text(event, "/involvedObject/kind") == text(object, "/kind")
                && text(event, "/involvedObject/name") == Some(name(object))
                && text(event, "/involvedObject/namespace") == text(object, "/metadata/namespace")
        }
    }
}

/// Events about an object made for this revision all count; those about an older one only when they
/// are newer than the run.
fn counts(evidence: &Evidence<'_>, event: &Value, object: &Value) -> bool {
    let Some(since) = evidence.since else {
        return true;
    };
    let born: Option<jiff::Timestamp> =
        text(object, "/metadata/creationTimestamp").and_then(|time| time.parse().ok());
    // Pods and claims are judged by what happens to them now, whenever they were made.
    let own = uid(object) == uid(evidence.object) && name(object) == name(evidence.object);
    !own || text(object, "/kind") == Some("PersistentVolumeClaim")
        || born.is_some_and(|born| born >= since)
        || instant(event).is_none_or(|at| at >= since)
}

/// The reason and message of the newest event about `object` for which `wanted` holds.
fn newest<'a>(
    evidence: &Evidence<'a>,
    object: &Value,
    wanted: impl Fn(&str, &str) -> bool,
) -> Option<(&'a str, &'a str)> {
    evidence
        .events
        .iter()
        .copied()
        .filter(|event| about(event, object) && counts(evidence, event, object))
        .filter_map(|event| {
            let reason = text(event, "/reason").unwrap_or_default();
            let message = message(event);
            wanted(reason, message).then(|| (time(event), reason, message))
        })
        .max_by_key(|(time, ..)| *time)
        .map(|(_, reason, message)| (reason, message))
}

/// The message of the newest event with one of these reasons.
pub(super) fn latest<'a>(
    evidence: &Evidence<'a>,
    object: &Value,
    reasons: &[&str],
) -> Option<&'a str> {
    latest_of(evidence, object, reasons).map(|(_, message)| message)
}

/// The same with its reason.
pub(super) fn latest_of<'a>(
    evidence: &Evidence<'a>,
    object: &Value,
    reasons: &[&str],
) -> Option<(&'a str, &'a str)> {
    newest(evidence, object, |reason, _| reasons.contains(&reason))
}

/// The message of the newest event whose reason and message satisfy `wanted`.
pub(super) fn matching<'a>(
    evidence: &Evidence<'a>,
    object: &Value,
    wanted: impl Fn(&str, &str) -> bool,
) -> Option<&'a str> {
    newest(evidence, object, wanted).map(|(_, message)| message)
}

/// The newest warnings about the object, its new replica set, its pods and their claims, each text
/// once, the newest first; without what the summary says already.
pub(super) fn warnings(evidence: &Evidence<'_>, pods: &[&Value], summary: &str) -> Vec<String> {
    let object = evidence.object;
    let mut around: Vec<&Value> = vec![object];
    around.extend(revision::new_replica_set(evidence));
    around.extend(pods);
    let used = |claim: &Value| {
        controlled_by(claim, object)
            || pods.iter().any(|pod| {
                list(pod, "/spec/volumes").iter().any(|volume| {
                    text(volume, "/persistentVolumeClaim/claimName") == Some(name(claim))
                })
            })
    };
    around.extend(evidence.claims.iter().copied().filter(|claim| used(claim)));

    let mut found: Vec<(&str, String)> = evidence
        .events
        .iter()
        .copied()
        .filter(|event| text(event, "/type") == Some("Warning"))
        .filter(|event| {
            around.iter().any(|object| {
                about(event, object) && counts(evidence, event, object) && !is_over(event, object)
            })
        })
        .filter(|event| !repeats_state(message(event)))
        .map(|event| {
            let reason = text(event, "/reason").unwrap_or_default();
            let message = sentence(message(event));
            let message = scheduling::without_preemption(&message);
            (time(event), format!("{reason}: {message}"))
        })
        .collect();
    found.sort_by(|a, b| b.cmp(a));
    // What several pods say differs only in their names.
    let plain = |line: &str| {
        let line = pods.iter().fold(line.to_owned(), |line, pod| {
            let line = line.replace(name(pod), "");
            if uid(pod).is_empty() {
                line
            } else {
                line.replace(uid(pod), "")
            }
        });
        without_generated(&line)
    };
    let mut lines: Vec<String> = Vec::new();
    let mut known: BTreeSet<String> = BTreeSet::new();
    for (_, line) in found {
        let said = line
            .split_once(": ")
            .is_some_and(|(_, message)| summary.ends_with(message));
        if !said && lines.len() < SHOWN && known.insert(plain(&line)) {
            lines.push(line);
        }
    }
    lines
}

/// A text without the ends that the API server gave to generated names: `app-576fb59cb6-98t5j` is
/// `app-576fb59cb6-`. A pod that could not be made is known only by such a name.
fn without_generated(text: &str) -> String {
    let in_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    text.split_inclusive(|letter| !in_name(letter))
        .map(|word| {
            let name = word.trim_end_matches(|letter| !in_name(letter));
            match name.rsplit_once('-') {
                Some((base, end)) if is_generated(end) => {
                    format!("{base}-{}", &word[name.len()..])
                }
                _ => word.to_owned(),
            }
        })
        .collect()
}

/// Whether this is the end of a generated name: five of the characters that Kubernetes takes for it.
fn is_generated(end: &str) -> bool {
    end.len() == 5
        && end
            .chars()
            .all(|letter| "bcdfghjklmnpqrstvwxz2456789".contains(letter))
}

#[cfg(test)]
mod tests {
    use super::without_generated;
    use crate::status::cause::find;
    use crate::status::cause::world::deployment;
    use crate::status::{Evidence, status};

    #[test]
    fn generated_ends_of_names_are_taken_off() {
        for (text, plain) in [
            (
                r#"pods "app-576fb59cb6-98t5j" is forbidden"#,
                r#"pods "app-576fb59cb6-" is forbidden"#,
            ),
            ("pod app-98t5j_shop(1): x", "pod app-_shop(1): x"),
            ("nightly-small, app-db", "nightly-small, app-db"),
            ("ends with app-98t5j", "ends with app-"),
            ("", ""),
        ] {
            assert_eq!(without_generated(text), plain);
        }
    }

    #[test]
    fn at_most_five_warnings_each_once_the_newest_first() {
        let mut world = deployment().container("state: {waiting: {reason: ContainerCreating}}");
        for (number, about) in ["d", "r2", "app-2-x", "r1", "app-2-x", "d", "d", "app-2-x"]
            .iter()
            .enumerate()
        {
            world = world.event(about, "Odd", &format!("number {}", number % 7));
        }
        let details = world.cause().details;
        // Number 3 is about the old replica set; 0 stands there twice.
        assert_eq!(
            details,
            [
                "Odd: number 0",
                "Odd: number 6",
                "Odd: number 5",
                "Odd: number 4",
                "Odd: number 2"
            ]
        );
    }

    #[test]
    fn what_several_pods_say_alike_is_told_once() {
        let creating = "{phase: Pending, containerStatuses: [{name: app, state: {waiting: {reason: ContainerCreating}}}]}";
        let world = deployment()
            .pod("app-2-x", "r2", "{}", creating)
            .pod("app-2-y", "r2", "{}", creating)
            .event("app-2-x", "Odd", "in pod app-2-x")
            .event("app-2-y", "Odd", "in pod app-2-y");
        assert_eq!(world.cause().details, ["Odd: in pod app-2-y"]);
    }

    #[test]
    fn an_event_that_says_nothing_new_is_not_told() {
        let refused = "Error creating: pods \"app-2-98t5j\" is forbidden: exceeded quota: small, requested: cpu=1, used: cpu=1, limited: cpu=1";
        let combined = format!("(combined from similar events): {refused}");
        let world = deployment().event("r2", "FailedCreate", refused).event(
            "r2",
            "FailedCreate",
            &combined,
        );
        assert_eq!(world.cause().details, [format!("FailedCreate: {refused}")]);

        let unscheduled = "0/3 nodes are available: 3 Insufficient cpu.";
        let world = deployment()
            .pod("app-2-x", "r2", "{nodeName: worker-1}", "{phase: Pending}")
            .pod("app-2-y", "r2", "{}", "{phase: Pending}")
            .event("app-2-x", "FailedScheduling", unscheduled);
        assert!(world.cause().details.is_empty());
        let world = world.event("app-2-y", "FailedScheduling", unscheduled);
        let unscheduled = unscheduled.trim_end_matches('.');
        assert_eq!(
            world.cause().details,
            [format!("FailedScheduling: {unscheduled}")]
        );

        let world = deployment()
            .container("state: {waiting: {reason: ErrImagePull, message: 'manifest unknown'}}")
            .event("app-2-x", "Failed", "Error: ErrImagePull")
            .event("app-2-x", "Failed", "Error: ImagePullBackOff")
            .event("app-2-x", "Failed", "Error: key `a` is not there");
        assert_eq!(
            world.cause().details,
            ["Failed: Error: key `a` is not there"]
        );
    }

    #[test]
    fn old_events_about_the_object_do_not_count() {
        let world = deployment()
            .container("state: {waiting: {reason: ContainerCreating}}")
            .event("d", "Odd", "from the release before");
        let mut evidence = Evidence::of(&world.object);
        evidence.events = world.events.iter().collect();
        evidence.since = "2026-01-01T00:00:05Z".parse().ok();
        let found = find(&evidence, &status(&evidence)).expect("not ready");
        assert!(found.details.is_empty());
    }
}
