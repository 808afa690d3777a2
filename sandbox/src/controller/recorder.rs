//! Telling events as clients of the API do: the same one again is counted, many that differ in
//! their message alone become one, and of too many about one object the rest is lost.

use std::collections::{BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::effect::Event;
use super::json::{count, set, stamp, text, unset};
use super::seam::{Cluster, GroupKind, Writer};
use super::template::fnv64;

const EVENT: GroupKind<'static> = GroupKind::new("", "Event");

/// So many messages for one reason are told one by one, if not this far apart.
const ALIKE: usize = 10;
const ALIKE_WITHIN: SignedDuration = SignedDuration::from_mins(10);

/// So many events a component tells of one object at once; then one for each such time.
const BURST: i64 = 25;
const REFILL: SignedDuration = SignedDuration::from_mins(5);

/// How many objects are remembered before the oldest are forgotten.
const REMEMBERED: usize = 4096;

/// What was told lately, by digests of what events have in common.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    alike: HashMap<u64, Alike>,
    told: HashMap<u64, Bucket>,
}

/// The messages of events that have all else in common.
#[derive(Debug)]
struct Alike {
    messages: BTreeSet<u64>,
    last: Timestamp,
}

/// How many events may still be told, and since when that is so.
#[derive(Debug)]
struct Bucket {
    left: i64,
    since: Timestamp,
}

impl Recorder {
    /// Whether this message is one of too many that differ in nothing else.
    fn combines(&mut self, common: u64, message: &str, now: Timestamp) -> bool {
        if self.alike.len() >= REMEMBERED {
            self.alike
                .retain(|_, alike| is_within(alike.last, now, ALIKE_WITHIN));
        }
        let alike = self.alike.entry(common).or_insert_with(|| Alike {
            messages: BTreeSet::new(),
            last: now,
        });
        if !is_within(alike.last, now, ALIKE_WITHIN) {
            alike.messages.clear();
        }
        alike.last = now;
        alike.messages.insert(fnv64(&[message]));
        if alike.messages.len() < ALIKE {
            return false;
        }
        alike.messages.pop_first();
        true
    }

    /// Whether another event may be told about an object.
    fn allows(&mut self, about: u64, now: Timestamp) -> bool {
        if self.told.len() >= REMEMBERED {
            let full = REFILL
                .checked_mul(BURST as i32)
                .unwrap_or(SignedDuration::MAX);
            self.told
                .retain(|_, bucket| is_within(bucket.since, now, full));
        }
        let bucket = self.told.entry(about).or_insert(Bucket {
            left: BURST,
            since: now,
        });
        let refilled = now.duration_since(bucket.since).as_secs() / REFILL.as_secs();
        if refilled > 0 {
            bucket.left = (bucket.left + refilled).min(BURST);
            bucket.since = now;
        }
        bucket.left -= 1;
        let allowed = bucket.left >= 0;
        bucket.left = bucket.left.max(0);
        allowed
    }
}

fn is_within(then: Timestamp, now: Timestamp, time: SignedDuration) -> bool {
    now.duration_since(then) <= time
}

/// Writes an event, or counts it up where it was told already.
pub(crate) fn record(cluster: &mut dyn Cluster, writer: Writer, component: &str, event: &Event) {
    if writer == Writer::Scheduler {
        return record_series(cluster, writer, component, event);
    }
    let now = cluster.now();
    let about = &event.about;
    let component = event.teller.as_deref().unwrap_or(component);
    let home = home_of(about);
    let kind = if event.warning { "Warning" } else { "Normal" };
    let uid = text(about, "uid");
    let common = fnv64(&[uid, component, kind, event.reason]);
    let recorder = cluster.recorder();
    let combined = recorder.combines(common, &event.message, now);
    if !recorder.allows(fnv64(&[uid, component, kind]), now) {
        return;
    }
    let (digest, message) = if combined {
        let message = format!("(combined from similar events): {}", event.message);
        (common, message)
    } else {
        let path = text(about, "fieldPath");
        let digest = fnv64(&[uid, path, component, kind, event.reason, &event.message]);
        (digest, event.message.clone())
    };
    let id = format!("{}.{digest:016x}", text(about, "name"));
    // An event that cannot be written (its namespace is going away) is lost, as in any cluster.
    if let Some(old) = cluster.get(EVENT, home, &id) {
        let mut again = Value::clone(&old);
        set(&mut again, "count", count(&old, "count") + 1);
        set(&mut again, "lastTimestamp", stamp(now));
        set(&mut again, "message", message);
        unset(&mut again, "metadata.resourceVersion");
        let _ = cluster.update(writer, again);
    } else {
        let _ = cluster.create(
            writer,
            json!({
                "apiVersion": "v1",
                "kind": "Event",
                "metadata": {"name": id, "namespace": home},
                "involvedObject": about,
                "reason": event.reason,
                "message": message,
                "type": kind,
                "source": {"component": component},
                "firstTimestamp": stamp(now),
                "lastTimestamp": stamp(now),
                "count": 1,
                "eventTime": null,
                "reportingComponent": component,
                "reportingInstance": "",
            }),
        );
    }
}

/// The namespace of an event about an object.
fn home_of(about: &Value) -> &str {
    match text(about, "namespace") {
        "" => "default",
        home => home,
    }
}

/// Writes an event in the newer form of the API (`events.k8s.io`), in which the scheduler tells:
/// what is told again, in whatever words, becomes a series with its first message.
fn record_series(cluster: &mut dyn Cluster, writer: Writer, component: &str, event: &Event) {
    let now = cluster.now().strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string();
    let about = &event.about;
    let home = home_of(about);
    let digest = fnv64(&[text(about, "uid"), component, event.reason]);
    let id = format!("{}.{digest:016x}", text(about, "name"));
    if let Some(old) = cluster.get(EVENT, home, &id) {
        let mut again = Value::clone(&old);
        let number = count(&old, "series.count").max(1) + 1;
        again["series"] = json!({"count": number, "lastObservedTime": now});
        unset(&mut again, "metadata.resourceVersion");
        let _ = cluster.update(writer, again);
        return;
    }
    let action = if event.warning {
        "Scheduling"
    } else {
        "Binding"
    };
    let _ = cluster.create(
        writer,
        json!({
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": id, "namespace": home},
            "involvedObject": about,
            "reason": event.reason,
            "message": event.message,
            "type": if event.warning { "Warning" } else { "Normal" },
            "action": action,
            "source": {},
            "firstTimestamp": null,
            "lastTimestamp": null,
            "eventTime": now,
            "reportingComponent": component,
            "reportingInstance": format!("{component}-sandbox"),
        }),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_767_225_600 + seconds).unwrap()
    }

    #[test]
    fn the_tenth_of_many_alike_is_combined() {
        let mut recorder = Recorder::default();
        let mut combined =
            |number: i64, second| recorder.combines(1, &format!("pod {number}"), at(second));
        let told: Vec<bool> = (1..=11).map(|number| combined(number, number)).collect();
        assert_eq!(told.iter().position(|combined| *combined), Some(9));
        assert!(told[10]);
        // The same message again differs in nothing; after a while all is new.
        assert!(!combined(1, 700));
        assert!((1..20).all(|second| !combined(1, 700 + second)));
    }

    #[test]
    fn too_many_events_about_one_object_are_lost() {
        let mut recorder = Recorder::default();
        let allowed = (0..40).filter(|_| recorder.allows(1, at(0))).count();
        assert_eq!(allowed, 25);
        assert!(recorder.allows(2, at(0)), "another object");
        assert!(!recorder.allows(1, at(299)));
        assert!(recorder.allows(1, at(300)));
        assert!(!recorder.allows(1, at(301)));
    }
}
