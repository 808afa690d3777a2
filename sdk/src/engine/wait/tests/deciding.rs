//! The decisions about one object, on a clock of numbers.

use super::super::pending::{Decision, Ending, Pending};
use super::super::{Target, WaitOptions};
use crate::cluster::Served;
use crate::object::ObjectId;
use crate::status::cause::{Cause, Class, Verdict};
use crate::status::{State, Status};
use serde_json::json;
use std::time::Duration;
use tokio::sync::oneshot;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn pending() -> Pending {
    let id = ObjectId {
        group: "apps".into(),
        kind: "Deployment".into(),
        namespace: Some("shop".into()),
        name: "app".into(),
    };
    let served = Served {
        group: "apps".into(),
        version: "v1".into(),
        kind: "Deployment".into(),
        plural: "deployments".into(),
        namespaced: true,
    };
    let (answer, _) = oneshot::channel();
    Pending::new(Target::ready(id, served, json!({})), answer, Duration::ZERO)
}

fn cause(class: Class, verdict: Verdict) -> Cause {
    let mut cause = Cause::plain(&pending().target.id, "said");
    (cause.class, cause.verdict) = (class, verdict);
    cause
}

#[test]
fn an_object_ends_when_it_is_ready_fatal_out_of_budget_stalled_or_out_of_time() {
    let options = WaitOptions::default();
    let deadline = seconds(600);
    let progressing = Status::progressing("0 of 1 pods are ready");
    let ready = Status::ready("1 of 1 pods are ready");
    let after = |class| cause(class, Verdict::After(seconds(60)));
    let failed = Decision::End(Ending::Failed);

    let mut one = pending();
    let mut at = |now: u64, status: &Status, cause: Option<&Cause>| {
        one.decide(seconds(now), deadline, status, cause, &options)
    };
    assert_eq!(at(0, &progressing, None), Decision::Wait(seconds(3)));
    assert_eq!(
        at(5, &progressing, Some(&after(Class::Image))),
        Decision::Wait(seconds(65))
    );
    assert_eq!(
        at(64, &progressing, Some(&after(Class::Image))),
        Decision::Wait(seconds(65))
    );
    // Another trouble has a budget of its own.
    assert_eq!(
        at(65, &progressing, Some(&after(Class::Crash))),
        Decision::Wait(seconds(125))
    );
    assert_eq!(at(125, &progressing, Some(&after(Class::Crash))), failed);
    assert_eq!(at(126, &ready, None), Decision::Ready);
    assert_eq!(
        at(
            127,
            &progressing,
            Some(&cause(Class::Config, Verdict::Fatal))
        ),
        failed
    );
    assert_eq!(at(128, &Status::failed("x"), None), failed);
    let wait = cause(Class::Mount, Verdict::Wait);
    assert_eq!(
        at(200, &progressing, Some(&wait)),
        Decision::Wait(seconds(500))
    );
    assert_eq!(at(500, &progressing, Some(&wait)), failed);
    // What is merely on its way, or runs and is not ready, has the whole timeout.
    let warming = cause(Class::NotReady, Verdict::Wait);
    assert_eq!(
        at(520, &progressing, Some(&warming)),
        Decision::Wait(deadline)
    );
    let starting = cause(Class::Starting, Verdict::Wait);
    assert_eq!(
        at(599, &progressing, Some(&starting)),
        Decision::Wait(deadline)
    );
    assert_eq!(
        at(600, &progressing, Some(&starting)),
        Decision::End(Ending::TimedOut)
    );
    assert_eq!(
        at(700, &Status::new(State::Suspended, "is paused"), None),
        Decision::Ready
    );
}

#[test]
fn what_nothing_probes_must_run_for_a_while_unless_nothing_runs() {
    let live = json!({"kind": "Deployment", "spec": {"template": {"spec": {"containers": [{}]}}}});
    let ended = |wanted: i64| {
        let mut one = pending();
        one.target.live = live.clone();
        let mut at = |now: u64, status: &Status| {
            one.decide(
                seconds(now),
                seconds(600),
                status,
                None,
                &WaitOptions::default(),
            )
        };
        let ready = Status::ready("is as it should be").count(wanted, wanted);
        at(0, &Status::progressing("is not seen yet"));
        (at(1, &ready), at(4, &ready))
    };
    assert_eq!(ended(2), (Decision::Wait(seconds(4)), Decision::Ready));
    assert_eq!(ended(0), (Decision::Ready, Decision::Ready));
}
