//! `watch("pods", |event, pod| …)`: objects as they change.

use super::list::WhichOptions;
use super::live_object::LiveObject;
use super::target::KindValue;
use crate::table::{Call, Callback, Fault, InCall, Reader, Row, Value, row};
use infra_sdk::operation::{Observation, Seen, served};
use rhai::Dynamic;
use std::sync::Arc;
use tokio::sync::Mutex;

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row(
            "watch",
            &["kind", "function", "options?"],
            |kind: KindValue,
             function: Callback,
             options: Option<WhichOptions>,
             live: Reader|
             -> Result<InCall<()>, Fault> {
                let options = options.unwrap_or_default();
                let (place, time) = (options.place(live), options.timeout());
                let which = options.within(&place);
                Ok(InCall::new(move |call: &Call<'_, '_>| {
                    let cluster = place.cluster.clone();
                    let seen = place.run(async move {
                        let served = served(&cluster, &kind.0).await?;
                        let namespace = which.namespace.as_deref();
                        Ok(Observation::new(&cluster, &served, namespace, &which.selector, time))
                    })?;
                    let seen = Arc::new(Mutex::new(seen));
                    loop {
                        let looked = Arc::clone(&seen);
                        let next = place.run(async move { looked.lock().await.next().await })?;
                        let (event, object) = match next {
                            None => return Ok(()),
                            Some(Seen::Listed) => continue,
                            Some(Seen::Changed(object)) => ("changed", object),
                            Some(Seen::Gone(object)) => ("deleted", object),
                        };
                        let object = LiveObject::of((*object).clone());
                        let object = Dynamic::from(Value::new(object));
                        let enough = call.invoke(&function.0, vec![event.into(), object])?;
                        if enough.as_bool() == Ok(true) {
                            return Ok(());
                        }
                    }
                }))
            },
        )
        .on_cluster()
        .brings::<LiveObject>()
        .doc(
            "Calls a function for each object of a kind that is there, and whenever one changes: with \
             `\"changed\"` or `\"deleted\"`, and the object. It ends when the function gives `true`, \
             or after `timeout`; without that it does not end. Options: those of `list`, and `timeout`.",
        )
        .example(
            r#"watch("deployments", |event, app| {
    print(`${app}: ${app.status.readyReplicas ?? 0} pods are ready`);
    app.status.readyReplicas == app.spec.replicas
}, #{ timeout: "1m" });"#,
        ),
    ]
}
