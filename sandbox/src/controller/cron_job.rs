//! Cron jobs: a job at each time of a schedule.

use std::sync::Arc;

use infra_schema::cron::Schedule;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::condition;
use super::effect::{Action, Decision, Event, perform, reference, status_action};
use super::job::JOB;
use super::json::{
    annotation, at, flag, int, items, later, seconds_between, set, stamp, text, time,
};
use super::meta::{
    controlled, controller_reference, is_terminating, name, namespace, own_key, owner_key, uid,
};
use super::seam::{Change, Cluster, Controller, GroupKind, Key, Writer};

const CRON_JOB: GroupKind<'static> = GroupKind::new("batch", "CronJob");
const COMPONENT: &str = "cronjob-controller";
/// More times than this missed in a row are told of.
const MANY: usize = 100;

/// The controller of cron jobs.
pub(crate) struct CronJobs;

impl Controller for CronJobs {
    fn name(&self) -> &'static str {
        COMPONENT
    }

    fn keys(&mut self, change: &Change, _: &dyn Cluster) -> Vec<Key> {
        own_key(change, CRON_JOB)
            .or_else(|| owner_key(change, JOB, CRON_JOB))
            .into_iter()
            .collect()
    }

    fn sync(&mut self, key: &Key, cluster: &mut dyn Cluster) -> Option<Timestamp> {
        let cron = cluster.get(CRON_JOB, &key.namespace, &key.name)?;
        let jobs = controlled(cluster, JOB, &cron);
        let decision = decide(&cron, &jobs, cluster.now());
        for action in decision.actions {
            let Action::Create(job) = action else {
                let _ = perform(cluster, Writer::ControllerManager, COMPONENT, action);
                continue;
            };
            let job_name = name(&job).to_owned();
            let told = match cluster.create(Writer::ControllerManager, job) {
                Ok(_) => {
                    Event::normal(&cron, "SuccessfulCreate", format!("Created job {job_name}"))
                }
                Err(refusal) if refusal.reason == "AlreadyExists" => continue,
                Err(refusal) => {
                    let message = format!("Error creating job: {}", refusal.message);
                    Event::warning(&cron, "FailedCreate", message)
                }
            };
            let _ = perform(
                cluster,
                Writer::ControllerManager,
                COMPONENT,
                Action::Event(told),
            );
        }
        decision.again
    }
}

/// How a job ended, if it has.
fn end(job: &Value) -> Option<&'static str> {
    ["Complete", "Failed"]
        .into_iter()
        .find(|kind| condition::is_true(&job["status"], kind))
}

/// One step of a cron job.
fn decide(cron: &Value, jobs: &[Arc<Value>], now: Timestamp) -> Decision {
    let mut decision = Decision::default();
    let mut status = cron["status"].clone();
    if !status.is_object() {
        status = json!({});
    }
    let mut active: Vec<&Arc<Value>> = jobs.iter().filter(|job| end(job).is_none()).collect();
    tell_of_ends(cron, jobs, &mut decision);
    let succeeded = jobs.iter().filter(|job| end(job) == Some("Complete"));
    if let Some(last) = succeeded
        .filter_map(|job| time(job, "status.completionTime"))
        .max()
        && time(&status, "lastSuccessfulTime").is_none_or(|known| known < last)
    {
        set(&mut status, "lastSuccessfulTime", stamp(last));
    }
    clean_up(cron, jobs, &mut decision);
    let due = if is_terminating(cron) || flag(cron, "spec.suspend") {
        None
    } else {
        next(cron, now, &mut decision)
    };
    if let Some(due) = due {
        let policy = text(cron, "spec.concurrencyPolicy");
        if policy == "Forbid" && !active.is_empty() {
            let message = "Not starting job because prior execution is running and concurrency policy is Forbid";
            decision.event(Event::normal(cron, "JobAlreadyActive", message));
        } else {
            if policy == "Replace" {
                for job in active.drain(..) {
                    decision.push(Action::Delete(job.clone()));
                    let message = format!("Deleted job {}", name(job));
                    decision.event(Event::normal(cron, "SuccessfulDelete", message));
                }
            }
            // It is listed as active when its creation comes back as a change.
            decision.push(Action::Create(job(cron, due)));
            set(&mut status, "lastScheduleTime", stamp(due));
        }
    }
    let listed: Vec<Value> = active.iter().map(|job| reference(job)).collect();
    if listed.is_empty() {
        super::json::unset(&mut status, "active");
    } else {
        set(&mut status, "active", listed);
    }
    decision.actions.extend(status_action(cron, status));
    decision
}

/// The time for which a job is to be made now; looks again at the time after.
fn next(cron: &Value, now: Timestamp, decision: &mut Decision) -> Option<Timestamp> {
    let Ok(schedule) = Schedule::parse(text(cron, "spec.schedule")) else {
        let message = format!("unparseable schedule: {:?}", text(cron, "spec.schedule"));
        decision.event(Event::warning(cron, "UnparseableSchedule", message));
        return None;
    };
    let zone = match text(cron, "spec.timeZone") {
        "" => TimeZone::UTC,
        zone => {
            let Ok(zone) = TimeZone::get(zone) else {
                let message = format!("invalid timeZone: {zone:?}: unknown time zone {zone}");
                decision.event(Event::warning(cron, "UnknownTimeZone", message));
                return None;
            };
            zone
        }
    };
    let after = |time: Timestamp| schedule.next_after(time, &zone);
    if let Some(next) = after(now) {
        decision.look_again(next);
    }
    let patience = int(cron, "spec.startingDeadlineSeconds");
    let mut earliest = time(cron, "status.lastScheduleTime")
        .or_else(|| time(cron, "metadata.creationTimestamp"))
        .unwrap_or(now);
    if let Some(patience) = patience {
        earliest = earliest.max(later(now, -patience));
    }
    let mut due = None;
    let mut missed = 0;
    let mut at = earliest;
    while let Some(time) = after(at).filter(|&time| time <= now) {
        due = Some(time);
        at = time;
        missed += 1;
        if missed == MANY {
            // From here on only the last counts: look for it close to now.
            let step = seconds_between(earliest, time).max(60);
            at = at.max(later(now, -step));
        }
    }
    if missed > MANY {
        let message = format!(
            "too many missed start times: {missed}. Set or decrease .spec.startingDeadlineSeconds or check clock skew"
        );
        decision.event(Event::warning(cron, "TooManyMissedTimes", message));
    }
    due
}

/// The job for a time of the schedule.
fn job(cron: &Value, due: Timestamp) -> Value {
    let template = at(cron, "spec.jobTemplate");
    let mut job = json!({
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": format!("{}-{}", name(cron), due.as_second() / 60),
            "namespace": namespace(cron),
            "ownerReferences": [controller_reference(cron)],
            "annotations": {"batch.kubernetes.io/cronjob-scheduled-timestamp": stamp(due)},
        },
        "spec": at(template, "spec").clone(),
    });
    for part in ["labels", "annotations"] {
        let path = format!("metadata.{part}");
        super::template::copy_entries(template, &path, &mut job, &path, |_| true);
    }
    job
}

/// Tells once of each job that has ended: while the status still lists it as active.
fn tell_of_ends(cron: &Value, jobs: &[Arc<Value>], decision: &mut Decision) {
    let listed = items(cron, "status.active");
    for job in jobs {
        let Some(end) = end(job) else { continue };
        if listed.iter().any(|one| text(one, "uid") == uid(job)) {
            let message = format!("Saw completed job: {}, condition: {end}", name(job));
            decision.event(Event::normal(cron, "SawCompletedJob", message));
        }
    }
}

/// Deletes the oldest of the ended jobs beyond what is kept.
fn clean_up(cron: &Value, jobs: &[Arc<Value>], decision: &mut Decision) {
    for (kind, path, default) in [
        ("Complete", "spec.successfulJobsHistoryLimit", 3),
        ("Failed", "spec.failedJobsHistoryLimit", 1),
    ] {
        let kept = int(cron, path).unwrap_or(default).max(0) as usize;
        let mut ended: Vec<&Arc<Value>> = jobs
            .iter()
            .filter(|job| end(job) == Some(kind) && !is_terminating(job))
            .collect();
        ended.sort_by_key(|job| {
            let scheduled = annotation(job, "batch.kubernetes.io/cronjob-scheduled-timestamp");
            (
                scheduled.unwrap_or_default().to_owned(),
                name(job).to_owned(),
            )
        });
        let surplus = ended.len().saturating_sub(kept);
        for job in ended.into_iter().take(surplus) {
            decision.push(Action::Delete(job.clone()));
            let message = format!("Deleted job {}", name(job));
            decision.event(Event::normal(cron, "SuccessfulDelete", message));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::outline;
    use super::*;

    fn cron(spec: Value, last: Option<&str>) -> Value {
        let mut cron = json!({
            "apiVersion": "batch/v1", "kind": "CronJob",
            "metadata": {"name": "c", "namespace": "n", "uid": "u", "creationTimestamp": "2026-01-01T00:00:00Z"},
            "spec": {"schedule": "*/5 * * * *", "concurrencyPolicy": "Allow", "jobTemplate": {"spec": {}}},
            "status": {},
        });
        for (key, value) in spec.as_object().into_iter().flatten() {
            cron["spec"][key] = value.clone();
        }
        if let Some(last) = last {
            set(&mut cron, "status.lastScheduleTime", last);
        }
        cron
    }

    fn running() -> Arc<Value> {
        Arc::new(json!({"kind": "Job", "metadata": {"name": "old", "uid": "old"}}))
    }

    #[test]
    fn steps() {
        let create = "create Job c-29453770";
        for (what, cron, jobs, now, wanted) in [
            (
                "not yet",
                cron(json!({}), None),
                vec![],
                "2026-01-01T00:03:00Z",
                vec![],
            ),
            (
                "due",
                cron(json!({}), None),
                vec![],
                "2026-01-01T00:10:00Z",
                vec![create, "status CronJob c"],
            ),
            (
                "done already",
                cron(json!({}), Some("2026-01-01T00:10:00Z")),
                vec![],
                "2026-01-01T00:12:00Z",
                vec![],
            ),
            (
                "suspended",
                cron(json!({"suspend": true}), None),
                vec![],
                "2026-01-01T00:10:00Z",
                vec![],
            ),
            (
                "too late",
                cron(json!({"startingDeadlineSeconds": 30}), None),
                vec![],
                "2026-01-01T00:11:00Z",
                vec![],
            ),
            (
                "forbidden beside another",
                cron(json!({"concurrencyPolicy": "Forbid"}), None),
                vec![running()],
                "2026-01-01T00:10:00Z",
                vec![
                    "event JobAlreadyActive: Not starting job because prior execution is running and \
                     concurrency policy is Forbid",
                    "status CronJob c",
                ],
            ),
            (
                "replaces another",
                cron(json!({"concurrencyPolicy": "Replace"}), None),
                vec![running()],
                "2026-01-01T00:10:00Z",
                vec![
                    "delete Job old",
                    "event SuccessfulDelete: Deleted job old",
                    create,
                    "status CronJob c",
                ],
            ),
            (
                "another zone",
                cron(
                    json!({"schedule": "30 9 * * *", "timeZone": "Asia/Tokyo"}),
                    None,
                ),
                vec![],
                "2026-01-01T00:30:00Z",
                vec!["create Job c-29453790", "status CronJob c"],
            ),
        ] {
            let decision = decide(&cron, &jobs, now.parse().unwrap());
            assert_eq!(outline(&decision), wanted, "{what}");
        }
    }

    #[test]
    fn looks_again_at_the_next_time() {
        let decision = decide(
            &cron(json!({}), None),
            &[],
            "2026-01-01T00:03:00Z".parse().unwrap(),
        );
        assert_eq!(
            decision.again,
            Some("2026-01-01T00:05:00Z".parse().unwrap())
        );
    }
}
