//! `wait_for("app", "ready")`: until an object is what is wanted.

use super::live_object::LiveObject;
use super::place::{Place, failed};
use super::rollout::TimeOptions;
use super::target::TargetValue;
use crate::table::{
    Call, Callback, Fault, InCall, Mismatch, Param, Reader, Row, Type, Value, parsed, row,
};
use infra_sdk::operation::{Condition, Seen, Target, not_in_time, observe, wait_for};
use rhai::{Dynamic, FnPtr};
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// What is waited for.
enum Awaited {
    Condition(Condition),
    Function(FnPtr),
}

impl Param for Awaited {
    fn ty() -> Type {
        Type {
            name: Cow::Borrowed("string or function"),
            entry: None,
        }
    }

    fn expected() -> Cow<'static, str> {
        Cow::Borrowed(
            "a condition such as `\"ready\"`, or a function such as `|app| app.status.phase == \"Running\"`",
        )
    }

    fn from_value(value: Dynamic, call: &Call<'_, '_>) -> Result<Self, Mismatch> {
        if value.is_fnptr() {
            return Callback::from_value(value, call).map(|function| Self::Function(function.0));
        }
        parsed(&value).map(Self::Condition)
    }
}

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row(
            "wait_for",
            &["target", "condition", "options?"],
            |target: TargetValue,
             awaited: Awaited,
             options: Option<TimeOptions>,
             live: Reader|
             -> Result<InCall<Option<LiveObject>>, Fault> {
                let TimeOptions { timeout, namespace } = options.unwrap_or_default();
                let (place, target) = Place::with_target(live.0, target, namespace)?;
                // What a dry run leaves undone never comes.
                let in_vain = place.live.dry_run() && !place.live.changes().is_empty();
                if in_vain {
                    place.live.note(format!("wait for {target}"));
                }
                Ok(InCall::new(move |call: &Call<'_, '_>| match awaited {
                    _ if in_vain => Ok(None),
                    Awaited::Condition(condition) => plain(&place, target, condition, timeout),
                    Awaited::Function(function) => {
                        until(call, &place, target, &function, timeout).map(Some)
                    }
                }))
            },
        )
        .on_cluster()
        .doc(
            "Waits until an object is what is wanted: `\"ready\"`, `\"deleted\"`, a condition of its \
             status (`\"condition=Available\"`, `\"condition=Available=False\"`), a field \
             (`\"status.phase=Running\"`), or a function of the object that gives `true`. An error \
             when it is not so in time. The result is the object, `()` for `\"deleted\"` and in a dry run \
             that has left a change undone, where nothing is waited for. Options: \
             `timeout`, 10 minutes by default; `namespace`.",
        )
        .example(
            r#"wait_for("deployment/app", "condition=Available");
wait_for("deployment/app", |app| app.status.readyReplicas == app.spec.replicas);"#,
        ),
    ]
}

fn plain(
    place: &Place,
    target: Target,
    condition: Condition,
    time: Duration,
) -> Result<Option<LiveObject>, Fault> {
    let (cluster, namespace) = (place.cluster.clone(), place.namespace.clone());
    let report = place.live.reporter();
    let object = place.run(async move {
        let shown = target.to_string();
        let tell = move |line: String| report(&format!("{shown}: {line}"));
        wait_for(&cluster, &target, &namespace, &condition, time, &tell).await
    })?;
    Ok(object.map(LiveObject::of))
}

/// Asks a function of the script, on the script's thread, whenever the object has changed.
fn until(
    call: &Call<'_, '_>,
    place: &Place,
    target: Target,
    function: &FnPtr,
    time: Duration,
) -> Result<LiveObject, Fault> {
    let (cluster, namespace) = (place.cluster.clone(), place.namespace.clone());
    let (seen, what) =
        place.run(async move { observe(&cluster, &target, &namespace, time).await })?;
    let seen = Arc::new(Mutex::new(seen));
    let mut there = false;
    loop {
        let looked = Arc::clone(&seen);
        match place.run(async move { looked.lock().await.next().await })? {
            Some(Seen::Changed(object)) => {
                there = true;
                let object = LiveObject::of((*object).clone());
                let given = Dynamic::from(Value::new(object.clone()));
                let answer = call.invoke(function, vec![given])?;
                match answer.as_bool() {
                    Ok(true) => return Ok(object),
                    Ok(false) => {}
                    Err(_) if answer.is_unit() => {}
                    Err(_) => {
                        let said = call.describe(&answer);
                        let problem = format!("gives {said} where `true` or `false` is asked for");
                        return Err(Fault::Argument(1, Mismatch::new(problem)));
                    }
                }
            }
            Some(Seen::Gone(_)) => there = false,
            Some(Seen::Listed) => {}
            None => {
                let wanted = "what the function asks for";
                return Err(failed(&not_in_time(&what, wanted, there)));
            }
        }
    }
}
